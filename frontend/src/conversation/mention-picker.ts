/** Colleagues in a note: `@` offers members and teams. */
import { draftOf, type Mode, useDesk, useDrafts, useMe } from "../api/index";
import { useT } from "../i18n/index";
import { type Picker, usePicker } from "./picker";

const AT = /(?:^|[\s(])@([\p{L}\d_-]*(?: [\p{L}\d_-]*)?)$/u;
const SHOWN = 8;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What was typed after the @, or null. */
export const wordsAfterAt = (text: string): string | null => AT.exec(text)?.[1] ?? null;

export const named = <One extends Named>(people: readonly One[], words: string): readonly One[] =>
  people.filter(({ name }) => name.toLowerCase().startsWith(words.toLowerCase())).slice(0, SHOWN);

/** The whole name takes the place of what was typed of it. */
export const withName = (text: string, name: string): string => {
  const typed = wordsAfterAt(text);
  return typed === null ? text : `${text.slice(0, text.length - typed.length)}${name} `;
};

export function useMentionPicker(conversation: string, mode: Mode, text: string): Picker {
  const t = useT();
  const { live } = useDesk();
  const { member, members, teams } = useMe();
  const write = useDrafts((state) => state.write);
  const words = mode === "note" ? wordsAfterAt(text) : null;
  const people = [
    ...members.filter(({ id }) => id !== member.id).map(({ id, name }) => ({ id, name, about: "" })),
    ...teams.map(({ id, name }) => ({ id, name, about: t("assign.team") })),
  ];
  const found = words === null ? [] : named(people, words);
  const choices = found.map((each) => ({
    ...each,
    take: () => {
      const now = draftOf(conversation, mode)?.text ?? "";
      write(conversation, mode, withName(now, each.name), live.cursor);
    },
  }));
  return usePicker(text, found.length > 0, choices);
}
