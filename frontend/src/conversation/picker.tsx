/** A list under the composer's words: arrows choose, Enter takes, Escape leaves. The text keeps the focus. */
import { type KeyboardEvent, type ReactNode, useState } from "react";

export const PICKER = "composer-picker";

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly mark?: ReactNode;
  readonly take: () => void;
}

export interface Picker {
  readonly open: boolean;
  readonly found: readonly Choice[];
  readonly at: number;
  readonly point: (at: number) => void;
  /** True when the key was the picker's. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

/** `text` tells one asking from the next: what was left stays closed until the text changes. */
export function usePicker(text: string, asked: boolean, found: readonly Choice[]): Picker {
  const [at, setAt] = useState(0);
  const [left, setLeft] = useState<string | null>(null);
  const open = asked && left !== text;
  const shown = Math.min(at, Math.max(0, found.length - 1));
  const onKey = (event: KeyboardEvent): boolean => {
    if (!open || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[shown];
    if (step !== undefined && chosen) setAt((shown + step + found.length) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) {
      chosen.take();
      setAt(0);
    } else if (event.key === "Escape") setLeft(text);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { open, found, at: shown, point: setAt, onKey };
}

interface ListProps {
  readonly picker: Picker;
  readonly label: string;
  /** Instead of an empty list. */
  readonly none?: ReactNode;
}

export function PickerList({ picker, label, none }: ListProps) {
  if (!picker.open) return null;
  if (picker.found.length === 0)
    return none ? (
      <p className="saved none t12 mute" role="status">
        {none}
      </p>
    ) : null;
  return (
    <div className="saved" id={PICKER} role="listbox" aria-label={label}>
      {picker.found.map((each, at) => (
        <button
          type="button"
          key={each.id}
          id={`${PICKER}-${each.id}`}
          role="option"
          aria-selected={at === picker.at}
          tabIndex={-1}
          className={`it ${at === picker.at ? "on" : ""}`}
          onPointerMove={() => picker.point(at)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={each.take}
        >
          <span className="m nw">{each.name}</span>
          <span className="el mute grow">{each.about}</span>
          {each.mark}
        </button>
      ))}
    </div>
  );
}
