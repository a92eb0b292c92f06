/** Says at once what became of an offer of this member's, that something was handed to them, and that a note names them. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { countsQuery, givenQuery, type Handoff, type HandoffState, useDesk } from "../api/index";
import { fetchDraft } from "../conversation/index";
import { useT, type WordKey } from "../i18n/index";
import { toast } from "../ui/index";

const said: Readonly<Partial<Record<HandoffState, WordKey>>> = {
  accepted: "handoff.was_taken",
  declined: "handoff.was_declined",
  returned: "handoff.was_returned",
};

export function HandoffNews({ onGo }: { readonly onGo: (path: string) => void }) {
  const t = useT();
  const { data: given } = useQuery(givenQuery);
  const { data: counts } = useQuery(countsQuery);
  const { live } = useDesk();
  const known = useRef<ReadonlyMap<string, HandoffState> | null>(null);
  useEffect(() => {
    if (!given) return;
    for (const row of given) {
      const before = known.current?.get(row.id);
      const word = said[row.state];
      if (before === undefined || before === row.state || !word) continue;
      fetchDraft(row.conversation.id, live.cursor, true).catch(() => undefined);
      toast(t(word, { who: whoOf(row), what: nameOf(row), why: row.answer ? `: ${row.answer}` : "" }));
    }
    known.current = new Map(given.map(({ id, state }) => [id, state]));
  }, [given, live, t]);
  useGrowth(counts?.handed, (count) =>
    toast(t("handoff.for_you", { count }), {
      undo: () => onGo("/inbox?queue=handed"),
      undoWord: t("handoff.look"),
    }),
  );
  useGrowth(counts?.mentions, (count) =>
    toast(t("mention.for_you", { count }), {
      undo: () => onGo("/inbox?queue=mentions"),
      undoWord: t("handoff.look"),
    }),
  );
  return null;
}

/** Says it when there is more than before, not when the page opens. */
function useGrowth(now: number | undefined, say: (count: number) => void): void {
  const before = useRef<number | null>(null);
  const latest = useRef(say);
  useEffect(() => {
    latest.current = say;
  });
  useEffect(() => {
    if (now === undefined) return;
    if (before.current !== null && now > before.current) latest.current(now);
    before.current = now;
  }, [now]);
}

const nameOf = ({ conversation }: Handoff): string =>
  conversation.customer || conversation.subject || `#${conversation.number}`;

const whoOf = ({ taken_by, to_member, to_team }: Handoff): string =>
  (taken_by ?? to_member ?? to_team)?.name.split(" ")[0] ?? "";
