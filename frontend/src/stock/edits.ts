/** Changes to what is on hand, collected before they are applied: each is a signed delta with a key of its own. Pure. */

/** The most one movement may change, as the server holds it. */
const MOST = 1_000_000;

export interface Target {
  readonly variant_id: string;
  readonly sku: string;
  readonly title: string;
  readonly location: string;
  /** At this location. */
  readonly on_hand: number;
  /** Over all the locations that are looked at: the number a new count replaces. */
  readonly shown: number;
}

/** `key` stays with the change through every retry, so that it can never be applied twice. */
export interface Edit extends Target {
  readonly delta: number;
  readonly key: string;
  readonly failed: string | null;
}

export type Edits = ReadonlyMap<string, Edit>;

export interface Sheet {
  readonly edits: Edits;
  readonly before: readonly Edits[];
}

export const EMPTY: Sheet = { edits: new Map(), before: [] };

/** "+12" and "−2" change, "24" is the new count. Null is no number, or a count below none. */
export function deltaOf(text: string, { on_hand, shown }: Pick<Target, "on_hand" | "shown">): number | null {
  const plain = text
    .trim()
    .replace(/[−–]/g, "-")
    .replace(/(?<=\d)[\s.,](?=\d{3}(?!\d))/g, "");
  const match = /^([+-]?)(\d{1,7})$/.exec(plain);
  if (!match) return null;
  const amount = Number(match[2]);
  const delta = match[1] === "" ? amount - shown : match[1] === "-" ? -amount : amount;
  if (Math.abs(delta) > MOST || on_hand + delta < 0) return null;
  return delta === 0 ? 0 : delta;
}

export type Change = readonly [target: Target, delta: number];

/** All changes as one step back. A delta of nothing takes the change away. */
export function changed(sheet: Sheet, changes: readonly Change[], newKey: () => string): Sheet {
  const edits = new Map(sheet.edits);
  for (const [target, delta] of changes) {
    const name = `${target.variant_id} ${target.location}`;
    if (delta === 0) edits.delete(name);
    else if (edits.get(name)?.delta !== delta)
      edits.set(name, { ...target, delta, key: newKey(), failed: null });
  }
  return { edits, before: [...sheet.before, sheet.edits] };
}

export function undone(sheet: Sheet): Sheet {
  const last = sheet.before.at(-1);
  return last ? { edits: last, before: sheet.before.slice(0, -1) } : sheet;
}

/** What was applied leaves; what failed stays with its cause and its key. Steps back end here. */
export function settled(sheet: Sheet, outcome: ReadonlyMap<string, string | null>): Sheet {
  const edits = new Map<string, Edit>();
  for (const [name, edit] of sheet.edits) {
    const failure = outcome.get(edit.key);
    if (failure === undefined) edits.set(name, edit);
    else if (failure !== null) edits.set(name, { ...edit, failed: failure });
  }
  return { edits, before: [] };
}

export const unitsOf = (edits: Edits): number =>
  [...edits.values()].reduce((sum, { delta }) => sum + delta, 0);

export const editOf = (edits: Edits, variant: string, location: string): Edit | undefined =>
  edits.get(`${variant} ${location}`);

export interface Pasted {
  readonly changes: readonly Change[];
  /** Lines that could not be taken, as they were written, with the number of the line. */
  readonly bad: readonly { readonly line: number; readonly text: string }[];
}

/** Lines of a spreadsheet: a count each, going down from the first row; or an SKU and its count. */
export function pasted(text: string, below: readonly Target[], bySku: ReadonlyMap<string, Target>): Pasted {
  const changes: Change[] = [];
  const bad: { line: number; text: string }[] = [];
  const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n");
  lines.forEach((line, at) => {
    const cells = line.split("\t").map((cell) => cell.trim());
    const named = cells.length > 1;
    const target = named ? bySku.get((cells[0] ?? "").toLowerCase()) : below[at];
    const delta = target ? deltaOf(cells[named ? 1 : 0] ?? "", target) : null;
    if (target && delta !== null) changes.push([target, delta]);
    else bad.push({ line: at + 1, text: line });
  });
  return { changes, bad };
}
