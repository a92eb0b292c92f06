/** The stock page: search, views, the grid, its bars, and the drawer beside it. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Search } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { connectionRowsQuery, listingsQuery, placesQuery, stockQuery } from "../api/index";
import { type Command, useCommands } from "../commands/index";
import { useFormat, useT } from "../i18n/index";
import { useAddress, usePhone, useWide } from "../lib/index";
import { Icon, Keys, Menu, toast } from "../ui/index";
import { ChangeBar } from "./change-bar";
import { AVAILABLE, type Face, FIGURES, facesOf } from "./columns";
import { Drawer } from "./drawer";
import { deltaOf, pasted } from "./edits";
import { Blank, Failed, Loading } from "./faces";
import { Grid } from "./grid";
import { ImportButton } from "./import";
import { found, inTab, type Tab, talliesOf, unlinkedOf, type Variant, variantsOf } from "./model";
import { kept, type Selection, single } from "./selection";
import { type SheetActs, useSheet } from "./sheet";
import { StatusBar } from "./status-bar";
import "./stock.css";
import { Tabs, type View } from "./tabs";
import { makeTarget } from "./target";
import { Unlinked } from "./unlinked";

const NONE = [] as const;

export function StockPage() {
  const t = useT();
  const [address, setAddress] = useAddress();
  const stock = useQuery(stockQuery);
  const { data: listings = NONE } = useQuery(listingsQuery);
  const { data: connections = NONE } = useQuery(connectionRowsQuery);
  const { data: places = NONE } = useQuery(placesQuery);
  const own = useMemo(() => places.filter(({ kind }) => kind !== "channel"), [places]);
  const place = own.find(({ id }) => id === address.at) ?? null;
  const outside = useMemo(
    () => new Set(places.filter(({ kind }) => kind === "channel").map(({ id }) => id)),
    [places],
  );
  const all = useMemo(() => {
    const rows = (stock.data ?? NONE).filter(({ location_id }) => !outside.has(location_id));
    return variantsOf(rows, listings, place?.id ?? null);
  }, [stock.data, listings, outside, place]);
  const view = (address.view ?? "all") as View;
  const words = address.q ?? "";
  const variants = useMemo(
    () => all.filter((each) => (view === "unlinked" || inTab(each, view as Tab)) && found(each, words)),
    [all, view, words],
  );
  const faces = useMemo(() => facesOf(connections, listings), [connections, listings]);
  const unlinked = useMemo(() => unlinkedOf(listings), [listings]);
  const rank = useMemo(() => own.toSorted((a, b) => a.rank - b.rank).map(({ name }) => name), [own]);
  return (
    <Page
      title={t("nav.stock")}
      load={stock}
      all={all}
      variants={variants}
      faces={faces}
      rank={rank}
      view={view}
      words={words}
      opened={address.sku ?? null}
      onWords={(q) => setAddress({ q }, true)}
      bar={
        <Tabs
          tallies={talliesOf(all)}
          unlinked={unlinked.length}
          view={view}
          onView={(next) => setAddress({ view: next === "all" ? null : next })}
          end={
            own.length > 1 && (
              <PlaceMenu places={own} place={place?.name ?? null} onPlace={(id) => setAddress({ at: id })} />
            )
          }
        />
      }
      instead={
        view === "unlinked" || (stock.isSuccess && all.length === 0 && unlinked.length > 0) ? (
          <Unlinked listings={unlinked} variants={all} />
        ) : null
      }
      onAll={() => setAddress({ view: null, q: null, at: null })}
    />
  );
}

interface PlaceMenuProps {
  readonly places: readonly { readonly id: string; readonly name: string }[];
  readonly place: string | null;
  readonly onPlace: (id: string | null) => void;
}

function PlaceMenu({ places, place, onPlace }: PlaceMenuProps) {
  const t = useT();
  const entries = [
    { label: t("stock.all_places"), on: place === null, run: () => onPlace(null) },
    ...places.map(({ id, name }) => ({ label: name, on: name === place, run: () => onPlace(id) })),
  ];
  return (
    <Menu label={t("stock.all_places")} entries={entries}>
      {(button) => (
        <button type="button" className="tab sp" {...button}>
          {place ?? t("stock.all_places")} <Icon of={ChevronDown} size="xs" />
        </button>
      )}
    </Menu>
  );
}

interface PageProps {
  readonly title: string;
  readonly load: {
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly error: unknown;
    refetch(): unknown;
  };
  readonly all: readonly Variant[];
  readonly variants: readonly Variant[];
  readonly faces: readonly Face[];
  readonly rank: readonly string[];
  readonly view: View;
  readonly words: string;
  readonly opened: string | null;
  readonly onWords: (words: string) => void;
  readonly bar: ReactNode;
  readonly instead: ReactNode;
  readonly onAll: () => void;
}

function Page(props: PageProps) {
  const { load, all, variants, faces, view, words, instead } = props;
  const acts = useSheet();
  const { selection, choose, drawer, setDrawer } = useCursor(props);
  const { edit, paste } = useEdits(props, acts);
  const current = selection ? variants[selection.cursor.row] : undefined;
  const shown = drawer && current && selection && !instead;
  const filled = !instead && variants.length > 0;
  return (
    <div className={`st-page ${shown ? "" : "one"}`}>
      <main className="pane">
        <Bar title={props.title} words={words} onWords={props.onWords} />
        {props.bar}
        {instead}
        {filled && (
          <Grid
            variants={variants}
            all={all.length}
            faces={faces}
            edits={acts.sheet.edits}
            selection={selection}
            onSelect={choose}
            onEdit={edit}
            onOpen={() => setDrawer(true)}
            onPaste={paste}
            onUndo={acts.undo}
            onLeave={() => setDrawer(false)}
          />
        )}
        {!instead && !filled && (
          <Instead
            load={load}
            empty={all.length === 0}
            problems={view === "problems" && !words}
            onAll={props.onAll}
          />
        )}
        {acts.sheet.edits.size > 0 && <ChangeBar acts={acts} />}
        {filled && <StatusBar selection={selection} variants={variants} faces={faces} />}
      </main>
      {shown && (
        <Drawer
          variant={current}
          faces={faces}
          face={faces[selection.cursor.col - FIGURES.length] ?? null}
          onFace={(face) =>
            choose(single({ row: selection.cursor.row, col: FIGURES.length + faces.indexOf(face) }))
          }
          onStep={(by) =>
            choose(single({ row: Math.max(0, selection.cursor.row + by), col: selection.cursor.col }))
          }
          onClose={() => setDrawer(false)}
        />
      )}
    </div>
  );
}

/** Where the cursor is and whether the drawer is open; at first on the variant the address names. */
function useCursor({ variants, faces, opened }: PageProps) {
  const wide = useWide();
  const [chosen, choose] = useState<Selection | null>(null);
  const [drawer, setDrawer] = useState(wide);
  const started = useRef(false);
  useEffect(() => {
    if (started.current || variants.length === 0) return;
    started.current = true;
    const row = variants.findIndex(({ sku }) => sku === opened);
    if (row >= 0) setDrawer(true);
    if (row >= 0 || wide) choose(single({ row: Math.max(row, 0), col: AVAILABLE }));
  }, [variants, opened, wide]);
  const selection = kept(chosen, { rows: variants.length, cols: FIGURES.length + faces.length });
  return { selection, choose, drawer, setDrawer };
}

function useEdits({ variants, all, rank }: PageProps, { change }: SheetActs) {
  const t = useT();
  const format = useFormat();
  const target = (variant: Variant) => makeTarget(variant, rank);
  const edit = (variant: Variant, text: string): boolean => {
    const to = target(variant);
    const delta = deltaOf(text, to);
    if (delta !== null) change([[to, delta]]);
    return delta !== null;
  };
  const paste = (text: string, row: number) => {
    const below = variants.slice(row).map(target);
    const bySku = new Map(all.map((each) => [each.sku.toLowerCase(), target(each)]));
    const { changes, bad } = pasted(text, below, bySku);
    if (changes.length > 0) change(changes);
    if (bad.length === 0) return;
    const lines = bad.map(({ line }) => format.number(line)).join(", ");
    toast(t("stock.pasted_bad", { count: bad.length, lines }), { bad: true });
  };
  return { edit, paste };
}

interface BarProps {
  readonly title: string;
  readonly words: string;
  readonly onWords: (words: string) => void;
}

function Bar({ title, words, onWords }: BarProps) {
  const t = useT();
  const phone = usePhone();
  const search = useRef<HTMLInputElement>(null);
  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: "stock.search",
        word: "stock.search_key",
        group: "list",
        keys: ["/"],
        icon: Search,
        run: () => search.current?.focus(),
      },
    ],
    [],
  );
  useCommands(commands);
  return (
    <div className="bar">
      <h1>{title}</h1>
      <label className="fld sm q" style={{ width: phone ? "100%" : 196, marginLeft: 8 }}>
        <Icon of={Search} size="s" className="mute" />
        <input
          ref={search}
          value={words}
          placeholder={t("stock.search")}
          aria-label={t("stock.search_key")}
          onChange={(event) => onWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        {!phone && <Keys of="/" />}
      </label>
      <ImportButton />
    </div>
  );
}

interface InsteadProps {
  readonly load: PageProps["load"];
  readonly empty: boolean;
  readonly problems: boolean;
  readonly onAll: () => void;
}

function Instead({ load, empty, problems, onAll }: InsteadProps) {
  if (load.isPending) return <Loading />;
  if (load.isError) return <Failed load={load} />;
  return <Blank empty={empty} problems={problems} onAll={onAll} />;
}
