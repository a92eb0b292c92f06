/** The facts a colleague goes on from: who, what they bought and where, what they asked, what is open, what was promised. */
import { Handshake, Sparkles } from "lucide-react";
import type { ReactNode } from "react";
import { type Brief, type BriefOrder, type Promised, useMe } from "../api/index";
import { type Format, type Translate, useFormat, useLanguage, useT, type WordKey } from "../i18n/index";
import { useNow } from "../lib/index";
import { Button, Glyph, Icon, To, useChannels } from "../ui/index";

export function BriefFacts({ brief }: { readonly brief: Brief }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  return (
    <dl className="brief">
      <Fact word="brief.who">
        <Who brief={brief} />
      </Fact>
      <Fact word="brief.bought">
        {brief.bought.length === 0 && t("brief.bought_nothing")}
        {brief.bought.map((order) => (
          <div key={order.id} className="fs g6">
            <Glyph channel={order.channel} small />
            <span>
              <Bought order={order} />
            </span>
          </div>
        ))}
      </Fact>
      <Fact word={brief.answered ? "brief.asked_last" : "brief.asked"}>
        {brief.asked.length === 0 && t("brief.asked_nothing")}
        {brief.asked.map(({ message_id, channel, text, at }) => (
          <div key={message_id} className="fs g6">
            <Glyph channel={channel} small />
            <span>
              {text} <span className="mute t12 nw">{momentOf(format, at, now)}</span>
            </span>
          </div>
        ))}
      </Fact>
      <Fact word="brief.open">
        {brief.open.length === 0
          ? t("brief.open_nothing")
          : brief.open.map((each) => (
              <div key={`${each.kind} ${each.what}`} className={each.kind === "unknown" ? "warn m" : ""}>
                {openWords(each, t, format, now)}
              </div>
            ))}
      </Fact>
    </dl>
  );
}

function Fact({ word, children }: { readonly word: WordKey; readonly children: ReactNode }) {
  const t = useT();
  return (
    <div>
      <dt>{t(word)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Who({ brief: { who } }: { readonly brief: Brief }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const channels = useChannels();
  const language = useLanguage((state) => state.language);
  const labels = who.channels.map((each) => channels.find(({ key }) => key === each)?.label ?? each);
  const named = languageOf(who.language, language);
  const parts = [
    named ? t("brief.writes", { name: who.name, language: named }) : who.name,
    t("brief.on", { channels: labels.join(", ") }),
    t("brief.since", { date: format.date(who.since, now) }),
    t("brief.orders", { count: who.order_count }),
  ];
  return <>{parts.join(" · ")}</>;
}

function languageOf(code: string, reader: string): string {
  if (!/^[a-z]{2}/i.test(code)) return "";
  return new Intl.DisplayNames([reader], { type: "language" }).of(code) ?? "";
}

function Bought({ order }: { readonly order: BriefOrder }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const lines = order.lines.map(({ title, sku, quantity, available }) => {
    const what = `${quantity} × ${title || sku || ""}`;
    return available === null ? what : t("brief.with_stock", { what, available });
  });
  const at = order.shipped_at ?? order.placed_at;
  return (
    <>
      {lines.join(", ")},{" "}
      <To href={`/orders?view=all&order=${order.id}`} className="link">
        {order.number || order.external_id}
      </To>
      , {t(statusWord(order.status))} {format.date(at, now)}
      {order.tracking && `, ${order.tracking}`}
    </>
  );
}

const statusWords: Readonly<Record<string, WordKey>> = {
  pending: "brief.order_pending",
  open: "brief.order_open",
  shipped: "brief.order_shipped",
  delivered: "brief.order_delivered",
  cancelled: "brief.order_cancelled",
};
const statusWord = (status: string): WordKey => statusWords[status] ?? "brief.order_open";

const openKinds: Readonly<Record<Brief["open"][number]["kind"], WordKey>> = {
  unanswered: "brief.open_unanswered",
  case: "brief.open_case",
  unknown: "brief.open_unknown",
  failed: "brief.open_failed",
  unshipped: "brief.open_unshipped",
};

function openWords(each: Brief["open"][number], t: Translate, format: Format, now: number): string {
  const words = t(openKinds[each.kind], { count: each.count, what: each.what });
  return each.due_at ? `${words}, ${t("brief.until", { time: momentOf(format, each.due_at, now) })}` : words;
}

/** "25 Nov, 17:00"; the hour alone today. */
export function momentOf(format: Format, at: string, now: number): string {
  const day =
    format.day(at, now) === format.day(new Date(now).toISOString(), now) ? "" : `${format.date(at, now)}, `;
  return `${day}${format.time(at)}`;
}

interface PromiseRowsProps {
  readonly promises: readonly Promised[];
  /** What was only read out of our words. */
  readonly found: Brief["promised"];
  readonly onSettle?: (promise: Promised, state: "kept" | "broken") => void;
}

export function PromiseRows({ promises, found, onSettle }: PromiseRowsProps) {
  const t = useT();
  const { member } = useMe();
  return (
    <ul className="promises">
      {promises.map((each) => (
        <li key={each.id}>
          <PromiseRow
            text={each.text}
            by={each.made_by?.id === member.id ? t("assign.you") : (each.made_by?.name.split(" ")[0] ?? "")}
            due={each.due_at}
            broken={each.state === "broken"}
            found={false}
          />
          {onSettle && (
            <span className="fx g4 acts">
              <Button quiet onClick={() => onSettle(each, "kept")}>
                {t("promise.kept")}
              </Button>
              <Button quiet onClick={() => onSettle(each, "broken")}>
                {t("promise.broken")}
              </Button>
            </span>
          )}
        </li>
      ))}
      {found.map((each) => (
        <li key={`${each.message_id} ${each.text}`}>
          <PromiseRow
            text={each.text}
            by={each.by.split(" ")[0] ?? ""}
            due={each.due_at}
            broken={false}
            found
          />
        </li>
      ))}
    </ul>
  );
}

interface PromiseRowProps {
  readonly text: string;
  readonly by: string;
  readonly due: string | null;
  readonly broken: boolean;
  readonly found: boolean;
}

function PromiseRow({ text, by, due, broken, found }: PromiseRowProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const tone = broken ? "bad" : due && Date.parse(due) - now < 86_400_000 ? "warn" : "";
  return (
    <>
      <Icon of={found ? Sparkles : Handshake} size="s" className={tone || "mute"} />
      <span className="grow">
        <span className="m">{text}</span>{" "}
        <span className="mute t12">{found ? t("promise.found", { name: by }) : by}</span>
      </span>
      <span className={`clk ${tone}`}>
        {broken && `${t("promise.late")} `}
        {due ? momentOf(format, due, now) : t("promise.no_date")}
      </span>
    </>
  );
}
