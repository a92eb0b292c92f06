/** One macro: what it sends, which tags it adds, to whom it gives the conversation, and what becomes of it. */
import { type FormEvent, useState } from "react";
import {
  dropMacro,
  type Macro,
  type NewMacro,
  type SavedReply,
  saveMacro,
  useDesk,
  useMe,
} from "../api/index";
import { type Translate, useT } from "../i18n/index";
import { Button } from "../ui/index";
import { useKeeping } from "./keeping";
import { actsOf, type Choices, choicesOf, SNOOZES_H } from "./model";

interface FormProps {
  readonly macro: Macro | null;
  readonly replies: readonly SavedReply[];
  readonly onKept: (id: string | null) => void;
}

export function MacroForm({ macro, replies, onKept }: FormProps) {
  const t = useT();
  const { queries } = useDesk();
  const { members, teams } = useMe();
  const { busy, problem, keep, drop } = useKeeping(onKept);
  const [given, setGiven] = useState<Choices>(() => choicesOf(macro));
  const acts: NewMacro = actsOf(given);
  const set = (part: Partial<Choices>) => setGiven((old) => ({ ...old, ...part }));
  const ready = !busy && acts.name !== "" && does(acts);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) keep(() => saveMacro(queries, macro?.id ?? null, acts));
  };
  const keepIt = { value: "", label: t("macro.keep") };
  return (
    <form className="re-form" onSubmit={submit}>
      <label className="lab">
        {t("saved.name")}
        <span className="fld">
          <input
            value={given.name}
            maxLength={80}
            required
            onChange={(event) => set({ name: event.target.value })}
          />
        </span>
      </label>
      <Choice
        label={t("macro.reply")}
        value={given.reply}
        onValue={(reply) => set({ reply })}
        options={[
          { value: "", label: t("macro.no_reply") },
          ...replies.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <label className="lab">
        {t("macro.tags")}
        <span className="fld">
          <input
            value={given.tags}
            placeholder={t("macro.tags_hint")}
            onChange={(event) => set({ tags: event.target.value })}
          />
        </span>
      </label>
      <Choice
        label={t("macro.assign")}
        value={given.assign}
        onValue={(assign) => set({ assign })}
        options={[
          keepIt,
          { value: "me", label: t("macro.assign_me") },
          { value: "nobody", label: t("assign.nobody") },
          ...members.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      {teams.length > 0 && (
        <Choice
          label={t("macro.team")}
          value={given.team}
          onValue={(team) => set({ team })}
          options={[keepIt, ...teams.map(({ id, name }) => ({ value: id, label: name }))]}
        />
      )}
      <Choice
        label={t("macro.status")}
        value={given.status}
        onValue={(status) => set({ status })}
        options={[keepIt, ...statuses(t)]}
      />
      {problem && (
        <p className="bad t12" role="alert">
          {problem}
        </p>
      )}
      <div className="fx g8">
        {macro && (
          <Button disabled={busy} onClick={() => drop(() => dropMacro(queries, macro.id), macro.name)}>
            {t("saved.drop")}
          </Button>
        )}
        <span className="sp" />
        <Button primary large type="submit" disabled={!ready}>
          {t("saved.save")}
        </Button>
      </div>
    </form>
  );
}

const does = ({ reply_id, tags, assign, assignee_id, team_id, status }: NewMacro): boolean =>
  Boolean(reply_id || tags.length > 0 || assign || assignee_id || team_id || status);

const statuses = (t: Translate) => [
  { value: "closed", label: t("macro.closed") },
  { value: "open", label: t("macro.open") },
  ...SNOOZES_H.map((hours) => ({
    value: String(hours),
    label:
      hours < 24 ? t("macro.snooze_hours", { count: hours }) : t("macro.snooze_days", { count: hours / 24 }),
  })),
];

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onValue: (value: string) => void;
}

function Choice({ label, value, options, onValue }: ChoiceProps) {
  return (
    <label className="lab">
      {label}
      <span className="fld">
        <select value={value} onChange={(event) => onValue(event.target.value)}>
          {options.map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}
