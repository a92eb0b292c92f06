/** What the live line needs from outside itself, so that a test can hand it another clock. */

export interface Clock {
  now(): number;
  /** Runs `act` after `ms`; the answer cancels it. */
  after(ms: number, act: () => void): () => void;
}

export const browserWorld: Clock & { random(): number } = {
  now: () => Date.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
