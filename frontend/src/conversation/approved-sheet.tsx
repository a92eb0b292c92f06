/** Sends an approved text: pick one, fill its gaps, see what the customer will read. */
import { type FormEvent, useState } from "react";
import type { Conversation, Thread } from "../api/index";
import { useT } from "../i18n/index";
import { Button, Dialog } from "../ui/index";
import { emptyGap, filled, gapsOf } from "./approved";
import { useSend } from "./send";

interface ApprovedSheetProps {
  readonly row: Conversation;
  readonly thread: Thread;
  readonly onClose: () => void;
}

export function ApprovedSheet({ row, thread, onClose }: ApprovedSheetProps) {
  const t = useT();
  const send = useSend();
  const texts = thread.approved ?? [];
  const [at, setAt] = useState(0);
  const [words, setWords] = useState<readonly string[]>([]);
  const chosen = texts[at];
  if (!chosen) return null;
  const gaps = Array.from({ length: gapsOf(chosen) }, (_, place) => place);
  const empty = emptyGap(chosen, words);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (empty > 0) return;
    const variables = gaps.map((place) => words[place]?.trim() ?? "");
    const template = { name: chosen.name, language: chosen.language, variables };
    void send({
      conversation: row.id,
      mode: "reply",
      text: filled(chosen, words),
      files: [],
      thread,
      quote: null,
      template,
    });
    onClose();
  };
  return (
    <Dialog label={t("approved.title")} onClose={onClose}>
      <form className="pop sheet act-form" onSubmit={submit}>
        <h2 className="t14 b">{t("approved.title")}</h2>
        <label className="t12">
          {t("approved.which")}
          <select
            value={at}
            onChange={(event) => {
              setAt(Number(event.target.value));
              setWords([]);
            }}
          >
            {texts.map(({ name, language }, place) => (
              <option key={`${name} ${language}`} value={place}>{`${name} (${language})`}</option>
            ))}
          </select>
        </label>
        {gaps.map((place) => (
          <label className="t12" key={`${chosen.name} ${place}`}>
            {t("approved.gap", { number: place + 1 })}
            <input
              value={words[place] ?? ""}
              onChange={(event) =>
                setWords((old) =>
                  gaps.map((each) => (each === place ? event.target.value : (old[each] ?? ""))),
                )
              }
            />
          </label>
        ))}
        <p className="bb" style={{ whiteSpace: "pre-wrap" }}>
          {filled(chosen, words)}
        </p>
        <div className="fx g6">
          <span className="warn t12" role="status">
            {empty > 0 ? t("approved.empty", { number: empty }) : ""}
          </span>
          <span className="sp" />
          <Button onClick={onClose}>{t("act.leave")}</Button>
          <Button primary type="submit" disabled={empty > 0}>
            {t("act.send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
