/** An act that is either on or off, with what it means in words. */

interface SwitchProps {
  readonly label: string;
  readonly text: string;
  readonly on: boolean;
  readonly busy: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Switch({ label, text, on, busy, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      disabled={busy}
      className="co-switch"
      onClick={() => onChange(!on)}
    >
      <span className={`sw ${on ? "on" : ""}`} />
      <span className="grow">
        <span className="m">{label}</span>
        <span className="mute t12 co-line">{text}</span>
      </span>
    </button>
  );
}
