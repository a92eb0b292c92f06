import { describe, expect, it } from "vitest";
import { atHour, daysToMonday, duration, minutesUntil, momentIn, uuid7 } from "./index";

const units = { minute: "min", hour: "h", day: "d" };

describe("lengths of time", () => {
  it.each([
    [0, "0 min"],
    [38, "38 min"],
    [60, "1 h"],
    [112, "1 h 52"],
    [126, "2 h 06"],
    [44 * 60, "1 d 20 h"],
    [48 * 60 + 5, "2 d"],
    [-90, "1 h 30"],
  ])("%d minutes is %s", (minutes, text) => {
    expect(duration(minutes, units)).toBe(text);
  });

  it("does not invent a moment", () => {
    expect(minutesUntil(null, 0)).toBeNull();
    expect(minutesUntil("soon", 0)).toBeNull();
    expect(minutesUntil("1970-01-01T00:02:30Z", 0)).toBe(2);
    expect(minutesUntil("1970-01-01T00:00:00Z", 30_000)).toBe(-1);
  });
});

describe("hours in a zone", () => {
  const now = Date.parse("2026-11-24T18:30:00Z");

  it("is tomorrow there, not here", () => {
    expect(atHour(now, "Asia/Jakarta", 1, 9)).toBe("2026-11-26T02:00:00.000Z");
    expect(atHour(now, "Europe/London", 1, 9)).toBe("2026-11-25T09:00:00.000Z");
  });

  it("keeps the hour over a change of the clocks", () => {
    const saturday = Date.parse("2026-03-28T12:00:00Z");
    expect(atHour(saturday, "Europe/Berlin", 0, 9)).toBe("2026-03-28T08:00:00.000Z");
    expect(atHour(saturday, "Europe/Berlin", 1, 9)).toBe("2026-03-29T07:00:00.000Z");
  });

  it("reads what a date field shows as the zone's own time", () => {
    expect(momentIn("2026-11-27T17:00", "Asia/Jakarta")).toBe("2026-11-27T10:00:00.000Z");
    expect(momentIn("2026-03-29T09:00", "Europe/Berlin")).toBe("2026-03-29T07:00:00.000Z");
    expect(momentIn("", "Asia/Jakarta")).toBeNull();
  });

  it("never calls today Monday", () => {
    expect(daysToMonday(Date.parse("2026-11-23T05:00:00Z"), "UTC")).toBe(7);
    expect(daysToMonday(Date.parse("2026-11-24T05:00:00Z"), "UTC")).toBe(6);
    expect(daysToMonday(Date.parse("2026-11-29T05:00:00Z"), "UTC")).toBe(1);
  });
});

describe("ids", () => {
  it("are version 7 and sort by time", () => {
    const [early, late] = [uuid7(1_000), uuid7(1_700_000_000_000)];
    expect(early).toMatch(/^00000000-03e8-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
  });
});
