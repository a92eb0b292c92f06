/** Tests read both languages. */
import { loadWords } from "../i18n/words";

await Promise.all([loadWords("en"), loadWords("id")]);
