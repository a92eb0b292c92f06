/** One thing said or happened: theirs, ours, a note, a system line, or a send that has not left yet. */
import { Lock, Paperclip } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { Attachment, Message } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import type { OutboxEntry } from "../live/index";
import { Glyph, Icon, useChannel } from "../ui/index";
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
        </div>
        <Words message={message} />
        <Files of={message.attachments} />
      </div>
    </article>
  );
}

/** What was said; or that it was taken back by its writer. */
function Words({ message, pending = false }: { readonly message: Message; readonly pending?: boolean }) {
  const t = useT();
  if (message.deleted_at) return <div className="bb mute">{t("message.deleted")}</div>;
  if (!message.text) return null;
  return (
    <div className={`bb ${pending ? "pend" : ""}`}>
      {message.text}
      {message.edited_at && <span className="mute t11"> {t("message.edited")}</span>}
    </div>
  );
}

function Ours({ message, now }: { readonly message: Message; readonly now: number }) {
  const pending = message.state === "queued" || message.state === "attempting" || message.state === "unknown";
  return (
    <article className="msg me">
      <Words message={message} pending={pending} />
      <Files of={message.attachments} />
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

function Files({ of }: { readonly of: readonly Attachment[] }) {
  const t = useT();
  if (of.length === 0) return null;
  return (
    <div className="files">
      {of.map((file) => {
        const ready = file.url !== null && file.state !== "failed";
        if (ready && file.media_type.startsWith("image/")) {
          return (
            <a className="pic" key={file.id} href={file.url} target="_blank" rel="noreferrer">
              <img src={file.url ?? ""} alt={file.name || t("file.picture")} loading="lazy" />
            </a>
          );
        }
        return (
          <a className="file" key={file.id} href={file.url ?? undefined} target="_blank" rel="noreferrer">
            <Icon of={Paperclip} size="s" />
            {file.name || t("file.unnamed")}
            {!ready && <span className="mute">{t("file.not_here")}</span>}
          </a>
        );
      })}
    </div>
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
        </NoteFrame>
        {entry.state === "refused" && <KeptState entry={entry} />}
      </div>
    );
  }
  return (
    <article className="msg me">
      <div className={`bb ${entry.state === "refused" ? "" : "pend"}`}>{entry.text}</div>
      <KeptState entry={entry} />
    </article>
  );
}
