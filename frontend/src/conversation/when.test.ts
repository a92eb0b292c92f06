import { describe, expect, it } from "vitest";
import { momentOf } from "./when";

/** A Tuesday, 10:20 in Jakarta. */
const NOW = Date.parse("2026-12-01T03:20:00Z");
const JAKARTA = "Asia/Jakarta";

describe("a moment in words", () => {
  it.each([
    ["friday 9", "2026-12-04T02:00:00.000Z"],
    ["fri 4pm", "2026-12-04T09:00:00.000Z"],
    ["9:30 friday", "2026-12-04T02:30:00.000Z"],
    ["in 2 h", "2026-12-01T05:20:00.000Z"],
    ["2h", "2026-12-01T05:20:00.000Z"],
    ["in an hour", "2026-12-01T04:20:00.000Z"],
    ["45 min", "2026-12-01T04:05:00.000Z"],
    ["tomorrow morning", "2026-12-02T02:00:00.000Z"],
    ["tomorrow", "2026-12-02T02:00:00.000Z"],
    ["tonight", "2026-12-01T12:00:00.000Z"],
    ["next week", "2026-12-07T02:00:00.000Z"],
    ["in 3 days at 14", "2026-12-04T07:00:00.000Z"],
    ["besok pagi", "2026-12-02T02:00:00.000Z"],
    ["Besok 9", "2026-12-02T02:00:00.000Z"],
    ["besok jam 3 sore", "2026-12-02T08:00:00.000Z"],
    ["besok jam 11 siang", "2026-12-02T04:00:00.000Z"],
    ["senin jam 10", "2026-12-07T03:00:00.000Z"],
    ["jam 14.30", "2026-12-01T07:30:00.000Z"],
    ["2 jam lagi", "2026-12-01T05:20:00.000Z"],
    ["2 minggu lagi", "2026-12-15T02:00:00.000Z"],
    ["minggu", "2026-12-06T02:00:00.000Z"],
    ["minggu depan", "2026-12-07T02:00:00.000Z"],
    ["lusa sore", "2026-12-03T09:00:00.000Z"],
    ["hari jumat pukul 8", "2026-12-04T01:00:00.000Z"],
    ["nanti malam", "2026-12-01T12:00:00.000Z"],
    ["selasa jam 11", "2026-12-01T04:00:00.000Z"],
    ["selasa jam 10", "2026-12-08T03:00:00.000Z"],
    ["9", "2026-12-02T02:00:00.000Z"],
  ])("%s", (words, moment) => {
    expect(momentOf(words, NOW, JAKARTA)).toBe(moment);
  });

  it.each([
    "",
    "soon",
    "friday 25",
    "9:75",
    "tomorrow maybe",
    "today 9",
    "0 h",
    "9999 days",
    "13 am",
    "friday monday",
    "constructor",
    "2 constructor",
    "9 constructor",
  ])("%j is none", (words) => {
    expect(momentOf(words, NOW, JAKARTA)).toBeNull();
  });

  it("keeps the hour over a change of the clocks", () => {
    const friday = Date.parse("2026-03-27T12:00:00Z");
    expect(momentOf("saturday 9", friday, "Europe/Berlin")).toBe("2026-03-28T08:00:00.000Z");
    expect(momentOf("sunday 9", friday, "Europe/Berlin")).toBe("2026-03-29T07:00:00.000Z");
    expect(momentOf("in 2 days at 9", friday, "Europe/Berlin")).toBe("2026-03-29T07:00:00.000Z");
  });
});

describe("whatever the moment and the zone", () => {
  const zones = [
    "Asia/Jakarta",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "UTC",
  ];
  const days = [
    "sunday minggu",
    "monday senin",
    "tuesday selasa",
    "wednesday rabu",
    "thursday kamis",
    "friday jumat",
    "saturday sabtu",
  ];
  const moments = Array.from(
    { length: 120 },
    (_, step) => Date.parse("2026-01-01T00:07:00Z") + step * 271_930_000,
  );
  const shown = (moment: string | null, zone: string) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long", hour: "2-digit", minute: "2-digit" })
      .format(new Date(moment ?? 0))
      .toLowerCase();

  it("a weekday and an hour is the next such hour, the same in both languages", () => {
    for (const [step, now] of moments.entries()) {
      const zone = zones[step % zones.length] ?? "UTC";
      const [english = "", indonesian = ""] = (days[step % 7] ?? "").split(" ");
      const hour = 4 + (step % 20);
      const moment = momentOf(`${english} ${hour}`, now, zone);
      expect(momentOf(`${indonesian} jam ${hour}`, now, zone)).toBe(moment);
      const ahead = Date.parse(moment ?? "") - now;
      expect(ahead).toBeGreaterThan(0);
      expect(ahead).toBeLessThanOrEqual(7 * 86_400_000 + 3_600_000);
      expect(shown(moment, zone)).toContain(english);
      expect(shown(moment, zone)).toContain(`${String(hour).padStart(2, "0")}:00`);
    }
  });

  it("hours run exactly, whatever the clocks do", () => {
    for (const [step, now] of moments.entries()) {
      const zone = zones[step % zones.length] ?? "UTC";
      const count = 1 + (step % 47);
      if (count % 24 === 0) continue;
      const moment = new Date(now + count * 3_600_000).toISOString();
      expect(momentOf(`in ${count} h`, now, zone)).toBe(moment);
      expect(momentOf(`${count} jam lagi`, now, zone)).toBe(moment);
    }
  });
});
