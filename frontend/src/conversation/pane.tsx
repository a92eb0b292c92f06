/** The conversation pane: loads one conversation, shows it, and takes what the member does in it. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import {
  asc,
  type Context,
  type Conversation,
  contextQuery,
  conversationQuery,
  findRow,
  keys,
  type Message,
  type Mode,
  messagesQuery,
  Problem,
  readAll,
  type Thread,
  useDesk,
  useMe,
  useOutbox,
  usePresence,
} from "../api/index";
import { useFormat, useT, useZone } from "../i18n/index";
import { useNow } from "../lib/index";
import { BUYER } from "../live/index";
import { Failure } from "../ui/index";
import { useConversationActs } from "./acts";
import { Composer } from "./composer";
import { HandoffBand, useHandoffOf } from "./handoff-band";
import { Header } from "./header";
import { useKeptDraft } from "./kept-draft";
import { type ConversationMenu, useConversationKeys } from "./keys";
import { type MessagesLoad, useMoved } from "./load";
import { KeptRow, MessageRow } from "./message";
import { firstUnreadOf, rowsOf, type TimelineRow } from "./model";
import { useOpenSaved } from "./saved-picker";
import { ConversationSkeleton } from "./skeleton";
import { Timeline } from "./timeline";
import { useViewingNews } from "./typing";

const HandoffSheet = lazy(() => import("./handoff-sheet"));
const MacroSheet = lazy(() => import("./macro-sheet"));
const SnoozeSheet = lazy(() => import("./snooze-sheet"));

interface PaneProps {
  readonly id: string;
  readonly onBack: () => void;
  /** Close has been decided; the page moves on to the next one. */
  readonly onClose: (row: Conversation) => void;
  readonly onNeighbour: (by: 1 | -1) => void;
  /** It was merged into another one, which is where to go on. */
  readonly onMoved: (id: string) => void;
  readonly onCustomer: () => void;
  readonly hasCustomerPane: boolean;
}

export function ConversationPane(props: PaneProps) {
  const t = useT();
  const { queries } = useDesk();
  const one = useQuery({
    ...conversationQuery(props.id),
    initialData: () => findRow(queries, props.id),
    staleTime: 0,
  });
  const messages = useInfiniteQuery(messagesQuery(props.id));
  useMoved(props.id, one.data, props.onMoved);
  if (one.isError && !one.data) return <PaneFailure failure={one.error} onAgain={() => void one.refetch()} />;
  if (!one.data) return <ConversationSkeleton />;
  return (
    <main className="pane" id="conversation" aria-label={t("conversation.pane")}>
      <Open {...props} key={props.id} row={one.data} messages={messages} />
    </main>
  );
}

interface OpenProps extends PaneProps {
  readonly row: Conversation;
  readonly messages: MessagesLoad;
}

function Open(props: OpenProps) {
  const { row, onClose, onBack, onCustomer, hasCustomerPane } = props;
  const acts = useConversationActs();
  const { data: context } = useQuery(contextQuery(row.id));
  const messages = useMemo(() => asc(props.messages.data?.pages ?? []), [props.messages.data]);
  const [mode, setMode] = useState<Mode>("reply");
  const [menu, setMenu] = useState<ConversationMenu | null>(null);
  const { forMe } = useHandoffOf(row);
  const [thread, chooseThread] = useThreadChoice(context, messages);
  const field = useRef<HTMLTextAreaElement>(null);
  const write = useCallback((next: Mode) => {
    setMode(next);
    field.current?.focus();
  }, []);
  useViewingNews(row.id);
  useKeptDraft(row.id);
  const openSaved = useOpenSaved({ conversation: row.id, field });
  const insert = () => {
    write("reply");
    openSaved();
  };
  useConversationKeys({ ...props, acts, write, insert, onMenu: setMenu, forMe });
  return (
    <>
      <Header
        row={row}
        acts={acts}
        assigning={menu === "assign"}
        onAssigning={(open) => setMenu(open ? "assign" : null)}
        onSnooze={() => setMenu("snooze")}
        onHandOver={() => setMenu("handoff")}
        onMacro={() => setMenu("macro")}
        onClose={() => onClose(row)}
        onBack={onBack}
        onCustomer={onCustomer}
        hasCustomerPane={hasCustomerPane}
      />
      <HandoffBand row={row} />
      <Talk row={row} load={props.messages} messages={messages} />
      <TypingLine row={row} />
      <Composer
        row={row}
        context={context}
        mode={mode}
        onMode={write}
        thread={thread}
        onThread={chooseThread}
        field={field}
        onSentAndClose={() => onClose(row)}
      />
      <Suspense fallback={null}>
        {menu === "handoff" && <HandoffSheet row={row} onClose={() => setMenu(null)} />}
        {menu === "snooze" && <SnoozeSheet row={row} acts={acts} onClose={() => setMenu(null)} />}
        {menu === "macro" && <MacroSheet row={row} onClose={() => setMenu(null)} />}
      </Suspense>
    </>
  );
}

interface TalkProps {
  readonly row: Conversation;
  readonly load: MessagesLoad;
  readonly messages: readonly Message[];
}

function Talk({ row, load, messages }: TalkProps) {
  const { queries } = useDesk();
  const { member } = useMe();
  const now = useNow(1_000);
  const zone = useZone((state) => state.zone);
  const format = useFormat();
  const t = useT();
  const outbox = useOutbox();
  const firstUnread = useFirstUnread(row, messages);
  const rows = useMemo(
    () => rowsOf({ messages, outbox, conversation: row.id, zone, firstUnread }),
    [messages, outbox, row.id, zone, firstUnread],
  );
  const seen = useCallback(() => {
    if (!row.unread) return;
    readAll(queries, row).catch(() => queries.invalidateQueries({ queryKey: keys.conversation(row.id) }));
  }, [queries, row]);
  const { fetchNextPage, isFetchingNextPage } = load;
  const older = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  if (load.isError && !load.data)
    return <PaneFailure failure={load.error} onAgain={() => void load.refetch()} />;
  if (!load.data) return <div className="tl" aria-busy="true" />;
  const draw = (item: TimelineRow) => {
    if (item.kind === "day") return <div className="day">{format.day(item.at, now)}</div>;
    if (item.kind === "new") return <div className="day new">{t("conversation.new")}</div>;
    if (item.kind === "kept") return <KeptRow entry={item.entry} author={member.name} />;
    return <MessageRow message={item.message} now={ticking(item.message) ? now : 0} />;
  };
  return <Timeline rows={rows} hasOlder={load.hasNextPage} onOlder={older} onSeen={seen} draw={draw} />;
}

/** Only a message that counts down is drawn again each second. */
const ticking = (message: Message): boolean =>
  message.state === "queued" || message.state === "attempting" || message.state === "unknown";

/** The line stays where it was when the conversation was opened, while it is open. */
function useFirstUnread(row: Conversation, messages: readonly Message[]): string | null {
  const [line, setLine] = useState<string | null>(null);
  const [settled, setSettled] = useState(false);
  if (!settled && messages.length > 0) {
    setSettled(true);
    setLine(firstUnreadOf(messages, row.unread_count ?? 0));
  }
  return line;
}

/** The channel the customer wrote on last, until another is chosen. */
function useThreadChoice(context: Context | undefined, messages: readonly Message[]) {
  const [chosen, setChosen] = useState<string | null>(null);
  const threads = context?.threads ?? [];
  const lastIn = messages.findLast((message) => message.direction === "in" && message.thread_id);
  const thread: Thread | undefined =
    threads.find(({ id }) => id === chosen) ??
    threads.find(({ id }) => id === lastIn?.thread_id) ??
    threads[0];
  return [thread ?? null, (next: Thread) => setChosen(next.id)] as const;
}

function TypingLine({ row }: { readonly row: Conversation }) {
  const t = useT();
  const { typing } = usePresence();
  const { members, member } = useMe();
  const names = (typing[row.id] ?? [])
    .filter((each) => each !== member.id)
    .map((each) => (each === BUYER ? row.customer : members.find(({ id }) => id === each)))
    .flatMap((person) => (person ? person.name.split(" ")[0] || t("customer.unnamed") : []));
  if (names.length === 0) return null;
  return <div className="typing">{t("presence.typing", { names: names.join(", ") })}</div>;
}

function PaneFailure({ failure, onAgain }: { readonly failure: unknown; readonly onAgain: () => void }) {
  const t = useT();
  const gone = failure instanceof Problem && failure.status === 404;
  const words = {
    title: t(gone ? "conversation.gone" : "conversation.failed"),
    text: t(
      failure instanceof Problem && failure.status === 0
        ? "state.no_line"
        : gone
          ? "conversation.gone_text"
          : "state.server_failed",
    ),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  return (
    <div className="pane">
      <Failure
        words={words}
        code={failure instanceof Problem ? failure.code : String(failure)}
        onAgain={onAgain}
      />
    </div>
  );
}
