/** The list of hand-offs: offered to me, what is mine already, what became of what I gave away today; and the end of my shift. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Check, Clock as ClockIcon, LogOut, Undo2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import {
  type Conversation,
  conversationsQuery,
  countsQuery,
  givenQuery,
  type Handoff,
  type ListFilter,
} from "../api/index";
import { useFormat, useT, useZone, type WordKey } from "../i18n/index";
import { dayKey, useNow } from "../lib/index";
import { Button, Icon, To } from "../ui/index";
import { ListSkeleton } from "./faces";

const ShiftEndSheet = lazy(() => import("./shift-end"));

const HANDED: ListFilter = { queue: "handed", status: "open" };
const MINE: ListFilter = { queue: "mine", status: "open" };
const MINE_SHOWN = 12;

interface HandedProps {
  readonly draw: (row: Conversation) => ReactNode;
  readonly hrefOf: (id: string) => string;
  readonly onOrder: (ids: readonly string[]) => void;
}

export function HandedList({ draw, hrefOf, onOrder }: HandedProps) {
  const t = useT();
  const format = useFormat();
  const handed = useInfiniteQuery(conversationsQuery(HANDED));
  const mine = useInfiniteQuery(conversationsQuery(MINE));
  const { data: counts } = useQuery(countsQuery);
  const [ending, setEnding] = useState(false);
  const offered = useMemo(() => handed.data?.pages.flatMap(({ items }) => items) ?? [], [handed.data]);
  const own = useMemo(
    () =>
      (mine.data?.pages.flatMap(({ items }) => items) ?? [])
        .filter(({ id }) => offered.every((each) => each.id !== id))
        .slice(0, MINE_SHOWN),
    [mine.data, offered],
  );
  const ids = useMemo(() => [...offered, ...own].map(({ id }) => id), [offered, own]);
  useEffect(() => onOrder(ids), [ids, onOrder]);
  if (handed.isPending || mine.isPending) return <ListSkeleton />;
  return (
    <div className="handed">
      {offered.length === 0 && <p className="none t12 mute">{t("handed.none")}</p>}
      {offered.map((row) => (
        <div key={row.id}>{draw(row)}</div>
      ))}
      <div className="bar more">
        <h2>{t("queue.mine")}</h2>
        <span className="cnt t12">{format.number(counts?.mine ?? own.length)}</span>
        <span className="sp" />
        {own.length > 0 && (
          <Button quiet icon={LogOut} onClick={() => setEnding(true)}>
            {t("shift.end")}
          </Button>
        )}
      </div>
      {own.map((row) => (
        <div key={row.id}>{draw(row)}</div>
      ))}
      <Given hrefOf={hrefOf} />
      <Suspense fallback={null}>{ending && <ShiftEndSheet onClose={() => setEnding(false)} />}</Suspense>
    </div>
  );
}

function Given({ hrefOf }: Pick<HandedProps, "hrefOf">) {
  const t = useT();
  const now = useNow();
  const zone = useZone((state) => state.zone);
  const { data: given = [] } = useQuery(givenQuery);
  const today = given.filter(({ offered_at }) => dayKey(offered_at, zone) === dayKey(now, zone));
  if (today.length === 0) return null;
  return (
    <>
      <div className="bar more">
        <h2>{t("handed.given")}</h2>
      </div>
      {today.map((each) => (
        <Outcome key={each.id} handoff={each} href={hrefOf(each.conversation.id)} />
      ))}
    </>
  );
}

const outcomes: Readonly<Record<Handoff["state"], { word: WordKey; icon: typeof Check; tone: string }>> = {
  offered: { word: "handed.waits", icon: ClockIcon, tone: "mute" },
  accepted: { word: "handed.took", icon: Check, tone: "ok" },
  declined: { word: "handed.declined", icon: Undo2, tone: "warn" },
  returned: { word: "handed.gave_back", icon: Undo2, tone: "warn" },
  withdrawn: { word: "handed.withdrawn", icon: Undo2, tone: "mute" },
};

function Outcome({ handoff, href }: { readonly handoff: Handoff; readonly href: string }) {
  const t = useT();
  const format = useFormat();
  const { word, icon, tone } = outcomes[handoff.state];
  const who = (handoff.taken_by ?? handoff.to_member ?? handoff.to_team)?.name.split(" ")[0] ?? "";
  const { customer, subject, number } = handoff.conversation;
  const took =
    handoff.state === "accepted" && handoff.took_s !== null ? tookWords(handoff.took_s, t, format) : "";
  return (
    <To href={href} className="fx g8 t12 outcome">
      <Icon of={icon} size="s" className={tone} />
      <span className="grow el">{t(word, { who, what: customer || subject || `#${number}` })}</span>
      <span className="mute nw">{handoff.answer ? `“${handoff.answer}”` : took}</span>
    </To>
  );
}

function tookWords(
  seconds: number,
  t: ReturnType<typeof useT>,
  format: ReturnType<typeof useFormat>,
): string {
  if (seconds < 60) return t("handed.in_seconds", { count: Math.max(1, Math.round(seconds)) });
  return t("handed.in", { span: format.span(Math.floor(seconds / 60)) });
}
