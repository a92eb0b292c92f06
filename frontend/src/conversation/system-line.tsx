/** A system line: a code and its values from the server, worded here in the reader's language. */
import { Info } from "lucide-react";
import { type Message, useMe } from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { Glyph, Icon } from "../ui/index";
import { useLabels } from "./route";
import { UndoMerge } from "./undo-merge";

const words: Readonly<Record<string, WordKey>> = {
  assigned: "event.assigned",
  team: "event.team",
  followers: "event.followers",
  tagged: "event.tagged",
  priority: "event.priority",
  renamed: "event.renamed",
  closed: "event.closed",
  reopened: "event.reopened",
  snoozed: "event.snoozed",
  continued: "event.continued",
  not_followed: "event.not_followed",
  merged: "event.merged",
  unmerged: "event.unmerged",
  split: "event.split",
  split_from: "event.split_from",
  unsplit: "event.unsplit",
  customers_merged: "event.customers_merged",
  customers_parted: "event.customers_parted",
  handoff_offered: "event.offered",
  handoff_given: "event.handed",
  handoff_accepted: "event.accepted",
  handoff_declined: "event.declined",
  handoff_returned: "event.returned",
  handoff_withdrawn: "event.withdrawn",
  promise_made: "event.promised",
  promise_kept: "event.promise_kept",
  promise_broken: "event.promise_broken",
  promise_reopened: "event.promise_reopened",
  case_opened: "event.case_opened",
  case_changed: "event.case_changed",
  case_closed: "event.case_closed",
};

export function SystemLine({ message }: { readonly message: Message }) {
  const t = useT();
  const format = useFormat();
  const value = useValue(message);
  const code = message.event?.code ?? "";
  const known = Object.hasOwn(words, code) ? words[code] : undefined;
  const labelOf = useLabels();
  const channel = labelOf(String(message.event?.detail.channel ?? ""));
  const name = message.author?.name.split(" ")[0] ?? t("event.system");
  return (
    <div
      className={`sys ${code === "promise_broken" ? "bad" : ""}`}
      title={format.day(message.sent_at, Date.now())}
    >
      {message.channel ? <Glyph channel={message.channel} /> : <Icon of={Info} />}
      <span>
        <b>{known ? t(known, { name, channel }) : code}</b> {value} ·{" "}
        <time dateTime={message.sent_at}>{format.time(message.sent_at)}</time>
      </span>
      <UndoMerge message={message} />
    </div>
  );
}

/** What it became: a person, a team, words. */
function useValue(message: Message): string {
  const { members, teams } = useMe();
  const t = useT();
  const format = useFormat();
  const detail = message.event?.detail ?? {};
  const to = detail.to ?? detail.text ?? detail.words ?? detail.reason;
  const code = message.event?.code;
  if (code?.startsWith("case_"))
    return caseWords(detail, (at) =>
      t("event.answer_by", { time: `${format.date(at, Date.now())}, ${format.time(at)}` }),
    );
  if (code === "assigned" && to === null) return t("assign.nobody");
  if (code === "followers" && Array.isArray(to))
    return (
      to.map((id) => members.find((each) => each.id === id)?.name ?? "").join(", ") || t("assign.nobody")
    );
  const merged = mergedWords(detail);
  if (merged) return merged;
  if (Array.isArray(to)) return to.join(", ");
  if (typeof to !== "string" || code === "closed" || code === "reopened" || code === "snoozed") return "";
  const known = [...members, ...teams].find(({ id }) => id === to);
  return known?.name ?? to;
}

/** What the matter is called, about which order, in the buyer's words, and until when an answer is wanted. */
function caseWords(detail: Readonly<Record<string, unknown>>, until: (at: string) => string): string {
  const { title, kind, order, words, respond_by: by } = detail;
  const parts = [title || kind, order, words, typeof by === "string" ? until(by) : ""];
  return parts.filter((part): part is string => typeof part === "string" && part !== "").join(" · ");
}

/** The numbers of the other conversations, or the other customer's name. */
function mergedWords({ merge, numbers, number, name }: Readonly<Record<string, unknown>>): string {
  if (typeof merge !== "string") return "";
  if (Array.isArray(numbers)) return numbers.map((each) => `#${each}`).join(", ");
  return typeof number === "number" ? `#${number}` : String(name ?? "");
}
