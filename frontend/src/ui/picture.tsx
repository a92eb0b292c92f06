/** A product's picture: an address, or a drawing named "kind:colour" (a shirt, a scarf, a cloth, a bag of coffee). */
import { Package } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Icon } from "./icon";

interface Dye {
  readonly ground: string;
  readonly thread: string;
  readonly weave: keyof typeof weaves;
}

/** 8 x 8 tiles of batik and woven cloth. */
const weaves = {
  knife: (
    <>
      <path d="M-2 6 6-2M2 10 10 2" strokeWidth="1.5" />
      <path d="M0 8 8 0" strokeWidth=".5" strokeDasharray="1 1.2" />
    </>
  ),
  palm: (
    <g fill="currentColor" stroke="none">
      <ellipse cx="4" cy="1.6" rx="1" ry="1.5" />
      <ellipse cx="4" cy="6.4" rx="1" ry="1.5" />
      <ellipse cx="1.6" cy="4" rx="1.5" ry="1" />
      <ellipse cx="6.4" cy="4" rx="1.5" ry="1" />
    </g>
  ),
  cloud: <path d="M0 6q2-4 4 0t4 0M0 3q2-4 4 0t4 0" strokeWidth=".9" />,
  star: <path d="M4 1.8v4.4M1.8 4h4.4M2.5 2.5l3 3M5.5 2.5l-3 3" strokeWidth=".6" />,
  stripe: <path d="M1 0v8M3.4 0v8M6.4 0v8" strokeWidth=".7" />,
} satisfies Record<string, ReactNode>;

const dyes: Readonly<Record<string, Dye>> = {
  indigo: { ground: "oklch(38% .09 265)", thread: "oklch(86% .03 90)", weave: "knife" },
  sogan: { ground: "oklch(40% .065 55)", thread: "oklch(85% .07 85)", weave: "palm" },
  navy: { ground: "oklch(30% .06 255)", thread: "oklch(72% .08 230)", weave: "cloud" },
  clay: { ground: "oklch(50% .11 35)", thread: "oklch(90% .04 80)", weave: "cloud" },
  forest: { ground: "oklch(38% .06 155)", thread: "oklch(85% .06 110)", weave: "stripe" },
  black: { ground: "oklch(24% .01 260)", thread: "oklch(85% .03 90)", weave: "star" },
  rose: { ground: "oklch(58% .1 10)", thread: "oklch(93% .03 60)", weave: "star" },
  cream: { ground: "oklch(90% .03 85)", thread: "oklch(50% .07 55)", weave: "stripe" },
  brown: { ground: "oklch(32% .03 60)", thread: "oklch(72% .1 150)", weave: "stripe" },
};

const shapes: Readonly<Record<string, (fill: string, dye: Dye) => ReactNode>> = {
  shirt: (fill) => (
    <>
      <path
        d="M12 5.4 5.4 8.6l2.2 6 3-1.1V27h10.8V13.5l3 1.1 2.2-6L20 5.4c-.8 1.9-2.2 2.9-4 2.9s-3.2-1-4-2.9z"
        fill={fill}
      />
      <path d="M16 8.3V27" stroke="oklch(0% 0 0 / .25)" strokeWidth=".5" />
    </>
  ),
  scarf: (fill, { ground }) => (
    <>
      <path d="M8 7q8 4.6 16 0l1.6 4.4q-3.4 2.8-6 3.2V26h-7.2V14.6q-2.6-.4-6-3.2z" fill={fill} />
      <path d="M12.4 26v1.8M14.2 26v1.8M16 26v1.8M17.8 26v1.8M19.6 26v1.8" stroke={ground} strokeWidth=".7" />
      <path d="M12.4 14.6q3.6 1 7.2 0" stroke="oklch(0% 0 0 / .25)" strokeWidth=".6" fill="none" />
    </>
  ),
  cloth: (fill, { ground }) => (
    <>
      <path d="M6 9h20v12H6z" fill={fill} />
      <path
        d="M6 21v2M9 21v2M12 21v2M15 21v2M18 21v2M21 21v2M24 21v2M26 21v2"
        stroke={ground}
        strokeWidth=".6"
      />
    </>
  ),
  coffee: (_, { ground, thread }) => (
    <>
      <path d="M10.2 6h11.6l1.4 3.4V25a2 2 0 0 1-2 2H10.8a2 2 0 0 1-2-2V9.4z" fill={ground} />
      <path d="M8.8 9.4h14.4" stroke="oklch(100% 0 0 / .25)" strokeWidth=".6" />
      <rect x="11.2" y="13.2" width="9.6" height="8.6" rx="1" fill={thread} />
      <path d="M13 16h6M13 18.2h4" stroke={ground} strokeWidth=".9" />
    </>
  ),
};

interface PictureProps {
  readonly of: string | null | undefined;
  readonly size: number;
}

export function Picture({ of, size }: PictureProps) {
  return (
    <span className="th" style={{ width: size, height: size }} aria-hidden="true">
      <Inside of={of ?? ""} />
    </span>
  );
}

function Inside({ of }: { readonly of: string }) {
  const tile = useId();
  if (/^(https?:\/)?\//.test(of)) return <img src={of} alt="" loading="lazy" />;
  const [kind = "", colour = ""] = of.split(":");
  const draw = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  const dye = Object.hasOwn(dyes, colour) ? dyes[colour] : undefined;
  if (!draw || !dye) return <Icon of={Package} />;
  return (
    <svg viewBox="0 0 32 32" width="100%" height="100%" aria-hidden="true">
      <pattern
        id={tile}
        width="8"
        height="8"
        patternUnits="userSpaceOnUse"
        patternTransform="scale(.62)"
        color={dye.thread}
      >
        <rect width="8" height="8" fill={dye.ground} />
        <g stroke={dye.thread} fill="none">
          {weaves[dye.weave]}
        </g>
      </pattern>
      {draw(`url(#${tile})`, dye)}
    </svg>
  );
}
