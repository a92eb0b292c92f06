import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { foldChanges } from "./fold";
import { type OrderRow, ordersQuery, placeOrderRow } from "./orders";
import { newest, placed } from "./snapshot";
import { incidentsQuery, listingsQuery, stockQuery } from "./stock";

const row = (id: string, version: number, more: object = {}) => ({ id, version, ...more });
const change = (kind: string, data: { id: string; version: number }) => ({
  seq: data.version,
  kind,
  id: data.id,
  version: data.version,
  data,
});

describe("rows kept by id", () => {
  it("keeps a newer row against an answer that was under way", () => {
    expect(newest([row("a", 3), row("b", 1)], [row("a", 4)])).toEqual([row("a", 4), row("b", 1)]);
    expect(newest([row("a", 3)], undefined)).toEqual([row("a", 3)]);
  });

  it("takes a row once, in its place, and never an older one", () => {
    const rows = [row("a", 1), row("b", 5)];
    expect(placed(rows, row("b", 6))).toEqual([row("a", 1), row("b", 6)]);
    expect(placed(rows, row("b", 5))).toBe(rows);
    expect(placed(rows, row("c", 1))).toHaveLength(3);
  });
});

describe("changes of stock, listings and incidents", () => {
  it("shows in loaded lists and loads nothing by itself", () => {
    const queries = new QueryClient();
    const stock = row("s1", 1, { variant_id: "v", sku: "A", available: 4 });
    queries.setQueryData(stockQuery.queryKey, [stock] as never);
    foldChanges(queries, [
      change("stock", { ...stock, version: 2, available: 3 } as never),
      change("stock", { ...stock, version: 1, available: 9 } as never),
      change("listing", row("l1", 1)),
      change("incident", row("i1", 1)),
    ]);
    expect(queries.getQueryData(stockQuery.queryKey)).toMatchObject([{ id: "s1", available: 3 }]);
    expect(queries.getQueryData(listingsQuery.queryKey)).toBeUndefined();
    expect(queries.getQueryData(incidentsQuery.queryKey)).toBeUndefined();
  });
});

describe("changes of orders", () => {
  const order = (id: string, status: string, placed_at: string, version = 1) =>
    ({ id, status, placed_at, version }) as OrderRow;
  const data = (
    items: readonly OrderRow[],
    next: string | null = null,
  ): Parameters<typeof placeOrderRow>[0] => ({
    pages: [{ items, next_cursor: next }],
    pageParams: [null],
  });
  const ids = (given: ReturnType<typeof data>) =>
    given.pages.flatMap(({ items }) => items.map(({ id }) => id));

  it("puts a new one where its time says, and takes it out when its status leaves the view", () => {
    const open = data([
      order("b", "open", "2026-11-24T02:00:00Z"),
      order("a", "open", "2026-11-23T02:00:00Z"),
    ]);
    const with3 = placeOrderRow(open, { status: "open" }, order("c", "open", "2026-11-23T12:00:00Z"));
    expect(ids(with3)).toEqual(["b", "c", "a"]);
    const gone = placeOrderRow(with3, { status: "open" }, order("b", "shipped", "2026-11-24T02:00:00Z", 2));
    expect(ids(gone)).toEqual(["c", "a"]);
    expect(placeOrderRow(gone, { status: "open" }, order("c", "open", "2026-11-23T12:00:00Z"))).toBe(gone);
  });

  it("leaves what was searched for in its place, with its news", () => {
    const hits = data([order("a", "open", "2026-11-23T02:00:00Z")]);
    const next = placeOrderRow(hits, { q: "a" }, order("a", "shipped", "2026-11-23T02:00:00Z", 2));
    expect(next.pages[0]?.items[0]?.status).toBe("shipped");
    expect(ids(placeOrderRow(hits, { q: "a" }, order("z", "open", "2026-11-25T02:00:00Z")))).toEqual(["a"]);
  });

  it("adds to the end only when the end is loaded", () => {
    const old = order("old", "open", "2026-01-01T00:00:00Z");
    expect(ids(placeOrderRow(data([], "more"), { status: "open" }, old))).toEqual([]);
    expect(ids(placeOrderRow(data([]), { status: "open" }, old))).toEqual(["old"]);
    expect(ordersQuery({ status: "open" }).queryKey).toEqual(["orders", { status: "open" }]);
  });
});
