/** The orders page: views, the list by its clock, and the chosen order beside it. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useCallback, useMemo, useRef } from "react";
import { type OrderRow, orderQuery, ordersQuery, Problem } from "../api/index";
import { type Command, useCommands } from "../commands/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { useAddress, useNow, usePhone } from "../lib/index";
import { Bone, Failure, Icon } from "../ui/index";
import { List } from "./list";
import { isLate, shownIn, statusOf, VIEWS, type View, viewOf } from "./model";
import { OrderPane } from "./order";
import "./orders.css";

const viewWords: Readonly<Record<View, WordKey>> = {
  to_ship: "orders.to_ship",
  late: "orders.late",
  pending: "orders.pending",
  shipped: "orders.shipped",
  delivered: "orders.delivered",
  cancelled: "orders.cancelled",
  all: "orders.all",
};

const NONE: readonly OrderRow[] = [];

export function OrdersPage() {
  const now = useNow();
  const phone = usePhone();
  const [address, setAddress] = useAddress();
  const view = viewOf(address.view);
  const words = address.q ?? "";
  const { orders, rows, shown } = useOrders(view, words, now);
  const open = address.order ?? (phone ? null : (shown[0]?.id ?? null));
  const order = useOrder(open, rows);
  const show = useCallback((id: string) => setAddress({ order: id }), [setAddress]);
  useSteps(shown, open, show);
  const list = (
    <section className="pane">
      <Bar words={words} onWords={(q) => setAddress({ q, order: null }, true)} />
      <Views
        view={words ? "all" : view}
        now={now}
        onView={(next) => setAddress({ view: next === "to_ship" ? null : next, q: null, order: null })}
      />
      {orders.isPending && <Bones />}
      {orders.isError && <Failed error={orders.error} onAgain={() => void orders.refetch()} />}
      {orders.data && shown.length === 0 && <Blank view={view} words={words} />}
      <List
        orders={shown}
        open={open}
        now={now}
        more={orders.hasNextPage}
        onOpen={show}
        onMore={() => void orders.fetchNextPage()}
      />
    </section>
  );
  const pane = order && (
    <OrderPane
      key={order.id}
      order={order}
      now={now}
      onBack={phone ? () => setAddress({ order: null }) : null}
    />
  );
  if (phone) return pane ?? list;
  return (
    <div className="or-page">
      {list}
      {pane ?? <main className="pane" />}
    </div>
  );
}

/** What the view holds, or what the words find in any of them. */
function useOrders(view: View, words: string, now: number) {
  const status = words ? null : statusOf(view);
  const orders = useInfiniteQuery(
    ordersQuery({ ...(status ? { status } : {}), ...(words ? { q: words } : {}) }),
  );
  const rows = useMemo(() => orders.data?.pages.flatMap((page) => page.items) ?? NONE, [orders.data]);
  return { orders, rows, shown: words ? rows : shownIn(view, rows, now) };
}

/** From the list when it is there, else asked for alone. */
function useOrder(id: string | null, rows: readonly OrderRow[]): OrderRow | undefined {
  const listed = rows.find((each) => each.id === id);
  const { data } = useQuery({ ...orderQuery(id ?? ""), enabled: id !== null && !listed });
  return listed ?? (id !== null ? data : undefined);
}

function useSteps(shown: readonly OrderRow[], open: string | null, show: (id: string) => void): void {
  const now = useRef({ shown, open });
  now.current = { shown, open };
  const commands = useMemo((): readonly Command[] => {
    const step = (by: number) => () => {
      const at = now.current.shown.findIndex(({ id }) => id === now.current.open);
      const next = now.current.shown[at + by];
      if (next) show(next.id);
    };
    return [
      {
        id: "orders.next",
        word: "orders.next",
        group: "list",
        quiet: true,
        keys: ["j", "arrowdown"],
        run: step(1),
      },
      {
        id: "orders.before",
        word: "orders.before",
        group: "list",
        quiet: true,
        keys: ["k", "arrowup"],
        run: step(-1),
      },
    ];
  }, [show]);
  useCommands(commands);
}

interface ViewsProps {
  readonly view: View;
  readonly now: number;
  readonly onView: (view: View) => void;
}

function Views({ view, now, onView }: ViewsProps) {
  const t = useT();
  const format = useFormat();
  const { data } = useInfiniteQuery(ordersQuery({ status: "open" }));
  const open = data?.pages.flatMap((page) => page.items);
  const whole = data?.pages.at(-1)?.next_cursor === null;
  const count = (of: number) => `${format.number(of)}${whole ? "" : "+"}`;
  const counts: Partial<Record<View, string>> = open
    ? { to_ship: count(open.length), late: count(open.filter((each) => isLate(each, now)).length) }
    : {};
  return (
    <nav className="sub tabs or-tabs" aria-label={t("orders.views")}>
      {VIEWS.map((each) => (
        <button
          key={each}
          type="button"
          className={`tab ${each === view ? "on" : ""}`}
          aria-current={each === view ? "page" : undefined}
          onClick={() => onView(each)}
        >
          {t(viewWords[each])}
          {counts[each] && <span className="cnt">{counts[each]}</span>}
        </button>
      ))}
    </nav>
  );
}

function Bar({ words, onWords }: { readonly words: string; readonly onWords: (words: string) => void }) {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: "orders.search",
        word: "orders.search_key",
        group: "list",
        icon: Search,
        keys: ["/"],
        run: () => field.current?.focus(),
      },
    ],
    [],
  );
  useCommands(commands);
  return (
    <div className="bar">
      <h1>{t("nav.orders")}</h1>
      <label className="fld sm q grow" style={{ marginLeft: 8 }}>
        <Icon of={Search} size="s" className="mute" />
        <input
          ref={field}
          value={words}
          placeholder={t("orders.search")}
          aria-label={t("orders.search_key")}
          onChange={(event) => onWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </label>
    </div>
  );
}

function Blank({ view, words }: { readonly view: View; readonly words: string }) {
  const t = useT();
  const calm = view === "late" && !words;
  return (
    <p className="mute" style={{ padding: "24px 16px" }}>
      {t(words ? "orders.none_found" : calm ? "orders.none_late" : "orders.none")}
    </p>
  );
}

function Failed({ error, onAgain }: { readonly error: unknown; readonly onAgain: () => void }) {
  const t = useT();
  const problem = error instanceof Problem ? error : null;
  const words = {
    title: t("page.failed"),
    text: problem?.status === 0 ? t("state.no_line") : problem?.detail || t("state.server_failed"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  return (
    <Failure
      words={words}
      code={problem ? `${problem.status} ${problem.code}` : String(error)}
      onAgain={onAgain}
    />
  );
}

const BONES = Array.from({ length: 9 }, (_, at) => at);

function Bones() {
  return (
    <div className="late" aria-busy="true" style={{ padding: "0 16px" }}>
      {BONES.map((at) => (
        <div key={at} style={{ height: 51, paddingTop: 10 }}>
          <Bone w={`${50 + ((at * 29) % 30)}%`} />
          <Bone w={`${35 + ((at * 17) % 30)}%`} top={8} />
        </div>
      ))}
    </div>
  );
}
