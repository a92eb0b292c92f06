import { describe, expect, it } from "vitest";
import en from "./en.json";
import id from "./id.json";
import { makeFormat, translator } from "./index";

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const english: Record<string, string> = en;
const indonesian: Record<string, string> = id;

describe("words", () => {
  it("has the same keys in both languages, in order", () => {
    expect(Object.keys(id)).toEqual(Object.keys(en));
    expect(Object.keys(en)).toEqual(Object.keys(en).toSorted());
  });

  it("has the same placeholders in both languages", () => {
    const torn = Object.keys(en).filter(
      (key) => String(placeholders(indonesian[key] ?? "")) !== String(placeholders(english[key] ?? "")),
    );
    expect(torn).toEqual([]);
  });

  it("is calm: no exclamation marks, no 'please', no 'oops'", () => {
    const loud = [...Object.values(en), ...Object.values(id)].filter((text) => /!|please|oops/i.test(text));
    expect(loud).toEqual([]);
  });

  it("chooses plural forms and writes numbers in the reader's manner", () => {
    expect(translator("en")("nothing.yours", { count: 1 })).toBe("1 of yours is open.");
    expect(translator("en")("nothing.yours", { count: 1200 })).toBe("1,200 of yours are open.");
    expect(translator("id")("nothing.yours", { count: 1200 })).toBe("1.200 milik Anda terbuka.");
  });
});

describe("formats", () => {
  const now = Date.parse("2026-11-24T02:26:00Z");
  const english = makeFormat("en", "Asia/Jakarta", translator("en"));
  const indonesian = makeFormat("id", "Asia/Jakarta", translator("id"));

  it("writes times of the shop's zone", () => {
    expect(english.time("2026-11-23T09:42:00Z")).toBe("16:42");
    expect(indonesian.time("2026-11-23T09:42:00Z")).toBe("16.42");
  });

  it("names days by the shop's calendar, not by UTC", () => {
    expect(english.day("2026-11-23T18:00:00Z", now)).toBe("Today");
    expect(english.day("2026-11-23T16:00:00Z", now)).toBe("Yesterday");
    expect(english.day("2026-11-16T03:00:00Z", now)).toBe("Monday 16 November");
    expect(indonesian.day("2026-11-16T03:00:00Z", now)).toBe("Senin 16 November");
  });

  it("gives ages in one part and dates after a week", () => {
    const ages = [
      "2026-11-24T02:25:30Z",
      "2026-11-24T02:24:00Z",
      "2026-11-24T01:10:00Z",
      "2026-09-02T03:00:00Z",
    ];
    expect(ages.map((at) => english.age(at, now))).toEqual(["now", "2 min", "1 h", "2 Sep"]);
    expect(indonesian.age("2026-11-24T02:24:00Z", now)).toBe("2 mnt");
  });

  it("says how long ago within a sentence, and the date after a week", () => {
    const agos = ["2026-11-24T02:25:30Z", "2026-11-24T01:10:00Z", "2026-09-02T03:00:00Z"];
    expect(agos.map((at) => english.ago(at, now))).toEqual(["just now", "1 h ago", "2 Sep"]);
    expect(agos.map((at) => indonesian.ago(at, now))).toEqual(["baru saja", "1 j lalu", "2 Sep"]);
  });

  it("writes money in minor units, rupiah without decimals", () => {
    expect(english.money(21_240, "USD")).toBe("US$212.40");
    expect(english.money(4_800, "USD", true)).toBe("$48.00");
    expect(indonesian.money(12_000, "IDR").replace(/\s/g, " ")).toBe("Rp 12.000");
  });
});
