/** Every command by name: type, arrows, Enter. The key beside each teaches itself. */
import { Search, X } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useT, type WordKey } from "../i18n/index";
import { Dialog, Icon, Keys } from "../ui/index";
import { type Command, useCommandList } from "./registry";
import { type Found, search } from "./search";

interface PaletteProps {
  /** The open conversation, in words. */
  readonly scope: string | null;
  readonly onClose: () => void;
  readonly onKeys: () => void;
}

const groupWords: Readonly<Record<Command["group"], WordKey>> = {
  conversation: "palette.conversation",
  list: "palette.list",
  go: "palette.go",
  general: "palette.general",
};

export default function Palette({ scope, onClose, onKeys }: PaletteProps) {
  const t = useT();
  const commands = useCommandList();
  const [words, setWords] = useState("");
  const [narrow, setNarrow] = useState(true);
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    const open = commands.filter(({ quiet, group }) => !quiet && (narrow || group !== "conversation"));
    return search(open, words, t);
  }, [commands, words, narrow, t]);
  const run = (each: Found | undefined) => {
    if (!each) return;
    onClose();
    requestAnimationFrame(() => each.command.run());
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((now) => (now + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") run(found[at]);
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
            aria-activedescendant={found[at] ? `command-${found[at].command.id}` : undefined}
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
          {found.length === 0 && <p className="mute t12 none">{t("palette.none")}</p>}
          <Groups found={found} at={at} onPoint={setAt} onRun={run} />
        </div>
        <PaletteFoot />
      </div>
    </Dialog>
  );
}

interface GroupsProps {
  readonly found: readonly Found[];
  readonly at: number;
  readonly onPoint: (at: number) => void;
  readonly onRun: (found: Found) => void;
}

function Groups({ found, at, onPoint, onRun }: GroupsProps): ReactNode {
  const t = useT();
  const groups = Object.keys(groupWords) as Command["group"][];
  const filled = groups
    .map((group) => ({ group, members: found.filter(({ command }) => command.group === group) }))
    .filter(({ members }) => members.length > 0);
  return filled.map(({ group, members }) => (
    <div className="gr" key={group}>
      <div className="h">{t(groupWords[group])}</div>
      {members.map((each) => {
        const index = found.indexOf(each);
        const { command } = each;
        return (
          <button
            type="button"
            key={command.id}
            id={`command-${command.id}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            className={`it ${index === at ? "on" : ""}`}
            onPointerMove={() => onPoint(index)}
            onClick={() => onRun(each)}
          >
            {command.icon && <Icon of={command.icon} />}
            <span>{marked(each)}</span>
            <span className="sp">{command.keys?.[0] && <Keys of={command.keys[0]} />}</span>
          </button>
        );
      })}
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
