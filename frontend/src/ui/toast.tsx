/** One toast at a time: what was done, and the way back. It waits while it is pointed at or focused. */
import { Check, CircleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { create } from "zustand";
import { Button } from "./button";
import { Icon } from "./icon";

interface Said {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  readonly undo: (() => void) | null;
  readonly undoWord: string;
  readonly lastsMs: number;
}

interface Speak {
  readonly bad?: boolean;
  readonly undo?: () => void;
  readonly undoWord?: string;
  readonly lastsMs?: number;
}

const LASTS_MS = 6_000;
const useSaid = create<{ said: Said | null }>(() => ({ said: null }));
let count = 0;

/** The answer closes this toast, and only this one. */
export function toast(
  text: string,
  { bad = false, undo, undoWord = "", lastsMs = LASTS_MS }: Speak = {},
): () => void {
  count += 1;
  const id = count;
  useSaid.setState({ said: { id, text, bad, undo: undo ?? null, undoWord, lastsMs } });
  return () => closeToast(id);
}

export function closeToast(id: number): void {
  if (useSaid.getState().said?.id === id) useSaid.setState({ said: null });
}

/** Runs the way back of the toast that is shown; false when there is none. */
export function undoLast(): boolean {
  const { said } = useSaid.getState();
  if (!said?.undo) return false;
  closeToast(said.id);
  said.undo();
  return true;
}

export function Toast() {
  const said = useSaid((state) => state.said);
  return (
    <div role="status" aria-live="polite">
      {said && <Shown key={said.id} said={said} />}
    </div>
  );
}

function Shown({ said }: { readonly said: Said }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => closeToast(said.id), said.lastsMs);
    return () => clearTimeout(timer);
  }, [held, said]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing only holds the time, nothing is reached by it
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon of={said.bad ? CircleAlert : Check} size="s" />
      <span className="el">{said.text}</span>
      {said.undo && (
        <Button keys="z" onClick={undoLast}>
          {said.undoWord}
        </Button>
      )}
    </div>
  );
}
