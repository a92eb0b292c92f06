import { describe, expect, it } from "vitest";
import { emptyGap, filled, gapsOf } from "./approved";

const text = {
  name: "order_update",
  language: "en",
  text: "Hello {{1}}, order {{2}} left. Thank you, {{1}}!",
};

describe("an approved text", () => {
  it("has as many gaps as its highest number", () => {
    expect(gapsOf(text)).toBe(2);
    expect(gapsOf({ ...text, text: "Hello!" })).toBe(0);
  });
  it("shows what fills a gap, and a gap that is empty", () => {
    expect(filled(text, ["Siti", " "])).toBe("Hello Siti, order {{2}} left. Thank you, Siti!");
  });
  it("names the first gap without words", () => {
    expect(emptyGap(text, [])).toBe(1);
    expect(emptyGap(text, ["Siti", " "])).toBe(2);
    expect(emptyGap(text, ["Siti", "5518"])).toBe(0);
  });
});
