/** Who may be the same person, with what speaks for it; and who was merged before, with the way back. */
import { useQuery } from "@tanstack/react-query";
import { Check, Merge as MergeIcon, Minus } from "lucide-react";
import { useState } from "react";
import {
  keepApart,
  type Merge,
  mergeCustomers,
  mergesQuery,
  Problem,
  type Suggestion,
  suggestionsQuery,
  undoMerge,
} from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { useNow } from "../lib/index";
import { Button, Glyph, Icon, toast } from "../ui/index";
import { linesOf } from "./handles";

const words: Readonly<Record<Suggestion["evidence"][number]["kind"], WordKey>> = {
  email: "same.email",
  phone: "same.phone",
  order: "same.order",
  address: "same.address",
  name: "same.name",
};

/** Says what failed in the server's own words. */
function useAct(): (act: () => Promise<unknown>) => Promise<boolean> {
  const t = useT();
  return async (act) => {
    try {
      await act();
      return true;
    } catch (failure) {
      const cause = failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed");
      toast(cause, { bad: true });
      return false;
    }
  };
}

export function SamePerson({ id }: { readonly id: string }) {
  const { data: suggestions = [] } = useQuery(suggestionsQuery(id));
  const { data: merges = [] } = useQuery(mergesQuery(id));
  const first = suggestions[0];
  return (
    <>
      {first && <Card key={first.customer.id} id={id} suggestion={first} count={suggestions.length} />}
      {merges.length > 0 && <Before merges={merges} />}
    </>
  );
}

interface CardProps {
  readonly id: string;
  readonly suggestion: Suggestion;
  readonly count: number;
}

function Card({ id, suggestion, count }: CardProps) {
  const t = useT();
  const act = useAct();
  const [busy, setBusy] = useState(false);
  const { customer, evidence, clashes } = suggestion;
  const name = customer.name || t("customer.unnamed");
  const undo = (merge: string) => () => void act(() => undoMerge(merge));
  const run = async (what: () => Promise<unknown>) => {
    setBusy(true);
    await act(what);
    setBusy(false);
  };
  const merge = () =>
    run(async () => {
      const kinds = [...new Set(clashes.map(({ kind }) => kind))];
      const done = await mergeCustomers(id, customer.id, kinds);
      toast(t("same.merged", { name }), { undo: undo(done.id), undoWord: t("act.undo") });
    });
  return (
    <section className="sec same" aria-label={t("same.title")}>
      <div className="h">
        {t("same.title")}
        {count > 1 && <span className="sp mute t11">1 / {count}</span>}
      </div>
      <div className="ln">
        <span className="b grow el">{name}</span>
        {linesOf(customer.handles).map(({ text, channel, drawing }) => (
          <span key={text} title={text} className="fx">
            <Glyph channel={channel} otherwise={drawing} small />
          </span>
        ))}
      </div>
      <ul className="why">
        {evidence.map(({ kind, value }) => (
          <li key={`${kind} ${value}`}>
            <Icon of={Check} className="yes" />
            <span>
              {t(words[kind])} <span className="mute">{shown(kind, value)}</span>
            </span>
          </li>
        ))}
        {clashes.map(({ kind, one, other }) => (
          <li key={`${kind} ${one} ${other}`}>
            <Icon of={Minus} className="no" />
            <span>
              {t("same.clash")} <span className="mute">{`${one}, ${other}`}</span>
            </span>
          </li>
        ))}
      </ul>
      <div className="fx g8">
        <Button icon={MergeIcon} disabled={busy} onClick={() => void merge()}>
          {t(clashes.length > 0 ? "same.merge_anyway" : "same.merge")}
        </Button>
        <Button quiet disabled={busy} onClick={() => void run(() => keepApart(id, customer.id))}>
          {t("same.not")}
        </Button>
      </div>
    </section>
  );
}

/** A name at a postcode is kept as one word; the end of a phone has its dots. */
function shown(kind: Suggestion["evidence"][number]["kind"], value: string): string {
  if (kind === "address") return (value.split("|")[1] ?? "").toUpperCase();
  return kind === "phone" ? `…${value}` : value;
}

function Before({ merges }: { readonly merges: readonly Merge[] }) {
  const t = useT();
  const act = useAct();
  const format = useFormat();
  const now = useNow();
  return (
    <section className="sec" aria-label={t("same.before")}>
      <div className="h">{t("same.before")}</div>
      {merges.map(({ id, names, at, by }) => (
        <div className="ln" key={id}>
          <span className="grow el">{names.filter(Boolean).join(", ") || t("customer.unnamed")}</span>
          <span className="mute t11">
            {[format.date(at, now), by?.split(" ")[0]].filter(Boolean).join(", ")}
          </span>
          <Button quiet onClick={() => void act(() => undoMerge(id))}>
            {t("act.undo")}
          </Button>
        </div>
      ))}
    </section>
  );
}
