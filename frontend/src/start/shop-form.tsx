/** Seven answers that make the shop and its owner. */
import { Check, ChevronDown, Eye, EyeOff } from "lucide-react";
import { type FormEvent, type ReactNode, useMemo, useState } from "react";
import { type FirstRun, Problem, runFirst, useDesk } from "../api/index";
import { type Language, languages, makeFormat, translator, useLanguage, useT } from "../i18n/index";
import { Button, Icon } from "../ui/index";
import { currencyOf, type Fault, type Field, faultsOf, missingOf, valuesOf, zoneName } from "./answers";

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", id: "Bahasa Indonesia" };

export function ShopForm({ onMade }: { readonly onMade: () => void }) {
  const t = useT();
  const { queries } = useDesk();
  const { language, choose } = useLanguage();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const [answers, setAnswers] = useState<Omit<FirstRun, "language">>(() => ({
    name: "",
    email: "",
    password: "",
    company: "",
    time_zone: here,
    currency: currencyOf(here),
  }));
  const [faults, setFaults] = useState<Readonly<Partial<Record<string, string>>>>({});
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<FirstRun>) => setAnswers((old) => ({ ...old, ...change }));
  const make = async (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(answers);
    setFaults(worded(found, t));
    setWrong("");
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await runFirst(queries, {
        ...answers,
        name: answers.name.trim(),
        company: answers.company.trim(),
        language,
      });
      onMade();
    } catch (failure) {
      const problem = failure instanceof Problem ? failure : null;
      setFaults((problem?.more.fields ?? {}) as Record<string, string>);
      setWrong(problem?.status === 0 ? t("state.no_line") : problem?.detail || t("state.server_failed"));
      setBusy(false);
    }
  };
  return (
    <form noValidate className="st-form" onSubmit={(event) => void make(event)}>
      <Text
        id="name"
        word={t("start.name")}
        value={answers.name}
        fault={faults.name}
        auto="name"
        onChange={set}
      />
      <Text
        id="email"
        word={t("start.email")}
        value={answers.email}
        fault={faults.email}
        auto="username"
        onChange={set}
      />
      <Password value={answers.password} fault={faults.password} onChange={set} />
      <Text
        id="company"
        word={t("start.company")}
        value={answers.company}
        fault={faults.company}
        auto="organization"
        onChange={set}
      />
      <Zone value={answers.time_zone} onChange={(time_zone) => set({ time_zone })} />
      <Money value={answers.currency} onChange={(currency) => set({ currency })} />
      <Select
        id="language"
        word={t("start.language")}
        value={language}
        onChange={(value) => choose(value as Language)}
      >
        {languages.map((each) => (
          <option key={each} value={each}>
            {LANGUAGE_NAMES[each]}
          </option>
        ))}
      </Select>
      <div className="st-wide">
        {wrong && (
          <p role="alert" className="bad t12" style={{ marginBottom: 8 }}>
            {wrong}
          </p>
        )}
        <div className="fx g12 wrap">
          <Button primary large type="submit" keys="enter" disabled={busy}>
            {t(busy ? "start.making" : "start.make")}
          </Button>
          <span className="t12 mute">{t("start.change_later")}</span>
        </div>
      </div>
    </form>
  );
}

const faultWords = {
  missing: "start.is_missing",
  email: "start.no_email",
  short: "start.too_short",
} as const;

function worded(
  faults: Readonly<Partial<Record<Field, Fault>>>,
  t: ReturnType<typeof useT>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(faults).map(([field, fault]) => [field, t(faultWords[fault])]));
}

interface TextProps {
  readonly id: "name" | "email" | "company";
  readonly word: string;
  readonly value: string;
  readonly fault: string | undefined;
  readonly auto: string;
  readonly onChange: (change: Partial<FirstRun>) => void;
}

function Text({ id, word, value, fault, auto, onChange }: TextProps) {
  return (
    <Labelled id={id} word={word} fault={fault}>
      <input
        id={id}
        type={id === "email" ? "email" : "text"}
        value={value}
        autoComplete={auto}
        aria-invalid={Boolean(fault)}
        onChange={(event) => onChange({ [id]: event.target.value })}
      />
    </Labelled>
  );
}

interface LabelledProps {
  readonly id: string;
  readonly word: string;
  readonly fault?: string | undefined;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

function Labelled({ id, word, fault, wide = false, children }: LabelledProps) {
  return (
    <div className={wide ? "st-wide" : ""}>
      <label className="lab" htmlFor={id}>
        {word}
      </label>
      <span className={`fld ${fault ? "st-fault" : ""}`}>{children}</span>
      {fault && (
        <div className="bad t12" style={{ marginTop: 4 }}>
          {fault}
        </div>
      )}
    </div>
  );
}

interface PasswordProps {
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (change: Partial<FirstRun>) => void;
}

function Password({ value, fault, onChange }: PasswordProps) {
  const t = useT();
  const [shown, setShown] = useState(false);
  const missing = missingOf(value);
  return (
    <Labelled id="password" word={t("start.password")} fault={fault} wide>
      <input
        id="password"
        type={shown ? "text" : "password"}
        value={value}
        autoComplete="new-password"
        aria-invalid={Boolean(fault)}
        onChange={(event) => onChange({ password: event.target.value })}
      />
      {value && (
        <span className={`t12 m fx g4 ${missing === 0 ? "ok" : "mute"}`} aria-live="polite">
          {missing === 0 && <Icon of={Check} size="xs" />}
          {missing === 0 ? t("start.long_enough") : t("start.more_letters", { count: missing })}
        </span>
      )}
      <button
        type="button"
        className="mute"
        aria-label={t(shown ? "connections.hide" : "connections.show")}
        onClick={() => setShown(!shown)}
      >
        <Icon of={shown ? EyeOff : Eye} size="s" />
      </button>
    </Labelled>
  );
}

interface SelectProps {
  readonly id: string;
  readonly word: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

function Select({ id, word, value, onChange, children }: SelectProps) {
  return (
    <Labelled id={id} word={word}>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <Icon of={ChevronDown} size="s" className="mute" />
    </Labelled>
  );
}

type ChoiceProps = Pick<SelectProps, "value" | "onChange">;

function Zone({ value, onChange }: ChoiceProps) {
  const t = useT();
  const language = useLanguage((state) => state.language);
  const zones = useMemo(() => valuesOf("timeZone", value), [value]);
  const time = makeFormat(language, value, translator(language)).time(new Date().toISOString());
  return (
    <Select id="zone" word={t("start.zone")} value={value} onChange={onChange}>
      {zones.map((zone) => (
        <option key={zone} value={zone}>
          {zone === value ? `${zoneName(zone)}, ${time}` : zoneName(zone)}
        </option>
      ))}
    </Select>
  );
}

function Money({ value, onChange }: ChoiceProps) {
  const t = useT();
  const language = useLanguage((state) => state.language);
  const currencies = useMemo(() => {
    const names = new Intl.DisplayNames([language], { type: "currency" });
    return valuesOf("currency", value)
      .map((code) => ({ code, name: names.of(code) ?? code }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }, [language, value]);
  return (
    <Select id="currency" word={t("start.currency")} value={value} onChange={onChange}>
      {currencies.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}, {code}
        </option>
      ))}
    </Select>
  );
}
