/** The grid's rows: one per variant, summed over the places that are looked at, with its listings by connection. Pure. */
import type { Listing, StockRow } from "../api/index";

export interface Variant {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly brand: string;
  readonly picture: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly unavailable: number;
  readonly available: number;
  readonly places: readonly StockRow[];
  /** By connection; where a variant stands there more than once, the listing that needs most attention. */
  readonly listings: ReadonlyMap<string, Listing>;
}

/** Available at which a variant counts as low. */
export const LOW = 5;

const ATTENTION: Readonly<Record<string, number>> = {
  refused: 5,
  differs: 4,
  going_out: 3,
  waiting: 2,
  unknown: 1,
};

const attention = (listing: Listing): number => ATTENTION[listing.state] ?? 0;

/** Variants in the order of their SKU. `place` narrows to one location. */
export function variantsOf(
  stock: readonly StockRow[],
  listings: readonly Listing[],
  place: string | null,
): readonly Variant[] {
  const places = new Map<string, StockRow[]>();
  for (const row of stock) {
    if (place !== null && row.location_id !== place) continue;
    const known = places.get(row.variant_id);
    if (known) known.push(row);
    else places.set(row.variant_id, [row]);
  }
  const faces = facesOf(listings);
  const variants = [...places].map(([id, rows]) => variantOf(id, rows, faces.get(id) ?? NO_FACES));
  return variants.sort((a, b) => a.sku.localeCompare(b.sku));
}

const NO_FACES: ReadonlyMap<string, Listing> = new Map();

function facesOf(listings: readonly Listing[]): ReadonlyMap<string, ReadonlyMap<string, Listing>> {
  const faces = new Map<string, Map<string, Listing>>();
  for (const listing of listings) {
    if (!listing.variant_id || listing.mapping !== "confirmed") continue;
    const of = faces.get(listing.variant_id) ?? new Map<string, Listing>();
    const known = of.get(listing.connection_id);
    if (!known || attention(listing) > attention(known)) of.set(listing.connection_id, listing);
    faces.set(listing.variant_id, of);
  }
  return faces;
}

function variantOf(id: string, places: readonly StockRow[], listings: ReadonlyMap<string, Listing>): Variant {
  const sum = (of: (row: StockRow) => number) => places.reduce((total, row) => total + of(row), 0);
  const { sku = "", title = "", brand = "", picture = "" } = places[0] ?? {};
  return {
    id,
    sku,
    title,
    brand,
    picture,
    places,
    listings,
    on_hand: sum((row) => row.on_hand),
    reserved: sum((row) => row.reserved),
    unavailable: sum((row) => row.unavailable),
    available: sum((row) => row.available),
  };
}

export const isLow = ({ available }: Variant): boolean => available <= LOW;

export const isProblem = ({ available, listings }: Variant): boolean =>
  available < 0 || [...listings.values()].some(({ state }) => state === "refused" || state === "differs");

export type Tab = "all" | "problems" | "low" | `brand:${string}`;

export function inTab(variant: Variant, tab: Tab): boolean {
  if (tab === "problems") return isProblem(variant);
  if (tab === "low") return isLow(variant);
  return tab === "all" || variant.brand === tab.slice("brand:".length);
}

/** Every word must stand somewhere in the SKU, the title or the brand. */
export function found(variant: Variant, words: string): boolean {
  const text = `${variant.sku} ${variant.title} ${variant.brand}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export interface Tally {
  readonly tab: Tab;
  readonly count: number;
}

/** Brands with the most variants first. */
export function talliesOf(variants: readonly Variant[]): readonly Tally[] {
  const brands = new Map<string, number>();
  for (const { brand } of variants) if (brand) brands.set(brand, (brands.get(brand) ?? 0) + 1);
  const count = (tab: Tab) => ({ tab, count: variants.filter((each) => inTab(each, tab)).length });
  return [
    count("all"),
    count("problems"),
    count("low"),
    ...[...brands]
      .sort(([, a], [, b]) => b - a)
      .map(([brand, many]): Tally => ({ tab: `brand:${brand}`, count: many })),
  ];
}

/** Listings that say nothing of ours yet: nobody is told what they should show. Goods that the marketplace keeps never will. */
export const unlinkedOf = (listings: readonly Listing[]): readonly Listing[] =>
  listings.filter(
    ({ mapping, variant_id, fulfilment }) =>
      fulfilment !== "channel" && (mapping !== "confirmed" || variant_id === null),
  );

/** By connection: how many SKUs of its own listings no variant stands for. */
export function makeable(
  listings: readonly Listing[],
  variants: readonly Variant[],
): ReadonlyMap<string, number> {
  const taken = new Set(variants.map(({ sku }) => sku.toLowerCase()));
  const skus = new Map<string, Set<string>>();
  for (const { connection_id, external_sku, mapping, evidence, fulfilment, listing_state } of listings) {
    const sku = external_sku.toLowerCase();
    const ours = mapping === "none" && evidence !== "person" && fulfilment !== "channel";
    if (!ours || listing_state === "ended" || !sku || taken.has(sku)) continue;
    skus.set(connection_id, (skus.get(connection_id) ?? new Set()).add(sku));
  }
  return new Map([...skus].map(([connection, of]) => [connection, of.size]));
}
