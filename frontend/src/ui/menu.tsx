/** A menu under a button: arrows move, letters jump, Escape closes and gives focus back. */
import type { LucideIcon } from "lucide-react";
import { Check } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Icon } from "./icon";

export type MenuEntry =
  | { readonly heading: string }
  | { readonly rule: true }
  | {
      readonly label: string;
      readonly icon?: LucideIcon;
      readonly mark?: ReactNode;
      readonly hint?: ReactNode;
      readonly on?: boolean;
      readonly off?: boolean;
      readonly run: () => void;
    };

interface MenuProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  /** The button; spread the props it is given. */
  readonly children: (button: ButtonProps) => ReactNode;
  /** Opens from outside too, for a key. */
  readonly open?: boolean;
  readonly onOpen?: (open: boolean) => void;
  readonly width?: number;
}

interface ButtonProps {
  readonly ref: (element: HTMLButtonElement | null) => void;
  readonly onClick: () => void;
  readonly "aria-haspopup": "menu";
  readonly "aria-expanded": boolean;
}

export function Menu({ label, entries, children, open, onOpen, width }: MenuProps) {
  const [own, setOwn] = useState(false);
  const button = useRef<HTMLButtonElement | null>(null);
  const shown = open ?? own;
  const set = (next: boolean) => {
    setOwn(next);
    onOpen?.(next);
  };
  const close = () => {
    set(false);
    button.current?.focus();
  };
  return (
    <>
      {children({
        ref: (element) => {
          button.current = element;
        },
        onClick: () => set(!shown),
        "aria-haspopup": "menu",
        "aria-expanded": shown,
      })}
      {shown &&
        createPortal(
          <Sheet label={label} entries={entries} anchor={button} onClose={close} width={width} />,
          document.body,
        )}
    </>
  );
}

interface SheetProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly anchor: { readonly current: HTMLButtonElement | null };
  readonly onClose: () => void;
  readonly width: number | undefined;
}

function Sheet({ label, entries, anchor, onClose, width }: SheetProps) {
  const sheet = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (sheet.current && anchor.current) place(sheet.current, anchor.current.getBoundingClientRect());
    items(sheet.current)[0]?.focus();
  }, [anchor]);
  useEffect(() => {
    const away = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!sheet.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [anchor, onClose]);
  return (
    <div
      ref={sheet}
      className="pop menu"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      style={width ? { width } : undefined}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") onClose();
        else if (!move(items(sheet.current), event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {entries.map((entry, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries are fixed while a menu is open
        <Entry key={at} entry={entry} onClose={onClose} />
      ))}
    </div>
  );
}

function Entry({ entry, onClose }: { readonly entry: MenuEntry; readonly onClose: () => void }) {
  if ("heading" in entry) return <div className="h">{entry.heading}</div>;
  if ("rule" in entry) return <hr />;
  return (
    <button
      type="button"
      role="menuitem"
      className="mi"
      tabIndex={-1}
      aria-disabled={entry.off ?? false}
      onClick={() => {
        if (entry.off) return;
        onClose();
        entry.run();
      }}
    >
      {entry.icon && <Icon of={entry.icon} className="mute" />}
      {entry.mark}
      <span className="grow">{entry.label}</span>
      {entry.hint && <span className="mute t12">{entry.hint}</span>}
      {entry.on && <Icon of={Check} size="s" />}
    </button>
  );
}

const items = (sheet: HTMLElement | null): readonly HTMLElement[] =>
  sheet ? [...sheet.querySelectorAll<HTMLElement>("[role=menuitem]")] : [];

/** Under the button and inside the window; above it when there is no room below. */
function place(sheet: HTMLElement, anchor: DOMRect): void {
  const { offsetWidth: wide, offsetHeight: high } = sheet;
  const left = Math.max(8, Math.min(anchor.left, innerWidth - wide - 8));
  const below = anchor.bottom + 4;
  const top = below + high <= innerHeight - 8 ? below : Math.max(8, anchor.top - high - 4);
  sheet.style.left = `${left}px`;
  sheet.style.top = `${top}px`;
}

/** True when the key meant something here. */
function move(list: readonly HTMLElement[], key: string): boolean {
  const at = list.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 };
  const step = steps[key];
  if (step !== undefined) {
    list.at(step % list.length)?.focus();
    return true;
  }
  if (key.length !== 1 || key === " ") return false;
  const order = [...list.slice(at + 1), ...list.slice(0, at + 1)];
  order.find((item) => item.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()))?.focus();
  return true;
}
