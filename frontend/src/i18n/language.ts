/** The language of the screen, kept in this browser; before a choice, the browser's own. */
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { type Language, loadWords } from "./words";

export const languages: readonly Language[] = ["en", "id"];

interface LanguageState {
  readonly language: Language;
  readonly chosen: boolean;
  /** Takes effect when its words are here. */
  choose(language: Language): void;
  /** The member's own language from the server holds until a choice is made in this browser. */
  suggest(language: string): void;
}

const isLanguage = (value: string): value is Language => (languages as readonly string[]).includes(value);

function browserLanguage(): Language {
  const first = navigator.language.slice(0, 2).toLowerCase();
  return isLanguage(first) ? first : "en";
}

export const useLanguage = create<LanguageState>()(
  persist(
    (set, get) => ({
      language: browserLanguage(),
      chosen: false,
      choose: (language) => void loadWords(language).then(() => set({ language, chosen: true })),
      suggest: (language) => {
        if (get().chosen || !isLanguage(language)) return;
        void loadWords(language).then(() => !get().chosen && set({ language }));
      },
    }),
    { name: "onecounter-language" },
  ),
);
