/** The collected changes: how many, how much, why; review, discard, apply. */
import { Undo2 } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { type Command, useCommands } from "../commands/index";
import { useFormat, useT } from "../i18n/index";
import { Button, Dialog, IconButton } from "../ui/index";
import { type Change, type Edit, unitsOf } from "./edits";
import type { SheetActs } from "./sheet";
import { withSign } from "./words";

export function ChangeBar({ acts }: { readonly acts: SheetActs }) {
  const t = useT();
  const format = useFormat();
  const [reason, setReason] = useState("");
  const [looking, setLooking] = useState(false);
  const latest = useRef({ acts, reason });
  latest.current = { acts, reason };
  const apply = useCallback(async () => {
    const { acts: now, reason: why } = latest.current;
    if (await now.apply(why.trim())) setReason("");
  }, []);
  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: "stock.apply",
        word: "stock.apply_key",
        group: "general",
        keys: ["mod+enter"],
        run: () => void apply(),
      },
    ],
    [apply],
  );
  useCommands(commands);
  const edits = [...acts.sheet.edits.values()];
  const units = unitsOf(acts.sheet.edits);
  return (
    <form
      className="chg"
      aria-label={t("stock.changes", { count: edits.length })}
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <span className="b tn">{t("stock.changes", { count: edits.length })}</span>
      <span className="mute tn">{t("stock.units", { units: withSign(units, format.number) })}</span>
      <label className="fld sm">
        <span className="mute">{t("stock.reason")}</span>
        <input
          value={reason}
          maxLength={200}
          placeholder={t("stock.reason_hint")}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <span className="sp" />
      <Button quiet onClick={() => setLooking(true)}>
        {t("stock.review")}
      </Button>
      <Button quiet onClick={acts.discard}>
        {t("stock.discard")}
      </Button>
      <Button primary type="submit" keys="mod+enter" disabled={acts.busy}>
        {t(acts.busy ? "stock.applying" : "stock.apply")}
      </Button>
      {looking && (
        <Review
          edits={edits}
          onTakeBack={(edit) => acts.change([[edit, 0] as Change])}
          onClose={() => setLooking(false)}
        />
      )}
    </form>
  );
}

interface ReviewProps {
  readonly edits: readonly Edit[];
  readonly onTakeBack: (edit: Edit) => void;
  readonly onClose: () => void;
}

function Review({ edits, onTakeBack, onClose }: ReviewProps) {
  const t = useT();
  const format = useFormat();
  return (
    <Dialog label={t("stock.review")} onClose={onClose}>
      <div className="pop sheet review">
        <h2 className="t16 b" style={{ marginBottom: 8 }}>
          {t("stock.changes", { count: edits.length })}
        </h2>
        <ul>
          {edits.map((edit) => (
            <li key={edit.key}>
              <span className="grow">
                <span className="el" style={{ display: "block" }}>
                  {edit.title || edit.sku}
                </span>
                <span className={`t11 el ${edit.failed ? "bad" : "mute"}`} style={{ display: "block" }}>
                  {edit.failed ?? `${edit.sku} · ${edit.location}`}
                </span>
              </span>
              <span className="mute t12 tn">
                {t("stock.before_after", {
                  before: format.number(edit.on_hand),
                  after: format.number(edit.on_hand + edit.delta),
                })}
              </span>
              <span className="acc m tn r" style={{ width: 48 }}>
                {withSign(edit.delta, format.number)}
              </span>
              <IconButton icon={Undo2} label={t("stock.take_back")} onClick={() => onTakeBack(edit)} />
            </li>
          ))}
        </ul>
        <div className="fx" style={{ marginTop: 12 }}>
          <span className="sp" />
          <Button onClick={onClose}>{t("stock.close")}</Button>
        </div>
      </div>
    </Dialog>
  );
}
