/** Merges of customers and conversations: what is suggested, what was done, and the way back. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import { keys } from "./keys";
import type { Handle, Message } from "./types";

/** Ids of one kind that the provider never changes: one person has both only with two accounts. */
export interface Clash {
  readonly kind: string;
  readonly one: string;
  readonly other: string;
}

export interface Suggestion {
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly order_count: number;
    readonly spent: readonly { readonly currency: string; readonly minor: number }[];
    readonly handles: readonly Handle[];
  };
  readonly evidence: readonly {
    readonly kind: "email" | "phone" | "order" | "address" | "name";
    readonly value: string;
  }[];
  readonly strength: "strong" | "likely";
  readonly clashes: readonly Clash[];
}

export interface Merge {
  readonly id: string;
  readonly kind: "customer" | "conversation" | "split";
  readonly survivor_id: string;
  readonly absorbed_ids: readonly string[];
  readonly names: readonly string[];
  readonly at: string;
  readonly by: string | null;
}

export const suggestionsQuery = (customer: string) =>
  queryOptions({
    queryKey: keys.suggestions(customer),
    queryFn: async ({ signal }) =>
      (
        await request<{ readonly items: readonly Suggestion[] }>(
          "GET",
          `/customers/${customer}/suggestions`,
          { signal },
        )
      ).items,
  });

export const mergesQuery = (customer: string) =>
  queryOptions({
    queryKey: keys.merges(customer),
    queryFn: async ({ signal }) =>
      (
        await request<{ readonly items: readonly Merge[] }>("GET", `/customers/${customer}/merges`, {
          signal,
        })
      ).items,
  });

export const mergeCustomers = (
  customer: string,
  absorb: string,
  confirm: readonly string[],
): Promise<Merge> =>
  request<Merge>("POST", `/customers/${customer}/merge`, { body: { absorb_id: absorb, confirm } });

export const keepApart = (customer: string, other: string): Promise<void> =>
  request<void>("POST", `/customers/${customer}/suggestions/dismiss`, { body: { other_id: other } });

export const mergeConversations = (conversation: string, absorb: readonly string[]): Promise<Merge> =>
  request<Merge>("POST", `/conversations/${conversation}/merge`, { body: { absorb_ids: absorb } });

export const splitThread = (conversation: string, thread: string): Promise<Merge> =>
  request<Merge>("POST", `/conversations/${conversation}/split`, { body: { thread_id: thread } });

export const undoMerge = (merge: string): Promise<Merge> => request<Merge>("POST", `/merges/${merge}/undo`);

/** System lines after which messages stand in another conversation than before, or beside another customer. */
const MOVES = new Set([
  "merged",
  "unmerged",
  "split",
  "split_from",
  "unsplit",
  "customers_merged",
  "customers_parted",
]);

/** Rows that moved are not told one by one: what the line says is asked for again, once. */
export function foldMove(queries: QueryClient, message: Message): void {
  if (!message.event || !MOVES.has(message.event.code)) return;
  void queries.invalidateQueries({ queryKey: keys.messages(message.conversation_id) });
  void queries.invalidateQueries({ queryKey: ["context"] });
}

/** A customer's row is told whenever something about them is new: who may be the same, and what stands beside their talks. */
export function foldCustomer(queries: QueryClient, customer: string): void {
  for (const key of [keys.suggestions(customer), keys.merges(customer)])
    void queries.invalidateQueries({ queryKey: key });
  void queries.invalidateQueries({
    predicate: ({ queryKey, state }) =>
      queryKey[0] === "context" &&
      (state.data as { customer?: { id: string } | null } | undefined)?.customer?.id === customer,
  });
}

const UNDONE = new Set(["unmerged", "unsplit", "customers_parted"]);

/** The merges that these lines say were undone. */
export const undoneIn = (messages: readonly Message[]): ReadonlySet<string> =>
  new Set(
    messages.flatMap(({ event }) =>
      event && UNDONE.has(event.code) && typeof event.detail.merge === "string" ? [event.detail.merge] : [],
    ),
  );
