/** A macro as its form shows it, and back. Pure. */
import type { Macro, NewMacro } from "../api/index";

/** `assign`: me, nobody, or a member's id. `status`: closed, open, or hours to snooze for. */
export interface Choices {
  readonly name: string;
  readonly reply: string;
  readonly tags: string;
  readonly assign: string;
  readonly team: string;
  readonly status: string;
}

export const SNOOZES_H: readonly number[] = [1, 4, 24, 72, 168];
const HOUR_S = 3_600;

export function choicesOf(macro: Macro | null): Choices {
  return {
    name: macro?.name ?? "",
    reply: macro?.reply_id ?? "",
    tags: macro?.tags.join(", ") ?? "",
    assign: macro?.assignee_id ?? macro?.assign ?? "",
    team: macro?.team_id ?? "",
    status: macro?.snooze_s ? String(macro.snooze_s / HOUR_S) : (macro?.status ?? ""),
  };
}

export function actsOf({ name, reply, tags, assign, team, status }: Choices): NewMacro {
  const own = assign === "me" || assign === "nobody" ? assign : "";
  const hours = Number(status);
  return {
    name: name.trim(),
    reply_id: reply || null,
    tags: [...new Set(tags.split(",").map((each) => each.trim()))].filter(Boolean),
    assign: own,
    assignee_id: own ? null : assign || null,
    team_id: team || null,
    status: hours ? "snoozed" : status === "closed" || status === "open" ? status : "",
    snooze_s: hours ? hours * HOUR_S : null,
  };
}
