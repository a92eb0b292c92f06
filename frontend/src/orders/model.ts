/** Which order stands in which view, and what its clock says. Pure. */
import type { OrderRow, OrderStatus } from "../api/index";

export type View = "to_ship" | "late" | "pending" | "shipped" | "delivered" | "cancelled" | "all";

export const VIEWS: readonly View[] = [
  "to_ship",
  "late",
  "pending",
  "shipped",
  "all",
  "delivered",
  "cancelled",
];

export const viewOf = (word: string | undefined): View => VIEWS.find((each) => each === word) ?? "to_ship";

/** The status the server filters by; late ones are among the open. */
export function statusOf(view: View): OrderStatus | null {
  if (view === "all") return null;
  return view === "to_ship" || view === "late" ? "open" : view;
}

export const isLate = ({ status, ship_by }: OrderRow, now: number): boolean =>
  status === "open" && ship_by !== null && Date.parse(ship_by) < now;

const byClock = (a: OrderRow, b: OrderRow): number =>
  Date.parse(a.ship_by ?? "9999-01-01") - Date.parse(b.ship_by ?? "9999-01-01") ||
  Date.parse(a.placed_at) - Date.parse(b.placed_at);

/** What must leave first stands first; everything that has left stays newest first. */
export function shownIn(view: View, orders: readonly OrderRow[], now: number): readonly OrderRow[] {
  if (view === "late") return orders.filter((order) => isLate(order, now)).toSorted(byClock);
  return view === "to_ship" ? orders.toSorted(byClock) : orders;
}

export type Due =
  | { readonly kind: "late"; readonly minutes: number }
  | { readonly kind: "due"; readonly minutes: number; readonly soon: boolean }
  | { readonly kind: "word"; readonly word: "pending" | "shipped" | "delivered" | "cancelled" | "no_date" };

/** Minutes left at which a parcel asks for attention. */
const SOON_MINUTES = 24 * 60;

export function dueOf({ status, ship_by }: OrderRow, now: number): Due {
  if (status !== "open")
    return {
      kind: "word",
      word: status === "pending" || status === "shipped" || status === "delivered" ? status : "cancelled",
    };
  if (ship_by === null) return { kind: "word", word: "no_date" };
  const minutes = Math.floor((Date.parse(ship_by) - now) / 60_000);
  return minutes < 0 ? { kind: "late", minutes } : { kind: "due", minutes, soon: minutes < SOON_MINUTES };
}

/** "Parang shirt, M" and how many lines more. */
export function goodsOf({ lines }: OrderRow): { readonly first: string; readonly more: number } {
  const [line] = lines;
  const name = line ? line.title || line.sku || line.external_sku || "" : "";
  const many = line && line.quantity > 1 ? `${name} × ${line.quantity}` : name;
  return { first: many, more: Math.max(0, lines.length - 1) };
}

/** An address as its lines; parts come in any order and any may be missing. */
export function addressOf(shipTo: OrderRow["ship_to"]): readonly string[] {
  const known = ["name", "company", "line1", "line2", "street", "city", "state", "postcode", "country"];
  const rest = Object.keys(shipTo).filter((key) => !known.includes(key));
  const value = (key: string) => shipTo[key]?.trim() ?? "";
  const town = [value("city"), value("state"), value("postcode")].filter(Boolean).join(" ");
  return [
    value("name"),
    value("company"),
    value("line1"),
    value("line2"),
    value("street"),
    town,
    value("country"),
    ...rest.map(value),
  ].filter(Boolean);
}

export type Happening = "placed" | "shipped" | "delivered" | "cancelled";

export interface Step {
  readonly what: Happening;
  readonly at: string | null;
}

/** What has happened so far, latest first. */
export function historyOf({ status, placed_at, shipped_at }: OrderRow): readonly Step[] {
  const steps: Step[] = [{ what: "placed", at: placed_at }];
  if (shipped_at || status === "shipped" || status === "delivered")
    steps.push({ what: "shipped", at: shipped_at });
  if (status === "delivered") steps.push({ what: "delivered", at: null });
  if (status === "cancelled") steps.push({ what: "cancelled", at: null });
  return steps.toReversed();
}
