/** The shell with what the address says: page, queue, open conversation. */
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { conversationQuery, onSignedOut, useDesk } from "../api/index";
import { Shell } from "../app/index";
import { filterOf, readInbox } from "./address";
import { pages } from "./pages";

export function Frame() {
  const navigate = useNavigate();
  const desk = useDesk();
  const location = useRouterState({ select: (state) => state.location });
  const { id } = useParams({ strict: false });
  const page = location.pathname.split("/")[1] ?? "";
  const filter = page === "inbox" ? filterOf(readInbox(location.search)) : null;
  const go = useCallback((path: string) => void navigate({ href: path }), [navigate]);
  const leave = useCallback(() => {
    desk.live.stop();
    desk.queries.clear();
    void navigate({ to: "/sign-in", search: {} });
  }, [desk, navigate]);
  useEffect(
    () => onSignedOut(() => void navigate({ to: "/sign-in", search: { next: location.href } })),
    [navigate, location.href],
  );
  const { data: row } = useQuery({ ...conversationQuery(id ?? ""), enabled: false });
  return (
    <Shell
      pages={pages}
      page={page}
      queue={filter?.queue ?? null}
      teamId={filter?.team_id ?? null}
      full={id !== undefined}
      scope={row ? `${row.customer?.name ?? ""} #${row.number}`.trim() : null}
      onGo={go}
      onSignedOut={leave}
    >
      <Outlet />
    </Shell>
  );
}
