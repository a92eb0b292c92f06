/** Counts from a file: chosen, shown line by line before anything moves, then applied or left. */
import { useQuery } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import {
  applySheet,
  dropSheet,
  Problem,
  readSheet,
  type SheetProblem,
  STOCK_EXPORT,
  type StockSheet,
  sheetLinesQuery,
} from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { Bone, Button, Dialog, toast } from "../ui/index";
import "./import.css";

const PROBLEMS: Readonly<Record<string, WordKey>> = {
  no_sku: "stock.bad_no_sku",
  long_sku: "stock.bad_long_sku",
  not_a_number: "stock.bad_not_a_number",
  not_whole: "stock.bad_not_whole",
  unclear_number: "stock.bad_unclear_number",
  negative: "stock.bad_negative",
  too_many: "stock.bad_too_many",
  unknown_sku: "stock.bad_unknown_sku",
  unknown_location: "stock.bad_unknown_location",
  channel_location: "stock.bad_channel_location",
  bundle: "stock.bad_bundle",
  twice: "stock.bad_twice",
};

export function ImportButton() {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={FileUp} quiet className="sp" onClick={() => setOpen(true)}>
        {t("stock.import")}
      </Button>
      {open && <ImportDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  const acts = useSheetActs(onClose);
  const { sheet } = acts;
  return (
    <Dialog label={t("stock.import")} onClose={acts.leave}>
      <div className="im">
        <h2>{sheet ? sheet.name || t("stock.import") : t("stock.import")}</h2>
        {sheet ? <Preview sheet={sheet} /> : <Choose busy={acts.busy} onFile={acts.read} />}
        {acts.failure && (
          <p role="alert" className="bad t12">
            {acts.failure}
          </p>
        )}
        <div className="fx g6 wrap">
          {sheet && sheet.adds + sheet.changes > 0 && (
            <Button primary disabled={acts.busy} onClick={acts.apply}>
              {sheet.bad > 0 ? t("stock.import_skip", { count: sheet.bad }) : t("stock.import_apply")}
            </Button>
          )}
          <Button quiet onClick={acts.leave}>
            {t("stock.import_leave")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function useSheetActs(onClose: () => void) {
  const t = useT();
  const [sheet, setSheet] = useState<StockSheet | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setFailure("");
    try {
      await act();
    } catch (cause) {
      if (!(cause instanceof Problem)) setFailure(t("state.server_failed"));
      else setFailure(cause.status === 0 ? t("state.no_line") : cause.detail || t("state.server_failed"));
    } finally {
      setBusy(false);
    }
  };
  const read = (file: File) => void run(async () => setSheet(await readSheet(file)));
  const apply = () =>
    void run(async () => {
      if (!sheet) return;
      const done = await applySheet(sheet.id, sheet.bad > 0);
      toast(t("stock.imported", { count: done.adds + done.changes }));
      onClose();
    });
  /** A preview that nobody applies is dropped; when that fails it only waits. */
  const leave = () => {
    if (sheet) void dropSheet(sheet.id).catch(() => undefined);
    onClose();
  };
  return { sheet, busy, failure, read, apply, leave };
}

function Choose({ busy, onFile }: { readonly busy: boolean; readonly onFile: (file: File) => void }) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <p className="mute t12">{t("stock.import_text")}</p>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values"
        aria-label={t("stock.import_choose")}
        disabled={busy}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onFile(file);
          event.target.value = "";
        }}
      />
      {busy && (
        <div aria-busy="true">
          <Bone w="60%" />
        </div>
      )}
      <p className="t12">
        <a className="link" href={`${STOCK_EXPORT}comma`} download>
          {t("stock.export")}
        </a>{" "}
        <a className="link" href={`${STOCK_EXPORT}semicolon`} download>
          {t("stock.export_semicolon")}
        </a>
      </p>
    </>
  );
}

function Preview({ sheet }: { readonly sheet: StockSheet }) {
  const t = useT();
  const format = useFormat();
  const counts: readonly (readonly [WordKey, number])[] = [
    ["stock.import_adds", sheet.adds],
    ["stock.import_changes", sheet.changes],
    ["stock.import_same", sheet.same],
    ["stock.import_bad", sheet.bad],
  ];
  return (
    <>
      <dl className="im-sum">
        {counts.map(([word, count]) => (
          <div key={word}>
            <dt>{t(word)}</dt>
            <dd className={word === "stock.import_bad" && count > 0 ? "bad" : ""}>{format.number(count)}</dd>
          </div>
        ))}
      </dl>
      {sheet.problems.length > 0 && <Problems problems={sheet.problems} all={sheet.bad} />}
      {sheet.adds + sheet.changes > 0 ? <Lines id={sheet.id} /> : <p>{t("stock.import_nothing")}</p>}
    </>
  );
}

function Problems({ problems, all }: { readonly problems: readonly SheetProblem[]; readonly all: number }) {
  const t = useT();
  const format = useFormat();
  return (
    <section aria-label={t("stock.import_bad")} className="im-list">
      {problems.map(({ line, code, value }) => {
        const word = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined;
        return (
          <p key={line} className="t12">
            <b>{t("stock.import_line", { line: format.number(line) })}</b>{" "}
            {t(word ?? "stock.bad_line", { value })}
          </p>
        );
      })}
      {all > problems.length && (
        <p className="mute t12">{t("stock.import_more", { count: all - problems.length })}</p>
      )}
    </section>
  );
}

function Lines({ id }: { readonly id: string }) {
  const t = useT();
  const format = useFormat();
  const { data } = useQuery(sheetLinesQuery(id));
  if (!data) return <Bone w="60%" />;
  return (
    <div className="im-list">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("stock.sku")}</th>
            <th scope="col">{t("stock.location")}</th>
            <th scope="col" className="n">
              {t("stock.import_now")}
            </th>
            <th scope="col" className="n">
              {t("stock.import_then")}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((line) => (
            <tr key={line.line}>
              <td>
                <span className="id">{line.sku}</span>
                {line.is_new && <span className="mute t12"> {t("stock.import_new")}</span>}
              </td>
              <td>{line.location}</td>
              <td className="n">{line.first ? "–" : format.number(line.before)}</td>
              <td className="n">{format.number(line.units)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.next_cursor && <p className="mute t12">{t("stock.import_first")}</p>}
    </div>
  );
}
