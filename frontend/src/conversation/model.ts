/** The timeline as rows: day rules, the line before what is new, messages, and what has not been sent yet. */
import type { Message } from "../api/index";
import { dayKey } from "../lib/index";
import type { OutboxEntry } from "../live/index";

export type TimelineRow =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "new"; readonly key: string }
  | { readonly kind: "message"; readonly key: string; readonly message: Message }
  | { readonly kind: "kept"; readonly key: string; readonly entry: OutboxEntry };

interface Timeline {
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly outbox: readonly OutboxEntry[];
  readonly conversation: string;
  readonly zone: string;
  /** The newest message that was read when the conversation was opened. */
  readonly firstUnread: string | null;
}

/** A message and its entry in the outbox share a key, so that the bubble stays the same when the server takes it over. */
export function rowsOf({
  messages,
  outbox,
  conversation,
  zone,
  firstUnread,
}: Timeline): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let day = "";
  for (const message of messages) {
    const at = message.sent_at;
    const today = dayKey(at, zone);
    if (today !== day) rows.push({ kind: "day", key: `day ${today}`, at });
    day = today;
    if (message.id === firstUnread && message !== messages[0]) rows.push({ kind: "new", key: "new" });
    rows.push({ kind: "message", key: message.client_msg_id ?? message.id, message });
  }
  const landed = new Set(messages.map((message) => message.client_msg_id));
  for (const entry of outbox) {
    if (entry.conversation_id !== conversation || landed.has(entry.client_msg_id)) continue;
    rows.push({ kind: "kept", key: entry.client_msg_id, entry });
  }
  return rows;
}

/** The oldest of the last `count` messages the customer wrote, among those loaded. */
export function firstUnreadOf(messages: readonly Message[], count: number): string | null {
  if (count <= 0) return null;
  const theirs = messages.filter((message) => message.direction === "in");
  return theirs.at(-count)?.id ?? null;
}
