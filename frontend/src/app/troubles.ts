/** What waits for a decision on other pages: open incidents, and connections that do not run as they should. */
import { useQuery } from "@tanstack/react-query";
import { incidentsQuery, useConnections } from "../api/index";

interface Troubles {
  readonly incidents: number;
  readonly connections: boolean;
}

export function useTroubles(): Troubles {
  const { data } = useQuery({ ...incidentsQuery, staleTime: 60_000 });
  const connections = useConnections();
  return {
    incidents: data?.filter(({ state }) => state === "open").length ?? 0,
    connections: connections.some(
      ({ state, error }) =>
        state === "broken" || (error !== null && error.code !== "removed" && state !== "paused"),
    ),
  };
}
