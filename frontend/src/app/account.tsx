/** The member's own menu: appearance, language, keys, sign out. */
import { Keyboard, LogOut } from "lucide-react";
import { request, useMe } from "../api/index";
import { usePreferences } from "../commands/index";
import { useLanguage, useT } from "../i18n/index";
import type { MenuEntry } from "../ui/index";

export function useAccountEntries(onSignedOut: () => void): readonly MenuEntry[] {
  const t = useT();
  const { member } = useMe();
  const { theme, density, narrowNav, singleKeys, set } = usePreferences();
  const { language, choose } = useLanguage();
  return [
    { heading: member.email },
    { heading: t("display.theme") },
    { label: t("display.light"), on: theme === "light", run: () => set({ theme: "light" }) },
    { label: t("display.dark"), on: theme === "dark", run: () => set({ theme: "dark" }) },
    { label: t("display.system"), on: theme === "system", run: () => set({ theme: "system" }) },
    { heading: t("display.language") },
    { label: "English", on: language === "en", run: () => choose("en") },
    { label: "Bahasa Indonesia", on: language === "id", run: () => choose("id") },
    { rule: true },
    {
      label: t("display.compact_rows"),
      on: density === "compact",
      run: () => set({ density: density === "compact" ? "comfortable" : "compact" }),
    },
    { label: t("display.narrow_nav"), on: narrowNav, run: () => set({ narrowNav: !narrowNav }) },
    {
      label: t("display.single_keys"),
      icon: Keyboard,
      on: singleKeys,
      run: () => set({ singleKeys: !singleKeys }),
    },
    { rule: true },
    {
      label: t("session.leave"),
      icon: LogOut,
      run: () => {
        void request("DELETE", "/session").finally(onSignedOut);
      },
    },
  ];
}
