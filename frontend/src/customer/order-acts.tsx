/** What the order's channel lets us do beyond a reply. It is asked only when somebody wants to see it. */
import { useQuery } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import { useState } from "react";
import { type Order, type OrderOffer, offersQuery, orderAct, Problem, useDesk } from "../api/index";
import { useLanguage, useT } from "../i18n/index";
import { uuid7 } from "../lib/index";
import { Button, Dialog, toast, useChannel } from "../ui/index";

export function OrderActs({ order }: { readonly order: Order }) {
  const t = useT();
  const { label } = useChannel(order.channel);
  const [open, setOpen] = useState(false);
  const [chosen, choose] = useState<OrderOffer | null>(null);
  const words = useWords();
  const offers = useQuery({ ...offersQuery(order.id), enabled: open });
  if (!order.connection_id) return null;
  const items = offers.data?.items ?? [];
  return (
    <div style={{ marginTop: 10 }}>
      {!open && (
        <Button quiet icon={Zap} onClick={() => setOpen(true)}>
          {t("order.acts", { channel: label })}
        </Button>
      )}
      {open && (
        <div className="fx g6" style={{ flexWrap: "wrap" }} aria-busy={offers.isFetching}>
          {items.map((offer) => (
            <Button key={offer.name} title={words(offer.help)} onClick={() => choose(offer)}>
              {words(offer.label) || offer.name}
            </Button>
          ))}
          {!offers.isFetching && items.length === 0 && (
            <span className="mute t12">{offers.data?.reason || t("order.no_acts", { channel: label })}</span>
          )}
        </div>
      )}
      {chosen && <ActDialog order={order} offer={chosen} onClose={() => choose(null)} />}
    </div>
  );
}

function useWords(): (by: Readonly<Record<string, string>>) => string {
  const language = useLanguage((state) => state.language);
  return (by) => by[language] ?? by.en ?? "";
}

interface ActProps {
  readonly order: Order;
  readonly offer: OrderOffer;
  readonly onClose: () => void;
}

/** One key for as long as the dialog stands, so that a second press does nothing twice. */
function ActDialog({ order, offer, onClose }: ActProps) {
  const t = useT();
  const words = useWords();
  const { queries } = useDesk();
  const [key] = useState(uuid7);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const title = words(offer.label) || offer.name;
  const run = () => {
    setBusy(true);
    orderAct(queries, order.id, { client_key: key, name: offer.name, text: text.trim() })
      .then(() => {
        toast(t("order.act_queued", { name: title }));
        onClose();
      })
      .catch((failure: unknown) => {
        const words = failure instanceof Problem ? failure.detail : "";
        toast(words || t("state.server_failed"), { bad: true });
        setBusy(false);
      });
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <form
        className="pop sheet act-form"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <h2 className="t14 b">{title}</h2>
        <p className="mute t12">{words(offer.help)}</p>
        {offer.text_limit > 0 && (
          <label className="t12">
            {t("order.act_text", { count: offer.text_limit })}
            <textarea
              value={text}
              maxLength={offer.text_limit}
              rows={4}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
        )}
        <div className="fx g6">
          <span className="sp" />
          <Button onClick={onClose}>{t("act.leave")}</Button>
          <Button primary type="submit" disabled={busy}>
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
