/** The small sign of how a listing stands to what we want there; only the going-out one turns. */

import type { LucideIcon } from "lucide-react";
import { ArrowLeftRight, ArrowRight, Check, CircleDashed, CircleX, Clock, Loader, Lock } from "lucide-react";
import type { Listing } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { Icon } from "../ui/index";
import { lookOf, shownOf } from "./words";

const signs: Readonly<Record<string, LucideIcon>> = {
  in_step: Check,
  going_out: Loader,
  waiting: Clock,
  differs: ArrowLeftRight,
  refused: CircleX,
  read_only: Lock,
};

export function Mark({ state, hidden = false }: { readonly state: string; readonly hidden?: boolean }) {
  const t = useT();
  const { word, tone } = lookOf(state);
  const turning = state === "going_out" ? "turning" : "";
  return (
    <span
      className={`mk ${tone} ${turning}`}
      {...(hidden ? { "aria-hidden": true } : { role: "img", "aria-label": t(word), title: t(word) })}
    >
      <Icon of={(Object.hasOwn(signs, state) ? signs[state] : undefined) ?? CircleDashed} />
    </span>
  );
}

const Count = ({ of }: { readonly of: number }) => {
  const format = useFormat();
  return <span className={of === 0 ? "zero" : ""}>{format.number(of)}</span>;
};

/** Published, and the arrow to what is wanted when that is another number. */
export function Counts({ listing }: { readonly listing: Listing }) {
  const format = useFormat();
  const { there, wanted } = shownOf(listing);
  if (wanted === null) return there === null ? <span className="mute">?</span> : <Count of={there} />;
  return (
    <>
      <span className="mute t12">{there === null ? "?" : format.number(there)}</span>
      <span className="mute to">
        <Icon of={ArrowRight} size="xs" />
      </span>
      <Count of={wanted} />
    </>
  );
}
