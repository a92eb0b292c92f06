/** A moment said in words, English or Indonesian: "friday 9", "in 2 h", "besok pagi", "senin jam 10", "2 minggu lagi". */
import { dayKey, momentIn } from "../lib/index";

const MINUTE = 60_000;
const DAY = 86_400_000;
const MORNING = 9;
const LONGEST_DAYS = 366;

const lengths = spread([
  ["m min mins minute minutes menit mnt", 1],
  ["h hr hrs hour hours jam j", 60],
  ["d day days hari", 1_440],
  ["w wk week weeks minggu pekan", 10_080],
]);
const weekdays = spread([
  ["sun sunday minggu ahad", 0],
  ["mon monday senin", 1],
  ["tue tues tuesday selasa", 2],
  ["wed wednesday rabu", 3],
  ["thu thur thurs thursday kamis", 4],
  ["fri friday jumat jum'at", 5],
  ["sat saturday sabtu", 6],
]);
const parts = spread([
  ["morning pagi", MORNING],
  ["noon siang", 12],
  ["afternoon", 14],
  ["sore", 16],
  ["evening night malam", 19],
]);
const near = spread([
  ["today", 0],
  ["tomorrow besok", 1],
  ["lusa", 2],
]);
/** Phrases of several words, or several in one. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bhari ini\b/g, "today"],
  [/\b(tonight|nanti malam|malam ini)\b/g, "today evening"],
  [/\b(nanti|this)\b/g, "today"],
  [/\bday after tomorrow\b/g, "lusa"],
  [/\b(next week|minggu depan|pekan depan)\b/g, "monday"],
  [/(\d)(am|pm)\b/g, "$1 $2"],
  [/(\d)([a-z])/g, "$1 $2"],
];

function spread(rows: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  return new Map(rows.flatMap(([words, value]) => words.split(" ").map((word) => [word, value] as const)));
}

/** The moment meant, always after `now`; null when the words say none. Days and weeks end in the morning unless an hour is said. */
export function momentOf(words: string, now: number, zone: string): string | null {
  let text = words.trim().toLowerCase().replace(/\s+/g, " ");
  for (const [phrase, instead] of phrases) text = text.replace(phrase, instead);
  const said = text.split(" ").filter((word) => word !== "" && word !== "on" && word !== "hari");
  const after = lengthOf(text);
  if (after) return afterLength(after, now, zone);
  const day = dayOf(said);
  const time = timeOf(day.rest);
  if (time === undefined || (day.kind === "none" && time === null)) return null;
  return nextOf(day, time ?? MORNING * 60, now, zone);
}

interface Length {
  readonly minutes: number;
  readonly rest: readonly string[];
}

function lengthOf(text: string): Length | null {
  const found = /^(?:in |dalam )?(\d{1,4}|an?|se) ?([a-z]+)(?: (?:lagi|later|from now))?(?: (.+))?$/.exec(
    text,
  );
  const each = found ? lengths.get(found[2] ?? "") : undefined;
  if (!found || each === undefined) return null;
  const count = /\d/.test(found[1] ?? "") ? Number(found[1]) : 1;
  return { minutes: count * each, rest: found[3]?.split(" ") ?? [] };
}

function afterLength({ minutes, rest }: Length, now: number, zone: string): string | null {
  if (minutes === 0 || minutes > LONGEST_DAYS * 1_440) return null;
  if (minutes % 1_440 !== 0) return rest.length > 0 ? null : new Date(now + minutes * MINUTE).toISOString();
  const time = timeOf(rest);
  return time === undefined ? null : wallOf(minutes / 1_440, time ?? MORNING * 60, now, zone);
}

interface Day {
  readonly kind: "near" | "week" | "none";
  readonly value: number;
  readonly rest: readonly string[];
}

/** The day may stand before or after its hour. */
function dayOf(said: readonly string[]): Day {
  const at = said.findIndex((word) => near.has(word) || weekdays.has(word));
  const word = said[at];
  if (word === undefined) return { kind: "none", value: 0, rest: said };
  const rest = said.filter((_, index) => index !== at);
  const days = near.get(word);
  return days === undefined
    ? { kind: "week", value: weekdays.get(word) ?? 0, rest }
    : { kind: "near", value: days, rest };
}

/** Minutes after midnight; null when no hour is said, undefined when the words are none. */
function timeOf(rest: readonly string[]): number | null | undefined {
  const text = rest.join(" ");
  if (text === "") return null;
  const part = parts.get(text);
  if (part !== undefined) return part * 60;
  const found = /^(?:at |jam |pukul )?(\d{1,2})(?:[:.](\d{2}))?(?: (am|pm|[a-z]+))?$/.exec(text);
  if (!found) return undefined;
  const [, hours, minutes = "0", half] = found;
  const hour = hourOf(Number(hours), half);
  return hour === null || Number(minutes) > 59 ? undefined : hour * 60 + Number(minutes);
}

function hourOf(hour: number, half: string | undefined): number | null {
  if (hour > 23) return null;
  if (half === undefined) return hour;
  if (half !== "am" && half !== "pm" && !parts.has(half)) return null;
  if (hour > 12) return half === "am" ? null : hour;
  if (half === "am" || parts.get(half) === MORNING) return hour % 12;
  if (half === "pm") return (hour % 12) + 12;
  const midday = half === "siang" || half === "noon";
  return midday && hour >= 10 ? hour : (hour % 12) + 12;
}

function nextOf(day: Day, minutes: number, now: number, zone: string): string | null {
  if (day.kind === "near") return wallOf(day.value, minutes, now, zone);
  const today = new Date(`${dayKey(now, zone)}T00:00:00Z`).getUTCDay();
  const first = day.kind === "week" ? (day.value - today + 7) % 7 : 0;
  return (
    wallOf(first, minutes, now, zone) ?? wallOf(first + (day.kind === "week" ? 7 : 1), minutes, now, zone)
  );
}

/** Null when it has passed. */
function wallOf(days: number, minutes: number, now: number, zone: string): string | null {
  const date = new Date(Date.parse(`${dayKey(now, zone)}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
  const clock = [Math.floor(minutes / 60), minutes % 60]
    .map((each) => String(each).padStart(2, "0"))
    .join(":");
  const moment = momentIn(`${date}T${clock}`, zone);
  return moment !== null && Date.parse(moment) > now ? moment : null;
}
