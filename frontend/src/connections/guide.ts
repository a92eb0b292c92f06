/** The guides' own small part of Markdown as plain data: nothing in it can become markup by itself. Pure. */

export type Inline =
  | { readonly kind: "text" | "strong" | "em" | "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly inline: readonly Inline[] }
  | { readonly kind: "text"; readonly inline: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: "code"; readonly text: string };

const INLINE = /\*\*(.+?)\*\*|\*(.+?)\*|`([^`]+)`|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

/** Only http and https become links; any other address stays as it was written. */
export function inlineOf(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) parts.push({ kind: "text", text: text.slice(at, match.index) });
    const [whole, strong, em, code, label, href] = match;
    if (strong !== undefined) parts.push({ kind: "strong", text: strong.replaceAll("`", "") });
    else if (em !== undefined) parts.push({ kind: "em", text: em });
    else if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (label !== undefined && href !== undefined) parts.push({ kind: "link", text: label, href });
    at = match.index + whole.length;
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
}

const isList = (line: string): boolean => /^\s*([-*]|\d+\.)\s/.test(line);
const isTable = (line: string): boolean => line.startsWith("|");
const isHeading = (line: string): boolean => /^#{1,4}\s/.test(line);
const isCode = (line: string): boolean => line.startsWith("```");
const ends = (line: string): boolean =>
  line.trim() === "" || isList(line) || isTable(line) || isHeading(line) || isCode(line);

export function blocksOf(text: string): readonly Block[] {
  const lines = text.replace(/\r/g, "").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const [block, taken] = blockAt(lines, at);
    blocks.push(block);
    at += taken;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number): readonly [Block, number] {
  const line = lines[at] ?? "";
  if (isHeading(line)) {
    const level = line.indexOf(" ");
    return [{ kind: "heading", level, inline: inlineOf(line.slice(level + 1).trim()) }, 1];
  }
  if (isCode(line)) return codeAt(lines, at);
  if (isTable(line)) return tableAt(lines, at);
  return isList(line) ? listAt(lines, at) : textAt(lines, at);
}

function codeAt(lines: readonly string[], at: number): readonly [Block, number] {
  let end = at + 1;
  while (end < lines.length && !isCode(lines[end] ?? "")) end += 1;
  return [{ kind: "code", text: lines.slice(at + 1, end).join("\n") }, end - at + 1];
}

function tableAt(lines: readonly string[], at: number): readonly [Block, number] {
  let end = at;
  while (end < lines.length && isTable(lines[end] ?? "")) end += 1;
  const rows = lines
    .slice(at, end)
    .filter((line) => !/^\|[\s:|-]+\|?\s*$/.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/^\||\|$/g, "")
        .split("|")
        .map((cell) => inlineOf(cell.trim())),
    );
  return [{ kind: "table", rows }, end - at];
}

function listAt(lines: readonly string[], at: number): readonly [Block, number] {
  const ordered = /^\s*\d/.test(lines[at] ?? "");
  const items: string[] = [];
  let end = at;
  while (end < lines.length) {
    const line = lines[end] ?? "";
    if (isList(line)) items.push(line.replace(/^\s*([-*]|\d+\.)\s+/, ""));
    else if (line.trim() !== "" && !ends(line)) items.push(`${items.pop() ?? ""} ${line.trim()}`);
    else break;
    end += 1;
  }
  return [{ kind: "list", ordered, items: items.map(inlineOf) }, end - at];
}

function textAt(lines: readonly string[], at: number): readonly [Block, number] {
  let end = at + 1;
  while (end < lines.length && !ends(lines[end] ?? "")) end += 1;
  const text = lines.slice(at, end).map((line) => line.trim());
  return [{ kind: "text", inline: inlineOf(text.join(" ")) }, end - at];
}
