/** What stands after the question mark: read as plain text, changed in place. */
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useCallback } from "react";

type Words = Readonly<Record<string, string>>;
type Change = Readonly<Record<string, string | null>>;

/** Null takes a word away. A typed letter replaces the entry of the history; a step adds one. */
export function useAddress(): readonly [Words, (change: Change, typed?: boolean) => void] {
  const navigate = useNavigate();
  const location = useRouterState({ select: (state) => state.location });
  const { pathname, searchStr } = location;
  const change = useCallback(
    (words: Change, typed = false) => {
      const next = new URLSearchParams(searchStr);
      for (const [name, value] of Object.entries(words)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      const search = next.toString();
      void navigate({ href: search ? `${pathname}?${search}` : pathname, replace: typed });
    },
    [navigate, pathname, searchStr],
  );
  return [location.search as Words, change];
}
