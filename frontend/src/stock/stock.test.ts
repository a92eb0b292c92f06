import { describe, expect, it } from "vitest";
import type { Listing, StockRow } from "../api/index";
import { changed, deltaOf, EMPTY, pasted, settled, type Target, undone, unitsOf } from "./edits";
import { found, makeable, talliesOf, unlinkedOf, variantsOf } from "./model";
import { boxOf, holds, kept, moved, single, summaryOf, tableText } from "./selection";
import { lookOf, shownOf, signedOf, withSign } from "./words";

const stock = (sku: string, more: Partial<StockRow> = {}): StockRow => ({
  id: `b-${sku}-${more.location_id ?? "main"}`,
  variant_id: `v-${sku}`,
  sku,
  title: `Title of ${sku}`,
  brand: "Sekar Batik",
  picture: "",
  location: "Main",
  location_id: "main",
  on_hand: 10,
  reserved: 2,
  unavailable: 1,
  available: 7,
  counted: true,
  version: 1,
  ...more,
});

const listing = (sku: string, more: Partial<Listing> = {}): Listing => ({
  id: `l-${sku}-${more.connection_id ?? "c1"}`,
  sku,
  external_sku: sku,
  external_id: "1",
  channel: "east",
  connection_id: "c1",
  title: "",
  variant_id: `v-${sku}`,
  mapping: "confirmed",
  confidence: 1,
  evidence: "sku",
  fulfilment: "own",
  listing_state: "active",
  state: "in_step",
  wanted: 7,
  published: 7,
  observed: 7,
  sent_at: null,
  acked_at: null,
  observed_at: null,
  dirty_at: null,
  error: null,
  problem: "",
  url: "",
  version: 1,
  ...more,
});

describe("rows of the grid", () => {
  it("sums a variant over its places, or shows one place alone", () => {
    const rows = [stock("A"), stock("A", { location_id: "shop", on_hand: 3, reserved: 0, available: 3 })];
    expect(variantsOf(rows, [], null).map(({ on_hand, available }) => [on_hand, available])).toEqual([
      [13, 10],
    ]);
    expect(variantsOf(rows, [], "shop").map(({ on_hand }) => on_hand)).toEqual([3]);
  });

  it("shows the listing that needs most attention, and never one that is only suggested", () => {
    const faces = [
      listing("A", { id: "calm" }),
      listing("A", { id: "refused", state: "refused" }),
      listing("A", { id: "guess", connection_id: "c2", mapping: "suggested" }),
      listing("A", {
        id: "theirs",
        connection_id: "c3",
        mapping: "none",
        variant_id: null,
        fulfilment: "channel",
      }),
    ];
    const [row] = variantsOf([stock("A")], faces, null);
    expect(row?.listings.get("c1")?.id).toBe("refused");
    expect(row?.listings.has("c2")).toBe(false);
    expect(unlinkedOf(faces).map(({ id }) => id)).toEqual(["guess"]);
  });

  it("offers to make a variant of each SKU that none stands for, and of nothing a person or the marketplace keeps", () => {
    const loose = { mapping: "none", variant_id: null, evidence: "" } as const;
    const rows = variantsOf([stock("TEA")], [], null);
    const faces = [
      listing("MUG", { ...loose, id: "1", external_sku: "MUG" }),
      listing("MUG", { ...loose, id: "2", external_sku: "mug" }),
      listing("CUP", { ...loose, id: "3", external_sku: "CUP", connection_id: "c2" }),
      listing("TEA", { ...loose, id: "4", external_sku: "tea" }),
      listing("A", { ...loose, id: "5", external_sku: "A", mapping: "suggested" }),
      listing("B", { ...loose, id: "6", external_sku: "B", evidence: "person" }),
      listing("C", { ...loose, id: "7", external_sku: "C", fulfilment: "channel" }),
      listing("D", { ...loose, id: "8", external_sku: "D", listing_state: "ended" }),
      listing("E", { ...loose, id: "9", external_sku: "" }),
    ];
    expect([...makeable(faces, rows)]).toEqual([
      ["c1", 1],
      ["c2", 1],
    ]);
  });

  it("counts its tabs", () => {
    const rows = [
      stock("A", { available: -1 }),
      stock("B", { available: 5 }),
      stock("C", { brand: "Kopi Tepi", available: 6 }),
    ];
    const variants = variantsOf(rows, [listing("C", { state: "differs" })], null);
    expect(talliesOf(variants)).toEqual([
      { tab: "all", count: 3 },
      { tab: "problems", count: 2 },
      { tab: "low", count: 2 },
      { tab: "brand:Sekar Batik", count: 2 },
      { tab: "brand:Kopi Tepi", count: 1 },
    ]);
  });

  it("finds by every word", () => {
    const [row] = variantsOf([stock("SB-PRG-M", { title: "Parang shirt, indigo, M" })], [], null);
    expect(row && found(row, "indigo prg")).toBe(true);
    expect(row && found(row, "indigo clay")).toBe(false);
  });
});

describe("selection", () => {
  const size = { rows: 30, cols: 8 };
  const press = (key: string, ctrl = false, shift = false) => ({ key, ctrl, shift });

  it("moves, jumps and stays inside", () => {
    const at = single({ row: 0, col: 0 });
    expect(moved(at, press("ArrowUp"), size)).toEqual(at);
    expect(moved(at, press("ArrowDown", true), size)?.cursor).toEqual({ row: 29, col: 0 });
    expect(moved(at, press("End"), size)?.cursor).toEqual({ row: 0, col: 7 });
    expect(moved(at, press("End", true), size)?.cursor).toEqual({ row: 29, col: 7 });
    expect(moved(at, press("x"), size)).toBeNull();
  });

  it("widens with Shift from its anchor, in any direction", () => {
    const first = moved(single({ row: 3, col: 6 }), press("ArrowUp", false, true), size);
    const second = first && moved(first, press("ArrowLeft", false, true), size);
    const box = second && boxOf(second);
    expect(box).toEqual({ top: 2, bottom: 3, left: 5, right: 6 });
    expect(box && holds(box, { row: 3, col: 5 })).toBe(true);
    expect(box && holds(box, { row: 4, col: 5 })).toBe(false);
  });

  it("shrinks with the grid and goes when nothing is left", () => {
    expect(kept(single({ row: 9, col: 2 }), { rows: 4, cols: 8 })).toEqual(single({ row: 3, col: 2 }));
    expect(kept(single({ row: 9, col: 2 }), { rows: 0, cols: 8 })).toBeNull();
  });

  it("sums numbers and copies them as a table", () => {
    const values = [
      [1, null],
      [0, 8],
    ];
    const valueAt = ({ row, col }: { row: number; col: number }) => values[row]?.[col] ?? null;
    const box = { top: 0, bottom: 1, left: 0, right: 1 };
    expect(summaryOf(box, valueAt)).toEqual({ cells: 4, sum: 9, min: 0, max: 8 });
    expect(tableText(box, valueAt)).toBe("1\t\n0\t8");
  });
});

describe("changes to what is on hand", () => {
  const target = (sku: string, onHand = 10): Target => ({
    variant_id: `v-${sku}`,
    sku,
    title: sku,
    location: "Main",
    on_hand: onHand,
    shown: onHand,
  });
  const alone = (onHand: number) => ({ on_hand: onHand, shown: onHand });
  let keys = 0;
  const newKey = () => `key-${++keys}`;

  it("reads a signed change and a new count, and refuses what is neither", () => {
    expect(deltaOf("+12", alone(24))).toBe(12);
    expect(deltaOf("−2", alone(31))).toBe(-2);
    expect(deltaOf("24", alone(27))).toBe(-3);
    expect(deltaOf("1.020", alone(20))).toBe(1000);
    expect(deltaOf(" 10 ", alone(10))).toBe(0);
    for (const bad of ["", "abc", "1.5", "--2", "+", "-11", "12345678"])
      expect(deltaOf(bad, alone(10))).toBeNull();
  });

  it("replaces the number that is shown, within what lies at the location", () => {
    const places = { on_hand: 26, shown: 33 };
    expect(deltaOf("24", places)).toBe(-9);
    expect(deltaOf("7", places)).toBe(-26);
    expect(deltaOf("6", places)).toBeNull();
  });

  it("collects, takes back and steps back", () => {
    const one = changed(EMPTY, [[target("A"), 12]], newKey);
    const two = changed(one, [[target("B"), -2]], newKey);
    expect(unitsOf(two.edits)).toBe(10);
    expect(changed(two, [[target("A"), 0]], newKey).edits.size).toBe(1);
    expect(undone(two)).toEqual(one);
    expect(undone(undone(undone(two)))).toEqual(EMPTY);
  });

  it("keeps the key of an unchanged change and makes a new one for another amount", () => {
    const [first] = [...changed(EMPTY, [[target("A"), 5]], () => "k1").edits.values()];
    const same = changed(
      { edits: new Map([["v-A Main", first ?? never()]]), before: [] },
      [[target("A"), 5]],
      () => "k2",
    );
    const other = changed(same, [[target("A"), 6]], () => "k3");
    expect([...same.edits.values()].map(({ key }) => key)).toEqual(["k1"]);
    expect([...other.edits.values()].map(({ key }) => key)).toEqual(["k3"]);
  });

  it("leaves only what failed, with its cause and its key", () => {
    const sheet = changed(
      changed(EMPTY, [[target("A"), 1]], () => "a"),
      [[target("B"), 1]],
      () => "b",
    );
    const rest = settled(
      sheet,
      new Map([
        ["a", null],
        ["b", "below zero"],
      ]),
    );
    expect([...rest.edits.values()].map(({ key, failed }) => [key, failed])).toEqual([["b", "below zero"]]);
    expect(rest.before).toEqual([]);
  });

  it("takes 48 of 50 pasted lines and names the two it cannot take", () => {
    const rows = Array.from({ length: 50 }, (_, at) => target(`S${at}`));
    const text = rows.map((_, at) => (at === 3 ? "many" : at === 40 ? "-11" : `${at}`)).join("\r\n");
    const { changes, bad } = pasted(`${text}\r\n`, rows, new Map());
    expect(changes.length).toBe(48);
    expect(bad).toEqual([
      { line: 4, text: "many" },
      { line: 41, text: "-11" },
    ]);
  });

  it("takes lines that name their SKU, whatever their order", () => {
    const bySku = new Map([target("SB-1"), target("SB-2", 4)].map((each) => [each.sku.toLowerCase(), each]));
    const { changes, bad } = pasted("sb-2\t9\nSB-1\t+1\nSB-9\t1", [], bySku);
    expect(changes.map(([{ sku }, delta]) => [sku, delta])).toEqual([
      ["SB-2", 5],
      ["SB-1", 1],
    ]);
    expect(bad).toEqual([{ line: 3, text: "SB-9\t1" }]);
  });
});

const never = (): never => {
  throw new Error("no edit");
};

describe("words", () => {
  it("shows what stands there and, only when it is another, what should", () => {
    expect(shownOf(listing("A"))).toEqual({ there: 7, wanted: null });
    expect(shownOf(listing("A", { published: 1, wanted: 0, state: "going_out" }))).toEqual({
      there: 1,
      wanted: 0,
    });
    expect(shownOf(listing("A", { observed: 5, wanted: 6, published: 6, state: "differs" }))).toEqual({
      there: 5,
      wanted: 6,
    });
    expect(shownOf(listing("A", { published: null, observed: null, wanted: null }))).toEqual({
      there: null,
      wanted: null,
    });
  });

  it("has a word for every state, and one for those it does not know", () => {
    expect(lookOf("refused")).toEqual({ word: "stock.refused", tone: "bad" });
    expect(lookOf("constructor").word).toBe("stock.unread");
  });

  it("knows a movement by what it did to what is available", () => {
    const moved = (on_hand: number, reserved: number) =>
      signedOf({ on_hand, reserved, unavailable: 0 } as Parameters<typeof signedOf>[0]);
    expect(moved(0, 1)).toBe(-1);
    expect(moved(-1, -1)).toBe(-1);
    expect(moved(4, 0)).toBe(4);
    expect([3, -2, 0].map((value) => withSign(value, String))).toEqual(["+3", "−2", "0"]);
  });
});
