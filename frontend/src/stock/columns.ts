/** The grid's columns: four figures of ours, then one per connection that shows listings. */
import type { ConnectionRow, Listing } from "../api/index";
import type { WordKey } from "../i18n/index";
import type { Edits } from "./edits";
import type { Variant } from "./model";
import type { At } from "./selection";
import { shownOf } from "./words";

export const FIGURES = ["on_hand", "reserved", "unavailable", "available"] as const;
export type Figure = (typeof FIGURES)[number];

export const ON_HAND = 0;
export const AVAILABLE = FIGURES.indexOf("available");

export const figureWords: Readonly<Record<Figure, WordKey>> = {
  on_hand: "stock.on_hand",
  reserved: "stock.reserved",
  unavailable: "stock.held",
  available: "stock.available",
};

export interface Face {
  readonly id: string;
  readonly channel: string;
  readonly word: string;
  readonly width: number;
}

const FACE_PX = 84;
const DIGIT_PX = 14;

/** Room for "12 → 11" and its mark, and more where numbers are longer. */
function widthOf(word: string, listings: readonly Listing[]): number {
  const digits = Math.max(
    2,
    ...listings.map(({ published, wanted }) => `${Math.max(published ?? 0, wanted ?? 0)}`.length),
  );
  return Math.max(FACE_PX + (digits - 2) * DIGIT_PX, Math.min(120, 38 + Math.round(word.length * 6.4)));
}

function byConnection(listings: readonly Listing[]): ReadonlyMap<string, readonly Listing[]> {
  const groups = new Map<string, Listing[]>();
  for (const listing of listings) {
    const group = groups.get(listing.connection_id);
    if (group) group.push(listing);
    else groups.set(listing.connection_id, [listing]);
  }
  return groups;
}

/** Two connections of one channel are told apart by their names. */
export function facesOf(
  connections: readonly ConnectionRow[],
  listings: readonly Listing[],
): readonly Face[] {
  const listed = byConnection(listings);
  const shown = connections.filter(({ id, listings: count }) => count > 0 || listed.has(id));
  return shown.map(({ id, channel, label, name }) => {
    const twice = shown.filter((each) => each.channel === channel).length > 1;
    const word = twice ? name : label;
    return { id, channel, word, width: widthOf(word, listed.get(id) ?? []) };
  });
}

export function figureAt(variant: Variant, col: number, faces: readonly Face[]): number | null {
  const figure = FIGURES[col];
  if (figure) return variant[figure];
  const listing = listingAt(variant, col, faces);
  if (!listing) return null;
  const { there, wanted } = shownOf(listing);
  return wanted ?? there;
}

export function listingAt(variant: Variant, col: number, faces: readonly Face[]): Listing | undefined {
  const face = faces[col - FIGURES.length];
  return face && variant.listings.get(face.id);
}

/** What a variant's row shows as changed: over all its places. */
export function pendingOf(
  variant: Variant,
  edits: Edits,
): { readonly delta: number; readonly failed: string | null } {
  let delta = 0;
  let failed: string | null = null;
  for (const { location } of variant.places) {
    const edit = edits.get(`${variant.id} ${location}`);
    delta += edit?.delta ?? 0;
    failed ??= edit?.failed ?? null;
  }
  return { delta, failed };
}

export const cellId = ({ row, col }: At): string => `stock-${row}-${col}`;
