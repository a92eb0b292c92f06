/** Listings without a variant: one sentence, then each with its guess and a choice. */
import { useState } from "react";
import { type Listing, mapListing, Problem, useDesk } from "../api/index";
import { useT, type WordKey } from "../i18n/index";
import { Button, Glyph, Menu, toast } from "../ui/index";
import { MakeVariants } from "./make-variants";
import type { Variant } from "./model";

interface UnlinkedProps {
  readonly listings: readonly Listing[];
  readonly variants: readonly Variant[];
}

export function Unlinked({ listings, variants }: UnlinkedProps) {
  const t = useT();
  if (listings.length === 0) return <p className="blank mute">{t("stock.all_linked")}</p>;
  return (
    <div className="rows">
      <div style={{ padding: "16px 16px 12px" }}>
        <div className="t16 b">{t("stock.unlinked_title", { count: listings.length })}</div>
        <div className="mute" style={{ marginTop: 3 }}>
          {t("stock.unlinked_text")}
        </div>
      </div>
      <MakeVariants listings={listings} variants={variants} />
      {listings.map((listing) => (
        <Line key={listing.id} listing={listing} variants={variants} />
      ))}
    </div>
  );
}

const evidences: Readonly<Record<string, WordKey>> = {
  sku: "stock.evidence_sku",
  barcode: "stock.evidence_barcode",
  title: "stock.evidence_title",
};

function Line({ listing, variants }: { readonly listing: Listing; readonly variants: readonly Variant[] }) {
  const t = useT();
  const { queries } = useDesk();
  const [busy, setBusy] = useState(false);
  const guess = variants.find(({ id }) => id === listing.variant_id);
  const link = async (variant: Variant) => {
    setBusy(true);
    try {
      await mapListing(queries, listing.id, variant.id);
      toast(t("stock.linked_done", { sku: variant.sku }), {
        undo: () => void mapListing(queries, listing.id, null),
        undoWord: t("act.undo"),
      });
    } catch (failure) {
      const cause = failure instanceof Problem ? failure.detail : "";
      toast(cause || t("state.server_failed"), { bad: true });
    }
    setBusy(false);
  };
  const evidence = Object.hasOwn(evidences, listing.evidence) ? evidences[listing.evidence] : undefined;
  return (
    <div
      className="fx g12"
      style={{ minHeight: 52, padding: "4px 16px", borderTop: "1px solid var(--line)" }}
    >
      <Glyph channel={listing.channel} />
      <div className="grow" style={{ lineHeight: 1.3 }}>
        <div className="el">{listing.title || listing.external_sku || listing.external_id}</div>
        <div className="t12 mute el">
          {[
            listing.external_sku,
            guess
              ? t("stock.suggested", { sku: guess.sku, evidence: evidence ? t(evidence) : listing.evidence })
              : t("stock.no_guess"),
          ]
            .filter(Boolean)
            .join(" · ")}
        </div>
      </div>
      {guess && (
        <Button disabled={busy} onClick={() => void link(guess)}>
          {t("stock.confirm_link")} {guess.sku}
        </Button>
      )}
      <Menu
        label={t("stock.choose_variant")}
        width={320}
        entries={variants.map((variant) => ({
          label: variant.title || variant.sku,
          hint: variant.sku,
          run: () => void link(variant),
        }))}
      >
        {(button) => (
          <button type="button" className="btn q" disabled={busy} {...button}>
            {t("stock.choose_variant")}
          </button>
        )}
      </Menu>
    </div>
  );
}
