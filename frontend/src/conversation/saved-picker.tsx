/** Saved replies in the composer: `/` at the start of a line opens them, filled for this conversation. */
import { useQuery } from "@tanstack/react-query";
import { MessageSquareText } from "lucide-react";
import { type KeyboardEvent, type RefObject, useState } from "react";
import { draftOf, type FilledReply, filledRepliesQuery, type Mode, useDesk, useDrafts } from "../api/index";
import { useT } from "../i18n/index";
import { IconButton } from "../ui/index";

const SLASH = /(?:^|\n)\/([^\n/]*)$/;
const SHOWN = 8;
export const PICKER = "saved-picker";

export interface Picker {
  readonly open: boolean;
  readonly found: readonly FilledReply[];
  readonly at: number;
  readonly point: (at: number) => void;
  readonly choose: (reply: FilledReply) => void;
  /** True when the key was the picker's. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

/** What was typed after the slash, or null. */
export const wordsAfterSlash = (text: string): string | null => SLASH.exec(text)?.[1] ?? null;

export function matching(replies: readonly FilledReply[], words: string): readonly FilledReply[] {
  const wanted = words.trim().toLowerCase();
  const starts = replies.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  const others = replies.filter(
    (each) => !starts.includes(each) && `${each.name} ${each.text}`.toLowerCase().includes(wanted),
  );
  return [...starts, ...others].slice(0, SHOWN);
}

/** The reply takes the place of the slash and what follows it. */
export const inserted = (text: string, reply: string): string =>
  text.replace(SLASH, (whole) => `${whole.startsWith("\n") ? "\n" : ""}${reply}`);

export function useSavedPicker(
  conversation: string,
  mode: Mode,
  text: string,
  thread: string | null,
): Picker {
  const { live } = useDesk();
  const write = useDrafts((state) => state.write);
  const [at, setAt] = useState(0);
  const [left, setLeft] = useState<string | null>(null);
  const words = mode === "reply" ? wordsAfterSlash(text) : null;
  const open = words !== null && left !== text;
  const { data } = useQuery({ ...filledRepliesQuery(conversation, thread), enabled: open });
  const found = open ? matching(data ?? [], words ?? "") : [];
  const shown = Math.min(at, Math.max(0, found.length - 1));
  const choose = (reply: FilledReply) => {
    const now = draftOf(conversation, mode)?.text ?? "";
    write(conversation, mode, inserted(now, reply.text), live.cursor);
    setAt(0);
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (!open || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[shown];
    if (step !== undefined && found.length > 0) setAt((shown + step + found.length) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) choose(chosen);
    else if (event.key === "Escape") setLeft(text);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { open: open && data !== undefined, found, at: shown, point: setAt, choose, onKey };
}

export function SavedList({ picker }: { readonly picker: Picker }) {
  const t = useT();
  if (!picker.open) return null;
  if (picker.found.length === 0)
    return (
      <p className="saved none t12 mute" role="status">
        {t("saved.none_here")}{" "}
        <a className="link" href="/replies">
          {t("saved.manage")}
        </a>
      </p>
    );
  return (
    <div className="saved" id={PICKER} role="listbox" aria-label={t("saved.title")}>
      {picker.found.map((reply, at) => (
        <button
          type="button"
          key={reply.id}
          id={`${PICKER}-${reply.id}`}
          role="option"
          aria-selected={at === picker.at}
          tabIndex={-1}
          className={`it ${at === picker.at ? "on" : ""}`}
          onPointerMove={() => picker.point(at)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => picker.choose(reply)}
        >
          <span className="m nw">{reply.name}</span>
          <span className="el mute grow">{reply.text}</span>
          {reply.missing.length > 0 && (
            <span className="chip warn nw">{t("saved.missing", { names: reply.missing.join(", ") })}</span>
          )}
        </button>
      ))}
    </div>
  );
}

interface ButtonProps {
  readonly conversation: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** Types the slash for whoever does not know it. */
export function useOpenSaved({ conversation, field }: ButtonProps): () => void {
  const { live } = useDesk();
  const write = useDrafts((state) => state.write);
  return () => {
    const text = draftOf(conversation, "reply")?.text ?? "";
    if (wordsAfterSlash(text) === null) {
      const line = text === "" || text.endsWith("\n") ? "" : "\n";
      write(conversation, "reply", `${text}${line}/`, live.cursor);
    }
    field.current?.focus();
  };
}

export function SavedButton(props: ButtonProps) {
  const t = useT();
  const open = useOpenSaved(props);
  return <IconButton icon={MessageSquareText} label={t("saved.insert")} onClick={open} />;
}
