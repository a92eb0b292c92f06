/** Builds the chat's files into the screen's folder, each on its own: a plain script, a module and two style sheets. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const PARTS = [
  { file: "loader.js", entry: here("loader/loader.ts"), format: "iife", budget: 3000 },
  { file: "panel.js", entry: here("panel/panel.ts"), format: "es", budget: 15_000 },
];
export const SHEETS = [here("panel/panel.css"), here("shop/shop.css")];

/** The built text of one part. */
export async function built({ entry, format }) {
  const made = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      target: "es2022",
      lib: { entry, formats: [format], name: "onecounter", fileName: "part" },
      minify: true,
    },
  });
  const [result] = Array.isArray(made) ? made : [made];
  return result.output[0].code;
}

export async function writeAll(folder) {
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) writeFileSync(`${folder}/${part.file}`, await built(part));
  for (const sheet of SHEETS) copyFileSync(sheet, `${folder}/${sheet.split("/").at(-1)}`);
}

if (process.argv[1] === here("build.mjs")) await writeAll(here("../../app/web/static/widget"));
