/** One saved reply: its name, and its text by channel and language. */
import { Plus, X } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { dropReply, type SavedReply, type SavedText, saveReply, useConnections, useDesk } from "../api/index";
import { useT } from "../i18n/index";
import { Button, IconButton, useChannels } from "../ui/index";
import { useKeeping } from "./keeping";

const VARIABLES = [
  "customer.name",
  "order.number",
  "order.tracking",
  "order.status",
  "stock.SKU",
  "agent.name",
] as const;
const BLANK: SavedText = { text: "", channel: "", language: "" };

interface Written extends SavedText {
  readonly key: number;
}

interface FormProps {
  readonly reply: SavedReply | null;
  readonly onKept: (id: string | null) => void;
}

export function ReplyForm({ reply, onKept }: FormProps) {
  const t = useT();
  const { queries } = useDesk();
  const { busy, problem, keep, drop } = useKeeping(onKept);
  const [name, setName] = useState(reply?.name ?? "");
  const [texts, setTexts] = useState<readonly Written[]>(
    (reply?.texts ?? [BLANK]).map((each, key) => ({ ...each, key })),
  );
  const next = useRef(texts.length);
  const ready = !busy && name.trim() !== "" && texts.every(({ text }) => text.trim() !== "");
  const change = (key: number, part: Partial<SavedText>) =>
    setTexts((old) => old.map((each) => (each.key === key ? { ...each, ...part } : each)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = { name: name.trim(), texts: texts.map(({ key: _, ...each }) => each) };
    if (ready) keep(() => saveReply(queries, reply?.id ?? null, given));
  };
  const more = () => {
    const key = next.current;
    next.current += 1;
    setTexts((old) => [...old, { ...BLANK, key }]);
  };
  return (
    <form className="re-form" onSubmit={submit}>
      <label className="lab">
        {t("saved.name")}
        <span className="fld">
          <input value={name} maxLength={80} required onChange={(event) => setName(event.target.value)} />
        </span>
      </label>
      {texts.map((each) => (
        <OneText
          key={each.key}
          text={each}
          onChange={(part) => change(each.key, part)}
          onRemove={
            texts.length > 1 ? () => setTexts((old) => old.filter(({ key }) => key !== each.key)) : null
          }
        />
      ))}
      <div>
        <Button icon={Plus} onClick={more}>
          {t("saved.add_text")}
        </Button>
      </div>
      {problem && (
        <p className="bad t12" role="alert">
          {problem}
        </p>
      )}
      <div className="fx g8">
        {reply && (
          <Button disabled={busy} onClick={() => drop(() => dropReply(queries, reply.id), reply.name)}>
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

interface TextProps {
  readonly text: SavedText;
  readonly onChange: (part: Partial<SavedText>) => void;
  readonly onRemove: (() => void) | null;
}

function OneText({ text, onChange, onRemove }: TextProps) {
  const t = useT();
  const field = useRef<HTMLTextAreaElement>(null);
  const putIn = (name: string) => {
    const at = field.current?.selectionStart ?? text.text.length;
    onChange({ text: `${text.text.slice(0, at)}{{${name}}}${text.text.slice(at)}` });
    field.current?.focus();
  };
  return (
    <section className="re-text">
      <div className="fx g8">
        <ChannelChoice channel={text.channel} onChannel={(channel) => onChange({ channel })} />
        <span className="fld sm">
          <select
            aria-label={t("saved.language")}
            value={text.language}
            onChange={(event) => onChange({ language: event.target.value })}
          >
            <option value="">{t("saved.every_language")}</option>
            {[...new Set(["en", "id", text.language])].filter(Boolean).map((code) => (
              <option key={code} value={code}>
                {new Intl.DisplayNames(code, { type: "language" }).of(code)}
              </option>
            ))}
          </select>
        </span>
        <span className="sp" />
        {onRemove && <IconButton icon={X} label={t("saved.remove_text")} onClick={onRemove} />}
      </div>
      <textarea
        ref={field}
        rows={6}
        required
        maxLength={20_000}
        aria-label={t("saved.text")}
        value={text.text}
        onChange={(event) => onChange({ text: event.target.value })}
      />
      <div className="re-vars t12 mute">
        {t("saved.put_in")}
        {VARIABLES.map((name) => (
          <button type="button" key={name} className="chip" onClick={() => putIn(name)}>
            {name}
          </button>
        ))}
      </div>
    </section>
  );
}

interface ChoiceProps {
  readonly channel: string;
  readonly onChannel: (channel: string) => void;
}

/** The channels this shop is connected to, and the chosen one in any case. */
function ChannelChoice({ channel, onChannel }: ChoiceProps) {
  const t = useT();
  const labels = useChannels();
  const connected = useConnections().map((each) => each.channel);
  const keys = [...new Set([...connected, ...(channel ? [channel] : [])])];
  return (
    <span className="fld sm">
      <select
        aria-label={t("saved.channel")}
        value={channel}
        onChange={(event) => onChannel(event.target.value)}
      >
        <option value="">{t("saved.every_channel")}</option>
        {keys.map((key) => (
          <option key={key} value={key}>
            {labels.find((each) => each.key === key)?.label ?? key}
          </option>
        ))}
      </select>
    </span>
  );
}
