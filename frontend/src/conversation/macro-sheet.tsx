/** Running a macro: choose one, read what it would do here, do it. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import {
  type Conversation,
  type MacroResult,
  type MacroStep,
  macrosQuery,
  macroTrialQuery,
  runMacro,
} from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { useNow, uuid7 } from "../lib/index";
import { Button, Dialog, toast } from "../ui/index";
import { problemWords } from "./acts";
import { HOLD_MS } from "./send";

interface SheetProps {
  readonly row: Conversation;
  readonly onClose: () => void;
}

export default function MacroSheet({ row, onClose }: SheetProps) {
  const t = useT();
  const macros = useQuery(macrosQuery);
  const [chosen, choose] = useState("");
  const list = macros.data ?? [];
  const id = list.some((each) => each.id === chosen) ? chosen : (list[0]?.id ?? "");
  const trial = useQuery({ ...macroTrialQuery(id, row.id), enabled: id !== "" });
  const result = trial.data?.items[0];
  const { busy, problem, run } = useRun(row, onClose);
  const name = list.find((each) => each.id === id)?.name ?? "";
  const ready = !busy && result !== undefined && !result.refused && result.steps.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) run(id, name);
  };
  const wrong =
    problem ||
    (trial.isError && problemWords(trial.error, t("state.server_failed"))) ||
    result?.refused?.detail;
  return (
    <Dialog label={t("macro.run")} onClose={onClose}>
      <form className="pop sheet" onSubmit={submit}>
        <h2 className="t16 b">{t("macro.run")}</h2>
        {macros.isSuccess && list.length === 0 && (
          <p className="mute t12" style={{ margin: "8px 0" }}>
            {t("macro.none")}{" "}
            <a className="link" href="/replies?shelf=macros">
              {t("macro.manage")}
            </a>
          </p>
        )}
        {list.length > 0 && (
          <label className="lab" style={{ marginTop: 12 }}>
            {t("macro.which")}
            <span className="fld">
              <select value={id} onChange={(event) => choose(event.target.value)}>
                {list.map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
              </select>
            </span>
          </label>
        )}
        {result && !result.refused && <Steps result={result} />}
        {wrong && (
          <p className="bad t12" role="alert" style={{ margin: "10px 0" }}>
            {wrong} {result?.refused?.fix}
          </p>
        )}
        <div className="fx g8" style={{ marginTop: 16 }}>
          <span className="sp" />
          <Button large onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button large primary type="submit" disabled={!ready}>
            {t("macro.do")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** One key for one opening of the sheet: a second press does it once. */
function useRun(row: Conversation, onClose: () => void) {
  const t = useT();
  const key = useRef(uuid7());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const run = (id: string, name: string) => {
    setBusy(true);
    runMacro(id, [row.id], { run_key: key.current, hold_ms: HOLD_MS }).then(
      ({ items: [done] }) => {
        setBusy(false);
        if (done?.refused) setProblem(done.refused.detail);
        else {
          toast(t("macro.done", { name }));
          onClose();
        }
      },
      (failure) => {
        setBusy(false);
        setProblem(problemWords(failure, t("state.server_failed")));
      },
    );
  };
  return { busy, problem, run };
}

function Steps({ result }: { readonly result: MacroResult }) {
  const t = useT();
  const words = useStepWords();
  if (result.steps.length === 0) return <p className="mute t12">{t("macro.nothing")}</p>;
  return (
    <section aria-label={t("macro.would")}>
      <h3 className="lab" style={{ marginTop: 12 }}>
        {t("macro.would")}
      </h3>
      <ul className="macro-steps">
        {result.steps.map((step) => (
          <li key={`${step.what} ${step.to}`}>{words(step)}</li>
        ))}
      </ul>
    </section>
  );
}

function useStepWords(): (step: MacroStep) => string {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  return ({ what, to }) => {
    if (what === "snooze") return t("macro.step.snooze", { to: `${format.day(to, now)} ${format.time(to)}` });
    if (what === "status") return t(to === "closed" ? "macro.step.closed" : "macro.step.open");
    if (what === "assign" && to === "") return t("macro.step.nobody");
    return t(`macro.step.${what}`, { to });
  };
}
