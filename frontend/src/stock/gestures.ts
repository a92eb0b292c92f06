/** What keys and the pointer do in the grid. */
import type { KeyboardEvent, PointerEvent } from "react";
import { ON_HAND } from "./columns";
import { type At, isMany, moved, type Selection, type Size, single } from "./selection";

export interface Hand {
  readonly selection: Selection | null;
  readonly size: Size;
  onSelect(selection: Selection): void;
  /** Types into the cell under the cursor, beginning with this text. */
  onType(text: string): void;
  onOpen(): void;
  onUndo(): void;
  onLeave(): void;
}

const whole = ({ rows, cols }: Size): Selection => ({
  anchor: { row: 0, col: 0 },
  cursor: { row: rows - 1, col: cols - 1 },
});

/** What a key with Ctrl does, if anything. */
function withCtrl(key: string, hand: Hand): (() => void) | null {
  if (key === "z") return hand.onUndo;
  return key === "a" && hand.size.rows > 0 ? () => hand.onSelect(whole(hand.size)) : null;
}

function plain(key: string, hand: Hand): (() => void) | null {
  const { selection } = hand;
  const counts = selection?.cursor.col === ON_HAND;
  if (key === "Enter") return counts ? () => hand.onType("") : hand.onOpen;
  if (key === "Escape")
    return selection && isMany(selection) ? () => hand.onSelect(single(selection.cursor)) : hand.onLeave;
  return counts && /^[\d+\-−]$/.test(key) ? () => hand.onType(key) : null;
}

export function pressKey(event: KeyboardEvent, hand: Hand): void {
  if (event.altKey) return;
  const ctrl = event.ctrlKey || event.metaKey;
  const first = single({ row: 0, col: 0 });
  const next = moved(hand.selection ?? first, { key: event.key, ctrl, shift: event.shiftKey }, hand.size);
  const act = next
    ? () => hand.onSelect(hand.selection ? next : first)
    : ctrl
      ? withCtrl(event.key.toLowerCase(), hand)
      : plain(event.key, hand);
  if (!act) return;
  act();
  event.preventDefault();
  event.stopPropagation();
}

export interface Hit {
  readonly at: At;
  /** The frozen item, not one of the numbers. */
  readonly item: boolean;
}

export function hitOf(target: EventTarget): Hit | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  if (!cell) return null;
  const item = cell.dataset.item !== undefined;
  return { at: { row: Number(cell.dataset.row), col: item ? 0 : Number(cell.dataset.col) }, item };
}

export function press(event: PointerEvent, hand: Hand): void {
  const hit = hitOf(event.target);
  if (!hit) return;
  const { selection } = hand;
  const at = hit.item && selection ? { row: hit.at.row, col: selection.cursor.col } : hit.at;
  hand.onSelect(event.shiftKey && selection ? { anchor: selection.anchor, cursor: at } : single(at));
  if (hit.item) hand.onOpen();
}

export function drag(event: PointerEvent, hand: Hand): void {
  const hit = hitOf(event.target);
  if (!hit || hit.item || event.buttons !== 1 || event.pointerType === "touch" || !hand.selection) return;
  hand.onSelect({ anchor: hand.selection.anchor, cursor: hit.at });
}
