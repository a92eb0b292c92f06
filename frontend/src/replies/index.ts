/** Saved replies and macros: what a shop keeps so that nobody types or clicks the same thing twice. */
export { RepliesPage } from "./page";
