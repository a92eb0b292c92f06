/** What a person must decide. */
import { useQuery } from "@tanstack/react-query";
import { type Incident, type Page, request } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { TablePage } from "../ui/index";

export function IncidentsPage() {
  const t = useT();
  const format = useFormat();
  const incidents = useQuery({
    queryKey: ["incidents"],
    queryFn: ({ signal }) => request<Page<Incident>>("GET", "/incidents", { signal }),
    staleTime: 5_000,
  });
  return (
    <TablePage
      title={t("nav.incidents")}
      load={incidents}
      heads={[t("incident.kind"), t("stock.sku"), t("incident.state"), t("incident.units")]}
      rows={(incidents.data?.items ?? []).map((row) => ({
        key: row.id,
        cells: [row.kind, row.sku ?? "", row.state, row.units === null ? "" : format.number(row.units)],
      }))}
      empty={t("incident.none")}
      figures={1}
    />
  );
}
