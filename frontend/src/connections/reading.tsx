/** Of one connection: what it reads and how far the first import is, what its budgets are, whether it is told of news. */
import type { Budget, ConnectionRow, Feed } from "../api/index";
import { isPublic, useMe } from "../api/index";
import { type Translate, useFormat, useT, type WordKey } from "../i18n/index";
import { Copy, secondsWords } from "../ui/index";
import { budgetShare, firstImport } from "./model";
import { feedWord } from "./words";

interface PartProps {
  readonly row: ConnectionRow;
  readonly now: number;
}

export function Reading({ row, now }: PartProps) {
  const t = useT();
  if (row.feeds.length === 0) return null;
  return (
    <div className="sec">
      <h3 className="h">{t("connections.reads")}</h3>
      {row.feeds.map((feed) => (
        <FeedLine key={feed.name} feed={feed} now={now} />
      ))}
      <Lateness row={row} />
    </div>
  );
}

function FeedLine({ feed, now }: { readonly feed: Feed; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  const importing = firstImport(feed);
  const last = importing ? feed.last_pull_at : feed.last_success_at;
  const said = importing
    ? firstWords(feed, t)
    : t("connections.every", { span: secondsWords(feed.every_s, t, format.span), count: feed.pulled });
  return (
    <div className="co-feed t12">
      <span className="m">{feedWord(feed.name, t)}</span>
      <span className={`grow el ${feed.last_error ? "warn" : "mute"}`} title={feed.last_error}>
        {feed.last_error || said}
      </span>
      <span className={`tn nw ${feed.behind && !importing ? "warn m" : ""}`}>
        {last ? secondsWords((now - Date.parse(last)) / 1_000, t, format.span) : t("connections.not_yet")}
      </span>
    </div>
  );
}

function firstWords({ pulled, about }: Feed, t: Translate): string {
  return about !== null && about > pulled
    ? t("connections.first_import_of", { count: pulled, about })
    : t("connections.first_import", { count: pulled });
}

function Lateness({ row }: { readonly row: ConnectionRow }) {
  const t = useT();
  const format = useFormat();
  if (row.lateness_s === 0) return null;
  const span = secondsWords(row.lateness_s, t, format.span);
  return (
    <p className="mute t12" style={{ marginTop: 4 }}>
      {t(isPublic(row.hook_url) ? "connections.late_polled" : "connections.late_no_address", { span })}
    </p>
  );
}

export function Budgets({ row, now }: PartProps) {
  const t = useT();
  if (row.budgets.length === 0) return null;
  return (
    <div className="sec">
      <h3 className="h">{t("connections.budget")}</h3>
      {row.budgets.map((budget) => (
        <BudgetLine key={budget.operation} budget={budget} now={now} />
      ))}
    </div>
  );
}

function BudgetLine({ budget, now }: { readonly budget: Budget; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  const { operation, day_used, per_day, blocked_until } = budget;
  const blocked = blocked_until !== null && Date.parse(blocked_until) > now;
  const share = budgetShare(budget);
  const said = blocked
    ? t("connections.budget_blocked", { time: format.time(blocked_until) })
    : per_day
      ? t("connections.budget_day", { used: day_used, count: per_day })
      : t("connections.budget_today", { count: day_used });
  return (
    <div className="co-feed co-budget t12">
      <span className="m el">{operation}</span>
      <span className={`grow el ${blocked ? "warn" : "mute"}`}>{said}</span>
      <span className={`tn nw ${share > 80 ? "warn m" : ""}`}>{format.number(share)} %</span>
    </div>
  );
}

const hooks: Readonly<Record<string, WordKey>> = {
  set: "connections.hook_set",
  by_hand: "connections.hook_by_hand",
  failed: "connections.hook_failed",
  unknown: "connections.hook_unknown",
};

export function Hook({ row }: { readonly row: ConnectionRow }) {
  const t = useT();
  const { sandbox } = useMe();
  const failed = row.hook_state === "failed";
  return (
    <div className="sec">
      <h3 className="h">{t("connections.hook")}</h3>
      <p className={`t12 m ${failed ? "warn" : row.hook_state === "set" ? "ok" : ""}`}>
        {t(hooks[row.hook_state] ?? "connections.hook_unknown")}
      </p>
      {row.hook_detail && <p className="mute t12">{row.hook_detail}</p>}
      <div className="fx g6" style={{ marginTop: 4 }}>
        <code className="t12 el id grow">{row.hook_url}</code>
        <Copy text={row.hook_url} label={t("connections.copy_hook")} />
      </div>
      <p className="mute t12" style={{ marginTop: 4 }}>
        {t("connections.hook_text")}
      </p>
      {sandbox && row.shop_path && (
        <a className="link t12" href={row.shop_path} target="_blank" rel="noreferrer">
          {t("connections.shop_page")}
        </a>
      )}
    </div>
  );
}
