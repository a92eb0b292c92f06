/** Words in English and Indonesian, and numbers, money and times in the reader's manner. */
export { type Format, makeFormat, useFormat, useZone } from "./format";
export { languages, useLanguage } from "./language";
export type { WordKey } from "./t";
export { type Params, type Translate, translator, useT } from "./t";
export { type Language, loadWords } from "./words";
