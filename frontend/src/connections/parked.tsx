/** Deliveries that could not be read. They are kept whole; each can be read again. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Delivery, parkedQuery, replayDelivery, useDesk } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { Button, Glyph, toast } from "../ui/index";
import { useFailure } from "./acts";

export function Parked({ now }: { readonly now: number }) {
  const t = useT();
  const format = useFormat();
  const { data } = useQuery(parkedQuery);
  if (!data) return null;
  const count = data.items.length;
  return (
    <section className="co-parked">
      <div className="fx" style={{ height: 40, padding: "0 24px" }}>
        <h2 className="m">{t("connections.parked")}</h2>
        <span className="cnt" style={{ marginLeft: 6 }}>
          {format.number(count)}
          {data.next_cursor ? "+" : ""}
        </span>
      </div>
      {count === 0 && (
        <p className="mute t12" style={{ padding: "0 24px 16px" }}>
          {t("connections.parked_none")}
        </p>
      )}
      {data.items.map((delivery) => (
        <Line key={delivery.id} delivery={delivery} now={now} />
      ))}
    </section>
  );
}

function Line({ delivery, now }: { readonly delivery: Delivery; readonly now: number }) {
  const t = useT();
  const format = useFormat();
  const { queries } = useDesk();
  const causeOf = useFailure();
  const [busy, setBusy] = useState(false);
  const replay = () => {
    setBusy(true);
    replayDelivery(queries, delivery.id).then(
      () => toast(t("connections.replayed")),
      (failure: unknown) => {
        setBusy(false);
        toast(causeOf(failure), { bad: true });
      },
    );
  };
  return (
    <div className="fx g12 co-delivery">
      <Glyph channel={delivery.channel} />
      <div className="grow">
        <div className="el">{delivery.error || t("connections.parked_unread")}</div>
        <div className="t12 mute el">
          {[
            delivery.kind,
            t("connections.bytes", { count: delivery.size }),
            format.age(delivery.received_at, now),
          ]
            .filter(Boolean)
            .join(" · ")}
        </div>
      </div>
      <Button disabled={busy} onClick={replay}>
        {t("connections.replay")}
      </Button>
    </div>
  );
}
