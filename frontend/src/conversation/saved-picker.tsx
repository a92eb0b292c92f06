/** Saved replies in the composer: `/` at the start of a line opens them, filled for this conversation. */
import { useQuery } from "@tanstack/react-query";
import { MessageSquareText } from "lucide-react";
import type { RefObject } from "react";
import { draftOf, type FilledReply, filledRepliesQuery, type Mode, useDesk, useDrafts } from "../api/index";
import { useT } from "../i18n/index";
import { IconButton } from "../ui/index";
import { type Picker, PickerList, usePicker } from "./picker";

const SLASH = /(?:^|\n)\/([^\n/]*)$/;
const SHOWN = 8;

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
  const t = useT();
  const words = mode === "reply" ? wordsAfterSlash(text) : null;
  const asked = words !== null;
  const { data } = useQuery({ ...filledRepliesQuery(conversation, thread), enabled: asked });
  const found = asked ? matching(data ?? [], words) : [];
  const choices = found.map((reply) => ({
    id: reply.id,
    name: reply.name,
    about: reply.text,
    mark: reply.missing.length > 0 && (
      <span className="chip warn nw">{t("saved.missing", { names: reply.missing.join(", ") })}</span>
    ),
    take: () => {
      const now = draftOf(conversation, mode)?.text ?? "";
      write(conversation, mode, inserted(now, reply.text), live.cursor);
    },
  }));
  return usePicker(text, asked && data !== undefined, choices);
}

export function SavedList({ picker }: { readonly picker: Picker }) {
  const t = useT();
  const none = (
    <>
      {t("saved.none_here")}{" "}
      <a className="link" href="/replies">
        {t("saved.manage")}
      </a>
    </>
  );
  return <PickerList picker={picker} label={t("saved.title")} none={none} />;
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
