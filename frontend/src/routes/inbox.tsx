/** The inbox: list, conversation and customer side by side, or one at a time on a phone. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useRef, useState } from "react";
import { type Conversation, useMe } from "../api/index";
import { usePreferences } from "../commands/index";
import { ConversationPane, OwedQuestion, useConversationActs } from "../conversation/index";
import { CustomerPane } from "../customer/index";
import { useT } from "../i18n/index";
import { ConversationList } from "../inbox/index";
import { usePhone, useWide } from "../lib/index";
import { PaneBoundary } from "../ui/index";
import { clean, filterOf, type InboxAddress, stringifySearch } from "./address";
import { NothingOpen } from "./nothing-open";

type Change = { readonly [K in keyof InboxAddress]?: InboxAddress[K] | undefined };

export function InboxPage() {
  const address = useSearch({ from: "/inside/inbox" });
  const { id = null } = useParams({ strict: false });
  const phone = usePhone();
  const wide = useWide();
  const wantsPane = usePreferences((state) => state.customerPane);
  const { member } = useMe();
  const acts = useConversationActs();
  const [drawer, setDrawer] = useState(false);
  const { order, leave, ...moves } = useMoves(address, id);
  const pane = wide && wantsPane;
  const close = useCallback(
    (row: Conversation) => {
      if (row.id === id) leave();
      acts.close(row);
    },
    [acts, id, leave],
  );
  const keepOrder = useCallback(
    (ids: readonly string[]) => {
      order.current = ids;
    },
    [order],
  );
  const take = useCallback((row: Conversation) => acts.assign(row, member.id), [acts, member.id]);
  const list = (
    <Guarded>
      <ConversationList
        filter={filterOf(address)}
        searching={address.find === "1" || Boolean(address.q)}
        openId={id}
        hrefOf={moves.hrefOf}
        onFilter={moves.narrow}
        onOpen={moves.open}
        onOrder={keepOrder}
        onClose={close}
        onTake={take}
      />
    </Guarded>
  );
  const customer = id && (
    <Guarded key={`customer ${id}`}>
      <CustomerPane
        id={id}
        hrefOf={moves.hrefOf}
        onOpen={moves.open}
        {...(pane ? {} : { onLeave: () => setDrawer(false) })}
      />
    </Guarded>
  );
  const conversation = id && (
    <Guarded key={`conversation ${id}`}>
      <ConversationPane
        id={id}
        onBack={moves.back}
        onClose={close}
        onNeighbour={moves.step}
        onMoved={moves.open}
        onCustomer={() => setDrawer(true)}
        hasCustomerPane={pane}
      />
    </Guarded>
  );
  const beside = (
    <>
      {customer && (pane || drawer) ? customer : null}
      <OwedQuestion />
    </>
  );
  if (phone) {
    return (
      <div className="ib one">
        {id ? conversation : list}
        {beside}
      </div>
    );
  }
  return (
    <div className={`ib ${id && pane ? "" : "two"}`}>
      {list}
      {conversation || <NothingOpen onOpen={moves.open} onGo={moves.go} />}
      {beside}
    </div>
  );
}

function Guarded({ children }: { readonly children: ReactNode }) {
  const t = useT();
  const words = {
    title: t("state.stopped"),
    text: t("state.stopped_text"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  return <PaneBoundary words={words}>{children}</PaneBoundary>;
}

/** Where to go from here; the order of the list as it is shown decides what is next. */
function useMoves(address: InboxAddress, id: string | null) {
  const navigate = useNavigate();
  const order = useRef<readonly string[]>([]);
  const open = useCallback(
    (next: string) =>
      void navigate({ to: "/inbox/$id", params: { id: next }, search: (now) => now, replace: id !== null }),
    [navigate, id],
  );
  const back = useCallback(() => void navigate({ to: "/inbox", search: (now) => now }), [navigate]);
  const neighbour = useCallback(
    (by: number): string | undefined => {
      const at = id ? order.current.indexOf(id) : -1;
      return at < 0 ? order.current[0] : order.current[at + by];
    },
    [id],
  );
  const step = useCallback(
    (by: 1 | -1) => {
      const next = neighbour(by);
      if (next) open(next);
    },
    [neighbour, open],
  );
  /** To the next one, or the one before when this was the last; back when it was the only one. */
  const leave = useCallback(() => {
    const next = neighbour(1) ?? neighbour(-1);
    if (next && next !== id) open(next);
    else back();
  }, [neighbour, open, back, id]);
  const narrow = useCallback(
    (change: Change) =>
      void navigate({
        to: "/inbox",
        search: (now: InboxAddress) => clean({ ...now, ...change }),
        replace: "q" in change,
      }),
    [navigate],
  );
  const go = useCallback((path: string) => void navigate({ href: path }), [navigate]);
  const hrefOf = useCallback((each: string) => `/inbox/${each}${stringifySearch({ ...address })}`, [address]);
  return { order, open, back, step, leave, narrow, go, hrefOf };
}
