/** The timeline: opens at its end, loads backwards without moving the line that is read, follows when at the end. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useT } from "../i18n/index";
import { usePhone } from "../lib/index";
import { Button } from "../ui/index";
import type { TimelineRow } from "./model";

interface TimelineProps {
  readonly rows: readonly TimelineRow[];
  readonly hasOlder: boolean;
  readonly onOlder: () => void;
  /** The end is on screen in a window that is looked at. */
  readonly onSeen: () => void;
  readonly draw: (row: TimelineRow) => ReactNode;
}

const GUESS: Readonly<Record<TimelineRow["kind"], number>> = { day: 40, new: 40, message: 84, kept: 84 };
const END_PX = 48;
const PHONE_END_PX = 10;

export function Timeline({ rows, hasOlder, onOlder, onSeen, draw }: TimelineProps) {
  const t = useT();
  const phone = usePhone();
  const frame = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: (at) => GUESS[rows[at]?.kind ?? "message"],
    getItemKey: (at) => rows[at]?.key ?? at,
    anchorTo: "end",
    followOnAppend: true,
    paddingEnd: phone ? PHONE_END_PX : 0,
    scrollEndThreshold: END_PX,
    overscan: 8,
  });
  const total = virtual.getTotalSize();
  const onScroll = useStick(frame, total, setAtEnd);
  const drawn = virtual.getVirtualItems();
  const first = drawn[0]?.index ?? 0;
  const loaded = rows.length;
  useEffect(() => {
    if (hasOlder && loaded > 0 && first < 5) onOlder();
  }, [hasOlder, first, loaded, onOlder]);
  useSeen(atEnd, loaded, onSeen);
  return (
    <div className="talk">
      <div
        className="tl"
        ref={frame}
        role="log"
        aria-label={t("conversation.timeline")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
        tabIndex={0}
        onScroll={onScroll}
      >
        <div className="run" style={{ height: total }}>
          {drawn.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="at-row"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {draw(row)}
              </div>
            );
          })}
        </div>
      </div>
      {!atEnd && (
        <Button
          className="later"
          icon={ArrowDown}
          onClick={() => virtual.scrollToEnd({ behavior: "smooth" })}
        >
          {t("conversation.to_end")}
        </Button>
      )}
    </div>
  );
}

/**
 * Starts at the end and stays there while rows are measured, messages arrive or the composer grows,
 * until the reader scrolls back.
 */
function useStick(
  frame: { readonly current: HTMLElement | null },
  total: number,
  onAtEnd: (at: boolean) => void,
) {
  const sticks = useRef(true);
  const lastTop = useRef(0);
  const follow = useCallback(() => {
    const element = frame.current;
    if (element && sticks.current) element.scrollTop = element.scrollHeight;
  }, [frame]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new total is the reason to follow
  useLayoutEffect(follow, [follow, total]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame, follow]);
  return () => {
    const element = frame.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    if (atEnd) sticks.current = true;
    else if (element.scrollTop < lastTop.current - 1) sticks.current = false;
    lastTop.current = element.scrollTop;
    onAtEnd(atEnd || sticks.current);
  };
}

/** Seen means: the end is in view, the tab is visible and has the focus. A preload or a hidden tab reads nothing. */
function useSeen(atEnd: boolean, count: number, onSeen: () => void): void {
  useEffect(() => {
    const look = () => {
      if (count > 0 && atEnd && document.visibilityState === "visible" && document.hasFocus()) onSeen();
    };
    look();
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [atEnd, count, onSeen]);
}
