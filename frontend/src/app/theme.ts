/** Puts theme, density and language on the document. */
import { useEffect } from "react";
import { usePreferences } from "../commands/index";
import { useLanguage } from "../i18n/index";

export function useTheme(): void {
  const theme = usePreferences((state) => state.theme);
  const density = usePreferences((state) => state.density);
  const language = useLanguage((state) => state.language);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const dark = theme === "dark" || (theme === "system" && media.matches);
      document.documentElement.dataset.theme = dark ? "dark" : "light";
    };
    apply();
    media.addEventListener("change", apply);
    return () => media.removeEventListener("change", apply);
  }, [theme]);
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
}
