/** Beside the grid: why this number, the ledger, what was sent, and the listing itself. */
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useState } from "react";
import { type Listing, mapListing, Problem, useDesk } from "../api/index";
import { useT, type WordKey } from "../i18n/index";
import { Button, Copy, Glyph, IconButton, Picture, toast } from "../ui/index";
import type { Face } from "./columns";
import { Ledger } from "./ledger";
import type { Variant } from "./model";
import { Pushes } from "./pushes";
import { Why } from "./why";

const TABS = ["why", "ledger", "pushes", "listing"] as const;
type Tab = (typeof TABS)[number];

const tabWords: Readonly<Record<Tab, WordKey>> = {
  why: "stock.tab_why",
  ledger: "stock.tab_ledger",
  pushes: "stock.tab_pushes",
  listing: "stock.tab_listing",
};

interface DrawerProps {
  readonly variant: Variant;
  readonly faces: readonly Face[];
  /** The connection whose cell the cursor is on. */
  readonly face: Face | null;
  readonly onFace: (face: Face) => void;
  readonly onStep: (by: 1 | -1) => void;
  readonly onClose: () => void;
}

export function Drawer({ variant, faces, face, onFace, onStep, onClose }: DrawerProps) {
  const t = useT();
  const [tab, setTab] = useState<Tab>("why");
  const listed = faces.filter(({ id }) => variant.listings.has(id));
  const chosen = listed.find(({ id }) => id === face?.id) ?? null;
  const shown = chosen ?? listed[0] ?? null;
  const listing = shown ? variant.listings.get(shown.id) : undefined;
  return (
    <aside className="drw" aria-label={variant.title}>
      <div className="bar" style={{ padding: "0 12px 0 16px" }}>
        <Picture of={variant.picture} size={28} />
        <div className="grow" style={{ lineHeight: 1.25 }}>
          <div className="m el">{variant.title || variant.sku}</div>
          <div className="t11 mute id">{variant.sku}</div>
        </div>
        <IconButton icon={ChevronUp} label={t("stock.previous")} onClick={() => onStep(-1)} />
        <IconButton icon={ChevronDown} label={t("stock.next")} onClick={() => onStep(1)} />
        <IconButton icon={X} label={t("stock.close")} onClick={onClose} />
      </div>
      <div className="sub tabs" role="tablist">
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            aria-selected={tab === each}
            className={`tab ${tab === each ? "on" : ""}`}
            onClick={() => setTab(each)}
          >
            {t(tabWords[each])}
          </button>
        ))}
      </div>
      {(tab === "pushes" || tab === "listing") && <Faces faces={listed} shown={shown} onFace={onFace} />}
      <div className="drw-body" role="tabpanel" aria-label={t(tabWords[tab])}>
        {tab === "why" && (
          <>
            <Why
              variant={variant}
              faces={listed}
              face={chosen}
              onFace={onFace}
              onPushes={() => setTab("pushes")}
            />
            <Ledger variant={variant.id} few onAll={() => setTab("ledger")} />
          </>
        )}
        {tab === "ledger" && <Ledger variant={variant.id} />}
        {tab === "pushes" && <Pushes listing={listing?.id ?? null} />}
        {tab === "listing" &&
          (listing && shown ? <Facts listing={listing} name={shown.word} /> : <Nowhere />)}
      </div>
    </aside>
  );
}

interface FacesProps {
  readonly faces: readonly Face[];
  readonly shown: Face | null;
  readonly onFace: (face: Face) => void;
}

function Faces({ faces, shown, onFace }: FacesProps) {
  if (faces.length < 2) return null;
  return (
    <div className="fx g4 wrap" style={{ padding: "10px 16px 0" }}>
      {faces.map((each) => (
        <Button
          key={each.id}
          quiet
          className={each.id === shown?.id ? "on" : ""}
          aria-pressed={each.id === shown?.id}
          onClick={() => onFace(each)}
        >
          <Glyph channel={each.channel} small />
          {each.word}
        </Button>
      ))}
    </div>
  );
}

function Nowhere() {
  const t = useT();
  return (
    <p className="mute t12" style={{ padding: 16 }}>
      {t("stock.on_no_channel")}
    </p>
  );
}

function Facts({ listing, name }: { readonly listing: Listing; readonly name: string }) {
  const t = useT();
  const { queries } = useDesk();
  const unlink = () => {
    const before = listing.variant_id;
    mapListing(queries, listing.id, null).then(
      () =>
        toast(t("stock.unlinked_done"), {
          undo: () => void mapListing(queries, listing.id, before),
          undoWord: t("act.undo"),
        }),
      (failure: unknown) =>
        toast(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed"), {
          bad: true,
        }),
    );
  };
  const facts: readonly (readonly [WordKey, string])[] = [
    ["stock.from_sku", listing.external_sku],
    ["stock.from_id", listing.external_id],
    ["stock.listing_state", listing.listing_state],
    ["stock.fulfilment", listing.fulfilment],
    ["stock.link_by", listing.evidence],
  ];
  return (
    <div style={{ padding: 16 }}>
      {listing.title && <div style={{ marginBottom: 10 }}>{listing.title}</div>}
      <dl className="kv" style={{ gridTemplateColumns: "112px 1fr" }}>
        {facts
          .filter(([, value]) => value)
          .map(([word, value]) => (
            <div key={word} style={{ display: "contents" }}>
              <dt>{t(word)}</dt>
              <dd>
                <span className="el id">{value}</span>
                {word !== "stock.fulfilment" && word !== "stock.listing_state" && (
                  <Copy text={value} label={t("state.copy_code")} />
                )}
              </dd>
            </div>
          ))}
      </dl>
      <div className="fx g8 wrap" style={{ marginTop: 16 }}>
        {/^https?:\/\//.test(listing.url) && (
          <a className="link t12" href={listing.url} target="_blank" rel="noreferrer">
            {t("stock.open_there", { name })}
          </a>
        )}
        <Button className="d" onClick={unlink}>
          {t("stock.unlink")}
        </Button>
      </div>
      <p className="mute t12" style={{ marginTop: 8 }}>
        {t("stock.unlink_cost")}
      </p>
    </div>
  );
}
