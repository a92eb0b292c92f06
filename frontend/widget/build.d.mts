/** What `build.mjs` gives. `budget` is in bytes, gzip. */
export type Part = { file: string; entry: string; format: "iife" | "es"; budget: number };
export const PARTS: readonly Part[];
export const SHEETS: readonly string[];
export function built(part: Part): Promise<string>;
export function writeAll(folder: string): Promise<void>;
