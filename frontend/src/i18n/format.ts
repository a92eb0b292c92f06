/** Numbers, ages, clocks and dates as the reader writes them, in the workspace's time zone. */
import { useMemo } from "react";
import { create } from "zustand";
import { dayKey, duration, formatMoney, type Units } from "../lib/index";
import { useLanguage } from "./language";
import { type Translate, translator } from "./t";
import type { Language } from "./words";

const units: Readonly<Record<Language, Units>> = {
  en: { minute: "min", hour: "h", day: "d" },
  id: { minute: "mnt", hour: "j", day: "h" },
};

interface ZoneState {
  readonly zone: string;
  setZone(zone: string): void;
}

/** The workspace's zone; until it is known, this computer's. */
export const useZone = create<ZoneState>((set) => ({
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  setZone: (zone) => set({ zone }),
}));

const MINUTE = 60_000;
/** In minutes. */
const [HOURS, DAYS, WEEK] = [60, 1_440, 10_080];

export interface Format {
  readonly number: (value: number) => string;
  readonly money: (minor: number, currency: string, narrow?: boolean) => string;
  /** "2 min", "3 h", then "2 Sep". */
  readonly age: (moment: string, now: number) => string;
  /** An age within a sentence: "just now", "3 h ago", then "2 Sep". */
  readonly ago: (moment: string, now: number) => string;
  /** "38 min", "1 h 52", "1 d 20 h". */
  readonly span: (minutes: number) => string;
  readonly time: (moment: string) => string;
  /** "2 Sep", with the year when it is another one. */
  readonly date: (moment: string, now: number) => string;
  /** "Today", "Yesterday", "Monday 23 November". */
  readonly day: (moment: string, now: number) => string;
}

export function makeFormat(language: Language, zone: string, t: Translate): Format {
  const locale = language === "id" ? "id-ID" : "en-GB";
  const numbers = new Intl.NumberFormat(locale);
  const times = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZone: zone,
  });
  const dates = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: zone });
  const old = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: zone,
  });
  const days = new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: zone,
  });
  const date = (moment: string, now: number) => {
    const sameYear = dayKey(moment, zone).slice(0, 4) === dayKey(now, zone).slice(0, 4);
    return (sameYear ? dates : old).format(new Date(moment)).replace("Sept", "Sep");
  };
  const age = (moment: string, now: number) => {
    const passed = Math.floor((now - Date.parse(moment)) / MINUTE);
    if (!(passed >= 1)) return t("time.now");
    if (passed < HOURS) return duration(passed, units[language]);
    if (passed < DAYS) return duration(passed - (passed % HOURS), units[language]);
    if (passed < WEEK) return duration(passed - (passed % DAYS), units[language]);
    return date(moment, now);
  };
  return {
    number: (value) => numbers.format(value),
    money: (minor, currency, narrow) => formatMoney(minor, currency, { locale, narrow: narrow ?? false }),
    span: (minutes) => duration(minutes, units[language]),
    age,
    ago: (moment, now) => {
      const passed = Math.floor((now - Date.parse(moment)) / MINUTE);
      if (!(passed >= 1)) return t("time.just_now");
      return passed < WEEK ? t("time.ago", { age: age(moment, now) }) : date(moment, now);
    },
    time: (moment) => times.format(new Date(moment)),
    date,
    day: (moment, now) => {
      const key = dayKey(moment, zone);
      if (key === dayKey(now, zone)) return t("time.today");
      if (key === dayKey(now - 86_400_000, zone)) return t("time.yesterday");
      return days.format(new Date(moment)).replace(",", "");
    },
  };
}

export function useFormat(): Format {
  const language = useLanguage((state) => state.language);
  const zone = useZone((state) => state.zone);
  return useMemo(() => makeFormat(language, zone, translator(language)), [language, zone]);
}
