/** The grid: rows drawn as they come into view, one cursor, a range, and an editor for what is on hand. */
// biome-ignore-all lint/a11y/useSemanticElements: a table cannot keep thousands of rows out of the document and its head in view
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ClipboardEvent, type CSSProperties, useEffect, useRef, useState } from "react";
import { usePreferences } from "../commands/index";
import { useFormat, useT } from "../i18n/index";
import { usePhone } from "../lib/index";
import { Glyph } from "../ui/index";
import { CellEditor } from "./cell-editor";
import { cellId, type Face, FIGURES, figureAt, figureWords, ON_HAND, pendingOf } from "./columns";
import type { Edits } from "./edits";
import { drag, type Hand, hitOf, press, pressKey } from "./gestures";
import type { Variant } from "./model";
import { Row } from "./row";
import { type At, boxOf, holds, isMany, moved, type Selection, single, tableText } from "./selection";

interface GridProps {
  readonly variants: readonly Variant[];
  readonly all: number;
  readonly faces: readonly Face[];
  readonly edits: Edits;
  readonly selection: Selection | null;
  readonly onSelect: (selection: Selection) => void;
  /** False when the text is no count. */
  readonly onEdit: (variant: Variant, text: string) => boolean;
  readonly onOpen: () => void;
  readonly onPaste: (text: string, row: number) => void;
  readonly onUndo: () => void;
  readonly onLeave: () => void;
}

const ROW_PX = { comfortable: 36, compact: 30 } as const;
/** Two lines of a title and its SKU. */
const PHONE_ROW_PX = 58;
const HEAD_PX = 31;

/** What is on hand and what can be sold, and the rest where there is room. */
const FIGURES_PX = { phone: [64, 76], wide: [68, 68, 60, 76] } as const;
const END_PX = 8;

function measuresOf(faces: readonly Face[], phone: boolean) {
  const item = phone ? 156 : 272;
  const widths = [...FIGURES_PX[phone ? "phone" : "wide"], ...faces.map(({ width }) => width), END_PX];
  const least = widths.reduce((sum, width) => sum + width, item);
  return { least, template: `minmax(${item}px, 1fr) ${widths.map((width) => `${width}px`).join(" ")}` };
}

export function Grid(props: GridProps) {
  const { variants, faces, edits, selection, onSelect } = props;
  const t = useT();
  const density = usePreferences((state) => state.density);
  const frame = useRef<HTMLDivElement>(null);
  const [typing, setTyping] = useState<{ readonly at: At; readonly text: string } | null>(null);
  const phone = usePhone();
  const rowPx = phone ? PHONE_ROW_PX : ROW_PX[density];
  const rows = useVirtualizer({
    count: variants.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowPx,
    overscan: 12,
    scrollPaddingStart: HEAD_PX,
  });
  const size = { rows: variants.length, cols: FIGURES.length + faces.length };
  const cursor = selection?.cursor ?? null;
  const box = selection && boxOf(selection);
  const { template, least } = measuresOf(faces, phone);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another density means every row has another height
  useEffect(() => rows.measure(), [rows, rowPx]);
  useEffect(() => {
    if (cursor) rows.scrollToIndex(cursor.row, { align: "auto" });
  }, [rows, cursor?.row, cursor]);

  const valueAt = ({ row, col }: At) => {
    const variant = variants[row];
    return variant ? figureAt(variant, col, faces) : null;
  };
  const hand: Hand = {
    selection,
    size,
    onSelect,
    onType: (text) => cursor && setTyping({ at: cursor, text }),
    onOpen: props.onOpen,
    onUndo: props.onUndo,
    onLeave: props.onLeave,
  };
  const onCopy = (event: ClipboardEvent) => {
    if (!box || typing) return;
    event.clipboardData.setData("text/plain", tableText(box, valueAt));
    event.preventDefault();
  };
  const active = cursor && rows.getVirtualItems().some(({ index }) => index === cursor.row);
  return (
    <div
      ref={frame}
      role="grid"
      className="sgrid"
      tabIndex={0}
      style={{ "--least": `${least}px` } as CSSProperties}
      aria-label={t("stock.grid")}
      aria-rowcount={variants.length + 1}
      aria-colcount={size.cols + 1}
      aria-multiselectable="true"
      {...(active && cursor ? { "aria-activedescendant": cellId(cursor) } : {})}
      onKeyDown={(event) => {
        if (!typing && event.target === frame.current) pressKey(event, hand);
      }}
      onPointerDown={(event) => !typing && press(event, hand)}
      onPointerOver={(event) => !typing && drag(event, hand)}
      onDoubleClick={(event) => {
        const hit = hitOf(event.target);
        if (hit && hit.at.col === ON_HAND && !hit.item) setTyping({ at: hit.at, text: "" });
      }}
      onCopy={onCopy}
      onPaste={(event) => {
        if (typing || !cursor) return;
        props.onPaste(event.clipboardData.getData("text/plain"), cursor.row);
        event.preventDefault();
      }}
    >
      <Head faces={faces} template={template} shown={variants.length} all={props.all} />
      <div role="rowgroup" className="gb" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const variant = variants[index];
          if (!variant) return null;
          const marked = box && holds(box, { row: index, col: box.left }) && selection && isMany(selection);
          return (
            <Row
              key={variant.id}
              variant={variant}
              at={index}
              faces={faces}
              template={template}
              top={start}
              from={marked ? box.left : null}
              to={marked ? box.right : null}
              cursor={cursor?.row === index ? cursor.col : null}
              {...pendingOf(variant, edits)}
            />
          );
        })}
        {typing && variants[typing.at.row] && (
          <CellEditor
            label={t("stock.edit", { sku: variants[typing.at.row]?.sku ?? "" })}
            template={template}
            top={typing.at.row * rowPx}
            text={typing.text}
            onDone={(text, step) => {
              const variant = variants[typing.at.row];
              if (text !== null && variant && !props.onEdit(variant, text)) return false;
              setTyping(null);
              frame.current?.focus({ preventScroll: true });
              const next =
                step && moved(single(typing.at), { key: "ArrowDown", ctrl: false, shift: false }, size);
              if (next) onSelect(next);
              return true;
            }}
          />
        )}
      </div>
    </div>
  );
}

interface HeadProps {
  readonly faces: readonly Face[];
  readonly template: string;
  readonly shown: number;
  readonly all: number;
}

function Head({ faces, template, shown, all }: HeadProps) {
  const t = useT();
  const format = useFormat();
  return (
    <div role="rowgroup" className="gh">
      <div role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        <div role="columnheader" className="gi fz">
          {t("stock.item")}{" "}
          <span className="wide">
            · {t("stock.of", { shown: format.number(shown), all: format.number(all) })}
          </span>
        </div>
        {FIGURES.map((figure) => (
          <div role="columnheader" key={figure} className={figure === "available" ? "gc fz ink" : "gc"}>
            {t(figureWords[figure])}
          </div>
        ))}
        {faces.map(({ id, channel, word }) => (
          <div role="columnheader" key={id} className="gc" title={word}>
            <Glyph channel={channel} small />
            <span className="el">{word}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
