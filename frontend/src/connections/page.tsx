/** The workspace's connections with their mode and state. */
import { useQuery } from "@tanstack/react-query";
import { connectionsQuery, useConnections } from "../api/index";
import { useT } from "../i18n/index";
import { Glyph, TablePage } from "../ui/index";

export function ConnectionsPage() {
  const t = useT();
  const load = useQuery(connectionsQuery);
  const connections = useConnections();
  return (
    <TablePage
      title={t("nav.connections")}
      load={load}
      heads={[t("connection.channel"), t("connection.name"), t("connection.mode"), t("connection.state")]}
      rows={connections.map(({ id, channel, label, name, mode, state }) => ({
        key: id,
        cells: [
          <span key="channel" className="fx g8">
            <Glyph channel={channel} small />
            {label}
          </span>,
          name,
          mode,
          state,
        ],
      }))}
      empty={t("connection.none")}
      figures={0}
    />
  );
}
