/** When a snoozed conversation may come back: later today, tomorrow or Monday at nine, in the shop's zone. */
import type { Conversation } from "../api/index";
import { useFormat, useT, useZone } from "../i18n/index";
import { atHour, daysToMonday } from "../lib/index";
import type { ConversationActs } from "./acts";

const LATER_HOURS = 3;
const OPENING_HOUR = 9;

export function useSnoozeEntries(row: Conversation, acts: ConversationActs) {
  const t = useT();
  const format = useFormat();
  const zone = useZone((state) => state.zone);
  const now = Date.now();
  const later = new Date(now + LATER_HOURS * 3_600_000).toISOString();
  const tomorrow = atHour(now, zone, 1, OPENING_HOUR);
  const monday = atHour(now, zone, daysToMonday(now, zone), OPENING_HOUR);
  const entry = (label: string, until: string) => ({
    label,
    hint: format.time(until),
    run: () => acts.snooze(row, until),
  });
  return [
    entry(t("snooze.hours", { count: LATER_HOURS }), later),
    entry(t("snooze.tomorrow"), tomorrow),
    entry(t("snooze.monday"), monday),
  ];
}
