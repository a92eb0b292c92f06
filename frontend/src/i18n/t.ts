/** t(): a word by key, with {placeholders} filled and plural forms chosen by `count`. */
import { useMemo } from "react";
import { useLanguage } from "./language";
import { type FullKey, type Language, wordOf } from "./words";

type Singular<K extends string> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K;
export type WordKey = Singular<FullKey>;
export type Params = Readonly<Record<string, string | number>>;
export type Translate = (key: WordKey, params?: Params) => string;

const plurals: Readonly<Record<Language, Intl.PluralRules>> = {
  en: new Intl.PluralRules("en"),
  id: new Intl.PluralRules("id"),
};

export function translator(language: Language): Translate {
  const numbers = new Intl.NumberFormat(language === "id" ? "id-ID" : "en-GB");
  return (key, params) => {
    const text = pick(language, key, params?.count) ?? key;
    if (!params) return text;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
}

function pick(language: Language, key: string, count: string | number | undefined): string | undefined {
  if (typeof count === "number") {
    const plural =
      wordOf(language, `${key}_${plurals[language].select(count)}`) ?? wordOf(language, `${key}_other`);
    if (plural !== undefined) return plural;
  }
  return wordOf(language, key);
}

export function useT(): Translate {
  const language = useLanguage((state) => state.language);
  return useMemo(() => translator(language), [language]);
}
