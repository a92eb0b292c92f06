/** Orders by the clock of their parcel, or newest first once they have left. */

import type { LucideIcon } from "lucide-react";
import { CircleCheck, CircleDashed, CircleX, Clock, ClockAlert, Hourglass, PackageCheck } from "lucide-react";
import { memo } from "react";
import type { OrderRow } from "../api/index";
import { type Format, type Translate, useFormat, useT, type WordKey } from "../i18n/index";
import { Button, Glyph, Icon } from "../ui/index";
import { dueOf, goodsOf } from "./model";

interface ListProps {
  readonly orders: readonly OrderRow[];
  readonly open: string | null;
  readonly now: number;
  readonly more: boolean;
  readonly onOpen: (id: string) => void;
  readonly onMore: () => void;
}

export function List({ orders, open, now, more, onOpen, onMore }: ListProps) {
  const t = useT();
  return (
    <div className="rows">
      {orders.map((order) => (
        <Line key={order.id} order={order} on={order.id === open} now={now} onOpen={onOpen} />
      ))}
      {more && (
        <div style={{ padding: 12 }}>
          <Button quiet onClick={onMore}>
            {t("orders.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface LineProps {
  readonly order: OrderRow;
  readonly on: boolean;
  readonly now: number;
  readonly onOpen: (id: string) => void;
}

const Line = memo(function Line({ order, on, now, onOpen }: LineProps) {
  const t = useT();
  const format = useFormat();
  const { first, more } = goodsOf(order);
  const due = dueWords(order, now, t, format);
  return (
    <button
      type="button"
      className={`ol ${on ? "on" : ""}`}
      aria-current={on ? "true" : undefined}
      onClick={() => onOpen(order.id)}
    >
      <Glyph channel={order.channel} />
      <span className="ol-what">
        <span className="fx g6">
          <span className="m id nw">{order.number || order.external_id}</span>
          <span className="mute t12 el">{order.customer?.name}</span>
        </span>
        <span className="t12 mute el">{more > 0 ? t("orders.and_more", { first, count: more }) : first}</span>
      </span>
      <span className="r t12 ol-due">
        <span className="m">{format.money(order.total_minor, order.currency, true)}</span>
        <span className={`fx g4 t11 m ${due.tone}`}>
          <Icon of={due.icon} size="xs" />
          {due.words}
        </span>
      </span>
    </button>
  );
});

interface DueWords {
  readonly words: string;
  readonly tone: string;
  readonly icon: LucideIcon;
}

const states: Readonly<Record<string, { readonly word: WordKey; readonly icon: LucideIcon }>> = {
  pending: { word: "orders.waits", icon: Hourglass },
  shipped: { word: "orders.shipped", icon: CircleCheck },
  delivered: { word: "orders.delivered", icon: PackageCheck },
  cancelled: { word: "orders.cancelled", icon: CircleX },
  no_date: { word: "orders.no_date", icon: CircleDashed },
};

export function dueWords(order: OrderRow, now: number, t: Translate, format: Format): DueWords {
  const due = dueOf(order, now);
  if (due.kind === "late")
    return { words: t("orders.late_by", { span: format.span(due.minutes) }), tone: "bad", icon: ClockAlert };
  if (due.kind === "due")
    return {
      words: t("orders.ship_in", { span: format.span(due.minutes) }),
      tone: due.soon ? "warn" : "mute",
      icon: Clock,
    };
  const state = states[due.word] ?? { word: "orders.no_date" as const, icon: CircleDashed };
  return { words: t(state.word), tone: "mute", icon: state.icon };
}
