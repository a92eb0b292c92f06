/** Lengths of time and calendar days. */

/** Whole minutes from `now` to the moment; negative when it has passed, null when there is none. */
export function minutesUntil(moment: string | null | undefined, now: number): number | null {
  if (!moment) return null;
  const at = Date.parse(moment);
  return Number.isNaN(at) ? null : Math.floor((at - now) / 60_000);
}

export interface Units {
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
}

/** "38 min", "1 h 52", "21 h", "1 d 20 h": two parts at most, never a rounded-up one. */
export function duration(minutes: number, units: Units): string {
  const whole = Math.abs(Math.trunc(minutes));
  if (whole < 60) return `${whole} ${units.minute}`;
  const hours = Math.floor(whole / 60);
  if (hours < 24) {
    const rest = whole % 60;
    return rest ? `${hours} ${units.hour} ${String(rest).padStart(2, "0")}` : `${hours} ${units.hour}`;
  }
  const days = Math.floor(hours / 24);
  const left = hours % 24;
  return left ? `${days} ${units.day} ${left} ${units.hour}` : `${days} ${units.day}`;
}

const dayFormatters = new Map<string, Intl.DateTimeFormat>();

/** The calendar day "2026-11-24" a moment falls on in a time zone. */
export function dayKey(moment: string | number, zone: string): string {
  let formatter = dayFormatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    dayFormatters.set(zone, formatter);
  }
  return formatter.format(new Date(moment));
}

const partFormatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that clocks in the zone are ahead of UTC at a moment. */
function offsetAt(zone: string, at: number): number {
  let formatter = partFormatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
      hour12: false,
    });
    partFormatters.set(zone, formatter);
  }
  const shown = formatter.format(at).replace(", ", "T").replace("T24", "T00");
  return Date.parse(`${shown}Z`) - Math.floor(at / 1000) * 1000;
}

/** When clocks in the zone show `hour`:00, that many days after today there. */
export function atHour(now: number, zone: string, days: number, hour: number): string {
  const shown = new Date(
    Date.parse(`${dayKey(now, zone)}T00:00:00Z`) + (days * 24 + hour) * 3_600_000,
  ).getTime();
  return shownAt(shown, zone);
}

/** Days until the next Monday in the zone, never today. */
export function daysToMonday(now: number, zone: string): number {
  const weekday = new Date(`${dayKey(now, zone)}T00:00:00Z`).getUTCDay();
  return (8 - weekday) % 7 || 7;
}

/** The moment at which clocks in the zone show "2026-11-27T17:00"; null when that is no time. */
export function momentIn(wall: string, zone: string): string | null {
  const shown = wall.length === 16 ? Date.parse(`${wall}:00Z`) : Number.NaN;
  return Number.isNaN(shown) ? null : shownAt(shown, zone);
}

function shownAt(shown: number, zone: string): string {
  const guess = shown - offsetAt(zone, shown);
  return new Date(shown - offsetAt(zone, guess)).toISOString();
}
