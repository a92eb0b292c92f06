/** Orders of every channel: lists, one of them, and the conversations about it. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import type { Change } from "../live/index";
import { request } from "./client";
import { newest } from "./snapshot";
import type { Conversation, OrderLine, Page } from "./types";

export type OrderStatus = "pending" | "open" | "shipped" | "delivered" | "cancelled";

export interface OrderRow {
  readonly id: string;
  readonly channel: string;
  readonly connection_id: string | null;
  readonly external_id: string;
  readonly number: string;
  readonly status: string;
  readonly placed_at: string;
  readonly currency: string;
  readonly total_minor: number;
  readonly ship_by: string | null;
  readonly shipped_at: string | null;
  readonly tracking: string;
  readonly carrier: string;
  readonly ship_to: Readonly<Record<string, string>>;
  readonly note: string;
  readonly customer: { readonly id: string; readonly name: string } | null;
  readonly lines: readonly (OrderLine & {
    readonly id: string;
    readonly variant_id: string | null;
    readonly cancelled: number;
  })[];
  readonly version: number;
}

export interface OrderFilter {
  readonly status?: OrderStatus;
  readonly q?: string;
}

type OrdersData = InfiniteData<Page<OrderRow>, string | null>;

const ORDERS = ["orders"];
const ORDER = ["order"];

const rowsOf = (data: OrdersData | undefined): readonly OrderRow[] =>
  data?.pages.flatMap((page) => page.items) ?? [];

export const ordersQuery = (filter: OrderFilter) =>
  infiniteQueryOptions({
    queryKey: [...ORDERS, filter],
    queryFn: async ({ pageParam, signal, client, queryKey }) => {
      const page = await request<Page<OrderRow>>("GET", "/orders", {
        query: { ...filter, cursor: pageParam, limit: 100 },
        signal,
      });
      return { ...page, items: newest(page.items, rowsOf(client.getQueryData<OrdersData>(queryKey))) };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: [...ORDER, id],
    queryFn: ({ signal }) => request<OrderRow>("GET", `/orders/${id}`, { signal }),
    staleTime: 0,
  });

/** Conversations that hold the order's number, or else the customer's own. */
export const orderConversationsQuery = (order: OrderRow) =>
  queryOptions({
    queryKey: ["order-conversations", order.id],
    queryFn: async ({ signal }) => {
      const list = (query: Readonly<Record<string, string>>) =>
        request<Page<Conversation>>("GET", "/conversations", {
          query: { queue: "all", limit: 5, ...query },
          signal,
        });
      const about = await list({ q: order.external_id });
      if (about.items.length > 0 || !order.customer) return about.items;
      const named = await list({ q: order.customer.name });
      return named.items.filter(({ customer }) => customer.id === order.customer?.id);
    },
    staleTime: 30_000,
  });

const fits = (filter: OrderFilter, row: OrderRow): boolean =>
  !filter.q && (!filter.status || filter.status === row.status);

/** Newest first, as the server pages them. */
export function placeOrderRow(data: OrdersData, filter: OrderFilter, row: OrderRow): OrdersData {
  const old = rowsOf(data).find(({ id }) => id === row.id);
  if (old && row.version <= old.version) return data;
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => id !== row.id) }));
  if (!fits(filter, row)) return filter.q && old ? replaceIn(data, row) : { ...data, pages };
  for (const page of pages) {
    const at = page.items.findIndex((each) => Date.parse(each.placed_at) < Date.parse(row.placed_at));
    if (at < 0) continue;
    page.items = page.items.toSpliced(at, 0, row);
    return { ...data, pages };
  }
  const last = pages.at(-1);
  if (last && last.next_cursor === null) last.items = [...last.items, row];
  return { ...data, pages };
}

const replaceIn = (data: OrdersData, row: OrderRow): OrdersData => ({
  ...data,
  pages: data.pages.map((page) => ({
    ...page,
    items: page.items.map((each) => (each.id === row.id ? row : each)),
  })),
});

export function foldOrderRow(queries: QueryClient, change: Change): void {
  const row = change.data as OrderRow;
  for (const [key, data] of queries.getQueriesData<OrdersData>({ queryKey: ORDERS })) {
    if (data) queries.setQueryData(key, placeOrderRow(data, (key[1] ?? {}) as OrderFilter, row));
  }
  queries.setQueryData<OrderRow>([...ORDER, row.id], (old) => (old && row.version > old.version ? row : old));
}
