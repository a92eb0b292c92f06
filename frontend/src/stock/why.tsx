/** Why a number is what it is: a column sum in the order of operations, then what each channel shows. */
import type { ReactNode } from "react";
import type { Listing } from "../api/index";
import { type Format, type Translate, useFormat, useT, type WordKey } from "../i18n/index";
import { useNow } from "../lib/index";
import { Glyph } from "../ui/index";
import type { Face } from "./columns";
import { Counts, Mark } from "./mark";
import type { Variant } from "./model";
import { lookOf, shownOf, withSign } from "./words";

interface WhyProps {
  readonly variant: Variant;
  readonly faces: readonly Face[];
  readonly face: Face | null;
  readonly onFace: (face: Face) => void;
  readonly onPushes: () => void;
}

export function Why({ variant, faces, face, onFace, onPushes }: WhyProps) {
  const t = useT();
  const format = useFormat();
  const listing = face ? variant.listings.get(face.id) : undefined;
  const places = variant.places.map(({ location, on_hand }) => `${location} ${format.number(on_hand)}`);
  return (
    <section style={{ padding: "14px 16px 12px", borderBottom: "1px solid var(--line)" }}>
      {face && listing ? <OfListing face={face} listing={listing} /> : <OfVariant variant={variant} />}
      <div style={{ marginTop: 10 }}>
        <Line word="stock.on_hand" why={places.join(", ")} result={variant.on_hand} />
        <Line
          word="stock.reserved"
          why={t(variant.reserved ? "stock.for_orders" : "stock.nothing_held")}
          result={0 - variant.reserved}
        />
        <Line
          word="stock.held_back"
          why={t(variant.unavailable ? "stock.damaged" : "stock.nothing_held")}
          result={0 - variant.unavailable}
        />
        <Line word="stock.available" why="" result={variant.available} total />
        {listing && <Wanted available={variant.available} listing={listing} />}
      </div>
      {listing && <Sent listing={listing} onPushes={onPushes} />}
      {faces.length > 0 && !listing && (
        <div style={{ marginTop: 12 }}>
          <div className="h" style={{ marginBottom: 2 }}>
            {t("stock.on_channels")}
          </div>
          {faces.map((each) => (
            <FaceLine key={each.id} face={each} listing={variant.listings.get(each.id)} onFace={onFace} />
          ))}
        </div>
      )}
      {faces.length === 0 && (
        <p className="mute t12" style={{ marginTop: 8 }}>
          {t("stock.on_no_channel")}
        </p>
      )}
    </section>
  );
}

function OfVariant({ variant: { available } }: { readonly variant: Variant }) {
  const t = useT();
  const words =
    available < 0
      ? t("stock.why_oversold", { count: -available })
      : t("stock.why_available", { count: available });
  return <div className={`t14 b ${available < 0 ? "bad" : ""}`}>{words}</div>;
}

function OfListing({ face, listing }: { readonly face: Face; readonly listing: Listing }) {
  const t = useT();
  const format = useFormat();
  const cause = listing.error?.detail || listing.problem;
  return (
    <>
      <div className="fx g8">
        <Glyph channel={face.channel} />
        <span className="t14 b">{headline(face.word, listing, t, format)}</span>
      </div>
      {cause && (
        <p className="t12 mute" style={{ marginTop: 3 }}>
          {cause}
        </p>
      )}
    </>
  );
}

const headlines: Readonly<Record<string, WordKey>> = {
  going_out: "stock.why_going",
  differs: "stock.why_differs",
  refused: "stock.why_refused",
  waiting: "stock.why_waiting",
  read_only: "stock.why_only_read",
};

function headline(name: string, listing: Listing, t: Translate, format: Format): string {
  const { there } = shownOf(listing);
  const number = (value: number | null) => (value === null ? "?" : format.number(value));
  const values = { name, from: number(there), to: number(listing.wanted), count: number(there) };
  const known = Object.hasOwn(headlines, listing.state) ? headlines[listing.state] : undefined;
  if (known) return t(known, values);
  return t(listing.state === "in_step" ? "stock.why_step" : "stock.why_unread", {
    name,
    count: number(there),
  });
}

interface LineProps {
  readonly word: WordKey;
  readonly why: ReactNode;
  readonly result: number;
  readonly total?: boolean;
}

function Line({ word, why, result, total = false }: LineProps) {
  const t = useT();
  const format = useFormat();
  return (
    <div className={`why-line ${total ? "total" : ""}`}>
      <span className={total ? "m" : ""}>{t(word)}</span>
      <span className="grow mute el" title={typeof why === "string" ? why : undefined}>
        {why}
      </span>
      <span className={`tn ${total ? "b" : ""} ${result < 0 && total ? "bad" : ""}`}>
        {result < 0 ? withSign(result, format.number) : format.number(result)}
      </span>
    </div>
  );
}

/** The fixed rules between what is available and what a channel is told. */
function Wanted({ available, listing }: { readonly available: number; readonly listing: Listing }) {
  const t = useT();
  const { wanted } = listing;
  const floor = Math.max(available, 0);
  return (
    <>
      {available < 0 && <Line word="stock.never_below" why={t("stock.never_below_why")} result={floor} />}
      {wanted !== null && wanted < floor && (
        <Line word="stock.most_taken" why={t("stock.most_taken_why")} result={wanted} />
      )}
      {wanted !== null && <Line word="stock.wanted" why="" result={wanted} total />}
    </>
  );
}

function Sent({ listing, onPushes }: { readonly listing: Listing; readonly onPushes: () => void }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const when = (moment: string) =>
    now - Date.parse(moment) < 20 * 3_600_000 ? format.time(moment) : format.date(moment, now);
  const parts = [
    listing.sent_at && t("stock.sent_at", { time: when(listing.sent_at) }),
    listing.acked_at && t("stock.accepted_at", { time: when(listing.acked_at) }),
    listing.observed_at && t("stock.read_at", { time: when(listing.observed_at) }),
  ].filter(Boolean);
  return (
    <div className="fx g6 t12" style={{ marginTop: 8 }}>
      <Mark state={listing.state} />
      <span className="tn">{parts.length > 0 ? parts.join(", ") : t(lookOf(listing.state).word)}</span>
      <button type="button" className="sp link" onClick={onPushes}>
        {t("stock.push_log")}
      </button>
    </div>
  );
}

interface FaceLineProps {
  readonly face: Face;
  readonly listing: Listing | undefined;
  readonly onFace: (face: Face) => void;
}

function FaceLine({ face, listing, onFace }: FaceLineProps) {
  const t = useT();
  if (!listing) return null;
  return (
    <button type="button" className="face-line" onClick={() => onFace(face)}>
      <Glyph channel={face.channel} small />
      <span className="m">{face.word}</span>
      <span className="grow mute el">{t(lookOf(listing.state).word)}</span>
      <span className="cell tn">
        <Counts listing={listing} />
        <Mark state={listing.state} hidden />
      </span>
    </button>
  );
}
