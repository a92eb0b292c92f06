/** What a person must decide: units promised that are not there, and the orders they were promised to. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, OctagonAlert } from "lucide-react";
import { type Incident, incidentsQuery, stockQuery, type UncoveredOrder, useMe } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { useAddress, useNow, usePhone } from "../lib/index";
import { Button, Glyph, Icon, Picture, To } from "../ui/index";
import { Deciding } from "./deciding";
import { Failed, Loading } from "./faces";
import "./incidents.css";

export function IncidentsPage() {
  const t = useT();
  const phone = usePhone();
  const now = useNow();
  const [address, setAddress] = useAddress();
  const incidents = useQuery(incidentsQuery);
  const rows = incidents.data ?? [];
  const open = rows.filter(({ state }) => state === "open");
  const decided = rows.filter(({ state }) => state !== "open");
  const named = rows.find(({ id }) => id === address.incident);
  const shown = named ?? (phone ? undefined : (open[0] ?? decided[0]));
  const list = (
    <section className="pane">
      <div className="bar">
        <h1>{t("nav.incidents")}</h1>
        {incidents.data && <span className="cnt t12">{t("stock.inc_open", { count: open.length })}</span>}
      </div>
      {incidents.isPending && <Loading />}
      {incidents.isError && <Failed load={incidents} />}
      <div className="rows">
        {incidents.data && open.length === 0 && (
          <p className="mute" style={{ padding: 16 }}>
            {t("stock.inc_none")}
          </p>
        )}
        {open.map((row) => (
          <Line
            key={row.id}
            row={row}
            on={row.id === shown?.id}
            now={now}
            onOpen={() => setAddress({ incident: row.id })}
          />
        ))}
        {decided.length > 0 && (
          <h2 className="h" style={{ padding: "16px 16px 4px" }}>
            {t("stock.inc_decided")}
          </h2>
        )}
        {decided.map((row) => (
          <Line
            key={row.id}
            row={row}
            on={row.id === shown?.id}
            now={now}
            onOpen={() => setAddress({ incident: row.id })}
          />
        ))}
      </div>
    </section>
  );
  const pane = shown && (
    <Pane row={shown} now={now} onBack={phone ? () => setAddress({ incident: null }) : null} />
  );
  if (phone) return pane ?? list;
  return (
    <div className="inc-page">
      {list}
      {pane ?? <Calm loaded={incidents.isSuccess} />}
    </div>
  );
}

interface LineProps {
  readonly row: Incident;
  readonly on: boolean;
  readonly now: number;
  readonly onOpen: () => void;
}

function Line({ row, on, now, onOpen }: LineProps) {
  const t = useT();
  const format = useFormat();
  const open = row.state === "open";
  return (
    <button
      type="button"
      className={`inc ${on ? "on" : ""}`}
      aria-current={on ? "true" : undefined}
      onClick={onOpen}
    >
      <span className="fx g8">
        <span className={open ? "bad" : "ok"}>
          <Icon of={open ? OctagonAlert : CircleCheck} />
        </span>
        <span className={`grow el ${open ? "m" : ""}`}>{row.title || row.sku}</span>
        <span className="t11 mute tn">{format.age(row.resolved_at ?? row.opened_at, now)}</span>
      </span>
      <span className="t12 mute inc-sub">
        {open ? t("stock.inc_units", { count: row.units }) : t("stock.inc_settled")}
      </span>
    </button>
  );
}

function Calm({ loaded }: { readonly loaded: boolean }) {
  const t = useT();
  return (
    <main className="pane" style={{ padding: "20px 24px" }}>
      {loaded && (
        <>
          <div className="t20 b">{t("stock.inc_calm")}</div>
          <p className="mute" style={{ marginTop: 3 }}>
            {t("stock.inc_calm_text")}
          </p>
        </>
      )}
    </main>
  );
}

interface PaneProps {
  readonly row: Incident;
  readonly now: number;
  readonly onBack: (() => void) | null;
}

function Pane({ row, now, onBack }: PaneProps) {
  const t = useT();
  const format = useFormat();
  const { data: stock } = useQuery(stockQuery);
  const { member } = useMe();
  const picture = stock?.find(({ variant_id }) => variant_id === row.variant_id)?.picture;
  const open = row.state === "open";
  const name = row.title || row.sku;
  return (
    <main className="pane">
      <div className="fs g16" style={{ padding: "20px 24px 0" }}>
        <Picture of={picture} size={44} />
        <div className="grow">
          <div className="t20 b">
            {open ? t("stock.inc_title", { count: row.units, name }) : t("stock.inc_title_done", { name })}
          </div>
          <div className="mute" style={{ marginTop: 3 }}>
            {open
              ? t("stock.inc_text", { time: format.time(row.opened_at), ago: format.ago(row.opened_at, now) })
              : t("stock.inc_text_done", {
                  opened: format.date(row.opened_at, now),
                  settled: row.resolved_at ? format.date(row.resolved_at, now) : "–",
                })}
          </div>
        </div>
        {onBack && <Button onClick={onBack}>{t("stock.close")}</Button>}
      </div>
      {row.orders.length > 0 && (
        <>
          <h2 className="h" style={{ padding: "18px 24px 6px" }}>
            {t("stock.inc_orders")}
          </h2>
          {row.orders.map((order, at) => (
            <Uncovered key={order.order_id ?? at} order={order} now={now} />
          ))}
          <hr />
        </>
      )}
      {open && member.role !== "stock" && <Deciding row={row} now={now} />}
      <div className="fx g8 wrap" style={{ padding: "16px 24px" }}>
        <To
          className={`btn lg ${open && member.role !== "stock" ? "" : "p"}`}
          href={`/stock?sku=${encodeURIComponent(row.sku)}`}
        >
          {t("stock.inc_stock")}
        </To>
        <span className="t12 mute">{open && t("stock.inc_ends")}</span>
      </div>
    </main>
  );
}

function Uncovered({ order, now }: { readonly order: UncoveredOrder; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  const inside = (
    <>
      <Glyph channel={order.channel} />
      <span className="m id">{order.number || order.external_id || t("stock.inc_by_hand")}</span>
      <span className="grow mute t12">
        {order.placed_at &&
          t("orders.placed_at", {
            date: format.date(order.placed_at, now),
            time: format.time(order.placed_at),
          })}
      </span>
      <span className="bad m tn">
        {t("stock.inc_short", { uncovered: order.uncovered, quantity: order.quantity })}
      </span>
    </>
  );
  return order.order_id ? (
    <To className="inc-order" href={`/orders?order=${order.order_id}`}>
      {inside}
    </To>
  ) : (
    <div className="inc-order">{inside}</div>
  );
}
