/** Snoozing by words: what is typed, and the moment it means before it is done. */
import { type FormEvent, useState } from "react";
import type { Conversation } from "../api/index";
import { useFormat, useT, useZone } from "../i18n/index";
import { useNow } from "../lib/index";
import { Button, Dialog } from "../ui/index";
import type { ConversationActs } from "./acts";
import { useSnoozeEntries } from "./snooze";
import { momentOf } from "./when";

interface SheetProps {
  readonly row: Conversation;
  readonly acts: ConversationActs;
  readonly onClose: () => void;
}

export default function SnoozeSheet({ row, acts, onClose }: SheetProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const zone = useZone((state) => state.zone);
  const presets = useSnoozeEntries(row, acts);
  const [words, setWords] = useState("");
  const until = momentOf(words, now, zone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (until === null) return;
    acts.snooze(row, until);
    onClose();
  };
  const meant = until === null ? t("snooze.examples") : `${format.day(until, now)} ${format.time(until)}`;
  return (
    <Dialog label={t("snooze.title")} onClose={onClose}>
      <form className="pop sheet act-form" onSubmit={submit}>
        <h2 className="t14 b">{t("snooze.title")}</h2>
        <div className="fx g6" style={{ flexWrap: "wrap" }}>
          {presets.map((each) => (
            <Button
              key={each.label}
              onClick={() => {
                each.run();
                onClose();
              }}
            >
              {each.label}
            </Button>
          ))}
        </div>
        <label className="t12">
          {t("snooze.until")}
          <input
            data-start
            value={words}
            aria-describedby="snooze-meant"
            aria-invalid={words.trim() !== "" && until === null}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <p id="snooze-meant" className="mute t12" aria-live="polite">
          {words.trim() !== "" && until === null ? `${t("snooze.unclear")} ${meant}` : meant}
        </p>
        <div className="fx g6">
          <span className="sp" />
          <Button onClick={onClose}>{t("act.leave")}</Button>
          <Button primary type="submit" disabled={until === null}>
            {t("snooze.title")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
