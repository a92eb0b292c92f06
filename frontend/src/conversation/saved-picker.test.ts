import { describe, expect, it } from "vitest";
import type { FilledReply, Thread } from "../api/index";
import { judge } from "./rules";
import { inserted, matching, wordsAfterSlash } from "./saved-picker";

const reply = (name: string, text = ""): FilledReply => ({ id: name, name, text, missing: [] });

describe("the slash", () => {
  it.each([
    ["/", ""],
    ["/tra", "tra"],
    ["Dear Rina,\n/where is", "where is"],
    ["and/or", null],
    ["/a/b", null],
    ["/tra\nmore", null],
    ["", null],
  ])("%j asks for %j", (text, words) => {
    expect(wordsAfterSlash(text)).toBe(words);
  });

  it("gives way to the reply and leaves the lines before it", () => {
    expect(inserted("Dear Rina,\n/tra", "It is $1 on its way.")).toBe("Dear Rina,\nIt is $1 on its way.");
    expect(inserted("/", "Hello")).toBe("Hello");
  });

  it("finds names by their beginning first, then by anything in them", () => {
    const all = [reply("Thanks", "for tracking"), reply("Tracking"), reply("Where is it", "on its way")];
    expect(matching(all, "tra").map(({ name }) => name)).toEqual(["Tracking", "Thanks"]);
    expect(matching(all, "zebra")).toEqual([]);
  });
});

describe("a variable without a value", () => {
  const thread = { can_reply: true, text_limit: 1000, text_unit: "chars" } as unknown as Thread;

  it.each([
    ["Track {{order.tracking}}", "order.tracking", "{{order.tracking}}"],
    ["{{ stock.Tea 250 g }} left", "stock.Tea 250 g", "{{ stock.Tea 250 g }}"],
  ])("blocks and is named: %j", (text, name, found) => {
    expect(judge({ text, thread })).toEqual({ kind: "block", why: "unfilled", name, found });
  });

  it("leaves other braces to the writer", () => {
    expect(judge({ text: "{{1}} {{ product.title }} {customer.name}", thread }).kind).toBe("allow");
  });
});
