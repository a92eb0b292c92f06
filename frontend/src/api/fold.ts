/** Changes told by the live line, folded into cached answers. Folding twice, or in another order, ends the same. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Change } from "../live/index";
import { keys } from "./keys";
import { findRow, placeEverywhere } from "./rows";
import type { Context, Conversation, Counts, Me, Message, Page, StockLine } from "./types";

export type MessagesData = InfiniteData<Page<Message>, string | null>;

type Fold = (queries: QueryClient, change: Change) => void;

const memberOf = (queries: QueryClient): string => queries.getQueryData<Me>(keys.me)?.member.id ?? "";

/** A shared row carries nobody's unread: ours stays, and turns on when the customer wrote after what we knew. */
export function withUnread(row: Conversation, known: Conversation | undefined): Conversation {
  if (!known) {
    const waits = row.preview_direction === "in" && row.waiting_on === "us";
    return { ...row, unread: waits, unread_count: waits ? 1 : 0 };
  }
  const wrote =
    row.last_in_at !== null && Date.parse(row.last_in_at) > Date.parse(known.last_in_at ?? "1970-01-01");
  return wrote
    ? { ...row, unread: true, unread_count: known.unread_count + 1 }
    : { ...row, unread: known.unread, unread_count: known.unread_count };
}

const foldConversation: Fold = (queries, change) => {
  const row = change.data as Conversation;
  const known = findRow(queries, row.id);
  if (known && row.version <= known.version) return;
  placeEverywhere(queries, withUnread(row, known), memberOf(queries));
};

const momentOf = (message: Message): number => Date.parse(message.sent_at ?? message.created_at);

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
};

const foldCounts: Fold = (queries, change) => {
  const { by_status: _, ...shared } = change.data as Partial<Counts>;
  queries.setQueriesData<Counts>({ queryKey: keys.counts }, (old) => (old ? { ...old, ...shared } : old));
};

/** A count that moved shows beside the ordered goods of every open customer pane. */
const foldStock: Fold = (queries, change) => {
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

const foldOrder: Fold = (queries) => {
  void queries.invalidateQueries({ queryKey: ["context"] });
};

const foldConnection: Fold = (queries) => {
  void queries.invalidateQueries({ queryKey: keys.me });
};

const folds: Readonly<Record<string, Fold>> = {
  conversation: foldConversation,
  message: foldMessage,
  counts: foldCounts,
  stock: foldStock,
  order: foldOrder,
  connection: foldConnection,
};

/** Unknown kinds belong to rooms that are not loaded: their own pages ask again when they open. */
export function foldChanges(queries: QueryClient, changes: readonly Change[]): void {
  for (const change of changes) {
    const isRow = typeof change.data === "object" && change.data !== null;
    if (isRow && Object.hasOwn(folds, change.kind)) folds[change.kind]?.(queries, change);
  }
}
