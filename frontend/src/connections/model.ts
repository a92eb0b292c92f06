/** How a connection is, from what the server says of it. Pure. */
import type { Budget, ChannelOffer, ConnectionRow, Feed, SecretField } from "../api/index";

export type Health = "in_step" | "behind" | "stopped" | "paused" | "shadow" | "starting";

/** Beyond this a slow answer is told as being behind. */
const LATE_S = 120;

/** A listing or two on their way are no news; this many, and this share of all, are. */
const MANY = 3;
const SHARE = 0.1;

export const isGone = ({ error }: ConnectionRow): boolean => error?.code === "removed";

/** Seconds since the slowest feed should have been read; null before the first reading, or when nothing is read. */
export function lagOf({ feeds }: ConnectionRow, now: number): number | null {
  const lags = feeds.flatMap(({ last_success_at, every_s }) =>
    last_success_at ? [Math.max(0, (now - Date.parse(last_success_at)) / 1_000 - every_s)] : [],
  );
  return lags.length > 0 ? Math.max(...lags) : null;
}

export function healthOf(row: ConnectionRow, now: number): Health {
  if (row.state === "paused") return "paused";
  if (row.state === "broken") return "stopped";
  if (row.feeds.length > 0 && row.feeds.every(({ last_success_at }) => last_success_at === null)) {
    return row.error ? "behind" : "starting";
  }
  const late = row.feeds.some(({ behind }) => behind) || (lagOf(row, now) ?? 0) > LATE_S;
  /** In shadow a difference is what it is for. */
  const many = row.pushes_stock && row.behind_listings >= MANY && row.behind_listings > row.listings * SHARE;
  if (late || row.error || many) return "behind";
  return row.mode === "shadow" ? "shadow" : "in_step";
}

/** The most used of its budgets, in whole percent; null where the channel sets none. */
export function usedOf(budgets: readonly Budget[]): number | null {
  const limited = budgets.filter(({ per_day, burst }) => per_day || burst > 0);
  return limited.length > 0 ? Math.max(...limited.map(budgetShare)) : null;
}

/** Whole percent of what the channel allows, today or at once, whichever is scarcer. */
export function budgetShare({ day_used, per_day, tokens, burst }: Budget): number {
  const today = per_day ? day_used / per_day : 0;
  const atOnce = burst > 0 ? 1 - Math.min(tokens, burst) / burst : 0;
  return Math.round(100 * Math.max(0, Math.min(1, Math.max(today, atOnce))));
}

/** The past is still being read: newest first, so what matters is there already. */
export const firstImport = ({ first_done_at, last_pull_at, last_error }: Feed): boolean =>
  first_done_at === null && last_pull_at !== null && !last_error;

/** Channels whose name, country names or sentence hold every typed word. */
export function offersOf(offers: readonly ChannelOffer[], typed: string): readonly ChannelOffer[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return offers.filter(({ key, name, names, sentence }) => {
    const text = [key, name, ...Object.values(names), ...Object.values(sentence)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Where a channel sends the browser back to: under the address that its webhooks go to. */
export const comeBackAddress = (channel: string, rows: readonly ConnectionRow[], origin: string): string =>
  `${rows[0]?.hook_url.replace(/\/hooks\/[^/]*$/, "") || origin}/connect/${channel}`;

export interface FieldGroup {
  readonly group: string;
  readonly fields: readonly SecretField[];
}

/** What must be typed, by group with the app's own pair first; what may be left out comes after all of them. */
export function groupsOfFields(fields: readonly SecretField[]): {
  readonly groups: readonly FieldGroup[];
  readonly optional: readonly SecretField[];
} {
  const needed = fields.filter(({ optional }) => !optional);
  const names = [...new Set(needed.map(({ group }) => group))].toSorted(
    (one, other) => Number(other === "app") - Number(one === "app"),
  );
  return {
    groups: names.map((group) => ({ group, fields: needed.filter((field) => field.group === group) })),
    optional: fields.filter(({ optional }) => optional),
  };
}

export interface Sum {
  readonly all: number;
  readonly well: number;
  readonly behind: readonly string[];
  readonly stopped: readonly string[];
  readonly paused: readonly string[];
  readonly shadow: readonly string[];
}

export function sumOf(rows: readonly ConnectionRow[], now: number): Sum {
  const named = (health: Health) =>
    rows.filter((row) => healthOf(row, now) === health).map(({ name }) => name);
  const behind = named("behind");
  const stopped = named("stopped");
  const paused = named("paused");
  const well = rows.length - behind.length - stopped.length - paused.length - named("starting").length;
  return { all: rows.length, well, behind, stopped, paused, shadow: named("shadow") };
}

/** What the form lacks or has wrong, by field. A pattern this browser cannot read is left to the server. */
export function faultsOf(
  fields: readonly { readonly name: string; readonly optional: boolean; readonly pattern: string }[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, "missing" | "pattern">> {
  const faults: Record<string, "missing" | "pattern"> = {};
  for (const { name, optional, pattern } of fields) {
    const value = given[name]?.trim() ?? "";
    if (!value && !optional) faults[name] = "missing";
    else if (value && pattern && !fitsPattern(value, pattern)) faults[name] = "pattern";
  }
  return faults;
}

function fitsPattern(value: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    return true;
  }
}

/** A name nobody has yet: "eBay", then "eBay 2". */
export function freeName(label: string, rows: readonly ConnectionRow[]): string {
  const taken = new Set(rows.map(({ name }) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? label : `${label} ${number}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

/** The words a field allows, when its pattern is nothing but a few of them: `google|microsoft`. */
export const choicesOf = ({ pattern }: SecretField): string[] =>
  /^\w+(\|\w+)+$/.test(pattern) ? pattern.split("|") : [];
