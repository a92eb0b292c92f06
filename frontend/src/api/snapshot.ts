/** Rows kept by id: an answer that was on its way while a newer change was told does not win over it. */
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { request } from "./client";
import type { Page } from "./types";

interface Row {
  readonly id: string;
  readonly version: number;
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

const PAGE = 200;

/** Every page of a list, to the end. */
export async function fetchAll<Item>(
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await request<Page<Item>>("GET", path, {
      query: { ...query, cursor, limit: PAGE },
      signal,
    });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

export function newest<Item extends Row>(
  fetched: readonly Item[],
  known: readonly Item[] | undefined,
): readonly Item[] {
  const versions = new Map(known?.map((row) => [row.id, row]));
  return fetched.map((row) => {
    const mine = versions.get(row.id);
    return mine && mine.version > row.version ? mine : row;
  });
}

/** The list with this row in its place; unchanged when the row is not newer. */
export function placed<Item extends Row>(rows: readonly Item[], row: Item): readonly Item[] {
  const at = rows.findIndex(({ id }) => id === row.id);
  if (at < 0) return [...rows, row];
  return row.version > (rows[at]?.version ?? 0) ? rows.with(at, row) : rows;
}

export function placeRowIn<Item extends Row>(queries: QueryClient, key: QueryKey, row: Item): void {
  queries.setQueryData<readonly Item[]>(key, (rows) => (rows ? placed(rows, row) : rows));
}
