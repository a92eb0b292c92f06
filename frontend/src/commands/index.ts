/** Everything a member can do by name: registry, key map, palette and the sheet of keys. */

export { type Preferences, usePreferences } from "./preferences";
export { type Command, commandsNow, listen, useCommandList, useCommands } from "./registry";
