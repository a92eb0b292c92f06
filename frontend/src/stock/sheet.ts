/** The changes a member has collected, and applying them one by one. */
import { useCallback, useRef, useState } from "react";
import { moveStock, Problem, useDesk } from "../api/index";
import { useT } from "../i18n/index";
import { uuid7 } from "../lib/index";
import { toast } from "../ui/index";
import { type Change, changed, type Edit, EMPTY, type Sheet, settled, undone } from "./edits";

export interface SheetActs {
  readonly sheet: Sheet;
  readonly busy: boolean;
  change(changes: readonly Change[]): void;
  undo(): void;
  discard(): void;
  apply(reason: string): Promise<boolean>;
}

const newKey = (): string => `screen:${uuid7()}`;

export function useSheet(): SheetActs {
  const t = useT();
  const { queries } = useDesk();
  const [sheet, setSheet] = useState<Sheet>(EMPTY);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);

  /** Null for each key that was applied, else the cause. */
  const send = useCallback(
    async (edits: readonly Edit[], reason: string): Promise<ReadonlyMap<string, string | null>> => {
      const outcome = new Map<string, string | null>();
      for (const { sku, location, delta, key } of edits) {
        try {
          await moveStock(queries, { sku, location, delta, key, reason });
          outcome.set(key, null);
        } catch (failure) {
          outcome.set(key, causeOf(failure, t("state.no_line")));
        }
      }
      return outcome;
    },
    [queries, t],
  );

  /** The opposite movements: the ledger keeps both. */
  const takeBack = useCallback(
    async (edits: readonly Edit[]) => {
      const opposite = edits.map((edit) => ({ ...edit, delta: -edit.delta, key: newKey() }));
      const outcome = await send(opposite, t("stock.taken_back"));
      const failed = [...outcome.values()].filter((cause) => cause !== null);
      toast(failed[0] ?? t("stock.taken_back"), { bad: failed.length > 0 });
    },
    [send, t],
  );

  const apply = useCallback(
    async (reason: string): Promise<boolean> => {
      const edits = [...sheet.edits.values()];
      if (running.current || edits.length === 0) return false;
      running.current = true;
      setBusy(true);
      const outcome = await send(edits, reason);
      running.current = false;
      setBusy(false);
      setSheet((now) => settled(now, outcome));
      const done = edits.filter(({ key }) => outcome.get(key) === null);
      const failed = edits.length - done.length;
      if (failed > 0) toast(t("stock.failed", { count: failed }), { bad: true });
      else
        toast(t("stock.applied", { count: done.length }), {
          undo: () => void takeBack(done),
          undoWord: t("act.undo"),
        });
      return failed === 0;
    },
    [sheet, send, takeBack, t],
  );

  return {
    sheet,
    busy,
    apply,
    change: useCallback((changes) => setSheet((now) => changed(now, changes, newKey)), []),
    undo: useCallback(() => setSheet(undone), []),
    discard: useCallback(() => setSheet(EMPTY), []),
  };
}

function causeOf(failure: unknown, noLine: string): string {
  if (failure instanceof Problem) return failure.detail || (failure.status === 0 ? noLine : failure.code);
  return String(failure);
}
