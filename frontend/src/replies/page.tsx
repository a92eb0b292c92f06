/** The page of saved replies and macros: two shelves, the list, and the chosen one beside it. */
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { macrosQuery, savedRepliesQuery } from "../api/index";
import { useT } from "../i18n/index";
import { useAddress, usePhone } from "../lib/index";
import { Bone, Button, Failure, IconButton } from "../ui/index";
import { MacroForm } from "./macro-form";
import { ReplyForm } from "./reply-form";
import "./replies.css";

const NEW = "new";

export function RepliesPage() {
  const t = useT();
  const phone = usePhone();
  const [address, setAddress] = useAddress();
  const macros = address.shelf === "macros";
  const open = address.open ?? null;
  const show = (id: string | null) => setAddress({ open: id });
  const pane = open && (
    <Pane onBack={phone ? () => show(null) : null}>
      <Chosen key={open} macros={macros} open={open} onKept={show} />
    </Pane>
  );
  const list = (
    <section className="pane">
      <div className="bar" style={{ padding: "0 16px" }}>
        <Shelves macros={macros} onShelf={(shelf) => setAddress({ shelf, open: null })} />
        <span className="sp" />
        <Button icon={Plus} onClick={() => show(NEW)}>
          {t(macros ? "macro.new" : "saved.new")}
        </Button>
      </div>
      <List macros={macros} open={open} onOpen={show} />
    </section>
  );
  if (phone) return pane || list;
  return (
    <div className="re-page">
      {list}
      {pane || (
        <main className="pane">
          <p className="empty">{t("saved.choose")}</p>
        </main>
      )}
    </div>
  );
}

interface ShelfProps {
  readonly macros: boolean;
}

/** The form, once what it shows is here. */
function Chosen(props: ShelfProps & { readonly open: string; readonly onKept: (id: string | null) => void }) {
  const { macros, open, onKept } = props;
  const { data: replies } = useQuery(savedRepliesQuery);
  const { data: acts } = useQuery(macrosQuery);
  if (!replies || !acts) return null;
  const id = (each: { readonly id: string }) => each.id === open;
  return macros ? (
    <MacroForm macro={acts.find(id) ?? null} replies={replies} onKept={onKept} />
  ) : (
    <ReplyForm reply={replies.find(id) ?? null} onKept={onKept} />
  );
}

interface ListProps extends ShelfProps {
  readonly open: string | null;
  readonly onOpen: (id: string) => void;
}

function List({ macros, open, onOpen }: ListProps) {
  const t = useT();
  const replies = useQuery(savedRepliesQuery);
  const acts = useQuery(macrosQuery);
  const load = macros ? acts : replies;
  if (load.isPending) return <Bone w="80%" top={20} />;
  if (load.isError) return <Failed error={load.error} onAgain={() => void load.refetch()} />;
  const rows: readonly Entry[] = macros
    ? (acts.data ?? []).map(({ id, name, tags }) => ({ id, name, about: tags.join(", ") }))
    : (replies.data ?? []).map(({ id, name, texts }) => ({ id, name, about: texts[0]?.text ?? "" }));
  if (rows.length === 0) return <p className="empty">{t(macros ? "macro.empty" : "saved.empty")}</p>;
  return <Entries rows={rows} open={open} onOpen={onOpen} />;
}

function Shelves(props: { readonly macros: boolean; readonly onShelf: (shelf: string | null) => void }) {
  const { macros, onShelf } = props;
  const t = useT();
  return (
    <fieldset className="seg" aria-label={t("nav.replies")}>
      <button
        type="button"
        className={macros ? "" : "on"}
        aria-pressed={!macros}
        onClick={() => onShelf(null)}
      >
        {t("saved.title")}
      </button>
      <button
        type="button"
        className={macros ? "on" : ""}
        aria-pressed={macros}
        onClick={() => onShelf("macros")}
      >
        {t("macro.title")}
      </button>
    </fieldset>
  );
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly about: string;
}

interface EntriesProps {
  readonly rows: readonly Entry[];
  readonly open: string | null;
  readonly onOpen: (id: string) => void;
}

function Entries({ rows, open, onOpen }: EntriesProps) {
  const sorted = rows.toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <div className="re-list">
      {sorted.map(({ id, name, about }) => (
        <button
          type="button"
          key={id}
          className={`re-row ${id === open ? "on" : ""}`}
          aria-current={id === open ? "true" : undefined}
          onClick={() => onOpen(id)}
        >
          <span className="m el">{name}</span>
          <span className="t12 mute el">{about}</span>
        </button>
      ))}
    </div>
  );
}

function Pane({ onBack, children }: { readonly onBack: (() => void) | null; readonly children: ReactNode }) {
  const t = useT();
  return (
    <main className="pane">
      {onBack && (
        <div className="bar">
          <IconButton icon={ChevronLeft} label={t("act.back")} onClick={onBack} />
        </div>
      )}
      <div className="re-body">{children}</div>
    </main>
  );
}

function Failed({ error, onAgain }: { readonly error: unknown; readonly onAgain: () => void }) {
  const t = useT();
  const words = {
    title: t("page.failed"),
    text: t("state.server_failed"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  return <Failure words={words} code={String(error)} onAgain={onAgain} />;
}
