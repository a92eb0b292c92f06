/** Deciding on an oversell: whom to ask, what to offer, the words, and what confirming does. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import {
  type Alternative,
  answerIncident,
  type Holder,
  type Incident,
  type IncidentDetail,
  incidentQuery,
  Problem,
  useDesk,
} from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { uuid7 } from "../lib/index";
import { Button, Glyph, toast } from "../ui/index";
import { Failed, Loading } from "./faces";

interface DecidingProps {
  readonly row: Incident;
  readonly now: number;
}

export function Deciding({ row, now }: DecidingProps) {
  const load = useQuery(incidentQuery(row.id, row.version));
  if (load.isPending) return <Loading />;
  if (load.isError) return <Failed load={load} />;
  return <Choice key={row.id} detail={load.data} now={now} />;
}

interface ChoiceProps {
  readonly detail: IncidentDetail;
  readonly now: number;
}

const nameOf = ({ offer, ref, state }: Alternative) => `${offer} ${ref ?? ""} ${state}`;

function Choice({ detail, now }: ChoiceProps) {
  const t = useT();
  const format = useFormat();
  const [asked, ask] = useState("");
  const [offered, offer] = useState("");
  const { suggestions, alternatives, why, incident } = detail;
  const order = suggestions.find(({ order_id }) => order_id === asked) ?? suggestions[0];
  const at = Math.max(
    0,
    alternatives.findIndex((each) => nameOf(each) === offered),
  );
  const chosen = alternatives[at];
  const zero = why.zeroed_at
    ? t("stock.dec_zeroed", { time: format.time(why.zeroed_at) })
    : t("stock.dec_zeroing", { zeroed: why.zeroed, listings: why.listings });
  return (
    <div className="dec">
      {why.listings > 0 && <p className="mute t12">{zero}</p>}
      {incident.decisions.length > 0 && (
        <section aria-label={t("stock.dec_chosen")}>
          <h2 className="h">{t("stock.dec_chosen")}</h2>
          {incident.decisions.map((each) => (
            <p key={each.key} className="t12">
              {t("stock.dec_by", {
                what: t(`stock.dec_${each.offer}`),
                name: each.by,
                ago: format.ago(each.at, now),
              })}
            </p>
          ))}
        </section>
      )}
      <fieldset>
        <legend className="h">{t("stock.dec_who")}</legend>
        {suggestions.map((each, index) => (
          <label key={each.order_id} className={`dec-line ${each === order ? "on" : ""}`}>
            <input type="radio" name="order" checked={each === order} onChange={() => ask(each.order_id)} />
            <Glyph channel={each.channel} />
            <Standing one={each} first={index === 0 && !each.decided} now={now} />
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend className="h">{t("stock.dec_what")}</legend>
        {alternatives.map((each, index) => (
          <label key={nameOf(each)} className={`dec-line ${index === at ? "on" : ""}`}>
            <input type="radio" name="offer" checked={index === at} onChange={() => offer(nameOf(each))} />
            <span className="dec-offer">{t(`stock.dec_${each.offer}`)}</span>
            <span className="grow mute t12">
              {each.offer === "cancel" ? t("stock.dec_cancel_note") : each.name}
              {each.offer !== "cancel" && `, ${t("stock.dec_units", { count: each.units })}`}
              {each.at && `, ${format.date(each.at, now)}`}
            </span>
          </label>
        ))}
      </fieldset>
      {chosen && (order || chosen.offer === "held_back") && (
        <Answer
          key={`${order?.order_id} ${nameOf(chosen)} ${incident.decisions.length}`}
          incident={incident}
          order={chosen.offer === "held_back" ? null : (order ?? null)}
          chosen={chosen}
          draft={order?.drafts[at] ?? ""}
        />
      )}
    </div>
  );
}

interface HolderProps {
  readonly one: Holder;
  readonly first: boolean;
  readonly now: number;
}

function Standing({ one, first, now }: HolderProps) {
  const t = useT();
  const format = useFormat();
  const { penalty } = one;
  const worry = penalty.warn ? "bad" : penalty.cost === "none" ? "ok" : "warn";
  const cost =
    penalty.cost === "none"
      ? t("stock.dec_free")
      : penalty.cost === "defect"
        ? t("stock.dec_defect")
        : t("stock.dec_rate", { share: penalty.then_pct, most: penalty.most_pct });
  return (
    <>
      <span className="grow">
        <span className="m">{one.customer || one.number}</span> <span className="id mute">{one.number}</span>{" "}
        {first && <span className="acc t12">{t("stock.dec_suggested")}</span>}
        <span className="mute t12 dec-sub">
          {t("stock.dec_bought", { ago: format.ago(one.placed_at, now), count: one.earlier })}
          {one.conversation_number === null && `. ${t("stock.dec_silent")}`}
        </span>
      </span>
      <span className="dec-cost">
        <span className="m tn">{format.money(one.total_minor, one.currency)}</span>
        <span className={`t12 ${worry}`}>{cost}</span>
      </span>
    </>
  );
}

interface AnswerProps {
  readonly incident: Incident;
  readonly order: Holder | null;
  readonly chosen: Alternative;
  readonly draft: string;
}

function Answer({ incident, order, chosen, draft }: AnswerProps) {
  const t = useT();
  const format = useFormat();
  const { queries } = useDesk();
  const reaches = order !== null && order.conversation_id !== null;
  const [text, write] = useState(reaches ? draft : "");
  const [key] = useState(uuid7);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const sends = reaches && text.trim() !== "";
  const effects = [
    sends && t("stock.dec_sends", { name: order.customer, number: String(order.conversation_number) }),
    sends &&
      chosen.offer === "incoming" &&
      chosen.at &&
      t("stock.dec_promises", { date: format.date(chosen.at, Date.now()) }),
    chosen.offer === "held_back" && t("stock.dec_frees", { name: chosen.name }),
    chosen.offer === "incoming" && t("stock.dec_keeps"),
    chosen.offer === "substitute" && t("stock.dec_not_held"),
    chosen.offer === "cancel" && t("stock.dec_at_channel"),
  ].filter((each) => each !== false && each !== null && each !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setWrong("");
    const said = { key, offer: chosen.offer, order_id: order?.order_id ?? null, ref: chosen.ref ?? "", text };
    answerIncident(queries, incident.id, said).then(
      () => toast(t("stock.dec_done")),
      (failure: unknown) => {
        setBusy(false);
        setWrong(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed"));
      },
    );
  };
  return (
    <form onSubmit={submit}>
      {reaches && (
        <label className="lab">
          {t("stock.dec_message", { name: order.customer })}
          <span className="fld tall">
            <textarea rows={5} value={text} onChange={(event) => write(event.target.value)} />
          </span>
        </label>
      )}
      <h2 className="h">{t("stock.dec_effects")}</h2>
      <ul className="dec-does t12">
        {effects.map((each) => (
          <li key={String(each)}>{each}</li>
        ))}
      </ul>
      {wrong && (
        <p className="bad t12" role="alert">
          {wrong}
        </p>
      )}
      <Button large primary type="submit" disabled={busy}>
        {t(sends ? "stock.dec_send" : "stock.dec_confirm")}
      </Button>
    </form>
  );
}
