/** Under the grid: what the chosen cells come to, and what the marks mean. */
import { useFormat, useT } from "../i18n/index";
import { type Face, figureAt } from "./columns";
import { Mark } from "./mark";
import type { Variant } from "./model";
import { boxOf, type Selection, summaryOf } from "./selection";
import { lookOf, withSign } from "./words";

const LEGEND = ["in_step", "going_out", "differs", "refused"] as const;

interface StatusBarProps {
  readonly selection: Selection | null;
  readonly variants: readonly Variant[];
  readonly faces: readonly Face[];
}

export function StatusBar({ selection, variants, faces }: StatusBarProps) {
  const t = useT();
  const format = useFormat();
  const valueAt = ({ row, col }: { row: number; col: number }) => {
    const variant = variants[row];
    return variant ? figureAt(variant, col, faces) : null;
  };
  const sum = selection && summaryOf(boxOf(selection), valueAt);
  const write = (value: number) => (value < 0 ? withSign(value, format.number) : format.number(value));
  return (
    <div className="stat tn">
      <span aria-live="polite" className="fx g16">
        {sum && (
          <>
            <span>{t("stock.cells", { count: sum.cells })}</span>
            {sum.min !== null && sum.max !== null && (
              <>
                <span>
                  {t("stock.sum")} <b>{write(sum.sum)}</b>
                </span>
                <span>
                  {t("stock.min")} <b>{write(sum.min)}</b>
                </span>
                <span>
                  {t("stock.max")} <b>{write(sum.max)}</b>
                </span>
              </>
            )}
          </>
        )}
      </span>
      <span className="sp fx g12 legend" aria-hidden="true">
        {LEGEND.map((state) => (
          <span className="fx g4 cell" key={state}>
            <Mark state={state} hidden />
            {t(lookOf(state).word).toLowerCase()}
          </span>
        ))}
      </span>
    </div>
  );
}
