import { describe, expect, it } from "vitest";
import { type ChannelOffer, type ConnectionRow, groupsOf, isPublic, latenessOf } from "../api/index";
import { blocksOf, inlineOf } from "./guide";
import {
  budgetShare,
  comeBackAddress,
  faultsOf,
  firstImport,
  freeName,
  groupsOfFields,
  healthOf,
  lagOf,
  offersOf,
  sumOf,
  usedOf,
} from "./model";

const NOW = Date.parse("2026-11-24T02:26:00Z");
const ago = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();

const feed = (name: string, more: Partial<ConnectionRow["feeds"][number]> = {}) => ({
  name,
  every_s: 30,
  behind: false,
  last_success_at: ago(20),
  last_pull_at: ago(20),
  last_error: "",
  pulled: 1,
  about: null,
  first_done_at: ago(600),
  ...more,
});

const row = (name: string, more: Partial<ConnectionRow> = {}): ConnectionRow => ({
  id: name,
  channel: "east",
  name,
  label: "East",
  glyph: "ticket",
  hue: 235,
  account: "",
  brand: "",
  state: "ready",
  mode: "live",
  sends_replies: true,
  pushes_stock: true,
  hook_url: "",
  last_success_at: ago(20),
  last_event_at: null,
  error: null,
  error_at: null,
  hook_state: "unknown",
  hook_detail: "",
  lateness_s: 0,
  feeds: [feed("orders")],
  budgets: [],
  listings: 0,
  behind_listings: 0,
  created_at: ago(9_000),
  version: 1,
  ...more,
});

const trouble = { code: "unreachable", detail: "no answer", fix: "" };

describe("how a connection is", () => {
  it("says one word for each", () => {
    const rows: readonly [string, ConnectionRow][] = [
      ["in_step", row("a")],
      ["shadow", row("b", { mode: "shadow" })],
      ["behind", row("c", { feeds: [feed("orders", { behind: true })] })],
      ["behind", row("d", { feeds: [feed("orders", { last_success_at: ago(400) })] })],
      ["behind", row("e", { behind_listings: 4, listings: 30 })],
      ["in_step", row("k", { behind_listings: 2, listings: 30 })],
      ["in_step", row("l", { behind_listings: 4, listings: 400 })],
      ["shadow", row("m", { mode: "shadow", pushes_stock: false, behind_listings: 30, listings: 30 })],
      ["behind", row("f", { error: trouble })],
      ["stopped", row("g", { state: "broken", error: trouble })],
      ["paused", row("h", { state: "paused", error: trouble })],
      ["starting", row("i", { feeds: [feed("orders", { last_success_at: null })] })],
      ["in_step", row("j", { feeds: [] })],
    ];
    expect(rows.map(([, each]) => healthOf(each, NOW))).toEqual(rows.map(([word]) => word));
  });

  it("measures lag beyond the period, of the slowest feed", () => {
    const feeds = [
      feed("orders", { last_success_at: ago(100) }),
      feed("stock", { every_s: 900, last_success_at: ago(300) }),
    ];
    expect(lagOf(row("a", { feeds }), NOW)).toBe(70);
    expect(lagOf(row("a", { feeds: [feed("orders", { last_success_at: null })] }), NOW)).toBeNull();
  });

  it("sums up what is true", () => {
    const rows = [row("eBay"), row("Telegram", { state: "broken" }), row("Shop", { mode: "shadow" })];
    expect(sumOf(rows, NOW)).toEqual({
      all: 3,
      well: 2,
      behind: [],
      stopped: ["Telegram"],
      paused: [],
      shadow: ["Shop"],
    });
  });

  it("shows the budget that is nearest to its end", () => {
    const budget = {
      operation: "read",
      tokens: 9,
      burst: 10,
      day_used: 860,
      per_day: 1_000,
      blocked_until: null,
    };
    expect(usedOf([budget, { ...budget, per_day: null }])).toBe(86);
    expect(usedOf([{ ...budget, per_day: null }])).toBe(10);
    expect(usedOf([])).toBeNull();
  });
});

describe("the form", () => {
  const fields = [
    { name: "token", optional: false, pattern: "\\d{3,20}:[A-Za-z0-9_-]{30,64}" },
    { name: "secret", optional: true, pattern: "" },
    { name: "odd", optional: true, pattern: "(?P<x>a)" },
  ];

  it("names what is missing and what does not fit, and leaves foreign patterns to the server", () => {
    expect(faultsOf(fields, {})).toEqual({ token: "missing" });
    expect(faultsOf(fields, { token: "12:short", odd: "b" })).toEqual({ token: "pattern" });
    expect(faultsOf(fields, { token: ` 7100200300:${"A".repeat(35)} ` })).toEqual({});
  });

  it("finds a name that is free", () => {
    expect(freeName("eBay", [])).toBe("eBay");
    expect(freeName("eBay", [row("ebay"), row("eBay 2")])).toBe("eBay 3");
  });
});

describe("guides", () => {
  it("reads headings, steps that run over lines, tables and code", () => {
    const text =
      "# Name\n\nOne line\nand more.\n\n1. Open **Box**\n   and *go*.\n2. Copy `x`\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n```\na b\n```\n";
    expect(blocksOf(text).map(({ kind }) => kind)).toEqual(["heading", "text", "list", "table", "code"]);
    const [, , list, table] = blocksOf(text);
    expect(list).toEqual({
      kind: "list",
      ordered: true,
      items: [
        [
          { kind: "text", text: "Open " },
          { kind: "strong", text: "Box" },
          { kind: "text", text: " and " },
          { kind: "em", text: "go" },
          { kind: "text", text: "." },
        ],
        [
          { kind: "text", text: "Copy " },
          { kind: "code", text: "x" },
        ],
      ],
    });
    expect(table?.kind === "table" && table.rows.length).toBe(2);
  });

  it("makes links of web addresses only, and markup of nothing", () => {
    expect(inlineOf("[a](javascript:alert(1)) <b>x</b> [b](https://shop.test/x)")).toEqual([
      { kind: "text", text: "[a](javascript:alert(1)) <b>x</b> " },
      { kind: "link", text: "b", href: "https://shop.test/x" },
    ]);
  });

  it("ends on any text", () => {
    for (const text of ["", "\n\n", "```", "|", "- ", "1. a\n\n\n2. b", "#", "**", "* a\nb\n# c"])
      expect(Array.isArray(blocksOf(text))).toBe(true);
  });
});

describe("channels on offer", () => {
  const offer = (key: string, more: Partial<ChannelOffer>): ChannelOffer => ({
    key,
    name: key,
    names: {},
    glyph: "bag",
    hue: 1,
    needs: "key",
    consent: "keys",
    hook: "connection",
    sentence: {},
    guide: {},
    secrets: [],
    feeds: [],
    sends: true,
    stocks: false,
    text_limit: null,
    slowest_s: 0,
    ...more,
  });

  it("knows an address the world can reach", () => {
    const reached = [
      "https://shop.example.com",
      "http://shop.example.com",
      "https://localhost:8000",
      "https://10.0.0.4",
      "x",
    ];
    expect(reached.map(isPublic)).toEqual([true, false, false, false, false]);
  });

  it("orders by what is needed and says how late without an address", () => {
    const offers = [
      offer("told", { needs: "review" }),
      offer("asked", { needs: "review", slowest_s: 60 }),
      offer("key", { slowest_s: 20 }),
      offer("own", { hook: "none" }),
    ];
    expect(
      groupsOf(offers, false).map(({ need, offers: some }) => [need, ...some.map(({ key }) => key)]),
    ).toEqual([
      ["key", "key", "own"],
      ["account", "asked"],
      ["address", "told"],
    ]);
    expect(offers.map((each) => latenessOf(each, false).kind)).toEqual([
      "never",
      "asked",
      "asked",
      "at_once",
    ]);
    expect(offers.map((each) => latenessOf(each, true).kind)).toEqual([
      "at_once",
      "at_once",
      "at_once",
      "at_once",
    ]);
    expect(groupsOf(offers, true).map(({ need }) => need)).toEqual(["key", "account"]);
  });
});

describe("the form and what is offered", () => {
  const field = (name: string, more: { group?: string; optional?: boolean } = {}) => ({
    name,
    label: {},
    help: {},
    group: "main",
    hidden: true,
    optional: false,
    pattern: "",
    by_consent: false,
    ...more,
  });

  it("asks for the app's own pair first and folds what may be left out", () => {
    const { groups, optional } = groupsOfFields([
      field("shop"),
      field("client_id", { group: "app" }),
      field("note", { optional: true }),
      field("client_secret", { group: "app" }),
    ]);
    expect(groups.map(({ group, fields }) => [group, fields.map(({ name }) => name)])).toEqual([
      ["app", ["client_id", "client_secret"]],
      ["main", ["shop"]],
    ]);
    expect(optional.map(({ name }) => name)).toEqual(["note"]);
  });

  it("finds channels by every typed word, in either language", () => {
    const offer = (key: string, en: string, id: string) =>
      ({ key, name: key, names: {}, sentence: { en, id } }) as unknown as ChannelOffer;
    const offers = [offer("east", "Letters of buyers", "Surat pembeli"), offer("west", "Orders", "Pesanan")];
    const found = (typed: string) => offersOf(offers, typed).map(({ key }) => key);
    expect(found("")).toEqual(["east", "west"]);
    expect(found(" LETTERS ")).toEqual(["east"]);
    expect(found("pesanan")).toEqual(["west"]);
    expect(found("east orders")).toEqual([]);
  });

  it("is sent back to the address that webhooks go to", () => {
    const rows = [row("a", { hook_url: "https://counter.example/shop/hooks/abc" })];
    expect(comeBackAddress("east", rows, "http://here")).toBe("https://counter.example/shop/connect/east");
    expect(comeBackAddress("east", [], "http://here")).toBe("http://here/connect/east");
  });

  it("tells a first reading from a later one that lags", () => {
    expect(firstImport(feed("orders", { first_done_at: null }))).toBe(true);
    expect(firstImport(feed("orders", { first_done_at: null, last_pull_at: null }))).toBe(false);
    expect(firstImport(feed("orders", { behind: true }))).toBe(false);
  });

  it("takes the scarcer of what a budget leaves today and at once", () => {
    const budget = {
      operation: "read",
      tokens: 5,
      burst: 10,
      day_used: 900,
      per_day: 1_000,
      blocked_until: null,
    };
    expect(budgetShare(budget)).toBe(90);
    expect(budgetShare({ ...budget, per_day: null })).toBe(50);
  });
});
