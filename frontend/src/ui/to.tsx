/** A link to another page of this screen: followed without loading everything again. */
import { useNavigate } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, MouseEvent } from "react";

interface ToProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly href: string;
}

export function To({ href, children, ...rest }: ToProps) {
  const navigate = useNavigate();
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    void navigate({ href });
  };
  return (
    <a href={href} {...rest} onClick={follow}>
      {children}
    </a>
  );
}
