/** One thing said or happened: theirs, ours, a note, a system line, or a send that has not left yet. */
import { Lock, Paperclip, Zap } from "lucide-react";
import { memo, type ReactNode, useState } from "react";
import type { Message } from "../api/index";
import { useFormat, useLanguage, useT } from "../i18n/index";
import type { OutboxEntry } from "../live/index";
import { Glyph, Icon, useChannel } from "../ui/index";
import { Files } from "./files";
import { MailButton, MailFrame } from "./mail";
import { HeldBand, PublicMark, QuotedLine, Reactions } from "./marks";
import { QuoteButton } from "./quote";
import { KeptState, SendState } from "./state";
import { SystemLine } from "./system-line";

export const MessageRow = memo(function MessageRow({
  message,
  now,
}: {
  readonly message: Message;
  readonly now: number;
}) {
  if (message.kind === "event") return <SystemLine message={message} />;
  if (message.kind === "note") return <Note message={message} />;
  if (message.kind === "act") return <Done message={message} now={now} />;
  if (message.direction === "in") return <Theirs message={message} />;
  return <Ours message={message} now={now} />;
});

function Theirs({ message }: { readonly message: Message }) {
  const t = useT();
  const format = useFormat();
  const { label } = useChannel(message.channel);
  const at = message.sent_at;
  const name = message.customer_name?.split(" ")[0] || t("customer.unnamed");
  return (
    <article className="msg">
      <Glyph channel={message.channel} />
      <div>
        <div className="who">
          <b>{name}</b>
          <span>
            {label} · <time dateTime={at}>{format.time(at)}</time>
          </span>
          {message.public && <PublicMark />}
          <QuoteButton message={message} />
        </div>
        <HeldBand message={message} />
        <QuotedLine message={message} />
        <Body message={message} />
        <Files of={message.attachments} />
        <Reactions message={message} />
      </div>
    </article>
  );
}

/** The words, or the mail as it was laid out: the reader chooses. */
function Body({ message }: { readonly message: Message }) {
  const [open, setOpen] = useState(message.html && !message.text);
  if (!message.html) return <Words message={message} />;
  return (
    <>
      {open ? <MailFrame message={message} /> : <Words message={message} />}
      <MailButton open={open} onToggle={() => setOpen(!open)} />
    </>
  );
}

/** What was said; or that it was taken back by its writer. */
function Words({ message, pending = false }: { readonly message: Message; readonly pending?: boolean }) {
  const t = useT();
  if (message.deleted_at) return <div className="bb mute">{t("message.deleted")}</div>;
  const text = message.text || (message.template ? t("message.template", message.template) : "");
  if (!text) return null;
  return (
    <div className={`bb ${pending ? "pend" : ""}`}>
      {text}
      {message.edited_at && <span className="mute t11"> {t("message.edited")}</span>}
    </div>
  );
}

function Ours({ message, now }: { readonly message: Message; readonly now: number }) {
  const pending = message.state === "queued" || message.state === "attempting" || message.state === "unknown";
  return (
    <article className="msg me">
      <QuotedLine message={message} />
      <Words message={message} pending={pending} />
      <Files of={message.attachments} />
      <Reactions message={message} />
      <SendState message={message} now={now} />
    </article>
  );
}

function Note({ message }: { readonly message: Message }) {
  const format = useFormat();
  const at = message.sent_at;
  return (
    <NoteFrame name={message.author?.name ?? null} when={<time dateTime={at}>{format.time(at)}</time>}>
      {withMentions(message.text)}
      <Files of={message.attachments} />
    </NoteFrame>
  );
}

interface NoteFrameProps {
  readonly name: string | null;
  readonly when: ReactNode;
  readonly children: ReactNode;
}

function NoteFrame({ name, when, children }: NoteFrameProps) {
  const t = useT();
  return (
    <article className="note">
      <div className="who">
        <Icon of={Lock} />
        {name && <b>{name.split(" ")[0]}</b>}
        <span>
          {t("note.only_team")} · {when}
        </span>
      </div>
      {children}
    </article>
  );
}

/** "@Dewi" stands out; everything else is plain text. */
function withMentions(text: string): ReactNode {
  return text.split(/(@[\p{L}\d_.-]+)/u).map((part, at) =>
    part.startsWith("@") ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging text
      <span className="at" key={at}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}

/** Something done to an order at its channel, with what became of it. */
function Done({ message, now }: { readonly message: Message; readonly now: number }) {
  const t = useT();
  const label = message.act?.label;
  const language = useLanguage((state) => state.language);
  const name = label?.[language] ?? label?.en ?? message.act?.name ?? "";
  return (
    <article className="msg me">
      <div className="bb act">
        <Icon of={Zap} size="s" />
        <span>
          <b>{name}</b> · {t("act.on_order", { order: message.act?.order ?? "" })}
          {message.text && <span className="said">{message.text}</span>}
        </span>
      </div>
      <Files of={message.attachments} />
      <SendState message={message} now={now} />
    </article>
  );
}

interface KeptProps {
  readonly entry: OutboxEntry;
  readonly author: string;
}

export function KeptRow({ entry, author }: KeptProps) {
  const t = useT();
  if (entry.kind === "note") {
    return (
      <div>
        <NoteFrame name={author} when={t("send.sending")}>
          {withMentions(entry.text)}
          <KeptFiles entry={entry} />
        </NoteFrame>
        {entry.state === "refused" && <KeptState entry={entry} />}
      </div>
    );
  }
  return (
    <article className="msg me">
      {entry.text && <div className={`bb ${entry.state === "refused" ? "" : "pend"}`}>{entry.text}</div>}
      <KeptFiles entry={entry} />
      <KeptState entry={entry} />
    </article>
  );
}

function KeptFiles({ entry }: { readonly entry: OutboxEntry }) {
  const files = entry.attachments ?? [];
  if (files.length === 0) return null;
  return (
    <div className="files">
      {files.map((file) => (
        <span className="file" key={file.id}>
          <Icon of={Paperclip} size="s" />
          {file.name}
        </span>
      ))}
    </div>
  );
}
