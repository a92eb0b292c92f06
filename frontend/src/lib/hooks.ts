/** Small hooks about the window: the passing minute and the width. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

/** The present moment, renewed every `every` milliseconds so that ages and clocks stay true. */
export function useNow(every = 15_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** One pane at a time. */
export const usePhone = (): boolean => useMedia("(max-width: 719.98px)");

/** Room for the customer pane beside the conversation. */
export const useWide = (): boolean => useMedia("(min-width: 1100px)");
