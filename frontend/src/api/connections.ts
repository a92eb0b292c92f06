/** Linking accounts: the channels there are, the connections made, what they can be told to do, and parked deliveries. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import { keys } from "./keys";
import { connectionsQuery } from "./queries";
import type { Connection, Me, Page } from "./types";

export interface Feed {
  readonly name: string;
  readonly every_s: number;
  readonly behind: boolean;
  readonly last_success_at: string | null;
  readonly last_pull_at: string | null;
  readonly last_error: string;
  readonly pulled: number;
  /** How many things the first reading holds, where the channel says so. */
  readonly about: number | null;
  readonly first_done_at: string | null;
}

export interface Budget {
  readonly operation: string;
  readonly tokens: number;
  readonly burst: number;
  readonly day_used: number;
  readonly per_day: number | null;
  readonly blocked_until: string | null;
}

export interface ConnectionRow extends Connection {
  readonly account: string;
  readonly sends_replies: boolean;
  readonly pushes_stock: boolean;
  readonly hook_url: string;
  /** The pretend shop's page that carries this chat; empty for all others. */
  readonly shop_path?: string;
  readonly last_success_at: string | null;
  readonly last_event_at: string | null;
  readonly error_at: string | null;
  /** unknown, set, by_hand or failed. */
  readonly hook_state: string;
  readonly hook_detail: string;
  /** How late news of buyers can be, in seconds; 0 while the channel can reach us. */
  readonly lateness_s: number;
  readonly feeds: readonly Feed[];
  readonly budgets: readonly Budget[];
  readonly listings: number;
  readonly behind_listings: number;
  readonly created_at: string;
}

type Words = Readonly<Record<string, string>>;

export interface SecretField {
  readonly name: string;
  readonly label: Words;
  readonly help: Words;
  readonly group: string;
  readonly hidden: boolean;
  readonly optional: boolean;
  readonly pattern: string;
  /** The seller's consent at the channel yields it. */
  readonly by_consent: boolean;
}

export interface ChannelOffer {
  readonly key: string;
  readonly name: string;
  readonly names: Words;
  readonly glyph: string;
  readonly hue: number;
  readonly needs: string;
  readonly consent: string;
  readonly hook: string;
  readonly sentence: Words;
  readonly guide: Words;
  readonly secrets: readonly SecretField[];
  readonly feeds: readonly string[];
  readonly sends: boolean;
  readonly stocks: boolean;
  readonly text_limit: number | null;
  /** The slowest poll of messages or orders; 0 when nothing can be asked for. */
  readonly slowest_s: number;
}

export interface Delivery {
  readonly id: string;
  readonly connection_id: string;
  readonly channel: string;
  readonly kind: string;
  readonly state: string;
  readonly error: string;
  readonly attempts: number;
  readonly received_at: string;
  readonly size: number;
}

export interface Checked {
  readonly ok: boolean;
  readonly account: string;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
  readonly missing: readonly string[];
  /** The field of the form that is to blame; empty when none is. */
  readonly field: string;
}

export interface WouldPush {
  readonly listing_id: string;
  readonly external_id: string;
  readonly external_sku: string;
  readonly title: string;
  readonly sku: string | null;
  readonly shows: number | null;
  readonly push: number | null;
  readonly difference: number | null;
  readonly verdict: string;
}

/** What turning stock on would change; the sum is over all listings, the items are the first of them. */
export interface DryRun extends Page<WouldPush> {
  readonly sum: Readonly<Record<string, number>>;
}

export interface NewConsent {
  readonly channel: string;
  readonly name?: string;
  readonly secrets: Words;
  readonly connection_id?: string;
}

export interface ConsentTold {
  readonly id: string;
  readonly channel: string;
  readonly outcome: string;
  readonly connection_id: string | null;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

export interface NewConnection {
  readonly channel: string;
  readonly name: string;
  readonly secrets: Words;
}

export interface ConnectionPatch {
  readonly sends_replies?: boolean;
  readonly pushes_stock?: boolean;
  readonly name?: string;
  readonly secrets?: Words;
}

export interface FirstRun {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly company: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly language: string;
}

const PARKED = ["deliveries", "parked"];

/** The same answer as the shell's, with everything the server says about each. */
export const connectionRowsQuery = queryOptions({
  queryKey: keys.connections,
  queryFn: connectionsQuery.queryFn,
  select: (page) => page.items as readonly ConnectionRow[],
  staleTime: 0,
  refetchInterval: 15_000,
});

export const channelsQuery = queryOptions({
  queryKey: ["channels"],
  queryFn: ({ signal }) => request<readonly ChannelOffer[]>("GET", "/channels", { signal }),
});

export const parkedQuery = queryOptions({
  queryKey: PARKED,
  queryFn: ({ signal }) =>
    request<Page<Delivery>>("GET", "/deliveries", { query: { state: "parked", limit: 100 }, signal }),
  staleTime: 0,
  refetchInterval: 30_000,
});

export const dryRunQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.connections, id, "dry-run"],
    queryFn: ({ signal }) => request<DryRun>("GET", `/connections/${id}/dry-run`, { signal }),
    staleTime: 0,
    gcTime: 0,
  });

/** `word` is a consent's id; the other words need no asking. */
export const consentQuery = (word: string) =>
  queryOptions({
    queryKey: ["consent", word],
    queryFn: ({ signal }) => request<ConsentTold>("GET", `/connections/consent/${word}`, { signal }),
  });

/** Where the browser goes next. */
export const beginConsent = (asked: NewConsent): Promise<{ readonly url: string }> =>
  request<{ readonly url: string }>("POST", "/connections/consent", { body: asked });

/** What a seller would copy from the pages of a demo's pretend channel. */
export const pretendKeys = (channel: string): Promise<Readonly<Record<string, string>>> =>
  request<Readonly<Record<string, string>>>("GET", `/demo/keys/${encodeURIComponent(channel)}`);

export const firstRunQuery = queryOptions({
  queryKey: ["first-run"],
  queryFn: ({ signal }) => request<{ readonly needed: boolean }>("GET", "/first-run", { signal }),
});

const refetch = (queries: QueryClient) => queries.invalidateQueries({ queryKey: keys.connections });

export async function createConnection(queries: QueryClient, made: NewConnection): Promise<ConnectionRow> {
  const row = await request<ConnectionRow>("POST", "/connections", { body: { ...made, mode: "shadow" } });
  await refetch(queries);
  return row;
}

export async function updateConnection(
  queries: QueryClient,
  id: string,
  patch: ConnectionPatch,
): Promise<ConnectionRow> {
  const row = await request<ConnectionRow>("PATCH", `/connections/${id}`, { body: patch });
  await refetch(queries);
  return row;
}

export async function checkConnection(queries: QueryClient, id: string): Promise<Checked> {
  const checked = await request<Checked>("POST", `/connections/${id}/check`);
  await refetch(queries);
  return checked;
}

export async function actOnConnection(
  queries: QueryClient,
  id: string,
  act: "pull" | "reconcile" | "pause" | "resume",
): Promise<void> {
  await request<unknown>("POST", `/connections/${id}/${act}`);
  await refetch(queries);
}

export async function removeConnection(queries: QueryClient, id: string): Promise<void> {
  await request<unknown>("DELETE", `/connections/${id}`);
  await refetch(queries);
}

export async function replayDelivery(queries: QueryClient, id: string): Promise<void> {
  await request<unknown>("POST", `/deliveries/${id}/replay`);
  queries.setQueryData<Page<Delivery>>(PARKED, (page) =>
    page ? { ...page, items: page.items.filter((each) => each.id !== id) } : page,
  );
}

/** Makes the shop and signs its owner in. */
export async function runFirst(queries: QueryClient, answers: FirstRun): Promise<Me> {
  const me = await request<Me>("POST", "/first-run", { body: answers });
  queries.clear();
  queries.setQueryData(keys.me, me);
  return me;
}
