/** The rows: only what is in view is drawn, and what is read does not move when others arrive above it. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Conversation } from "../api/index";
import { useT } from "../i18n/index";
import { Button } from "../ui/index";

interface RowsProps {
  readonly rows: readonly Conversation[];
  readonly openId: string | null;
  readonly rowHeight: number;
  readonly total: number;
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly draw: (row: Conversation) => ReactNode;
}

export function Rows({ rows, openId, rowHeight, total, hasMore, onMore, draw }: RowsProps) {
  const t = useT();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 6,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another row height makes every measure void
  useLayoutEffect(() => virtual.measure(), [virtual, rowHeight]);
  const arrived = useSteadyLine(frame, rows, rowHeight);
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - 10) onMore();
  }, [hasMore, last, rows.length, onMore]);
  const openAt = rows.findIndex((row) => row.id === openId);
  useEffect(() => {
    if (openAt >= 0) virtual.scrollToIndex(openAt, { align: "auto" });
  }, [openAt, virtual]);
  useFocusFollows(frame, openId);
  return (
    <div className="rows" ref={frame}>
      {arrived.count > 0 && (
        <Button className="news" icon={ArrowUp} onClick={arrived.show}>
          {t("inbox.arrived", { count: arrived.count })}
        </Button>
      )}
      <ul aria-label={t("inbox.list")} style={{ height: virtual.getTotalSize() }}>
        {drawn.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              aria-posinset={item.index + 1}
              aria-setsize={hasMore ? Math.max(total, rows.length) : rows.length}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            >
              {draw(row)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** The ring goes with the open row, unless someone works elsewhere. */
function useFocusFollows(frame: { readonly current: HTMLElement | null }, openId: string | null): void {
  const before = useRef(openId);
  useEffect(() => {
    if (!openId || before.current === openId) return;
    before.current = openId;
    const later = requestAnimationFrame(() => {
      const now = document.activeElement;
      if (now !== document.body && !frame.current?.contains(now)) return;
      const row = frame.current?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(openId)}"]`);
      row?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(later);
  }, [frame, openId]);
}

/** Keeps the first visible row where it is, and counts what came in above it. */
function useSteadyLine(
  frame: { readonly current: HTMLElement | null },
  rows: readonly Conversation[],
  rowHeight: number,
) {
  const before = useRef<readonly string[]>([]);
  const [count, setCount] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    const old = before.current;
    before.current = rows.map((row) => row.id);
    if (!element || old.length === 0 || element.scrollTop <= 0) return;
    const anchorAt = Math.floor(element.scrollTop / rowHeight);
    const anchor = old[anchorAt];
    const now = anchor ? before.current.indexOf(anchor) : -1;
    if (now < 0 || now === anchorAt) return;
    element.scrollTop += (now - anchorAt) * rowHeight;
    if (now > anchorAt) setCount((known) => known + now - anchorAt);
  }, [frame, rows, rowHeight]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const seen = () => {
      if (element.scrollTop < rowHeight / 2) setCount(0);
    };
    element.addEventListener("scroll", seen, { passive: true });
    return () => element.removeEventListener("scroll", seen);
  }, [frame, rowHeight]);
  const show = () => {
    setCount(0);
    frame.current?.scrollTo({ top: 0 });
  };
  return { count, show };
}
