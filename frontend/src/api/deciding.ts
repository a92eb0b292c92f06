/** What an oversell asks of a person, and their answer. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import { placeRowIn } from "./snapshot";
import type { Incident } from "./stock";

export type OfferKind = "held_back" | "incoming" | "substitute" | "cancel";

export interface Alternative {
  readonly offer: OfferKind;
  readonly name: string;
  readonly units: number;
  readonly ref: string | null;
  readonly state: string;
  readonly at: string | null;
}

export interface Holder {
  readonly order_id: string;
  readonly channel: string;
  readonly number: string;
  readonly customer: string;
  readonly units: number;
  readonly placed_at: string;
  readonly currency: string;
  readonly total_minor: number;
  readonly earlier: number;
  readonly penalty: {
    readonly cost: "none" | "defect" | "rate";
    readonly now_pct: number;
    readonly then_pct: number;
    readonly most_pct: number;
    readonly warn: boolean;
  };
  readonly language: string;
  readonly conversation_id: string | null;
  readonly conversation_number: number | null;
  readonly conversation_channel: string | null;
  readonly decided: boolean;
  /** One for each alternative, in their order. */
  readonly drafts: readonly string[];
}

export interface IncidentDetail {
  readonly incident: Incident;
  readonly why: {
    readonly cause: string;
    readonly listings: number;
    readonly zeroed: number;
    readonly zeroed_at: string | null;
  };
  readonly suggestions: readonly Holder[];
  readonly alternatives: readonly Alternative[];
}

export interface IncidentAnswer {
  readonly key: string;
  readonly offer: OfferKind;
  readonly order_id: string | null;
  readonly ref: string;
  readonly text: string;
}

/** Read anew for every version of the incident. */
export const incidentQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ["incident", id, version],
    queryFn: ({ signal }) => request<IncidentDetail>("GET", `/incidents/${id}`, { signal }),
    staleTime: 0,
  });

export async function answerIncident(
  queries: QueryClient,
  id: string,
  answer: IncidentAnswer,
): Promise<IncidentDetail> {
  const detail = await request<IncidentDetail>("POST", `/incidents/${id}/resolve`, { body: answer });
  placeRowIn(queries, ["incidents"], detail.incident);
  void queries.invalidateQueries({ queryKey: ["incident", id] });
  return detail;
}
