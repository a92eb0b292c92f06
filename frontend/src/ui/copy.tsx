/** Copies a text and says so for a moment. */
import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { Icon } from "./icon";

export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className="mute copy"
      aria-label={label}
      title={label}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setDone(true));
      }}
    >
      <Icon of={done ? Check : CopyIcon} size="xs" />
    </button>
  );
}
