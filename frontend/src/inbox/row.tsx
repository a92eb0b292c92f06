/** One conversation in the list. */
import { Check, UserPlus } from "lucide-react";
import { type MouseEvent, memo, type ReactNode } from "react";
import { type Conversation, dueAt, useMe } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { Avatars, Clock, Glyph, IconButton, useChannel } from "../ui/index";

interface Person {
  readonly id: string;
  readonly name: string;
  readonly initials: string;
}

interface RowProps {
  readonly row: Conversation;
  readonly on: boolean;
  readonly href: string;
  readonly now: number;
  readonly draft: string;
  readonly viewers: readonly { readonly person: Person; readonly replying: boolean }[];
  readonly onOpen: (id: string) => void;
  readonly onClose: (row: Conversation) => void;
  readonly onTake: (row: Conversation) => void;
}

export const Row = memo(function Row({
  row,
  on,
  href,
  now,
  draft,
  viewers,
  onOpen,
  onClose,
  onTake,
}: RowProps) {
  const t = useT();
  const { hue } = useChannel(row.channel);
  const name = row.customer.name || t("customer.unnamed");
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(row.id);
  };
  return (
    <>
      <a
        className={`row ${on ? "on" : ""} ${row.unread ? "un" : ""}`}
        style={{ "--h": hue } as React.CSSProperties}
        href={href}
        data-conversation={row.id}
        aria-current={on ? "true" : undefined}
        tabIndex={on ? 0 : -1}
        onClick={open}
      >
        <Glyph channel={row.channel} />
        <div className="grow">
          <div className="nm">
            <b className="el">{name}</b>
            {row.channels
              .filter((channel) => channel !== row.channel)
              .map((channel) => (
                <Glyph key={channel} channel={channel} small />
              ))}
            {row.brand && <span className="tg">{initialsOf(row.brand)}</span>}
            {row.unread && <span className="dot ud" role="img" aria-label={t("inbox.unread")} />}
          </div>
          <div className="sj el">{row.subject || t("inbox.no_subject")}</div>
          <div className="pv el">
            <Preview row={row} draft={draft} />
          </div>
        </div>
        <Right row={row} now={now} viewers={viewers} />
      </a>
      <div className="row-acts">
        {row.status !== "closed" && (
          <IconButton icon={Check} label={t("act.close")} tabIndex={-1} onClick={() => onClose(row)} />
        )}
        <IconButton icon={UserPlus} label={t("act.take")} tabIndex={-1} onClick={() => onTake(row)} />
      </div>
    </>
  );
});

function Preview({ row, draft }: Pick<RowProps, "row" | "draft">): ReactNode {
  const t = useT();
  const ours = useOurWords();
  if (draft) {
    return (
      <>
        <span className="warn m">{t("inbox.draft")}</span> {draft}
      </>
    );
  }
  if (row.preview_direction === "out") return ours(row);
  if (row.preview_direction === "note") return t("inbox.noted", { text: row.preview });
  return row.preview;
}

/** "You: …", "Dewi: …", or "Us: …" when the server does not say who. */
function useOurWords(): (row: Conversation) => string {
  const t = useT();
  const { member, members } = useMe();
  return ({ preview, preview_author_id: author }) => {
    if (author === member.id) return t("inbox.you", { text: preview });
    const name = members.find(({ id }) => id === author)?.name.split(" ")[0];
    return name ? t("inbox.colleague", { name, text: preview }) : t("inbox.us", { text: preview });
  };
}

function Right({ row, now, viewers }: Pick<RowProps, "row" | "now" | "viewers">) {
  const t = useT();
  const format = useFormat();
  const due = row.status === "closed" ? null : dueAt(row);
  const shown = due !== null && (row.waiting_on !== "customer" || due === row.promise_due_at);
  const names = viewers.map(({ person }) => person.name).join(", ");
  return (
    <div className="rt">
      <time className="ag" dateTime={row.last_activity_at}>
        {format.age(row.last_activity_at, now)}
      </time>
      {viewers.length > 0 ? <Avatars people={viewers} label={t("inbox.viewed_by", { names })} /> : <span />}
      {shown ? (
        <Clock due={due} now={now} whose={whoseClock(row, due)} />
      ) : (
        <span className="clk">
          {row.waiting_on === "customer" && row.status !== "closed" ? t("status.waiting") : ""}
        </span>
      )}
    </div>
  );
}

function whoseClock(row: Conversation, due: string): "market" | "company" | "promise" {
  if (due === row.market_due_at) return "market";
  return due === row.promise_due_at ? "promise" : "company";
}

/** "Sekar Batik" is SB; what is short already stays. */
function initialsOf(brand: string): string {
  if (brand.length <= 3) return brand;
  return brand
    .split(/\s+/)
    .slice(0, 3)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}
