/** Approved texts: their gaps, and what they say once these are filled. Pure. */
import type { Approved } from "../api/index";

const GAP = /\{\{(\d+)\}\}/g;

/** How many gaps there are: the highest number named. */
export const gapsOf = ({ text }: Approved): number =>
  Math.max(0, ...[...text.matchAll(GAP)].map(([, number]) => Number(number)));

/** An empty gap stays visible as what it is. */
export const filled = ({ text }: Approved, words: readonly string[]): string =>
  text.replace(GAP, (gap, number) => words[Number(number) - 1]?.trim() || gap);

/** The first gap without words, counted from one; 0 when none is left. */
export function emptyGap(approved: Approved, words: readonly string[]): number {
  for (let gap = 1; gap <= gapsOf(approved); gap++) if (!words[gap - 1]?.trim()) return gap;
  return 0;
}
