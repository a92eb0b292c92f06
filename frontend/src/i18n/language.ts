/** The language of the screen, kept in this browser; before a choice, the browser's own. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

export const languages = ["en", "id"] as const;
export type Language = (typeof languages)[number];

interface LanguageState {
  readonly language: Language;
  readonly chosen: boolean;
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
      choose: (language) => set({ language, chosen: true }),
      suggest: (language) => {
        if (!get().chosen && isLanguage(language)) set({ language });
      },
    }),
    { name: "onecounter-language" },
  ),
);
