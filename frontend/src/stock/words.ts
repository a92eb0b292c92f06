/** What a listing's state is called, and what a movement was. */
import type { Listing, Movement } from "../api/index";
import type { WordKey } from "../i18n/index";

export type Tone = "ok" | "acc" | "warn" | "bad" | "mute";

export interface StateLook {
  readonly word: WordKey;
  readonly tone: Tone;
}

const looks: Readonly<Record<string, StateLook>> = {
  in_step: { word: "stock.in_step", tone: "mute" },
  going_out: { word: "stock.going_out", tone: "acc" },
  waiting: { word: "stock.waiting", tone: "warn" },
  differs: { word: "stock.differs", tone: "warn" },
  refused: { word: "stock.refused", tone: "bad" },
  read_only: { word: "stock.read_only", tone: "mute" },
  unknown: { word: "stock.unread", tone: "mute" },
};

/** A state this screen does not know yet is shown as not read. */
export function lookOf(state: string): StateLook {
  const look = Object.hasOwn(looks, state) ? looks[state] : undefined;
  return look ?? { word: "stock.unread", tone: "mute" };
}

export interface Shown {
  /** What stands at the channel as far as we know. */
  readonly there: number | null;
  /** What should stand there, when it is something else. */
  readonly wanted: number | null;
}

export function shownOf({ published, observed, wanted, state }: Listing): Shown {
  const there = state === "differs" ? (observed ?? published) : (published ?? observed);
  return { there, wanted: wanted === null || wanted === there ? null : wanted };
}

const kinds: Readonly<Record<string, WordKey>> = {
  receive: "stock.did_receive",
  adjust: "stock.did_adjust",
  reserve: "stock.did_reserve",
  release: "stock.did_release",
  ship: "stock.did_ship",
  return: "stock.did_return",
  transfer: "stock.did_transfer",
  expect: "stock.did_expect",
  hold: "stock.did_hold",
  count: "stock.did_count",
};

export function kindWord(kind: string): WordKey | null {
  return (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? null;
}

const outcomes: Readonly<Record<string, StateLook>> = {
  started: { word: "stock.push_started", tone: "acc" },
  accepted: { word: "stock.push_accepted", tone: "ok" },
  refused: { word: "stock.push_refused", tone: "bad" },
  retry: { word: "stock.push_retry", tone: "warn" },
  unknown: { word: "stock.push_unknown", tone: "warn" },
  stale: { word: "stock.push_stale", tone: "warn" },
};

/** How a push ended; null for an outcome this screen has no word for. */
export function outcomeOf(outcome: string): StateLook | null {
  return (Object.hasOwn(outcomes, outcome) ? outcomes[outcome] : undefined) ?? null;
}

/** What a movement did to what is available; a shipment of reserved goods does nothing to it. */
export const effectOf = ({ on_hand, reserved, unavailable }: Movement): number =>
  on_hand - reserved - unavailable;

/** The number that a movement is known by: what it did to the goods, else to what is promised. */
export function signedOf(movement: Movement): number {
  const effect = effectOf(movement);
  return effect !== 0 ? effect : movement.on_hand;
}

export const withSign = (value: number, write: (value: number) => string): string =>
  value > 0 ? `+${write(value)}` : value < 0 ? `−${write(-value)}` : write(0);
