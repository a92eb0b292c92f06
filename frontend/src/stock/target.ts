/** Where a change to a variant is written: the only place that is looked at, else the first by rank. Pure. */
import type { Target } from "./edits";
import type { Variant } from "./model";

export function makeTarget({ id, sku, title, on_hand, places }: Variant, rank: readonly string[]): Target {
  const order = (location: string) => (rank.includes(location) ? rank.indexOf(location) : rank.length);
  const [first] = places.toSorted((a, b) => order(a.location) - order(b.location));
  return {
    variant_id: id,
    sku,
    title,
    location: first?.location ?? "",
    on_hand: first?.on_hand ?? 0,
    shown: on_hand,
  };
}
