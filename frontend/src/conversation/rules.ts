/** What the composer can tell before it asks the server: length, a closed reply window, forbidden contact details. */
import type { Thread } from "../api/index";

export type Verdict =
  | { readonly kind: "allow" }
  | { readonly kind: "block"; readonly why: "too_long"; readonly over: number }
  | { readonly kind: "block"; readonly why: "unfilled"; readonly name: string; readonly found: string }
  | { readonly kind: "block"; readonly why: "files"; readonly most: number }
  | { readonly kind: "block"; readonly why: "file_size"; readonly name: string; readonly most: number }
  | { readonly kind: "block"; readonly why: "file_type"; readonly name: string }
  | { readonly kind: "block"; readonly why: "closed_window"; readonly reason: string | null }
  | { readonly kind: "warn"; readonly why: "contact"; readonly found: string };

interface Words {
  readonly text: string;
  readonly thread: Thread | null;
  readonly files?: readonly Enclosure[];
}

interface Enclosure {
  readonly name: string;
  readonly size: number;
  readonly media_type: string;
}

const encoder = new TextEncoder();

/** In the unit the channel counts: characters (code points) or bytes. */
export function lengthOf(text: string, unit: string | null | undefined): number {
  return unit === "bytes" ? encoder.encode(text).length : Array.from(text).length;
}

/** A phone number of eight digits or more, or a mail address. Order numbers have no plus and no leading zero group. */
const CONTACT = /(\+\d[\d\s().-]{7,}\d|\b0\d{2,3}[\s.-]?\d{3,4}[\s.-]?\d{3,4}\b|[\w.+-]+@[\w-]+\.[\w.]+)/;

/** A variable of a saved reply that nothing is known for here; other braces are the writer's own. */
const VARIABLE = /\{\{\s*((?:customer|order|agent)\.\w+|stock\.[^{}]*[^{}\s])\s*\}\}/;

export function judge({ text, thread, files = [] }: Words): Verdict {
  if (!thread) return { kind: "allow" };
  if (!thread.can_reply) return { kind: "block", why: "closed_window", reason: thread.block?.detail ?? null };
  const [found, name] = VARIABLE.exec(text) ?? [];
  if (found && name) return { kind: "block", why: "unfilled", name, found };
  const limit = thread.text_limit ?? 0;
  const over = limit > 0 ? lengthOf(text, thread.text_unit) - limit : 0;
  if (over > 0) return { kind: "block", why: "too_long", over };
  const refused = judgeFiles(thread, files);
  if (refused) return refused;
  const contact = thread.forbids_contact_details === true ? CONTACT.exec(text)?.[0] : undefined;
  return contact ? { kind: "warn", why: "contact", found: contact } : { kind: "allow" };
}

function judgeFiles(thread: Thread, files: readonly Enclosure[]): Verdict | null {
  const { files_max: count, file_bytes: bytes = 0, file_types: types = [] } = thread;
  if (count !== undefined && files.length > count) return { kind: "block", why: "files", most: count };
  const large = bytes > 0 ? files.find(({ size }) => size > bytes) : undefined;
  if (large) return { kind: "block", why: "file_size", name: large.name, most: bytes };
  const strange = files.find(({ media_type }) => media_type && !taken(media_type, types));
  return strange ? { kind: "block", why: "file_type", name: strange.name } : null;
}

/** "image/*" takes every picture; no list takes everything. */
const taken = (type: string, types: readonly string[]): boolean =>
  types.length === 0 ||
  types.some((each) => each === type || (each.endsWith("/*") && type.startsWith(each.slice(0, -1))));
