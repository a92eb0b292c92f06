/** The timeline: opens at its end, loads backwards without moving the line that is read, follows when at the end. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useT } from "../i18n/index";
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

export function Timeline({ rows, hasOlder, onOlder, onSeen, draw }: TimelineProps) {
  const t = useT();
  const frame = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: (at) => GUESS[rows[at]?.kind ?? "message"],
    getItemKey: (at) => rows[at]?.key ?? at,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: END_PX,
    overscan: 8,
  });
  useStartAtEnd(virtual, rows.length);
  const drawn = virtual.getVirtualItems();
  const first = drawn[0]?.index ?? 0;
  const loaded = rows.length;
  useEffect(() => {
    if (hasOlder && loaded > 0 && first < 5) onOlder();
  }, [hasOlder, first, loaded, onOlder]);
  useSeen(atEnd, loaded, onSeen);
  return (
    <div
      className="tl"
      ref={frame}
      role="log"
      aria-label={t("conversation.timeline")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
      tabIndex={0}
      onScroll={() => setAtEnd(virtual.isAtEnd(END_PX))}
    >
      <div className="run" style={{ height: virtual.getTotalSize() }}>
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

interface Scroller {
  scrollToEnd(): void;
}

function useStartAtEnd(virtual: Scroller, count: number): void {
  const started = useRef(false);
  useEffect(() => {
    if (started.current || count === 0) return;
    started.current = true;
    virtual.scrollToEnd();
  }, [virtual, count]);
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
