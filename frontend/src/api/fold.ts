/** Changes told by the live line, folded into cached answers. Folding twice, or in another order, ends the same. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Change } from "../live/index";
import { foldHandoff, foldPromise, type Handoff, type Promised } from "./handing";
import { keys, type ListFilter } from "./keys";
import { foldCustomer, foldMove } from "./merging";
import { foldOrderRow } from "./orders";
import { findRow, placeEverywhere } from "./rows";
import { foldSaved } from "./saved";
import { foldIncident, foldListing, foldStockRow } from "./stock";
import type { Connection, Context, Conversation, Counts, Me, Message, Page, StockLine } from "./types";

export type MessagesData = InfiniteData<Page<Message>, string | null>;

type Fold = (queries: QueryClient, change: Change) => void;

const memberOf = (queries: QueryClient): string => queries.getQueryData<Me>(keys.me)?.member.id ?? "";

/** A shared row carries nobody's unread: how far we had read stays, and what came in since is unread. */
export function withUnread(row: Conversation, known: Conversation | undefined): Conversation {
  const read =
    row.read_in_count ?? known?.read_in_count ?? (row.waiting_on === "us" ? row.in_count - 1 : row.in_count);
  const count = Math.max(0, row.in_count - read);
  return { ...row, read_in_count: read, unread: count > 0, unread_count: count };
}

const foldConversation: Fold = (queries, change) => {
  const row = change.data as Conversation;
  placeEverywhere(queries, withUnread(row, findRow(queries, row.id)), memberOf(queries));
};

const momentOf = (message: Message): number => Date.parse(message.sent_at);

/** Newest first, as the server pages them. */
const isNewer = (a: Message, b: Message): boolean =>
  momentOf(a) > momentOf(b) || (momentOf(a) === momentOf(b) && a.id > b.id);

const isSame = (a: Message, b: Message): boolean =>
  a.id === b.id || (a.client_msg_id !== null && a.client_msg_id === b.client_msg_id);

export function placeMessage(data: MessagesData, message: Message): MessagesData {
  const old = data.pages.flatMap((page) => page.items).find((each) => isSame(each, message));
  if (old && message.version <= old.version) return data;
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.filter((each) => !isSame(each, message)),
  }));
  for (const page of pages) {
    const at = page.items.findIndex((each) => isNewer(message, each));
    if (at < 0) continue;
    page.items = page.items.toSpliced(at, 0, message);
    return { ...data, pages };
  }
  const last = pages.at(-1);
  if (last && last.next_cursor === null) last.items = [...last.items, message];
  return { ...data, pages };
}

const foldMessage: Fold = (queries, change) => {
  const message = change.data as Message;
  queries.setQueryData<MessagesData>(keys.messages(message.conversation_id), (old) =>
    old ? placeMessage(old, message) : old,
  );
  foldMove(queries, message);
  if (message.mentions.includes(memberOf(queries)))
    void queries.invalidateQueries({
      predicate: ({ queryKey: [kind, filter] }) =>
        kind === "conversations" && (filter as ListFilter | undefined)?.queue === "mentions",
    });
};

const foldCounts: Fold = (queries, change) => {
  queries.setQueryData<Counts>(keys.counts, (old) =>
    old ? { ...old, ...(change.data as Partial<Counts>) } : old,
  );
};

/** A count that moved shows in the grid and beside the ordered goods of every open customer pane. */
const foldStock: Fold = (queries, change) => {
  foldStockRow(queries, change);
  const line = change.data as Partial<StockLine> & { sku: string };
  for (const [key, data] of queries.getQueriesData<Context>({ queryKey: ["context"] })) {
    if (!data?.stock.some((each) => each.sku === line.sku)) continue;
    const stock = data.stock.map((each) =>
      each.sku === line.sku
        ? { ...each, available: line.available ?? each.available, reserved: line.reserved ?? each.reserved }
        : each,
    );
    queries.setQueryData<Context>(key, { ...data, stock });
  }
};

const foldOrder: Fold = (queries, change) => {
  foldOrderRow(queries, change);
  void queries.invalidateQueries({ queryKey: ["context"] });
};

/** A change tells only part of the row: it shows at once, and the whole of it is asked for again. */
const foldConnection: Fold = (queries, change) => {
  const row = change.data as Connection;
  queries.setQueryData<Page<Connection>>(keys.connections, (old) =>
    old ? { ...old, items: old.items.map((each) => (each.id === row.id ? withNews(each, row) : each)) } : old,
  );
  void queries.invalidateQueries({ queryKey: keys.connections });
};

const withNews = (known: Connection, news: Connection): Connection =>
  news.version > known.version ? { ...known, ...news } : known;

/** What was taken back or removed is gone everywhere, as if it had never been written. */
function foldGone(queries: QueryClient, change: Change): void {
  const { kind, id } = change;
  foldSaved(queries, change);
  if (kind !== "message") return;
  for (const [key, data] of queries.getQueriesData<MessagesData>({ queryKey: ["messages"] })) {
    if (data?.pages.some((page) => page.items.some((each) => each.id === id))) {
      queries.setQueryData(key, withoutMessage(data, id));
    }
  }
}

export function withoutMessage(data: MessagesData, id: string): MessagesData {
  return {
    ...data,
    pages: data.pages.map((page) => ({ ...page, items: page.items.filter((each) => each.id !== id) })),
  };
}

/** Who works here and in which teams changes seldom: ask again. */
const foldPeople: Fold = (queries) => {
  void queries.invalidateQueries({ queryKey: keys.me });
};

const folds: Readonly<Record<string, Fold>> = {
  conversation: foldConversation,
  message: foldMessage,
  counts: foldCounts,
  stock: foldStock,
  listing: foldListing,
  incident: foldIncident,
  order: foldOrder,
  connection: foldConnection,
  customer: (queries, change) => foldCustomer(queries, change.id),
  handoff: (queries, change) => foldHandoff(queries, change.data as Handoff),
  promise: (queries, change) => foldPromise(queries, change.data as Promised),
  saved_reply: foldSaved,
  macro: foldSaved,
  member: foldPeople,
  team: foldPeople,
  workspace: foldPeople,
};

/** Unknown kinds belong to rooms that are not loaded: their own pages ask again when they open. */
export function foldChanges(queries: QueryClient, changes: readonly Change[]): void {
  for (const change of changes) {
    const isRow = typeof change.data === "object" && change.data !== null;
    if (change.data === null) foldGone(queries, change);
    else if (isRow && Object.hasOwn(folds, change.kind)) folds[change.kind]?.(queries, change);
  }
}
