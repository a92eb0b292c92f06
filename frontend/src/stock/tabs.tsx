/** Views of the stock with their counts. */
import type { ReactNode } from "react";
import { type Translate, useFormat, useT } from "../i18n/index";
import type { Tab, Tally } from "./model";

export type View = Tab | "unlinked";

interface TabsProps {
  readonly tallies: readonly Tally[];
  readonly unlinked: number;
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly end: ReactNode;
}

function wordOf(view: View, t: Translate): string {
  if (view === "all") return t("stock.tab_all");
  if (view === "problems") return t("stock.tab_problems");
  if (view === "low") return t("stock.tab_low");
  return view === "unlinked" ? t("stock.tab_unlinked") : view.slice("brand:".length);
}

export function Tabs({ tallies, unlinked, view, onView, end }: TabsProps) {
  const t = useT();
  const format = useFormat();
  const shown: readonly { tab: View; count: number }[] =
    unlinked > 0 || view === "unlinked" ? [...tallies, { tab: "unlinked", count: unlinked }] : tallies;
  return (
    <nav className="sub tabs st-tabs" aria-label={t("stock.views")}>
      {shown.map(({ tab, count }) => (
        <button
          key={tab}
          type="button"
          className={`tab ${tab === view ? "on" : ""}`}
          aria-current={tab === view ? "page" : undefined}
          onClick={() => onView(tab)}
        >
          {wordOf(tab, t)} <span className="cnt">{format.number(count)}</span>
        </button>
      ))}
      {end}
    </nav>
  );
}
