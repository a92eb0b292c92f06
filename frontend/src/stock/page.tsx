/** Stock per variant and location. */
import { useQuery } from "@tanstack/react-query";
import { type Page, request } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { TablePage } from "../ui/index";

interface StockRow {
  readonly sku: string;
  readonly location: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly unavailable: number;
  readonly available: number;
}

export function StockPage() {
  const t = useT();
  const format = useFormat();
  const stock = useQuery({
    queryKey: ["stock"],
    queryFn: ({ signal }) => request<Page<StockRow>>("GET", "/stock", { query: { limit: 200 }, signal }),
    staleTime: 5_000,
  });
  return (
    <TablePage
      title={t("nav.stock")}
      load={stock}
      heads={[
        t("stock.sku"),
        t("stock.location"),
        t("stock.on_hand"),
        t("stock.reserved"),
        t("stock.available"),
      ]}
      rows={(stock.data?.items ?? []).map((row) => ({
        key: `${row.sku} ${row.location}`,
        cells: [
          row.sku,
          row.location,
          format.number(row.on_hand),
          format.number(row.reserved),
          format.number(row.available),
        ],
      }))}
      empty={t("stock.none")}
      figures={3}
    />
  );
}
