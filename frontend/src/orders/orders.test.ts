import { describe, expect, it } from "vitest";
import type { OrderRow } from "../api/index";
import { addressOf, dueOf, goodsOf, historyOf, shownIn, statusOf, viewOf } from "./model";

const NOW = Date.parse("2026-11-24T02:26:00Z");
const ahead = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();

const order = (id: string, more: Partial<OrderRow> = {}): OrderRow => ({
  id,
  channel: "east",
  connection_id: "c1",
  external_id: `27-${id}`,
  number: "",
  status: "open",
  placed_at: ahead(-48),
  currency: "USD",
  total_minor: 4800,
  ship_by: ahead(31),
  shipped_at: null,
  tracking: "",
  carrier: "",
  ship_to: {},
  note: "",
  customer: null,
  lines: [],
  version: 1,
  ...more,
});

const line = (title: string, quantity: number): OrderRow["lines"][number] => ({
  id: title,
  sku: null,
  external_sku: "X",
  variant_id: null,
  title,
  quantity,
  cancelled: 0,
  price_minor: 100,
  picture: "",
});

describe("views", () => {
  it("asks the server for open ones when late ones are looked at", () => {
    expect([viewOf("late"), viewOf("nonsense"), viewOf(undefined)]).toEqual(["late", "to_ship", "to_ship"]);
    expect([statusOf("late"), statusOf("all"), statusOf("delivered")]).toEqual(["open", null, "delivered"]);
  });

  it("puts what must leave first first, without a date last", () => {
    const rows = [
      order("none", { ship_by: null }),
      order("soon", { ship_by: ahead(2) }),
      order("late", { ship_by: ahead(-6) }),
    ];
    expect(shownIn("to_ship", rows, NOW).map(({ id }) => id)).toEqual(["late", "soon", "none"]);
    expect(shownIn("late", rows, NOW).map(({ id }) => id)).toEqual(["late"]);
    expect(shownIn("all", rows, NOW).map(({ id }) => id)).toEqual(["none", "soon", "late"]);
  });

  it("never calls a shipped order late", () => {
    expect(shownIn("late", [order("gone", { status: "shipped", ship_by: ahead(-6) })], NOW)).toEqual([]);
  });
});

describe("the clock", () => {
  it("is late, soon, due, or a word", () => {
    expect(dueOf(order("a", { ship_by: ahead(-6) }), NOW)).toEqual({ kind: "late", minutes: -360 });
    expect(dueOf(order("a", { ship_by: ahead(2) }), NOW)).toEqual({ kind: "due", minutes: 120, soon: true });
    expect(dueOf(order("a"), NOW)).toEqual({ kind: "due", minutes: 1860, soon: false });
    expect(dueOf(order("a", { ship_by: null }), NOW)).toEqual({ kind: "word", word: "no_date" });
    expect(dueOf(order("a", { status: "pending" }), NOW)).toEqual({ kind: "word", word: "pending" });
  });
});

describe("an order in words", () => {
  it("names its first goods and counts the rest", () => {
    expect(goodsOf(order("a", { lines: [line("Gayo", 12), line("Mug", 1)] }))).toEqual({
      first: "Gayo × 12",
      more: 1,
    });
    expect(goodsOf(order("a"))).toEqual({ first: "", more: 0 });
  });

  it("writes an address from whatever parts came", () => {
    expect(
      addressOf({
        country: "GB",
        postcode: "LS6 3AB",
        city: "Leeds",
        line1: "18 Cardigan Lane",
        gate: "blue",
      }),
    ).toEqual(["18 Cardigan Lane", "Leeds LS6 3AB", "GB", "blue"]);
    expect(addressOf({})).toEqual([]);
  });

  it("tells what happened, latest first, without making up a time", () => {
    const shipped = order("a", { status: "delivered", shipped_at: ahead(-20) });
    expect(historyOf(shipped)).toEqual([
      { what: "delivered", at: null },
      { what: "shipped", at: ahead(-20) },
      { what: "placed", at: ahead(-48) },
    ]);
  });
});
