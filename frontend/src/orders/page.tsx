/** Orders, newest first. */
import { useQuery } from "@tanstack/react-query";
import { type Order, type Page, request } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { useNow } from "../lib/index";
import { Glyph, TablePage } from "../ui/index";

export function OrdersPage() {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const orders = useQuery({
    queryKey: ["orders"],
    queryFn: ({ signal }) => request<Page<Order>>("GET", "/orders", { signal }),
    staleTime: 5_000,
  });
  return (
    <TablePage
      title={t("nav.orders")}
      load={orders}
      heads={[t("order.number"), t("order.placed"), t("order.status"), t("order.items"), t("order.total")]}
      rows={(orders.data?.items ?? []).map((order) => ({
        key: order.id,
        cells: [
          <span key="number" className="fx g8 id">
            <Glyph channel={order.channel} small />
            {order.number || order.external_id}
          </span>,
          format.date(order.placed_at, now),
          order.status,
          format.number(order.lines.reduce((sum, line) => sum + line.quantity, 0)),
          format.money(order.total_minor, order.currency),
        ],
      }))}
      empty={t("order.none")}
      figures={2}
    />
  );
}
