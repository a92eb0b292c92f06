import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(process.cwd(), "src");

const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((each) => each.isFile() && /\.(ts|tsx|css)$/.test(each.name))
  .map((each) => relative(SRC, join(each.parentPath, each.name)));

const read = (file: string) => readFileSync(join(SRC, file), "utf8");
const roomOf = (file: string) => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

/** Lowest first: a room may use what stands before it. Pages stand beside each other and use only the shelves below. */
const SHELVES = ["lib", "i18n", "live", "api", "ui", "commands"];
const PAGES = ["inbox", "conversation", "customer", "stock", "orders", "connections", "replies", "start"];

function importsOf(file: string): readonly string[] {
  const found = [...read(file).matchAll(/(?:from|import\()\s*"(\.\.?\/[^"]+)"/g)].map(
    ([, path]) => path ?? "",
  );
  return found.map((path) => join(file, "..", path)).map(roomOf);
}

const code = files.filter((file) => !file.endsWith(".css") && !file.includes(".test."));
const among = (rooms: readonly string[]) => code.filter((file) => rooms.includes(roomOf(file)));
const strangersOf = (file: string, known: readonly string[]) =>
  importsOf(file)
    .filter((room) => room !== roomOf(file) && !known.includes(room))
    .map((room) => `${file} uses ${room}`);

describe("the house", () => {
  it("keeps files small: 400 lines, tests 500", () => {
    const large = files.filter(
      (file) => read(file).split("\n").length > (file.includes(".test.") ? 500 : 400),
    );
    expect(large).toEqual([]);
  });

  it("says at the top of each file what lives there", () => {
    expect(code.filter((file) => !read(file).startsWith("/** "))).toEqual([]);
  });

  it("lets pages use shelves, not other pages", () => {
    expect(among(PAGES).flatMap((file) => strangersOf(file, SHELVES))).toEqual([]);
  });

  it("lets shelves stand only on shelves below", () => {
    const climbing = SHELVES.flatMap((shelf, at) =>
      among([shelf]).flatMap((file) => strangersOf(file, SHELVES.slice(0, at))),
    );
    expect(climbing).toEqual([]);
  });

  it("imports rooms by their door", () => {
    const side = files.flatMap((file) =>
      [...read(file).matchAll(/from "\.\.\/(\w+)\/(?!index")([\w-]+)"/g)]
        .filter(([, room]) => room !== "test" && !file.startsWith("test/"))
        .map(([path]) => `${file}: ${path}`),
    );
    expect(side).toEqual([]);
  });

  it("pins packages without the address they came from", () => {
    const lock = readFileSync(join(process.cwd(), "package-lock.json"), "utf8");
    expect(lock).not.toContain('"resolved"');
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(process.cwd(), "package.json"), "utf8"),
    );
    const loose = Object.values<string>({ ...dependencies, ...devDependencies }).filter(
      (version) => !/^\d/.test(version),
    );
    expect(loose).toEqual([]);
  });
});
