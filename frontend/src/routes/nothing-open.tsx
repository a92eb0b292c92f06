/** What stands where a conversation would: what is true, then the next step. */
import { useQuery } from "@tanstack/react-query";
import { type Conversation, conversationsQuery, countsQuery, dueAt, type Page } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { minutesUntil, useNow } from "../lib/index";
import { Button } from "../ui/index";

interface NothingProps {
  readonly onOpen: (id: string) => void;
  readonly onGo: (path: string) => void;
}

/** The one whose time runs out first, of the whole shop. */
function useNextDeadline(): Conversation | undefined {
  const { queryKey, queryFn } = conversationsQuery({ queue: "deadline", status: "open" });
  const { data } = useQuery({
    queryKey: ["next", ...queryKey],
    queryFn: (context) =>
      (queryFn as (context: object) => Promise<Page<Conversation>>)({ ...context, pageParam: null }),
    staleTime: 30_000,
  });
  return data?.items[0];
}

export function NothingOpen({ onOpen, onGo }: NothingProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const { data: counts } = useQuery(countsQuery);
  const next = useNextDeadline();
  const waits = counts?.mine ?? 0;
  const minutes = next ? minutesUntil(dueAt(next), now) : null;
  const name = next?.customer.name ?? "";
  return (
    <main className="pane nothing">
      <div>
        <h2 className="t16 b">{waits > 0 ? t("nothing.choose") : t("nothing.waits")}</h2>
        <p className="mute" style={{ marginTop: 6 }}>
          {waits > 0 ? t("nothing.yours", { count: waits }) : t("nothing.answered")}{" "}
          {next &&
            minutes !== null &&
            minutes >= 0 &&
            t("nothing.next", { name, span: format.span(minutes) })}
          {next && minutes !== null && minutes < 0 && t("nothing.late", { name, span: format.span(minutes) })}
        </p>
        <div className="fx g8" style={{ marginTop: 16 }}>
          {next && (
            <Button primary large onClick={() => onOpen(next.id)}>
              {t("nothing.open_next", { name: name.split(" ")[0] ?? "" })}
            </Button>
          )}
          {Boolean(counts?.unassigned) && (
            <Button large keys="g u" onClick={() => onGo("/inbox?queue=unassigned")}>
              {t("nothing.unassigned", { count: counts?.unassigned ?? 0 })}
            </Button>
          )}
        </div>
      </div>
    </main>
  );
}
