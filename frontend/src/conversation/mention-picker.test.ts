import { describe, expect, it } from "vitest";
import { named, withName, wordsAfterAt } from "./mention-picker";

describe("the @ of a note", () => {
  it.each([
    ["@", ""],
    ["look, @Sa", "Sa"],
    ["(@Sari De", "Sari De"],
    ["ayu@shop", null],
    ["@Sari Dewi knows", null],
    ["nobody", null],
  ])("%j asks for %j", (text, words) => {
    expect(wordsAfterAt(text)).toBe(words);
  });

  it("becomes the whole name, and what was before it stays", () => {
    expect(withName("look, @sa", "Sari Dewi")).toBe("look, @Sari Dewi ");
    expect(withName("no sign", "Sari Dewi")).toBe("no sign");
  });

  it("offers names by their beginning", () => {
    const people = [
      { id: "1", name: "Sari Dewi" },
      { id: "2", name: "Tom" },
    ];
    expect(named(people, "sari d").map(({ id }) => id)).toEqual(["1"]);
    expect(named(people, "")).toHaveLength(2);
  });
});
