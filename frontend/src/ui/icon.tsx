/** Line icons in the house stroke, and the mark. */
import type { LucideIcon } from "lucide-react";

interface IconProps {
  readonly of: LucideIcon;
  /** 16 px unless "s" (14) or "xs" (12). */
  readonly size?: "s" | "xs" | "";
  readonly className?: string;
  readonly px?: number;
}

export function Icon({ of: Drawing, size = "", className = "", px }: IconProps) {
  const style = px ? { width: px, height: px } : undefined;
  return <Drawing className={`i ${size} ${className}`} {...(style ? { style } : {})} aria-hidden="true" />;
}

export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <span className="logo" style={{ width: size, height: size }}>
      <svg viewBox="0 0 18 18" aria-hidden="true">
        <path d="M2.8 13.6h12.4M4.4 11.2a4.6 4.6 0 0 1 9.2 0zM9 6.4V4.6M7.6 4.6h2.8" />
      </svg>
    </span>
  );
}
