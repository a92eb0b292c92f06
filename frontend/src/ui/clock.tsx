/** Time that runs out: the company's promise or the marketplace's rule. Mute, then warn, then bad and late. */
import { ClockAlert, Clock as ClockIcon, Handshake } from "lucide-react";
import { useFormat, useT } from "../i18n/index";
import { minutesUntil } from "../lib/index";
import { Glyph } from "./glyph";
import { Icon } from "./icon";

interface ClockProps {
  readonly due: string;
  readonly now: number;
  readonly whose: "company" | "market" | "promise";
  /** Words before the time; the list shows the time alone. */
  readonly words?: string;
  readonly channel?: string;
}

/** Minutes left at which each clock asks for attention. */
const WARN_MINUTES = { company: 45, market: 120, promise: 120 } as const;
const untilWords = {
  company: "clock.company_until",
  market: "clock.market_until",
  promise: "clock.promise_until",
} as const;

export function Clock({ due, now, whose, words, channel }: ClockProps) {
  const t = useT();
  const format = useFormat();
  const minutes = minutesUntil(due, now);
  if (minutes === null) return null;
  const tone = minutes < 0 ? "bad" : minutes < WARN_MINUTES[whose] ? "warn" : "";
  const span = minutes < 0 ? t("clock.late", { span: format.span(minutes) }) : format.span(minutes);
  return (
    <span className={`clk ${tone}`} title={t(untilWords[whose], { time: format.time(due) })}>
      {channel ? (
        <Glyph channel={channel} />
      ) : (
        <Icon of={whose === "promise" ? Handshake : minutes < 0 ? ClockAlert : ClockIcon} />
      )}
      {words ? `${words} ${span}` : span}
    </span>
  );
}
