/** How long to wait before the next try. Full jitter, so that a restarted server is not met by everyone at once. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export function backoff(tries: number, random: () => number): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 16));
}

/** A server that says it restarts (1012, 1013) is back soon: up to 5 s. */
export const restartPause = (random: () => number): number => random() * 5_000;
