/** Every command by name, and what the shop holds by number or words: type, arrows, Enter. The key beside each teaches itself. */
import { useNavigate } from "@tanstack/react-router";
import { Boxes, MessageSquareText, ReceiptText, Search, UserRound, X } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useT, type WordKey } from "../i18n/index";
import { Dialog, Glyph, Icon, Keys } from "../ui/index";
import { type Finding, type Findings, pageOf, useFindings } from "./findings";
import { type Command, useCommandList } from "./registry";
import { type Found, search } from "./search";

interface PaletteProps {
  /** The open conversation, in words. */
  readonly scope: string | null;
  readonly onClose: () => void;
  readonly onKeys: () => void;
}

interface Entry {
  readonly id: string;
  readonly mark: ReactNode;
  readonly label: ReactNode;
  readonly aside: ReactNode;
  run(): void;
}

interface Section {
  readonly word: WordKey;
  readonly entries: readonly Entry[];
}

const groupWords: Readonly<Record<Command["group"], WordKey>> = {
  conversation: "palette.conversation",
  list: "palette.list",
  go: "palette.go",
  general: "palette.general",
};

export default function Palette({ scope, onClose, onKeys }: PaletteProps) {
  const t = useT();
  const [words, setWords] = useState("");
  const [narrow, setNarrow] = useState(true);
  const [at, setAt] = useState(0);
  const findings = useFindings(words);
  const sections = useSections(words, narrow, findings.items);
  const entries = sections.flatMap((section) => section.entries);
  const run = (entry: Entry) => {
    onClose();
    requestAnimationFrame(() => entry.run());
  };
  const enter = useEnter(entries[at], findings.coming, words, run);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((now) => (now + step + entries.length) % Math.max(1, entries.length));
    else if (event.key === "Enter") enter();
    else if (event.key === "?" && words === "") onKeys();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label={t("palette.title")} onClose={onClose}>
      <div className="pop pal">
        <div className="q">
          <Icon of={Search} className="mute" />
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-found"
            aria-activedescendant={entries[at]?.id}
            aria-label={t("palette.title")}
            placeholder={t("palette.hint")}
            value={words}
            onChange={(event) => {
              setWords(event.target.value);
              setAt(0);
            }}
            onKeyDown={onKeyDown}
          />
          {scope && narrow && (
            <button
              type="button"
              className="chip"
              aria-label={t("palette.unscope")}
              onClick={() => setNarrow(false)}
            >
              {scope}
              <Icon of={X} />
            </button>
          )}
        </div>
        <div className="found" id="palette-found" role="listbox" aria-label={t("palette.title")}>
          <Sections
            sections={sections}
            on={entries[at]}
            onPoint={(entry) => setAt(entries.indexOf(entry))}
            onRun={run}
          />
        </div>
        <Silence findings={findings} empty={entries.length === 0} />
        <PaletteFoot />
      </div>
    </Dialog>
  );
}

/** Runs the entry pointed at; with none yet and an answer on its way, the first that comes for the same words. */
function useEnter(
  entry: Entry | undefined,
  coming: boolean,
  words: string,
  run: (entry: Entry) => void,
): () => void {
  const [awaited, setAwaited] = useState<string | null>(null);
  useEffect(() => {
    if (entry && awaited === words) {
      setAwaited(null);
      run(entry);
    }
  }, [entry, awaited, words, run]);
  return () => {
    if (entry) run(entry);
    else if (coming) setAwaited(words);
  };
}

/** A number or address that was meant exactly stands before the commands, words in messages behind them. */
function useSections(words: string, narrow: boolean, findings: readonly Finding[]): readonly Section[] {
  const t = useT();
  const commands = useCommandList();
  const navigate = useNavigate();
  return useMemo(() => {
    const open = commands.filter(({ quiet, group }) => !quiet && (narrow || group !== "conversation"));
    const found = search(open, words, t);
    const groups = Object.keys(groupWords) as Command["group"][];
    const entryOf = (finding: Finding) => findingEntry(finding, (href) => void navigate({ href }));
    return [
      { word: "palette.exact" as const, entries: findings.filter(({ exact }) => exact).map(entryOf) },
      ...groups.map((group) => ({
        word: groupWords[group],
        entries: found.filter(({ command }) => command.group === group).map(commandEntry),
      })),
      { word: "palette.words" as const, entries: findings.filter(({ exact }) => !exact).map(entryOf) },
    ].filter(({ entries }) => entries.length > 0);
  }, [commands, words, narrow, findings, t, navigate]);
}

function commandEntry(found: Found): Entry {
  const { command } = found;
  return {
    id: `command-${command.id}`,
    mark: command.icon && <Icon of={command.icon} />,
    label: <span>{marked(found)}</span>,
    aside: command.keys?.[0] && <Keys of={command.keys[0]} />,
    run: () => command.run(),
  };
}

const kinds = {
  order: { icon: ReceiptText, word: "palette.order" },
  conversation: { icon: MessageSquareText, word: "palette.talk" },
  customer: { icon: UserRound, word: "palette.customer" },
  variant: { icon: Boxes, word: "palette.variant" },
} as const;

function findingEntry(finding: Finding, go: (href: string) => void): Entry {
  const { icon, word } = kinds[finding.kind];
  return {
    id: `found-${finding.kind}-${finding.id}`,
    mark: finding.channel ? <Glyph channel={finding.channel} small /> : <Icon of={icon} />,
    label: (
      <span className="el">
        {finding.title} <span className="mute">{finding.detail}</span>
      </span>
    ),
    aside: <Kind word={word} />,
    run: () => go(pageOf(finding)),
  };
}

function Kind({ word }: { readonly word: WordKey }) {
  const t = useT();
  return <span className="mute t11">{t(word)}</span>;
}

function Silence({ findings, empty }: { readonly findings: Findings; readonly empty: boolean }) {
  const t = useT();
  if (findings.failed)
    return (
      <p className="mute t12 none" role="alert">
        {t("palette.failed")}
      </p>
    );
  return empty && !findings.coming ? <p className="mute t12 none">{t("palette.none")}</p> : null;
}

interface SectionsProps {
  readonly sections: readonly Section[];
  readonly on: Entry | undefined;
  readonly onPoint: (entry: Entry) => void;
  readonly onRun: (entry: Entry) => void;
}

function Sections({ sections, on, onPoint, onRun }: SectionsProps): ReactNode {
  const t = useT();
  return sections.map(({ word, entries }) => (
    <div className="gr" key={word}>
      <div className="h">{t(word)}</div>
      {entries.map((entry) => (
        <button
          type="button"
          key={entry.id}
          id={entry.id}
          role="option"
          aria-selected={entry === on}
          tabIndex={-1}
          className={`it ${entry === on ? "on" : ""}`}
          onPointerMove={() => onPoint(entry)}
          onClick={() => onRun(entry)}
        >
          {entry.mark}
          {entry.label}
          <span className="sp">{entry.aside}</span>
        </button>
      ))}
    </div>
  ));
}

function marked({ label, from, length }: Found): ReactNode {
  if (length === 0) return label;
  return (
    <>
      {label.slice(0, from)}
      <mark>{label.slice(from, from + length)}</mark>
      {label.slice(from + length)}
    </>
  );
}

function PaletteFoot() {
  const t = useT();
  return (
    <div className="ftr">
      <span className="fx g4">
        <Keys of="arrowup arrowdown" /> {t("palette.move")}
      </span>
      <span className="fx g4">
        <Keys of="enter" /> {t("palette.run")}
      </span>
      <span className="fx g4">
        <Keys of="esc" /> {t("palette.close")}
      </span>
      <span className="sp fx g4">
        <Keys of="?" /> {t("palette.keys")}
      </span>
    </div>
  );
}
