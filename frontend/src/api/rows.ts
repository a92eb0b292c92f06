/** Which list a conversation stands in, and where: the server's own rules, so that a change can move a row at once. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { keys, type ListFilter } from "./keys";
import type { Conversation, Page, Shelf } from "./types";

export type ListData = InfiniteData<Page<Conversation>, string | null>;

/** The earlier of the marketplace's and the company's deadline. */
export const dueAt = (row: Conversation): string | null => row.next_due_at;

/** Null when only the server can tell: words to search for, or a queue kept there. */
export function matches(filter: ListFilter, row: Conversation, member: string): boolean | null {
  if (!onShelf(filter.status, row)) return false;
  if (filter.channel && !row.channels.includes(filter.channel) && row.channel !== filter.channel)
    return false;
  if (filter.assignee_id && row.assignee_id !== filter.assignee_id) return false;
  if (filter.team_id && row.team_id !== filter.team_id) return false;
  if (filter.queue === "mine" && row.assignee_id !== member) return false;
  if (filter.queue === "unassigned" && row.assignee_id !== null) return false;
  if (filter.queue === "deadline" && dueAt(row) === null) return false;
  return filter.q || filter.queue === "mentions" || filter.queue === "handed" ? null : true;
}

const newestFirst = (a: Conversation, b: Conversation): number =>
  Date.parse(b.last_activity_at) - Date.parse(a.last_activity_at) || (a.id < b.id ? 1 : -1);

const dueFirst = (a: Conversation, b: Conversation): number =>
  Date.parse(dueAt(a) ?? "9999-01-01") - Date.parse(dueAt(b) ?? "9999-01-01") || (a.id < b.id ? -1 : 1);

function onShelf(shelf: Shelf | undefined, row: Conversation): boolean {
  if (row.merged_into) return false;
  if (!shelf) return true;
  return shelf === "waiting" ? row.status === "open" && row.awaiting_since === null : row.status === shelf;
}

/** The list with this row in its place, out of it, or unchanged. `force` also takes a row that is not newer. */
export function placeRow(
  data: ListData,
  filter: ListFilter,
  row: Conversation,
  member: string,
  force: boolean,
): ListData {
  const old = data.pages.flatMap((page) => page.items).find((each) => each.id === row.id);
  if (old && !force && row.version <= old.version) return data;
  const fits = matches(filter, row, member) ?? old !== undefined;
  if (!old && !fits) return data;
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.filter((each) => each.id !== row.id),
  }));
  if (fits) insert(pages, filter.queue === "deadline" ? dueFirst : newestFirst, row);
  return { ...data, pages };
}

function insert(
  pages: { items: readonly Conversation[]; next_cursor: string | null }[],
  order: (a: Conversation, b: Conversation) => number,
  row: Conversation,
): void {
  for (const page of pages) {
    const at = page.items.findIndex((each) => order(row, each) < 0);
    if (at >= 0) {
      page.items = page.items.toSpliced(at, 0, row);
      return;
    }
  }
  const last = pages.at(-1);
  if (last && last.next_cursor === null) last.items = [...last.items, row];
}

/** The row wherever it is cached: opened on its own, or in any list. */
export function findRow(queries: QueryClient, id: string): Conversation | undefined {
  const opened = queries.getQueryData<Conversation>(keys.conversation(id));
  if (opened) return opened;
  for (const [, data] of queries.getQueriesData<ListData>({ queryKey: keys.lists })) {
    const row = data?.pages.flatMap((page) => page.items).find((each) => each.id === id);
    if (row) return row;
  }
  return undefined;
}

/** Puts a row into every cached answer it belongs to. */
export function placeEverywhere(
  queries: QueryClient,
  row: Conversation,
  member: string,
  force = false,
): void {
  for (const [key, data] of queries.getQueriesData<ListData>({ queryKey: keys.lists })) {
    const filter = key[1] as ListFilter | undefined;
    if (!data || !filter) continue;
    const next = placeRow(data, filter, row, member, force);
    if (next !== data) queries.setQueryData(key, next);
  }
  queries.setQueryData<Conversation>(keys.conversation(row.id), (old) =>
    old && (force || row.version > old.version) ? row : old,
  );
}
