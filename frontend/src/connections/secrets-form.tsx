/** The channel's own form of keys, drawn from what it says it needs; each fault stands at its field. */
import { Eye, EyeOff } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { Problem, type SecretField } from "../api/index";
import { type Translate, useLanguage, useT } from "../i18n/index";
import { Button, Icon } from "../ui/index";
import { useFailure } from "./acts";
import { choicesOf, faultsOf, groupsOfFields } from "./model";

interface FormProps {
  readonly fields: readonly SecretField[];
  /** Empty fields stay as they are. */
  readonly partial?: boolean;
  readonly busy: boolean;
  readonly action: string;
  /** What the channel said of a field when its keys were tried. */
  readonly told?: Readonly<Record<string, string>>;
  /** What may be left out stands open: here it may be needed. */
  readonly unfold?: boolean;
  /** What stands in the fields before anybody types. */
  readonly start?: Readonly<Record<string, string>> | undefined;
  /** Beside the button. */
  readonly beside?: ReactNode;
  /** Above the keys, within the form. */
  readonly children?: ReactNode;
  readonly onSave: (secrets: Readonly<Record<string, string>>) => Promise<unknown>;
}

type Faults = Readonly<Record<string, string>>;

const NOTHING_TOLD: Faults = {};

export function SecretsForm(props: FormProps) {
  const {
    fields,
    partial = false,
    busy,
    action,
    told: before = NOTHING_TOLD,
    beside,
    start = NOTHING_TOLD,
    unfold = false,
    children,
    onSave,
  } = props;
  const t = useT();
  const causeOf = useFailure();
  const [faults, setFaults] = useState<Faults | null>(null);
  const [wrong, setWrong] = useState("");
  const shown = faults ?? before;
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = givenIn(form, fields);
    const found = faultsOf(partial ? fields.map((each) => ({ ...each, optional: true })) : fields, given);
    const told: Faults = Object.fromEntries(
      Object.entries(found).map(([name, fault]) => [
        name,
        t(fault === "missing" ? "connections.field_missing" : "connections.field_pattern"),
      ]),
    );
    setFaults(told);
    setWrong("");
    if (Object.keys(told).length > 0 || (partial && Object.keys(given).length === 0)) return;
    try {
      await onSave(given);
      form.reset();
    } catch (failure) {
      setFaults(failure instanceof Problem ? fieldsOf(failure) : {});
      setWrong(causeOf(failure));
    }
  };
  return (
    <form className="co-form" noValidate onSubmit={(event) => void save(event)}>
      {children}
      <Fields fields={fields} faults={shown} unfold={unfold} start={start} />
      {wrong && (
        <div role="alert" className="bad t12">
          {wrong}
        </div>
      )}
      <div className="fx g8">
        <Button primary={!partial} large={!partial} type="submit" disabled={busy}>
          {action}
        </Button>
        {beside}
      </div>
    </form>
  );
}

interface FieldsProps {
  readonly fields: readonly SecretField[];
  readonly faults: Faults;
  readonly unfold: boolean;
  readonly start: Readonly<Record<string, string>>;
}

function Fields({ fields, faults, unfold, start }: FieldsProps) {
  const t = useT();
  const { groups, optional } = groupsOfFields(fields);
  const each = (field: SecretField) => (
    <Field key={field.name} field={field} fault={faults[field.name]} start={start[field.name] ?? ""} />
  );
  return (
    <>
      {groups.map(({ group, fields: some }) =>
        groups.length > 1 ? (
          <fieldset key={group} className="co-group">
            <legend className="h">{groupWord(group, t)}</legend>
            {some.map(each)}
          </fieldset>
        ) : (
          some.map(each)
        ),
      )}
      {optional.length > 0 && (
        <details
          className="co-optional"
          open={unfold || optional.some(({ name }) => faults[name]) || groups.length === 0}
        >
          <summary className="t12 m">{t("connections.optional_fields", { count: optional.length })}</summary>
          {optional.map(each)}
        </details>
      )}
    </>
  );
}

function groupWord(group: string, t: Translate): string {
  if (group === "app") return t("connections.group_app");
  return group === "main" ? t("connections.group_main") : group;
}

function givenIn(form: HTMLFormElement, fields: readonly SecretField[]): Record<string, string> {
  const data = new FormData(form);
  const given: Record<string, string> = {};
  for (const { name } of fields) {
    const value = String(data.get(`secret-${name}`) ?? "").trim();
    if (value) given[name] = value;
  }
  return given;
}

/** The server names fields as "secrets.bot_token". */
function fieldsOf({ more }: Problem): Faults {
  const fields = (more.fields ?? {}) as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(fields).map(([name, fault]) => [name.replace(/^secrets\./, ""), fault]),
  );
}

interface FieldProps {
  readonly field: SecretField;
  readonly fault: string | undefined;
  readonly start: string;
}

function Field({ field, fault, start }: FieldProps) {
  const t = useT();
  const language = useLanguage((state) => state.language);
  const [shown, setShown] = useState(false);
  const id = `secret-${field.name}`;
  const help = field.help[language] ?? field.help.en ?? "";
  const choices = choicesOf(field);
  const told = {
    id,
    name: id,
    defaultValue: start,
    "aria-invalid": Boolean(fault),
    "aria-describedby": `${id}-help`,
  };
  return (
    <div>
      <label className="lab" htmlFor={id}>
        {field.label[language] ?? field.label.en ?? field.name}
        {field.optional && <span className="mute"> · {t("connections.optional")}</span>}
      </label>
      <span className={`fld ${fault ? "wrong-fld" : ""}`}>
        {choices.length > 0 ? (
          <select {...told}>
            <option value="">–</option>
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        ) : (
          <input
            {...told}
            type={field.hidden && !shown ? "password" : "text"}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {field.hidden && (
          <button
            type="button"
            className="mute"
            aria-label={t(shown ? "connections.hide" : "connections.show")}
            onClick={() => setShown(!shown)}
          >
            <Icon of={shown ? EyeOff : Eye} size="s" />
          </button>
        )}
      </span>
      <div id={`${id}-help`} className="t12" style={{ marginTop: 4 }}>
        {fault && <div className="bad">{fault}</div>}
        {help && <div className="mute">{help}</div>}
      </div>
    </div>
  );
}
