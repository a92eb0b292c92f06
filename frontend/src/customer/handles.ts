/** How a customer's handles are shown. */
import type { Handle } from "../api/index";

export interface HandleText {
  readonly text: string;
  readonly channel: string;
  readonly kind: string;
  /** For what belongs to no connected channel. */
  readonly drawing: string;
  readonly refuses: readonly string[];
}

const drawings: Readonly<Record<string, string>> = { email: "envelope", phone: "handset" };

/** Each once, by what a person reads. A kind such as "shop_customer" begins with its channel. */
export function linesOf(handles: readonly Handle[]): readonly HandleText[] {
  const lines = handles.map(({ channel, kind, label, value, refuses = [] }) => ({
    text: label || value,
    channel: channel || (kind.split("_")[0] ?? ""),
    kind,
    drawing: drawings[kind] ?? "ring",
    refuses,
  }));
  return [...new Map(lines.toReversed().map((line) => [line.text, line])).values()].toReversed();
}
