/** Stock, listings, the ledger and incidents: their shapes, how they are fetched, and what a member does to them. */
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import type { Change } from "../live/index";
import { request } from "./client";
import { fetchAll, newest, placeRowIn } from "./snapshot";
import type { Page } from "./types";

/** One variant at one location; available = on_hand - reserved - unavailable. */
export interface StockRow {
  readonly id: string;
  readonly variant_id: string;
  readonly sku: string;
  readonly title: string;
  readonly brand: string;
  readonly picture: string;
  readonly location: string;
  readonly location_id: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly unavailable: number;
  readonly available: number;
  readonly counted: boolean;
  readonly version: number;
}

/** `wanted` is what should stand there, `published` what the channel last took from us, `observed` what was read there. */
export interface Listing {
  readonly id: string;
  readonly sku: string | null;
  readonly external_sku: string;
  readonly external_id: string;
  readonly channel: string;
  readonly connection_id: string;
  readonly title: string;
  readonly variant_id: string | null;
  readonly mapping: string;
  readonly confidence: number | null;
  readonly evidence: string;
  readonly fulfilment: string;
  readonly listing_state: string;
  readonly state: string;
  readonly wanted: number | null;
  readonly published: number | null;
  readonly observed: number | null;
  readonly sent_at: string | null;
  readonly acked_at: string | null;
  readonly observed_at: string | null;
  readonly dirty_at: string | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly problem: string;
  readonly url: string;
  readonly version: number;
}

export interface Movement {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly unavailable: number;
  readonly available: number;
  readonly reason: string;
  readonly source: string;
  readonly actor: string | null;
  readonly order_id: string | null;
  readonly order_number: string | null;
  readonly channel: string | null;
  readonly location: string;
}

export interface Push {
  readonly id: string;
  readonly at: string;
  readonly quantity: number;
  readonly outcome: string;
  readonly detail: string;
  readonly settled_at: string | null;
}

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly rank: number;
  readonly sellable: boolean;
}

export interface UncoveredOrder {
  readonly order_id: string | null;
  readonly external_id: string | null;
  readonly number: string | null;
  readonly channel: string | null;
  readonly quantity: number;
  readonly uncovered: number;
  readonly placed_at: string | null;
}

export interface Incident {
  readonly id: string;
  readonly kind: string;
  readonly sku: string;
  readonly title: string;
  readonly variant_id: string;
  readonly units: number;
  readonly state: string;
  readonly opened_at: string;
  readonly resolved_at: string | null;
  readonly decisions: readonly {
    readonly key: string;
    readonly offer: "held_back" | "incoming" | "substitute" | "cancel";
    readonly order_id: string | null;
    readonly units: number;
    readonly by: string;
    readonly at: string;
  }[];
  readonly orders: readonly UncoveredOrder[];
  readonly version: number;
}

export interface NewMovement {
  readonly sku: string;
  readonly location: string;
  readonly delta: number;
  readonly reason: string;
  readonly key: string;
}

const STOCK = ["stock"];
const LISTINGS = ["listings"];
const INCIDENTS = ["incidents"];
const LEDGER = ["movements"];
const PUSHES = ["pushes"];
const fresh = { staleTime: 0 } as const;

export const stockQuery = queryOptions({
  queryKey: STOCK,
  queryFn: async ({ signal, client }) => {
    const rows = await fetchAll<StockRow>("/stock", {}, signal);
    return newest(rows, client.getQueryData<readonly StockRow[]>(STOCK));
  },
  ...fresh,
});

export const listingsQuery = queryOptions({
  queryKey: LISTINGS,
  queryFn: async ({ signal, client }) => {
    const rows = await fetchAll<Listing>("/listings", {}, signal);
    return newest(rows, client.getQueryData<readonly Listing[]>(LISTINGS));
  },
  ...fresh,
});

export const incidentsQuery = queryOptions({
  queryKey: INCIDENTS,
  queryFn: async ({ signal, client }) => {
    const page = await request<Page<Incident>>("GET", "/incidents", { query: { limit: 200 }, signal });
    return newest(page.items, client.getQueryData<readonly Incident[]>(INCIDENTS));
  },
  ...fresh,
});

export const placesQuery = queryOptions({
  queryKey: ["locations"],
  queryFn: ({ signal }) => request<readonly Place[]>("GET", "/locations", { signal }),
});

export const movementsQuery = (variant: string) =>
  infiniteQueryOptions({
    queryKey: [...LEDGER, variant],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Movement>>("GET", `/variants/${variant}/movements`, {
        query: { cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    ...fresh,
  });

export const pushesQuery = (listing: string) =>
  queryOptions({
    queryKey: [...PUSHES, listing],
    queryFn: ({ signal }) => request<readonly Push[]>("GET", `/listings/${listing}/pushes`, { signal }),
    ...fresh,
  });

export async function moveStock(queries: QueryClient, movement: NewMovement): Promise<StockRow> {
  const row = await request<StockRow>("POST", "/stock/movements", { body: movement });
  placeRowIn(queries, STOCK, row);
  void queries.invalidateQueries({ queryKey: [...LEDGER, row.variant_id] });
  return row;
}

/** Null takes the link away; nothing is pushed to the listing then. */
export async function mapListing(
  queries: QueryClient,
  listing: string,
  variant: string | null,
): Promise<void> {
  await request<unknown>("POST", `/listings/${listing}/mapping`, { body: { variant_id: variant } });
  await queries.invalidateQueries({ queryKey: LISTINGS });
}

/** The connection's own listings become variants; those of other connections with the same SKU are linked too. */
export async function makeVariants(
  queries: QueryClient,
  connection: string,
): Promise<{ readonly made: number; readonly linked: number }> {
  const done = await request<{ made: number; linked: number }>("POST", `/connections/${connection}/variants`);
  await Promise.all([STOCK, LISTINGS].map((queryKey) => queries.invalidateQueries({ queryKey })));
  return done;
}

export function foldStockRow(queries: QueryClient, change: Change): void {
  const row = change.data as StockRow;
  if (!row.variant_id) return;
  placeRowIn(queries, STOCK, row);
  void queries.invalidateQueries({ queryKey: [...LEDGER, row.variant_id] });
}

export function foldListing(queries: QueryClient, change: Change): void {
  placeRowIn(queries, LISTINGS, change.data as Listing);
  void queries.invalidateQueries({ queryKey: [...PUSHES, change.id] });
}

export function foldIncident(queries: QueryClient, change: Change): void {
  placeRowIn(queries, INCIDENTS, change.data as Incident);
}
