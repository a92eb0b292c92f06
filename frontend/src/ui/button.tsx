/** Buttons and key caps. Ink acts: one `primary` on a screen. */
import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes } from "react";
import { Icon } from "./icon";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon?: LucideIcon;
  readonly primary?: boolean;
  readonly quiet?: boolean;
  readonly large?: boolean;
  readonly keys?: string;
}

export function Button({
  icon,
  primary,
  quiet,
  large,
  keys,
  className = "",
  children,
  ...rest
}: ButtonProps) {
  const look = `btn ${primary ? "p" : ""} ${quiet ? "q" : ""} ${large ? "lg" : ""} ${className}`;
  return (
    <button type="button" className={look} {...rest}>
      {icon && <Icon of={icon} size="s" />}
      {children}
      {keys && <Keys of={keys} />}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly framed?: boolean;
}

export function IconButton({ icon, label, framed = false, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={`btn ic ${framed ? "" : "q"} ${className}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon of={icon} />
    </button>
  );
}

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

const caps: Readonly<Record<string, string>> = {
  mod: isMac ? "⌘" : "Ctrl",
  shift: isMac ? "⇧" : "Shift",
  enter: "↵",
  esc: "Esc",
  arrowdown: "↓",
  arrowup: "↑",
};

const cap = (part: string): string => caps[part] ?? (part.length === 1 ? part.toUpperCase() : part);

/** "g i" is two caps; "mod+enter" is one. */
export function Keys({ of }: { readonly of: string }) {
  return (
    <span className="fx g4" aria-hidden="true">
      {of.split(" ").map((stroke) => (
        <span className="k" key={stroke}>
          {stroke
            .split("+")
            .map(cap)
            .join(isMac ? "" : " ")}
        </span>
      ))}
    </span>
  );
}
