/** Before stock is turned on: what that would change at the channel, listing by listing, what costs sales first. */
import { useQuery } from "@tanstack/react-query";
import { type DryRun, dryRunQuery, type WouldPush } from "../api/index";
import { type Translate, useFormat, useT, type WordKey } from "../i18n/index";
import { Bone, Button } from "../ui/index";
import { useFailure } from "./acts";

interface RehearsalProps {
  readonly id: string;
  readonly busy: boolean;
  readonly onGo: () => void;
  readonly onLeave: () => void;
}

export function Rehearsal({ id, busy, onGo, onLeave }: RehearsalProps) {
  const t = useT();
  const causeOf = useFailure();
  const { data, error, isPending } = useQuery(dryRunQuery(id));
  return (
    <section className="co-dry" aria-label={t("connections.dry_run")}>
      <h4 className="m">{t("connections.dry_run")}</h4>
      {isPending && (
        <div aria-busy="true">
          <Bone w="60%" />
        </div>
      )}
      {error && (
        <p role="alert" className="bad t12">
          {causeOf(error)}
        </p>
      )}
      {data && <Foretold run={data} />}
      <div className="fx g6">
        <Button primary disabled={busy || !data} onClick={onGo}>
          {t("connections.dry_go")}
        </Button>
        <Button quiet onClick={onLeave}>
          {t("connections.dry_leave")}
        </Button>
      </div>
    </section>
  );
}

const COUNTS: readonly (readonly [string, WordKey])[] = [
  ["to_zero", "connections.would_zero"],
  ["lower", "connections.would_lower"],
  ["raise", "connections.would_raise"],
  ["unread", "connections.would_unread"],
  ["not_counted", "connections.would_not_counted"],
  ["not_mapped", "connections.would_not_mapped"],
  ["read_only", "connections.would_read_only"],
  ["same", "connections.would_same"],
];

function Foretold({ run }: { readonly run: DryRun }) {
  const t = useT();
  const format = useFormat();
  const told = COUNTS.filter(([verdict]) => (run.sum[verdict] ?? 0) > 0);
  const changed = run.items.filter(({ verdict }) => verdict !== "same");
  if (told.length === 0) return <p className="mute t12">{t("connections.dry_nothing")}</p>;
  return (
    <>
      <dl className="co-counts t12">
        {told.map(([verdict, word]) => (
          <div key={verdict} className={verdict === "to_zero" ? "warn" : ""}>
            <dt>{t(word)}</dt>
            <dd className="tn m">{format.number(run.sum[verdict] ?? 0)}</dd>
          </div>
        ))}
      </dl>
      {changed.length > 0 && (
        <div className="co-dry-rows">
          <table className="t12">
            <thead>
              <tr>
                <th scope="col">{t("connections.listing")}</th>
                <th scope="col" className="r">
                  {t("connections.shows")}
                </th>
                <th scope="col" className="r">
                  {t("connections.would_push")}
                </th>
                <th scope="col" className="r">
                  {t("connections.difference")}
                </th>
              </tr>
            </thead>
            <tbody>
              {changed.map((item) => (
                <Line key={item.listing_id} item={item} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Line({ item }: { readonly item: WouldPush }) {
  const t = useT();
  const format = useFormat();
  const number = (value: number | null) => (value === null ? "–" : format.number(value));
  return (
    <tr>
      <td title={item.title}>
        <div className="el">{item.sku ?? (item.external_sku || item.external_id)}</div>
        <div className="el mute">{item.push === null ? whyNot(item.verdict, t) : item.title}</div>
      </td>
      <td className="r tn">{number(item.shows)}</td>
      <td className={`r tn m ${item.verdict === "to_zero" ? "warn" : ""}`}>{number(item.push)}</td>
      <td className="r tn">
        {item.difference !== null && item.difference > 0 ? "+" : ""}
        {number(item.difference)}
      </td>
    </tr>
  );
}

function whyNot(verdict: string, t: Translate): string {
  const word = COUNTS.find(([name]) => name === verdict)?.[1];
  return word ? t(word) : verdict;
}
