/** The field over the on-hand cell: a count or a signed change. Enter takes it and goes down, Escape leaves it. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useT } from "../i18n/index";

interface EditorProps {
  readonly label: string;
  readonly template: string;
  readonly top: number;
  readonly text: string;
  /** Null text means nothing changes. False keeps the field open: the text is no count. */
  readonly onDone: (text: string | null, step: boolean) => boolean;
}

export function CellEditor({ label, template, top, text, onDone }: EditorProps) {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const closed = useRef(false);
  const [wrong, setWrong] = useState(false);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const done = (value: string | null, step: boolean) => {
    if (closed.current) return;
    closed.current = onDone(value?.trim() ? value : null, step);
    setWrong(!closed.current);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) done(event.currentTarget.value, true);
    else if (event.key === "Escape") done(null, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="gr edit" style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}>
      <span style={{ gridColumn: 2, position: "relative" }}>
        <input
          ref={field}
          aria-label={label}
          aria-invalid={wrong}
          inputMode="text"
          defaultValue={text}
          onKeyDown={onKeyDown}
          onBlur={(event) => {
            done(event.currentTarget.value, false);
            if (!closed.current) done(null, false);
          }}
        />
        {wrong && (
          <span role="alert" className="pop wrong t12">
            {t("stock.no_number")}
          </span>
        )}
      </span>
    </div>
  );
}
