/** Wakes the line when the computer, the network or the tab comes back, without waiting for a timer. */
import type { Desk } from "../api/index";

const DRIFT_EVERY_MS = 5_000;

export function wake({ live, outbox }: Desk): () => void {
  const up = () => {
    live.wake();
    outbox.pump();
  };
  const seen = () => {
    if (document.visibilityState === "visible") up();
  };
  let last = Date.now();
  /** A timer that came much too late means that the computer slept. */
  const drift = setInterval(() => {
    const now = Date.now();
    if (now - last > DRIFT_EVERY_MS * 3) up();
    last = now;
  }, DRIFT_EVERY_MS);
  addEventListener("online", up);
  document.addEventListener("visibilitychange", seen);
  return () => {
    clearInterval(drift);
    removeEventListener("online", up);
    document.removeEventListener("visibilitychange", seen);
  };
}
