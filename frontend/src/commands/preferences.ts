/** How this browser shows and drives the screen: theme, density, navigation, single keys. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "light" | "dark" | "system";
export type Density = "comfortable" | "compact";

export interface Preferences {
  readonly theme: Theme;
  readonly density: Density;
  readonly narrowNav: boolean;
  readonly customerPane: boolean;
  readonly singleKeys: boolean;
  set(change: Partial<Omit<Preferences, "set">>): void;
}

export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: "system",
      density: "comfortable",
      narrowNav: false,
      customerPane: true,
      singleKeys: true,
      set: (change) => set(change),
    }),
    { name: "onecounter-preferences" },
  ),
);
