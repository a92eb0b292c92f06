/** One variant of the grid: frozen item, four figures, a cell per connection. */
// biome-ignore-all lint/a11y/useSemanticElements: a table cannot keep thousands of rows out of the document and its head in view
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
import { OctagonAlert } from "lucide-react";
import { memo, useState } from "react";
import { useFormat, useT } from "../i18n/index";
import { Icon, Picture } from "../ui/index";
import { AVAILABLE, cellId, type Face, FIGURES, listingAt, ON_HAND } from "./columns";
import { Counts, Mark } from "./mark";
import type { Variant } from "./model";
import { lookOf, withSign } from "./words";

interface RowProps {
  readonly variant: Variant;
  readonly at: number;
  readonly faces: readonly Face[];
  readonly template: string;
  readonly top: number;
  /** The part of the range on this row. */
  readonly from: number | null;
  readonly to: number | null;
  readonly cursor: number | null;
  readonly delta: number;
  readonly failed: string | null;
}

export const Row = memo(function Row(props: RowProps) {
  const { variant, at, faces, template, top } = props;
  return (
    <div
      role="row"
      aria-rowindex={at + 2}
      className="gr"
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
    >
      <div role="rowheader" className="gi fz" data-row={at} data-item="">
        <Picture of={variant.picture} size={26} />
        <span className="grow">
          <span className="el">{variant.title || variant.sku}</span>
          <span className="el t11 mute id">{variant.sku}</span>
        </span>
      </div>
      {FIGURES.map((figure, col) => (
        <Cell key={figure} {...props} col={col} value={variant[figure]}>
          <FigureOf {...props} col={col} value={variant[figure]} />
        </Cell>
      ))}
      {faces.map((face, index) => {
        const col = FIGURES.length + index;
        const listing = listingAt(variant, col, faces);
        return (
          <Cell
            key={face.id}
            {...props}
            col={col}
            value={listing ? `${listing.published} ${listing.observed} ${listing.wanted}` : ""}
          >
            {listing ? <ListingCell name={face.word} listing={listing} /> : <NotListed />}
          </Cell>
        );
      })}
    </div>
  );
});

interface CellProps extends RowProps {
  readonly col: number;
  readonly value: number | string;
  readonly children: React.ReactNode;
}

function Cell({ at, col, value, from, to, cursor, delta, children }: CellProps) {
  const times = useChanges(value);
  const inside = from !== null && to !== null && col >= from && col <= to;
  const look = [
    "gc",
    col === AVAILABLE ? "fz b" : col === 1 || col === 2 ? "mute" : "",
    cursor === col ? "cur" : inside ? "selc" : "",
    col === ON_HAND && delta !== 0 ? "ed" : "",
  ].join(" ");
  return (
    <div
      role="gridcell"
      id={cellId({ row: at, col })}
      aria-colindex={col + 2}
      aria-selected={cursor === col || inside}
      className={look}
      data-row={at}
      data-col={col}
    >
      <span key={times} className={times > 0 ? "tint" : ""}>
        {children}
      </span>
    </div>
  );
}

/** How often a value has changed since it was first shown. */
function useChanges(value: number | string): number {
  const [seen, setSeen] = useState({ value, times: 0 });
  if (seen.value !== value) setSeen({ value, times: seen.times + 1 });
  return seen.times;
}

type FigureProps = Omit<CellProps, "children"> & { readonly value: number };

function FigureOf({ col, value, delta, failed }: FigureProps) {
  const t = useT();
  const format = useFormat();
  if (col === ON_HAND && delta !== 0)
    return (
      <>
        <span
          className={`t12 m ${failed ? "bad" : "acc"}`}
          title={failed ?? t("stock.edited", { delta: withSign(delta, format.number) })}
        >
          {withSign(delta, format.number)}
        </span>
        {format.number(value)}
      </>
    );
  if (value >= 0) return <>{format.number(value)}</>;
  return (
    <span className="fx g4 bad">
      <Icon of={OctagonAlert} size="xs" />
      {withSign(value, format.number)}
    </span>
  );
}

function ListingCell({
  name,
  listing,
}: {
  readonly name: string;
  readonly listing: NonNullable<ReturnType<typeof listingAt>>;
}) {
  const t = useT();
  const cause = listing.error?.detail || listing.problem;
  const words = t("stock.mark_of", { name, state: t(lookOf(listing.state).word) });
  return (
    <span className="cell" title={cause ? `${words}. ${cause}` : words}>
      <Counts listing={listing} />
      <Mark state={listing.state} />
    </span>
  );
}

function NotListed() {
  const t = useT();
  return (
    <span className="cell" title={t("stock.not_listed")}>
      <span className="mute" role="img" aria-label={t("stock.not_listed")}>
        –
      </span>
      <span className="mk" />
    </span>
  );
}
