/** The channels that can be connected, grouped by what each needs, with how late its news is. */
import { type ChannelOffer, groupsOf, type Lateness, latenessOf, type Need } from "../api/index";
import { type Translate, useFormat, useLanguage, useT, type WordKey } from "../i18n/index";
import { Button } from "./button";
import { ChannelsProvider, Glyph } from "./glyph";
import "./offers.css";

interface OffersProps {
  readonly offers: readonly ChannelOffer[];
  /** Whether the channels can reach this address. */
  readonly reachable: boolean;
  /** Null while nothing can be connected yet. */
  readonly onConnect: ((channel: string) => void) | null;
}

const groupWords: Readonly<Record<Need, WordKey>> = {
  key: "connections.needs_key",
  account: "connections.needs_account",
  address: "connections.needs_address",
};

export function Offers({ offers, reachable, onConnect }: OffersProps) {
  const t = useT();
  const channels = offers.map(({ key, name, glyph, hue }) => ({ key, label: name, glyph, hue }));
  return (
    <ChannelsProvider channels={channels}>
      {groupsOf(offers, reachable).map(({ need, offers: some }, at) => (
        <section key={need} className="offers">
          <div className={`h t11 ${at === 0 ? "offer" : "offers-more"}`}>
            {at === 0 && <span />}
            <h3>{t(groupWords[need])}</h3>
            {at === 0 && (
              <>
                <span className="offer-need">{t("connections.what_needs")}</span>
                <span>{t(reachable ? "connections.how_late" : "connections.how_late_without")}</span>
              </>
            )}
          </div>
          {some.map((offer) => (
            <Offer
              key={offer.key}
              offer={offer}
              lateness={latenessOf(offer, reachable)}
              onConnect={need === "address" ? null : onConnect}
            />
          ))}
        </section>
      ))}
    </ChannelsProvider>
  );
}

interface OfferProps {
  readonly offer: ChannelOffer;
  readonly lateness: Lateness;
  readonly onConnect: ((channel: string) => void) | null;
}

function Offer({ offer, lateness, onConnect }: OfferProps) {
  const t = useT();
  const language = useLanguage((state) => state.language);
  const fields = offer.secrets.filter(({ optional }) => !optional);
  const needs = fields.map(({ label, name }) => label[language] ?? label.en ?? name).join(", ");
  return (
    <div className="offer">
      <Glyph channel={offer.key} />
      <span className="m">{offer.name}</span>
      <span className="t12 mute el offer-need" title={offer.sentence[language]}>
        {needs || t("connections.needs_nothing")}
      </span>
      <span
        className={`t12 ${lateness.kind === "at_once" ? "ok m" : lateness.kind === "never" ? "mute" : ""}`}
      >
        <LateWords lateness={lateness} />
      </span>
      <span className="r">
        <Button
          disabled={!onConnect}
          aria-label={`${t("connections.connect")} ${offer.name}`}
          onClick={() => onConnect?.(offer.key)}
        >
          {t("connections.connect")}
        </Button>
      </span>
    </div>
  );
}

function LateWords({ lateness }: { readonly lateness: Lateness }) {
  const t = useT();
  const format = useFormat();
  if (lateness.kind === "at_once") return t("connections.at_once");
  if (lateness.kind === "never") return t("connections.not_at_all");
  return t("connections.asked", { span: secondsWords(lateness.seconds, t, format.span) });
}

/** "15 s", then minutes. */
export function secondsWords(seconds: number, t: Translate, span: (minutes: number) => string): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 120 ? t("connections.seconds", { count: whole }) : span(Math.round(whole / 60));
}
