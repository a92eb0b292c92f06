/** Finding commands by the words a person types: at a word's start first, then anywhere, then by alias. */
import type { Translate } from "../i18n/index";
import type { Command } from "./registry";

export interface Found {
  readonly command: Command;
  readonly label: string;
  /** The part of the label that was typed. */
  readonly from: number;
  readonly length: number;
}

const GROUPS: readonly Command["group"][] = ["conversation", "list", "go", "general"];

/** Lower is better. */
function rankOf(label: string, from: number): number {
  if (from < 0) return 3;
  if (from === 0) return 0;
  return label[from - 1] === " " ? 1 : 2;
}

export function search(commands: readonly Command[], words: string, t: Translate): readonly Found[] {
  const wanted = words.trim().toLowerCase();
  const unique = [
    ...new Map(commands.toReversed().map((command) => [command.id, command])).values(),
  ].toReversed();
  return unique
    .map((command) => {
      const label = t(command.word);
      const from = label.toLowerCase().indexOf(wanted);
      return {
        command,
        label,
        from: Math.max(0, from),
        length: from < 0 ? 0 : wanted.length,
        rank: rankOf(label, from),
      };
    })
    .filter(({ command, rank }) => rank < 3 || command.alias?.toLowerCase().includes(wanted))
    .sort((a, b) => GROUPS.indexOf(a.command.group) - GROUPS.indexOf(b.command.group) || a.rank - b.rank);
}
