/** A new shop's own listings become variants: one line for each connection that has SKUs nothing stands for. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { connectionRowsQuery, type Listing, makeVariants, Problem, useDesk } from "../api/index";
import { useT } from "../i18n/index";
import { Button, Glyph, toast } from "../ui/index";
import { makeable, type Variant } from "./model";

const NONE = [] as const;

interface MakeVariantsProps {
  readonly listings: readonly Listing[];
  readonly variants: readonly Variant[];
}

export function MakeVariants({ listings, variants }: MakeVariantsProps) {
  const { data: connections = NONE } = useQuery(connectionRowsQuery);
  const counts = makeable(listings, variants);
  return connections
    .filter(({ id }) => counts.has(id))
    .map(({ id, channel, name }, at) => (
      <Offer
        key={id}
        connection={id}
        channel={channel}
        name={name}
        count={counts.get(id) ?? 0}
        first={at === 0}
      />
    ));
}

interface OfferProps {
  readonly connection: string;
  readonly channel: string;
  readonly name: string;
  readonly count: number;
  readonly first: boolean;
}

function Offer({ connection, channel, name, count, first }: OfferProps) {
  const t = useT();
  const { queries } = useDesk();
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      const { made, linked } = await makeVariants(queries, connection);
      toast(`${t("stock.made", { count: made })} ${t("stock.made_linked", { count: linked })}`);
    } catch (failure) {
      const cause = failure instanceof Problem ? failure.detail : "";
      toast(cause || t("state.server_failed"), { bad: true });
    }
    setBusy(false);
  };
  return (
    <fieldset className="fx g12 wrap" aria-label={name} style={{ padding: "0 16px 12px" }}>
      <Glyph channel={channel} />
      <div className="grow" style={{ lineHeight: 1.3 }}>
        <div className="m">{t("stock.make_title", { name, count })}</div>
        <div className="t12 mute">{t("stock.make_text")}</div>
      </div>
      <Button primary={first} disabled={busy} onClick={() => void make()}>
        {t("stock.make", { count })}
      </Button>
    </fieldset>
  );
}
