/** What was sent to one listing, newest first, and how each ended. */
import { useQuery } from "@tanstack/react-query";
import { Check, CircleHelp, CircleX, Loader } from "lucide-react";
import { pushesQuery } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { useNow } from "../lib/index";
import { Bone, Icon } from "../ui/index";

const signs = {
  good: { icon: Check, tone: "ok" },
  bad: { icon: CircleX, tone: "bad" },
  open: { icon: Loader, tone: "acc" },
  unsure: { icon: CircleHelp, tone: "warn" },
} as const;

/** Outcomes are the pusher's words; a new one is shown as it is. */
function signOf(outcome: string, settled: boolean): (typeof signs)[keyof typeof signs] {
  if (!settled || outcome === "") return signs.open;
  if (/accept|done|ok|sent|taken/.test(outcome)) return signs.good;
  return /refus|fail|reject|error/.test(outcome) ? signs.bad : signs.unsure;
}

export function Pushes({ listing }: { readonly listing: string | null }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const { data, isPending } = useQuery({ ...pushesQuery(listing ?? ""), enabled: listing !== null });
  if (listing === null || data?.length === 0)
    return (
      <p className="mute t12" style={{ padding: 16 }}>
        {t("stock.no_pushes")}
      </p>
    );
  if (isPending)
    return (
      <div className="late" style={{ padding: 16 }}>
        <Bone w="80%" />
        <Bone w="60%" top={14} />
      </div>
    );
  return (
    <ol className="ledger" style={{ padding: "6px 16px 16px" }}>
      {data?.map((push) => {
        const { icon, tone } = signOf(push.outcome, push.settled_at !== null);
        const today = now - Date.parse(push.at) < 20 * 3_600_000;
        return (
          <li key={push.id} style={{ gridTemplateColumns: "68px 16px 1fr" }}>
            <time className="mute" dateTime={push.at}>
              {today ? format.time(push.at) : format.date(push.at, now)}
            </time>
            <span className={tone}>
              <Icon of={icon} size="s" />
            </span>
            <span style={{ minWidth: 0 }}>
              <span className="m">{t("stock.pushed", { count: push.quantity })}</span>{" "}
              <span className="mute">{[push.outcome, push.detail].filter(Boolean).join(" · ")}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
