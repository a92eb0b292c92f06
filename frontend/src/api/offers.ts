/** Channels as they are offered: in the order of what they need, and how late their news is. Pure. */
import type { ChannelOffer } from "./connections";

export type Need = "key" | "account" | "address";

/** An address the channels can reach from outside. */
export function isPublic(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  const near =
    /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)|\.(local|localhost|test|internal)$/;
  return url.protocol === "https:" && !near.test(url.hostname);
}

/** Nothing of it can be asked for, and its own people must let us in: it only works by being told. */
const onlyTold = ({ needs, slowest_s }: ChannelOffer): boolean => needs === "review" && slowest_s === 0;

export function needOf(offer: ChannelOffer, reachable: boolean): Need {
  if (offer.needs === "key") return "key";
  return onlyTold(offer) && !reachable ? "address" : "account";
}

export type Lateness =
  | { readonly kind: "at_once" }
  | { readonly kind: "asked"; readonly seconds: number }
  | { readonly kind: "never" };

export function latenessOf(offer: ChannelOffer, reachable: boolean): Lateness {
  if (onlyTold(offer)) return { kind: reachable ? "at_once" : "never" };
  if (offer.slowest_s === 0 || (reachable && offer.hook !== "none")) return { kind: "at_once" };
  return { kind: "asked", seconds: offer.slowest_s };
}

export interface OfferGroup {
  readonly need: Need;
  readonly offers: readonly ChannelOffer[];
}

const NEEDS: readonly Need[] = ["key", "account", "address"];

export const groupsOf = (offers: readonly ChannelOffer[], reachable: boolean): readonly OfferGroup[] =>
  NEEDS.map((need) => ({ need, offers: offers.filter((each) => needOf(each, reachable) === need) })).filter(
    ({ offers: some }) => some.length > 0,
  );
