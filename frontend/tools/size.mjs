/** Fails when a page would load more than its budget (kB, gzip). Run after the build. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../app/web/static", import.meta.url).pathname;
const BUDGET = { first: 200, styles: 12, lazy: 45, palette: 8, chunk: 210 };

const weigh = (file) => gzipSync(readFileSync(join(BUILT, "assets", file))).length / 1000;
const page = readFileSync(join(BUILT, "index.html"), "utf8");
const assets = readdirSync(join(BUILT, "assets"));
const scripts = assets
  .filter((file) => file.endsWith(".js"))
  .map((file) => ({ file, kb: weigh(file), first: page.includes(file) }));
const words = scripts.filter(({ file }) => /^(en|id)-/.test(file));
const total = (list) => list.reduce((sum, { kb }) => sum + kb, 0);
const styles = total(
  assets.filter((file) => file.endsWith(".css") && page.includes(file)).map((file) => ({ kb: weigh(file) })),
);

const found = [
  [
    "first load",
    total(scripts.filter(({ first }) => first)) + Math.max(...words.map(({ kb }) => kb)),
    BUDGET.first,
  ],
  ["styles", styles, BUDGET.styles],
  ...scripts.map(({ file, kb, first }) => [
    file,
    kb,
    first ? BUDGET.chunk : file.startsWith("palette") ? BUDGET.palette : BUDGET.lazy,
  ]),
];
const over = found.filter(([, kb, limit]) => kb > limit);
process.stdout.write(
  `${found.map(([name, kb, limit]) => `${kb.toFixed(1).padStart(7)} of ${limit} kB  ${name}`).join("\n")}\n`,
);
if (over.length > 0) process.exit(1);
