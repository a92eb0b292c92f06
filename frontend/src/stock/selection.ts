/** A range of cells, and how keys move it. Pure. */

export interface At {
  readonly row: number;
  readonly col: number;
}

/** The range spans from the anchor to the cursor; the cursor is the cell that is typed into. */
export interface Selection {
  readonly anchor: At;
  readonly cursor: At;
}

export interface Size {
  readonly rows: number;
  readonly cols: number;
}

export interface Stroke {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
}

const SCREENFUL = 15;

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

export const single = (at: At): Selection => ({ anchor: at, cursor: at });

/** Null for a key that does not move. */
export function moved(selection: Selection, stroke: Stroke, size: Size): Selection | null {
  const to = target(selection.cursor, stroke, size);
  if (!to) return null;
  const cursor = { row: clamp(to.row, size.rows - 1), col: clamp(to.col, size.cols - 1) };
  return stroke.shift ? { anchor: selection.anchor, cursor } : single(cursor);
}

function target({ row, col }: At, { key, ctrl }: Stroke, { rows, cols }: Size): At | null {
  const lastRow = rows - 1;
  const lastCol = cols - 1;
  switch (key) {
    case "ArrowUp":
      return { row: ctrl ? 0 : row - 1, col };
    case "ArrowDown":
      return { row: ctrl ? lastRow : row + 1, col };
    case "ArrowLeft":
      return { row, col: ctrl ? 0 : col - 1 };
    case "ArrowRight":
      return { row, col: ctrl ? lastCol : col + 1 };
    case "Home":
      return { row: ctrl ? 0 : row, col: 0 };
    case "End":
      return { row: ctrl ? lastRow : row, col: lastCol };
    case "PageUp":
      return { row: row - SCREENFUL, col };
    case "PageDown":
      return { row: row + SCREENFUL, col };
    default:
      return null;
  }
}

/** Kept inside a grid that has become smaller; null when nothing is left of it. */
export function kept(selection: Selection | null, { rows, cols }: Size): Selection | null {
  if (!selection || rows === 0 || cols === 0) return null;
  const inside = (at: At): At => ({ row: clamp(at.row, rows - 1), col: clamp(at.col, cols - 1) });
  return { anchor: inside(selection.anchor), cursor: inside(selection.cursor) };
}

export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export const boxOf = ({ anchor, cursor }: Selection): Box => ({
  top: Math.min(anchor.row, cursor.row),
  bottom: Math.max(anchor.row, cursor.row),
  left: Math.min(anchor.col, cursor.col),
  right: Math.max(anchor.col, cursor.col),
});

export const holds = (box: Box, { row, col }: At): boolean =>
  row >= box.top && row <= box.bottom && col >= box.left && col <= box.right;

export const isMany = ({ anchor, cursor }: Selection): boolean =>
  anchor.row !== cursor.row || anchor.col !== cursor.col;

export interface Summary {
  readonly cells: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** Cells without a number count as cells and nothing else. */
export function summaryOf(box: Box, valueAt: (at: At) => number | null): Summary {
  let [cells, sum] = [0, 0];
  let min: number | null = null;
  let max: number | null = null;
  for (let row = box.top; row <= box.bottom; row += 1) {
    for (let col = box.left; col <= box.right; col += 1) {
      cells += 1;
      const value = valueAt({ row, col });
      if (value === null) continue;
      sum += value;
      min = min === null ? value : Math.min(min, value);
      max = max === null ? value : Math.max(max, value);
    }
  }
  return { cells, sum, min, max };
}

/** As a spreadsheet takes it: tabs between cells, lines between rows. */
export function tableText(box: Box, valueAt: (at: At) => number | null): string {
  const lines: string[] = [];
  for (let row = box.top; row <= box.bottom; row += 1) {
    const cells: string[] = [];
    for (let col = box.left; col <= box.right; col += 1) cells.push(String(valueAt({ row, col }) ?? ""));
    lines.push(cells.join("\t"));
  }
  return lines.join("\n");
}
