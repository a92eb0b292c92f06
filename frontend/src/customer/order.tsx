/** One order: number, state, lines, the steps it has taken, tracking and address, each with its copy. */
import { Check, TriangleAlert } from "lucide-react";
import type { Order, OrderLine } from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { useNow } from "../lib/index";
import { Copy, Glyph, Icon, Picture } from "../ui/index";
import { OrderActs } from "./order-acts";

const statusWords: Readonly<Record<string, WordKey>> = {
  pending: "order.pending",
  open: "order.open",
  shipped: "order.shipped",
  delivered: "order.delivered",
  cancelled: "order.cancelled",
};

export function OrderCard({ order }: { readonly order: Order }) {
  const t = useT();
  const number = order.number || order.external_id;
  return (
    <>
      <div className="fx g6">
        <Glyph channel={order.channel} small />
        <span className="m t12 id">{number}</span>
        <Copy text={number} label={t("order.copy_number")} />
        <StatusChip status={order.status} />
      </div>
      {order.lines.map((line, at) => (
        <Line
          key={`${line.sku ?? line.external_sku ?? at}`}
          line={line}
          currency={order.currency}
          first={at === 0}
        />
      ))}
      <Steps order={order} />
      <Where order={order} />
      <OrderActs order={order} key={order.id} />
    </>
  );
}

function StatusChip({ status }: { readonly status: string }) {
  const t = useT();
  const word = Object.hasOwn(statusWords, status) ? statusWords[status] : undefined;
  const ended = status === "cancelled";
  const done = status === "delivered" || status === "shipped";
  return (
    <span className={`sp chip ${done ? "ok" : ended ? "warn" : ""}`}>
      {done && <Icon of={Check} />}
      {ended && <Icon of={TriangleAlert} />}
      {word ? t(word) : status}
    </span>
  );
}

interface LineProps {
  readonly line: OrderLine;
  readonly currency: string;
  readonly first: boolean;
}

function Line({ line, currency, first }: LineProps) {
  const format = useFormat();
  return (
    <div className="ln" style={{ marginTop: first ? 10 : 8 }}>
      <Picture of={line.picture} size={32} />
      <div className="grow">
        <div className="el m">{line.title || line.sku || line.external_sku}</div>
        <div className="mute t11 id">
          {[line.sku ?? line.external_sku, `${format.number(line.quantity)} ×`].filter(Boolean).join(" · ")}
        </div>
      </div>
      {line.price_minor !== null && (
        <span className="tn">{format.money(line.price_minor, currency, true)}</span>
      )}
    </div>
  );
}

function Steps({ order }: { readonly order: Order }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  if (order.status === "cancelled" || order.status === "pending") return null;
  const steps = [
    { word: t("order.paid"), at: order.placed_at },
    { word: t("order.shipped"), at: order.shipped_at },
    { word: t("order.delivered"), at: order.delivered_at ?? null },
  ];
  const reached = { shipped: 2, delivered: 3 }[order.status] ?? 1;
  return (
    <div className="steps">
      {steps.map(({ word, at }, index) => (
        <span key={word} className={`${index < reached ? "on" : ""} ${index === reached - 1 ? "now" : ""}`}>
          {word}
          <br />
          {at
            ? format.date(at, now)
            : index === 1 && reached < 2 && order.ship_by
              ? t("order.by", { date: format.date(order.ship_by, now) })
              : ""}
        </span>
      ))}
    </div>
  );
}

function Where({ order }: { readonly order: Order }) {
  const t = useT();
  const address = addressOf(order.ship_to);
  if (!order.tracking && !address) return null;
  return (
    <dl className="kv" style={{ marginTop: 10 }}>
      {order.tracking && (
        <>
          <dt>{t("order.tracking")}</dt>
          <dd>
            <span className="el id">{order.tracking}</span>
            <Copy text={order.tracking} label={t("order.copy_tracking")} />
          </dd>
        </>
      )}
      {address && (
        <>
          <dt>{t("order.ship_to")}</dt>
          <dd>
            <span className="el" title={address}>
              {areaOf(order.ship_to)}
            </span>
            <Copy text={address} label={t("order.copy_address")} />
          </dd>
        </>
      )}
    </dl>
  );
}

const AREA = ["city", "region", "postcode", "country"] as const;

/** Whole, as it goes on a parcel: name and street first. */
function addressOf(shipTo: Order["ship_to"]): string {
  if (!shipTo) return "";
  if (typeof shipTo === "string") return shipTo;
  const { name, phone: _, ...rest } = shipTo;
  const local = Object.keys(rest).filter((part) => !AREA.some((each) => each === part));
  return [name, ...local.map((part) => rest[part]), ...AREA.map((part) => rest[part])]
    .filter(Boolean)
    .join(", ");
}

/** Short, to know where it goes. */
function areaOf(shipTo: Order["ship_to"]): string {
  if (!shipTo || typeof shipTo === "string") return addressOf(shipTo);
  const place = [shipTo.city, shipTo.postcode].filter(Boolean).join(" ");
  return [place, shipTo.country].filter(Boolean).join(", ");
}
