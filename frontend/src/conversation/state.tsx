/** The state of a send in words: who, where, when, what became of it, and what can be done. */
import {
  Check,
  CheckCheck,
  CircleHelp,
  CircleX,
  Clock,
  CloudOff,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import {
  draftOf,
  type Message,
  Problem,
  type ResolveAct,
  resolveMessage,
  useDesk,
  useDrafts,
  useLinkState,
  useMe,
} from "../api/index";
import { useFormat, useT } from "../i18n/index";
import type { OutboxEntry } from "../live/index";
import { Icon, toast, useChannel } from "../ui/index";
import { attachAgain } from "./attached";
import { useUndoSend } from "./send";

interface StateProps {
  readonly message: Message;
  readonly now: number;
}

export function SendState({ message, now }: StateProps) {
  switch (message.state) {
    case "unknown":
      return <Unknown message={message} now={now} />;
    case "failed":
      return <Failed message={message} />;
    case "queued":
    case "attempting":
      return <Going message={message} now={now} />;
    default:
      return <Gone message={message} />;
  }
}

const marks: Readonly<Record<string, LucideIcon>> = { delivered: CheckCheck, read: CheckCheck };

function Gone({ message }: { readonly message: Message }) {
  const t = useT();
  const words = { sent: "send.sent", delivered: "send.delivered", read: "send.read" } as const;
  const word = words[message.state as keyof typeof words] ?? "send.sent";
  return (
    <div className="st">
      <Signed message={message} /> · {t(word)}{" "}
      <span className={message.state === "read" ? "acc" : ""}>
        <Icon of={marks[message.state] ?? Check} />
      </span>
    </div>
  );
}

function Signed({ message }: { readonly message: Message }) {
  const t = useT();
  const format = useFormat();
  const { label } = useChannel(message.channel);
  const at = message.sent_at;
  const parts = [message.automated ? t("send.automatic") : message.author?.name.split(" ")[0], label].filter(
    Boolean,
  );
  return (
    <span>
      {parts.join(" · ")} · <time dateTime={at}>{format.time(at)}</time>
    </span>
  );
}

/** While the server holds it, it can be taken back; afterwards it cannot. */
function Going({ message, now }: StateProps) {
  const t = useT();
  const undo = useUndoSend();
  const { member } = useMe();
  const mine = message.author?.id === member.id;
  const seconds = message.due_at ? Math.ceil((Date.parse(message.due_at) - now) / 1000) : 0;
  const held = message.state === "queued" && seconds > 0;
  return (
    <div className="st">
      <Signed message={message} /> · {held ? t("send.held") : t("send.sending")}{" "}
      <Icon of={held ? Clock : LoaderCircle} />
      {held && mine && (
        <StateButton onClick={() => void undo(message.client_msg_id ?? message.id)}>
          {t("act.undo")}
        </StateButton>
      )}
    </div>
  );
}

function Unknown({ message, now }: StateProps) {
  const t = useT();
  const act = useResolve(message);
  const { label } = useChannel(message.channel);
  const seconds = message.due_at ? Math.max(0, Math.ceil((Date.parse(message.due_at) - now) / 1000)) : null;
  const when = useUnknownWords(label, seconds);
  const calm = useUnknownWords(label, seconds === null ? null : 0);
  return (
    <div className="st un" role="alert">
      <Icon of={CircleHelp} />
      <span className="sr">{calm}</span>
      <span aria-hidden="true">
        {seconds === null && message.error?.detail ? `${when} ${message.error.detail}` : when}
      </span>
      <StateButton off={act.busy} onClick={() => act.run("check")}>
        {t("send.check")}
      </StateButton>
      {seconds === null && (
        <>
          <StateButton off={act.busy} onClick={() => act.run("mark_sent")}>
            {t("send.mark_sent")}
          </StateButton>
          <StateButton off={act.busy} onClick={() => act.run("send_again")}>
            {t("send.again")}
          </StateButton>
        </>
      )}
    </div>
  );
}

/** Said aloud once, without the seconds; shown with them. */
function useUnknownWords(channel: string, seconds: number | null): string {
  const t = useT();
  if (seconds === null) return t("send.unknown", { channel });
  return seconds > 0 ? t("send.unknown_in", { channel, seconds }) : t("send.unknown_now", { channel });
}

function Failed({ message }: { readonly message: Message }) {
  const t = useT();
  const act = useResolve(message);
  const cause = message.error?.detail || message.error?.code || t("send.no_cause");
  return (
    <div className="st fail" role="alert">
      <Icon of={CircleX} />
      <span>
        {t("send.failed", { cause })} {message.error?.fix}
      </span>
      <StateButton off={act.busy} onClick={() => act.run("send_again")}>
        {t("act.retry")}
      </StateButton>
      <StateButton off={act.busy} onClick={() => act.run("discard")}>
        {t("act.discard")}
      </StateButton>
    </div>
  );
}

function useResolve(message: Message) {
  const { queries } = useDesk();
  const t = useT();
  const [busy, setBusy] = useState(false);
  const run = (act: ResolveAct) => {
    setBusy(true);
    resolveMessage(queries, message, act)
      .catch((failure: unknown) => {
        toast(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed"), {
          bad: true,
        });
      })
      .finally(() => setBusy(false));
  };
  return { busy, run };
}

/** Not with the server yet: on its way, kept for later, or refused with its reason. */
export function KeptState({ entry }: { readonly entry: OutboxEntry }) {
  const t = useT();
  const format = useFormat();
  const link = useLinkState();
  const at = format.time(entry.made_at);
  if (entry.state === "refused") return <Refused entry={entry} />;
  const offline = entry.state === "kept" && (link.phase !== "live" || entry.tries > 0);
  return (
    <div className="st">
      <Icon of={offline ? CloudOff : LoaderCircle} />
      {t(offline ? "send.kept" : "send.sending")} · {at}
    </div>
  );
}

function Refused({ entry }: { readonly entry: OutboxEntry }) {
  const t = useT();
  const { outbox, live } = useDesk();
  const write = useDrafts((state) => state.write);
  const newer = entry.problem?.code === "newer_reply";
  const edit = () => {
    const back = outbox.discard(entry.client_msg_id);
    if (!back) return;
    const now = draftOf(back.conversation_id, back.kind)?.text;
    write(back.conversation_id, back.kind, now ? `${back.text}\n${now}` : back.text, live.cursor);
    attachAgain(back.conversation_id, back.kind, back.attachments ?? []);
  };
  return (
    <div className="st fail" role="alert">
      <Icon of={CircleX} />
      <span>
        {newer
          ? t("send.newer_reply", { name: entry.problem?.detail || t("send.someone") })
          : t("send.refused", { cause: entry.problem?.detail || entry.problem?.code || "" })}
      </span>
      <StateButton
        onClick={() => outbox.retry(entry.client_msg_id, newer ? { if_last_seq: live.cursor } : {})}
      >
        {newer ? t("send.anyway") : t("act.retry")}
      </StateButton>
      <StateButton onClick={edit}>{t("act.edit")}</StateButton>
      <StateButton onClick={() => outbox.discard(entry.client_msg_id)}>{t("act.discard")}</StateButton>
    </div>
  );
}

interface StateButtonProps {
  readonly onClick: () => void;
  readonly off?: boolean;
  readonly children: ReactNode;
}

function StateButton({ onClick, off = false, children }: StateButtonProps) {
  return (
    <button type="button" onClick={onClick} disabled={off}>
      {children}
    </button>
  );
}
