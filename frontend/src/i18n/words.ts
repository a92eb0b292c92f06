/** The words of each language, a file of its own: a reader loads only theirs. */
import type en from "./en.json";

export type Language = "en" | "id";
export type FullKey = keyof typeof en;
type Words = Readonly<Record<string, string>>;

const files: Readonly<Record<Language, () => Promise<{ default: Words }>>> = {
  en: () => import("./en.json"),
  id: () => import("./id.json"),
};
const loaded: Partial<Record<Language, Words>> = {};

/** Before a language is first shown. */
export async function loadWords(language: Language): Promise<void> {
  loaded[language] ??= (await files[language]()).default;
}

export function wordOf(language: Language, key: string): string | undefined {
  return loaded[language]?.[key];
}
