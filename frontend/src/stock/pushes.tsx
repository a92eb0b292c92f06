/** What was sent to one listing, newest first, and how each ended. */
import { useQuery } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import { Check, CircleHelp, CircleX, Loader } from "lucide-react";
import { pushesQuery } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { useNow } from "../lib/index";
import { Bone, Icon } from "../ui/index";
import { outcomeOf, type Tone } from "./words";

const signs: Readonly<Record<Tone, LucideIcon>> = {
  ok: Check,
  bad: CircleX,
  acc: Loader,
  warn: CircleHelp,
  mute: CircleHelp,
};

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
        const look = outcomeOf(push.outcome);
        const tone = look?.tone ?? "mute";
        const today = now - Date.parse(push.at) < 20 * 3_600_000;
        return (
          <li key={push.id} style={{ gridTemplateColumns: "68px 16px 1fr" }}>
            <time className="mute" dateTime={push.at}>
              {today ? format.time(push.at) : format.date(push.at, now)}
            </time>
            <span className={tone}>
              <Icon of={signs[tone]} size="s" />
            </span>
            <span style={{ minWidth: 0 }}>
              <span className="m">{t("stock.pushed", { count: push.quantity })}</span>{" "}
              <span className="mute">
                {[look ? t(look.word) : push.outcome, push.detail].filter(Boolean).join(" · ")}
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
