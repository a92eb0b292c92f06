/** The list pane: title, tabs, filters, rows, and the keys that move through it. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useCallback, useEffect, useMemo } from "react";
import { useShallow } from "zustand/react/shallow";
import {
  type Conversation,
  type Counts,
  conversationsQuery,
  countsQuery,
  type ListFilter,
  type Shelf,
  useDrafts,
  useViewers,
} from "../api/index";
import { type Command, useCommands, usePreferences } from "../commands/index";
import { useFormat, useT } from "../i18n/index";
import { useNow, usePhone } from "../lib/index";
import { EmptyList, ListFailure, ListSkeleton } from "./faces";
import { type FilterChange, FilterChips, SearchField } from "./filters";
import { HandedList } from "./handed";
import { ListHead } from "./head";
import { Row } from "./row";
import { Rows } from "./rows";
import { statusWords, useQueueWords } from "./words";

interface ListProps {
  readonly filter: ListFilter;
  readonly searching: boolean;
  readonly openId: string | null;
  readonly hrefOf: (id: string) => string;
  readonly onFilter: (change: FilterChange) => void;
  readonly onOpen: (id: string) => void;
  readonly onOrder: (ids: readonly string[]) => void;
  readonly onClose: (row: Conversation) => void;
  readonly onTake: (row: Conversation) => void;
}

const TABS: readonly Shelf[] = ["open", "waiting", "snoozed", "closed"];
const ROW_HEIGHTS = { comfortable: 72, compact: 52, phone: 80 } as const;

export function ConversationList(props: ListProps) {
  const { filter, searching, openId, onFilter, onOpen, onOrder } = props;
  const t = useT();
  const phone = usePhone();
  const list = useInfiniteQuery(conversationsQuery(filter));
  const { data: counts } = useQuery(countsQuery);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const handed = filter.queue === "handed" && !filter.q;
  useEffect(() => {
    if (!handed) onOrder(ids);
  }, [handed, ids, onOrder]);
  const startSearch = useCallback(() => onFilter({ find: "1" }), [onFilter]);
  useListKeys({ ids, openId, onOpen, onSearch: startSearch });
  useTitle(filter, rows);
  const search = useCallback((text: string) => onFilter({ q: text || undefined, find: "1" }), [onFilter]);
  const leaveSearch = () => onFilter({ q: undefined, find: undefined });
  const total = countOf(counts, filter, filter.status) ?? rows.length;
  const Frame = phone ? "main" : "section";
  return (
    <Frame className="pane" aria-label={t("inbox.list")}>
      <ListHead filter={filter} onFilter={onFilter} total={list.data ? total : null} onSearch={startSearch} />
      {!handed && <Tabs filter={filter} counts={counts} onFilter={onFilter} />}
      {searching && <SearchField value={filter.q ?? ""} onSearch={search} onLeave={leaveSearch} />}
      <FilterChips filter={filter} onFilter={onFilter} />
      {handed ? (
        <Handed {...props} />
      ) : (
        <Body {...props} list={list} rows={rows} total={total} counts={counts} />
      )}
    </Frame>
  );
}

/** Counts are known for whole queues; a narrowed list has none but its own rows. */
function countOf(
  counts: Counts | undefined,
  filter: ListFilter,
  shelf: Shelf | undefined,
): number | undefined {
  if (!counts || filter.q || filter.channel || filter.assignee_id || filter.team_id) return undefined;
  if (shelf === "open") return counts[filter.queue];
  if (filter.queue !== "all") return undefined;
  return shelf === "waiting" || shelf === "snoozed" ? counts[shelf] : undefined;
}

interface TabsProps extends Pick<ListProps, "filter" | "onFilter"> {
  readonly counts: Counts | undefined;
}

function Tabs({ filter, counts, onFilter }: TabsProps) {
  const t = useT();
  const format = useFormat();
  return (
    <div className="sub tabs" role="tablist" aria-label={t("inbox.status")}>
      {TABS.map((status) => {
        const count = countOf(counts, filter, status);
        return (
          <button
            type="button"
            role="tab"
            key={status}
            aria-selected={filter.status === status}
            className={`tab ${filter.status === status ? "on" : ""}`}
            onClick={() => onFilter({ status })}
          >
            {t(statusWords[status])}
            {count !== undefined && <span className="cnt">{format.number(count)}</span>}
          </button>
        );
      })}
    </div>
  );
}

function Handed({ openId, hrefOf, onOpen, onOrder, onClose, onTake }: ListProps) {
  const now = useNow();
  const viewersOf = useViewers();
  const draftIn = useDraftPreview(openId);
  const draw = (row: Conversation) => (
    <Row
      row={row}
      on={row.id === openId}
      href={hrefOf(row.id)}
      now={now}
      draft={draftIn(row.id)}
      viewers={viewersOf(row.id)}
      onOpen={onOpen}
      onClose={onClose}
      onTake={onTake}
    />
  );
  return <HandedList draw={draw} hrefOf={hrefOf} onOrder={onOrder} />;
}

interface BodyProps extends ListProps {
  readonly list: {
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly error: unknown;
    readonly data: unknown;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    refetch(): unknown;
    fetchNextPage(): unknown;
  };
  readonly rows: readonly Conversation[];
  readonly total: number;
  readonly counts: Counts | undefined;
}

function Body({
  list,
  rows,
  total,
  counts,
  filter,
  openId,
  hrefOf,
  onFilter,
  onOpen,
  onClose,
  onTake,
}: BodyProps) {
  const now = useNow();
  const phone = usePhone();
  const density = usePreferences((state) => state.density);
  const viewersOf = useViewers();
  const draftIn = useDraftPreview(openId);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  if (list.isPending) return <ListSkeleton />;
  if (list.isError && !list.data)
    return <ListFailure failure={list.error} onAgain={() => void list.refetch()} />;
  if (rows.length === 0) {
    const clear = () =>
      onFilter({ q: undefined, channel: undefined, assignee_id: undefined, team_id: undefined });
    return (
      <EmptyList
        filter={filter}
        waiting={counts?.waiting ?? 0}
        snoozed={counts?.snoozed ?? 0}
        onClear={clear}
      />
    );
  }
  return (
    <Rows
      rows={rows}
      openId={openId}
      rowHeight={phone ? ROW_HEIGHTS.phone : ROW_HEIGHTS[density]}
      total={total}
      hasMore={hasNextPage}
      onMore={more}
      draw={(row) => (
        <Row
          row={row}
          on={row.id === openId}
          href={hrefOf(row.id)}
          now={now}
          draft={draftIn(row.id)}
          viewers={viewersOf(row.id)}
          onOpen={onOpen}
          onClose={onClose}
          onTake={onTake}
        />
      )}
    />
  );
}

/** The open conversation shows its draft in the composer already; typing there does not draw the list again. */
function useDraftPreview(openId: string | null): (id: string) => string {
  const others = useDrafts(
    useShallow(({ drafts }) =>
      Object.entries(drafts)
        .filter(([name]) => !openId || !name.startsWith(openId))
        .flatMap(([name, { text }]) => [name, text]),
    ),
  );
  return useCallback(
    (id) => {
      const at = Math.max(others.indexOf(`${id} note`), others.indexOf(`${id} reply`));
      return at < 0 ? "" : (others[at + 1] ?? "");
    },
    [others],
  );
}

function useTitle(filter: ListFilter, rows: readonly Conversation[]): void {
  const queueWord = useQueueWords();
  const unread = rows.filter((row) => row.unread).length;
  const title = `${unread > 0 ? `(${unread}) ` : ""}${queueWord(filter.queue)} · Onecounter`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

interface ListKeys {
  readonly ids: readonly string[];
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
  readonly onSearch: () => void;
}

function useListKeys({ ids, openId, onOpen, onSearch }: ListKeys): void {
  const commands = useMemo((): readonly Command[] => {
    const step = (by: number) => {
      const at = openId ? ids.indexOf(openId) : -1;
      const id = ids[at < 0 && by < 0 ? 0 : Math.max(0, Math.min(ids.length - 1, at + by))];
      if (id && id !== openId) onOpen(id);
    };
    const down = { word: "key.next", group: "list", quiet: true, run: () => step(1) } as const;
    const up = { word: "key.previous", group: "list", quiet: true, run: () => step(-1) } as const;
    return [
      { ...down, id: "list.next", keys: ["j", "arrowdown"] },
      { ...up, id: "list.previous", keys: ["k", "arrowup"] },
      {
        id: "list.end",
        word: "key.last",
        group: "list",
        quiet: true,
        keys: ["end"],
        run: () => step(ids.length),
      },
      {
        id: "list.start",
        word: "key.first",
        group: "list",
        quiet: true,
        keys: ["home"],
        run: () => step(-ids.length),
      },
      { id: "list.search", word: "nav.search", group: "list", icon: Search, keys: ["/"], run: onSearch },
    ];
  }, [ids, openId, onOpen, onSearch]);
  useCommands(commands);
}
