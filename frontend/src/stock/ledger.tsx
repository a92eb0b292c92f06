/** The ledger of one variant: when, how many, why, by whom, and what was available after it. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type Movement, movementsQuery } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { useNow } from "../lib/index";
import { Bone, Button, To } from "../ui/index";
import { kindWord, signedOf, withSign } from "./words";

const FEW = 7;

interface LedgerProps {
  readonly variant: string;
  readonly few?: boolean;
  readonly onAll?: () => void;
}

export function Ledger({ variant, few = false, onAll }: LedgerProps) {
  const t = useT();
  const { data, isPending, isError, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(movementsQuery(variant));
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  const shown = few ? rows.slice(0, FEW) : rows;
  const more = few ? rows.length > FEW : hasNextPage;
  return (
    <section style={{ padding: "12px 16px 16px" }}>
      <div className="fx h" style={{ marginBottom: 6 }}>
        {t("stock.last_movements")}
        <span className="sp">{t("stock.available")}</span>
      </div>
      {isPending && (
        <div className="late">
          <Bone w="90%" top={8} />
          <Bone w="70%" top={14} />
        </div>
      )}
      {isError && <Button onClick={() => void refetch()}>{t("state.again")}</Button>}
      {data && rows.length === 0 && <p className="mute t12">{t("stock.no_movements")}</p>}
      <ol className="ledger">
        {shown.map((movement) => (
          <Entry key={movement.id} movement={movement} />
        ))}
      </ol>
      {more && (
        <Button
          quiet
          disabled={isFetchingNextPage}
          onClick={() => (few ? onAll?.() : void fetchNextPage())}
          className="more"
        >
          {t("stock.more")}
        </Button>
      )}
    </section>
  );
}

function Entry({ movement }: { readonly movement: Movement }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const word = kindWord(movement.kind);
  const signed = signedOf(movement);
  const today = now - Date.parse(movement.at) < 20 * 3_600_000;
  const who = [movement.actor, movement.reason, movement.location].filter(Boolean).join(", ");
  return (
    <li>
      <time className="mute" dateTime={movement.at}>
        {today ? format.time(movement.at) : format.date(movement.at, now)}
      </time>
      <span className={`m r ${signed > 0 ? "ok" : ""}`}>{withSign(signed, format.number)}</span>
      <span style={{ minWidth: 0 }}>
        <span className="el" style={{ display: "block" }}>
          {word ? t(word) : movement.kind}
          {movement.order_number && (
            <>
              {", "}
              <To className="link id" href={`/orders?order=${movement.order_id ?? ""}`}>
                {movement.order_number}
              </To>
            </>
          )}
        </span>
        <span className="mute t11 el" style={{ display: "block" }} title={who}>
          {who}
        </span>
      </span>
      <span className="r m">{withBalance(movement.available, format.number)}</span>
    </li>
  );
}

const withBalance = (value: number, write: (value: number) => string): string =>
  value < 0 ? withSign(value, write) : write(value);
