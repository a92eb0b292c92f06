/** One row per connection: state, last reading, lag, what waits, budget, and what can be told to it. */
import { Ellipsis } from "lucide-react";
import { Fragment } from "react";
import type { ConnectionRow } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { Button, Glyph, Icon, Menu, secondsWords } from "../ui/index";
import { useActs } from "./acts";
import { healthOf, lagOf, usedOf } from "./model";
import { feedWord, looks } from "./words";

interface TableProps {
  readonly rows: readonly ConnectionRow[];
  readonly now: number;
  readonly onOpen: (id: string) => void;
}

export function Table({ rows, now, onOpen }: TableProps) {
  const t = useT();
  return (
    <div className="co-table">
      <table className="dt">
        <thead>
          <tr>
            <th scope="col">{t("connections.connection")}</th>
            <th scope="col">{t("connections.state")}</th>
            <th scope="col" className="r">
              {t("connections.last_read")}
            </th>
            <th scope="col" className="r">
              {t("connections.lag")}
            </th>
            <th scope="col" className="r">
              {t("connections.waiting")}
            </th>
            <th scope="col">{t("connections.reads")}</th>
            <th scope="col">{t("connections.sends")}</th>
            <th scope="col">{t("connections.budget")}</th>
            <th scope="col">
              <span className="sr">{t("connections.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Fragment key={row.id}>
              <Line row={row} now={now} onOpen={onOpen} />
              {row.error && <Trouble row={row} onOpen={onOpen} />}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  readonly row: ConnectionRow;
  readonly now: number;
  readonly onOpen: (id: string) => void;
}

function Line({ row, now, onOpen }: LineProps) {
  const t = useT();
  const format = useFormat();
  const health = healthOf(row, now);
  const lag = lagOf(row, now);
  const seconds = (value: number) => secondsWords(value, t, format.span);
  const account =
    row.account && row.account !== row.name ? row.account : row.name === row.label ? "" : row.name;
  return (
    <tr className={row.error ? "last" : ""}>
      <td>
        <button type="button" className="fx g8 co-name" onClick={() => onOpen(row.id)}>
          <Glyph channel={row.channel} />
          <span className="m">{row.label}</span>
          <span className="mute t12 el">{account}</span>
        </button>
      </td>
      <td>
        <Health health={health} />
      </td>
      <td className="r mute t12">
        {row.last_success_at ? seconds((now - Date.parse(row.last_success_at)) / 1_000) : "–"}
      </td>
      <td className={`r t12 ${health === "behind" && lag ? "warn m" : ""}`}>
        {lag === null ? "–" : seconds(lag)}
      </td>
      <td className={`r t12 ${row.behind_listings > 0 ? "m" : "mute"}`}>
        {format.number(row.behind_listings)}
      </td>
      <td className="t12">
        <Feeds row={row} now={now} />
      </td>
      <td className="t12">
        <Sends row={row} />
      </td>
      <td>
        <Budget used={usedOf(row.budgets)} />
      </td>
      <td className="r">
        <Actions row={row} onOpen={onOpen} />
      </td>
    </tr>
  );
}

export function Health({ health }: { readonly health: keyof typeof looks }) {
  const t = useT();
  const { word, tone, icon } = looks[health];
  if (health === "shadow")
    return (
      <span className="chip o">
        <Icon of={icon} />
        {t(word)}
      </span>
    );
  return (
    <span className={`fx g6 m t12 ${tone}`}>
      <Icon of={icon} size="s" />
      {t(word)}
    </span>
  );
}

/** The names of what is read; one that lags stands out by word and colour. */
function Feeds({ row: { feeds } }: { readonly row: ConnectionRow; readonly now: number }) {
  const t = useT();
  if (feeds.length === 0) return <span className="mute">{t("connections.told")}</span>;
  return (
    <span className="fx g8">
      {feeds.map(({ name, behind, last_error }) => (
        <span
          key={name}
          className={behind || last_error ? "warn m" : "mute"}
          title={last_error || (behind ? t("connections.behind") : undefined)}
        >
          {feedWord(name, t)}
        </span>
      ))}
    </span>
  );
}

function Sends({ row }: { readonly row: ConnectionRow }) {
  const t = useT();
  const parts = [
    row.sends_replies && t("connections.replies"),
    row.pushes_stock && t("connections.stock"),
  ].filter(Boolean);
  return (
    <span className={parts.length > 0 ? "" : "mute"}>{parts.join(", ") || t("connections.nothing")}</span>
  );
}

const FULL = 80;

function Budget({ used }: { readonly used: number | null }) {
  const t = useT();
  const format = useFormat();
  if (used === null) return <span className="mute t12">{t("connections.no_limit")}</span>;
  const tone = used > FULL ? "warn" : "";
  return (
    <span className="fx g8">
      <span className="co-bar" aria-hidden="true">
        <span className={tone} style={{ width: `${used}%` }} />
      </span>
      <span className={`tn t12 ${tone}`}>{format.number(used)} %</span>
    </span>
  );
}

function Trouble({ row, onOpen }: { readonly row: ConnectionRow; readonly onOpen: (id: string) => void }) {
  const t = useT();
  const broken = row.state === "broken";
  return (
    <tr className="co-trouble">
      <td colSpan={9}>
        <span className={`m ${broken ? "bad" : "warn"}`}>{row.error?.detail || row.error?.code}</span>{" "}
        <span className="mute">{row.error?.fix}</span>{" "}
        {broken && (
          <button type="button" className="link" onClick={() => onOpen(row.id)}>
            {t("connections.new_keys")}
          </button>
        )}
      </td>
    </tr>
  );
}

function Actions({ row, onOpen }: { readonly row: ConnectionRow; readonly onOpen: (id: string) => void }) {
  const t = useT();
  const acts = useActs(row);
  const paused = row.state === "paused";
  const entries = [
    { label: t("connections.open"), run: () => onOpen(row.id) },
    { rule: true as const },
    { label: t("connections.check"), run: () => void acts.check() },
    { label: t("connections.pull"), off: paused, run: () => void acts.pull() },
    {
      label: t("connections.reconcile"),
      off: paused || row.listings === 0,
      run: () => void acts.reconcile(),
    },
    paused
      ? { label: t("connections.resume"), run: () => void acts.resume() }
      : { label: t("connections.pause"), run: () => void acts.pause() },
  ];
  if (row.state === "broken")
    return (
      <Button disabled={acts.busy} onClick={() => void acts.check()}>
        {t("connections.retry")}
      </Button>
    );
  return (
    <Menu label={t("connections.actions_of", { name: row.name })} entries={entries} width={220}>
      {(button) => (
        <button
          type="button"
          className="btn ic q"
          disabled={acts.busy}
          aria-label={t("connections.actions_of", { name: row.name })}
          {...button}
        >
          <Icon of={Ellipsis} />
        </button>
      )}
    </Menu>
  );
}
