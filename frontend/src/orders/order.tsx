/** One order: who, what, the stock behind each line, where to, what happened, and its conversations. */
import { useQuery } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import { ArrowLeft, Banknote, Check, CircleX, Package, PackageCheck, Truck } from "lucide-react";
import type { ReactNode } from "react";
import { type OrderRow, orderConversationsQuery, stockQuery } from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { Clock, Copy, Glyph, Icon, IconButton, Picture, To } from "../ui/index";
import { dueWords } from "./list";
import { addressOf, type Happening, historyOf } from "./model";

interface OrderProps {
  readonly order: OrderRow;
  readonly now: number;
  readonly onBack: (() => void) | null;
}

export function OrderPane({ order, now, onBack }: OrderProps) {
  const t = useT();
  const number = order.number || order.external_id;
  return (
    <main className="pane">
      <header className="or-head">
        <div className="fx g8">
          {onBack && <IconButton icon={ArrowLeft} label={t("orders.back")} onClick={onBack} />}
          <Glyph channel={order.channel} />
          <h2 className="t16 b id el">{number}</h2>
          <Copy text={number} label={t("order.copy_number")} />
          <StatusChip order={order} now={now} />
        </div>
        <Summary order={order} now={now} />
      </header>
      <div className="or-body">
        <Lines order={order} />
        <div className="or-two">
          <ShipTo order={order} />
          <Parcel order={order} now={now} />
        </div>
        <History order={order} now={now} />
        <Talk order={order} now={now} />
      </div>
    </main>
  );
}

function StatusChip({ order, now }: { readonly order: OrderRow; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  const due = dueWords(order, now, t, format);
  const done = order.status === "delivered" || order.status === "shipped";
  const tone = done ? "ok" : order.status === "cancelled" ? "warn" : due.tone;
  return (
    <span className={`chip ${tone}`}>
      <Icon of={done ? Check : due.icon} />
      {due.words}
    </span>
  );
}

function Summary({ order, now }: { readonly order: OrderRow; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  const parts = [
    order.customer?.name,
    t("orders.placed_at", { date: format.date(order.placed_at, now), time: format.time(order.placed_at) }),
    format.money(order.total_minor, order.currency),
  ];
  return <div className="mute t12">{parts.filter(Boolean).join(" · ")}</div>;
}

function Lines({ order }: { readonly order: OrderRow }) {
  const t = useT();
  const format = useFormat();
  return (
    <table className="dt or-lines">
      <thead>
        <tr>
          <th scope="col">{t("orders.line")}</th>
          <th scope="col">{t("orders.behind")}</th>
          <th scope="col" className="r">
            {t("orders.quantity")}
          </th>
          <th scope="col" className="r">
            {t("orders.price")}
          </th>
        </tr>
      </thead>
      <tbody>
        {order.lines.map((line) => (
          <tr key={line.id}>
            <td>
              <span className="fx g12">
                <Picture of={line.picture} size={32} />
                <span style={{ lineHeight: 1.25, minWidth: 0 }}>
                  <span className="m el" style={{ display: "block" }}>
                    {line.title || line.external_sku}
                  </span>
                  <span className="t11 mute id">{line.sku ?? line.external_sku}</span>
                  <span className="t11 or-narrow">
                    <Behind sku={line.sku} />
                  </span>
                </span>
              </span>
            </td>
            <td className="t12 mute">
              <Behind sku={line.sku} />
            </td>
            <td className="r">
              {format.number(line.quantity)}
              {line.cancelled > 0 && (
                <span className="t11 warn"> {t("orders.cancelled_of", { count: line.cancelled })}</span>
              )}
            </td>
            <td className="r">{format.money(line.price_minor ?? 0, order.currency, true)}</td>
          </tr>
        ))}
        <tr className="last">
          <td colSpan={2} />
          <td className="r mute t12">{t("orders.total")}</td>
          <td className="r b">{format.money(order.total_minor, order.currency, true)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** The live count of the line's variant. */
function Behind({ sku }: { readonly sku: string | null }) {
  const t = useT();
  const { data } = useQuery(stockQuery);
  if (sku === null) return <span className="warn m">{t("orders.not_linked")}</span>;
  const rows = data?.filter((row) => row.sku === sku) ?? [];
  if (rows.length === 0) return <>–</>;
  const available = rows.reduce((sum, row) => sum + row.available, 0);
  const reserved = rows.reduce((sum, row) => sum + row.reserved, 0);
  return (
    <To href={`/stock?sku=${encodeURIComponent(sku)}`} className={available < 0 ? "bad m" : ""}>
      <u className="d">{t("orders.available_held", { available, reserved })}</u>
    </To>
  );
}

function Part({ word, children }: { readonly word: WordKey; readonly children: ReactNode }) {
  const t = useT();
  return (
    <section>
      <h3 className="h">{t(word)}</h3>
      {children}
    </section>
  );
}

function ShipTo({ order }: { readonly order: OrderRow }) {
  const t = useT();
  const lines = addressOf(order.ship_to);
  return (
    <Part word="orders.ship_to">
      {lines.length === 0 && <span className="mute">{t("orders.no_address")}</span>}
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
      {lines.length > 0 && (
        <div className="fx g4 t12 mute" style={{ marginTop: 4 }}>
          <Copy text={lines.join("\n")} label={t("order.copy_address")} />
        </div>
      )}
    </Part>
  );
}

function Parcel({ order, now }: { readonly order: OrderRow; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  return (
    <Part word="orders.parcel">
      {order.carrier && <div>{order.carrier}</div>}
      {order.tracking && (
        <div className="fx g6">
          <span className="id el">{order.tracking}</span>
          <Copy text={order.tracking} label={t("order.copy_tracking")} />
        </div>
      )}
      {!order.tracking && order.ship_by && order.status === "open" && (
        <div>
          {t("orders.leave_by", { date: format.date(order.ship_by, now), time: format.time(order.ship_by) })}
        </div>
      )}
      {!order.tracking && <div className="mute">{t("orders.no_tracking")}</div>}
    </Part>
  );
}

const happenings: Readonly<Record<Happening, { readonly icon: LucideIcon; readonly word: WordKey }>> = {
  placed: { icon: Banknote, word: "orders.did_place" },
  shipped: { icon: Truck, word: "orders.shipped" },
  delivered: { icon: PackageCheck, word: "orders.delivered" },
  cancelled: { icon: CircleX, word: "orders.cancelled" },
};

function History({ order, now }: { readonly order: OrderRow; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  return (
    <div className="or-part">
      <h3 className="h">{t("orders.happened")}</h3>
      {historyOf(order).map(({ what, at }) => (
        <div key={what} className="fx g8 or-line">
          <span className="mute">
            <Icon of={happenings[what].icon ?? Package} size="s" />
          </span>
          <span className="grow">{t(happenings[what].word)}</span>
          {at && (
            <span className="mute t12 tn nw">
              {format.date(at, now)}, {format.time(at)}
            </span>
          )}
        </div>
      ))}
      {order.note && <p className="mute t12">{order.note}</p>}
    </div>
  );
}

function Talk({ order, now }: { readonly order: OrderRow; readonly now: number }) {
  const t = useT();
  const { data } = useQuery(orderConversationsQuery(order));
  return (
    <div className="or-part">
      <h3 className="h">{t("orders.conversation")}</h3>
      {data?.length === 0 && <p className="mute t12">{t("orders.no_conversation")}</p>}
      {data?.map((row) => (
        <To key={row.id} className="fx g8 or-line" href={`/inbox/${row.id}?queue=all`}>
          <Glyph channel={row.channel} small />
          <span className="m">#{row.number}</span>
          <span className="grow el">{row.subject || row.preview}</span>
          {row.next_due_at && row.status === "open" && (
            <Clock due={row.next_due_at} now={now} whose="company" />
          )}
        </To>
      ))}
    </div>
  );
}
