/** Over the talk while it changes hands: for whom it is meant the whole brief with Accept and Decline, for the others one line. */
import { useQuery } from "@tanstack/react-query";
import { ArrowRightLeft, ChevronDown, ChevronUp, Undo2 } from "lucide-react";
import { type FormEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  answerHandoff,
  type Conversation,
  type Handoff,
  handoffOfQuery,
  Problem,
  type Promised,
  promisesQuery,
  settlePromise,
  useDesk,
  useMe,
} from "../api/index";
import { type Command, useCommands } from "../commands/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { useNow, usePhone } from "../lib/index";
import { Avatar, Button, Icon, toast } from "../ui/index";
import { BriefFacts, PromiseRows } from "./brief";
import { fetchDraft } from "./kept-draft";

const NONE: readonly Promised[] = [];

/** The newest hand-off, and whether this member is meant. */
export function useHandoffOf(row: Conversation): {
  readonly handoff: Handoff | null;
  readonly forMe: boolean;
} {
  const { member, teams } = useMe();
  const { data } = useQuery(handoffOfQuery(row.id));
  const handoff = data?.[0] ?? null;
  const meant =
    handoff?.to_member?.id === member.id || teams.some(({ id, mine }) => mine && id === handoff?.to_team?.id);
  return { handoff, forMe: handoff?.state === "offered" && meant };
}

export function HandoffBand({ row }: { readonly row: Conversation }) {
  const { member } = useMe();
  const { handoff, forMe } = useHandoffOf(row);
  const { data: promises = NONE } = useQuery(promisesQuery(row.id));
  const owed = promises.filter(({ settled_at }) => settled_at === null);
  if (handoff && forMe) return <Offered row={row} handoff={handoff} owed={owed} />;
  if (handoff?.state === "offered") return <Waiting handoff={handoff} />;
  const taken = handoff?.state === "accepted" && handoff.taken_by?.id === member.id;
  if (handoff && taken && row.assignee_id === member.id && row.status === "open")
    return <Taken handoff={handoff} owed={owed} key={handoff.id} />;
  return owed.length > 0 ? (
    <section className="band slim">
      <Owed owed={owed} />
    </section>
  ) : null;
}

/** What was promised here, with the two ways it can end. */
function Owed({ owed }: { readonly owed: readonly Promised[] }) {
  const { queries } = useDesk();
  const fail = useFail();
  return (
    <PromiseRows
      promises={owed}
      found={[]}
      onSettle={(promise, state) => void settlePromise(queries, promise, state).catch(fail)}
    />
  );
}

function useFail(): (failure: unknown) => void {
  const t = useT();
  return useCallback(
    (failure) =>
      void toast(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed"), {
        bad: true,
      }),
    [t],
  );
}

interface OfferedProps {
  readonly row: Conversation;
  readonly handoff: Handoff;
  readonly owed: readonly Promised[];
}

function Offered({ row, handoff, owed }: OfferedProps) {
  const t = useT();
  const { members } = useMe();
  const [declining, setDeclining] = useState(false);
  const { accept, decline } = useAnswers(row, handoff);
  const commands = useMemo(
    (): readonly Command[] => [
      { id: "handoff.accept", word: "act.accept", group: "conversation", keys: ["a"], run: accept },
      {
        id: "handoff.decline",
        word: "act.decline",
        group: "conversation",
        keys: ["d"],
        run: () => setDeclining(true),
      },
    ],
    [accept],
  );
  useCommands(commands);
  const giver = members.find(({ id }) => id === handoff.giver?.id);
  return (
    <section className="band" aria-label={t("handoff.for_me")}>
      <div className="fx g12 wrap">
        {giver && <Avatar of={giver} size="l" />}
        <div className="grow">
          <h3 className="t16 b">{t("handoff.hands_you", { name: firstOf(handoff.giver) })}</h3>
          <Under handoff={handoff} />
        </div>
        <Button large keys="d" onClick={() => setDeclining(true)}>
          {t("act.decline")}
        </Button>
        <Button large primary keys="a" onClick={accept}>
          {t("act.accept")}
        </Button>
      </div>
      {declining && <Declining onDecline={decline} onLeave={() => setDeclining(false)} />}
      <Whole handoff={handoff} owed={owed} promisesWord="handoff.promises_taken" />
      {handoff.draft?.text && (
        <figure className="travels">
          <figcaption className="t12 mute">
            {t("handoff.draft_of", { name: firstOf(handoff.giver) })}
          </figcaption>
          {handoff.draft.text}
        </figure>
      )}
      <p className="t12 mute">{t("handoff.keeps", { name: firstOf(handoff.giver) })}</p>
    </section>
  );
}

/** Taken, the giver's words stand in the composer at once. */
function useAnswers(row: Conversation, handoff: Handoff) {
  const { queries, live } = useDesk();
  const fail = useFail();
  const busy = useRef(false);
  const accept = useCallback(() => {
    if (busy.current) return;
    busy.current = true;
    answerHandoff(queries, handoff.id, "accept")
      .then(() => fetchDraft(row.id, live.cursor, false))
      .catch(fail)
      .finally(() => {
        busy.current = false;
      });
  }, [queries, handoff.id, row.id, live, fail]);
  const decline = useCallback(
    (reason: string) => void answerHandoff(queries, handoff.id, "decline", reason).catch(fail),
    [queries, handoff.id, fail],
  );
  return { accept, decline };
}

function Under({ handoff }: { readonly handoff: Handoff }) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const parts = [
    format.ago(handoff.offered_at, now),
    t(`handoff.reason.${handoff.reason}`),
    handoff.bounces > 0 ? t("handoff.bounces", { count: handoff.bounces }) : "",
  ];
  return <div className="t12 mute">{parts.filter(Boolean).join(" · ")}</div>;
}

function Declining(props: { readonly onDecline: (reason: string) => void; readonly onLeave: () => void }) {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = (event: FormEvent) => {
    event.preventDefault();
    props.onDecline(field.current?.value.trim() ?? "");
  };
  return (
    <form className="fx g8 declining" onSubmit={send}>
      <label className="fld grow">
        <input
          ref={field}
          maxLength={500}
          placeholder={t("handoff.why_hint")}
          aria-label={t("handoff.why")}
          onKeyDown={(event) => {
            if (event.key === "Escape") props.onLeave();
          }}
        />
      </label>
      <Button large type="submit">
        {t("act.decline")}
      </Button>
    </form>
  );
}

interface WholeProps {
  readonly handoff: Handoff;
  readonly owed: readonly Promised[];
  readonly promisesWord: WordKey;
}

function Whole({ handoff, owed, promisesWord }: WholeProps) {
  const t = useT();
  const found = handoff.brief.promised.filter((each) => each.found);
  return (
    <>
      <BriefFacts brief={handoff.brief} />
      {owed.length + found.length > 0 && <h4 className="h">{t(promisesWord)}</h4>}
      <PromiseRows promises={owed} found={found} />
      <Words handoff={handoff} />
    </>
  );
}

function Words({ handoff }: { readonly handoff: Handoff }) {
  const t = useT();
  if (!handoff.note) return null;
  return (
    <>
      <h4 className="h">{t("handoff.words", { name: firstOf(handoff.giver) })}</h4>
      <p className="said">{handoff.note}</p>
    </>
  );
}

/** Still at hand after it was taken, folded to one line by the reader. */
function Taken({ handoff, owed }: { readonly handoff: Handoff; readonly owed: readonly Promised[] }) {
  const t = useT();
  const { queries } = useDesk();
  const fail = useFail();
  const phone = usePhone();
  const [open, setOpen] = useState(!phone);
  return (
    <section className={`band ${open ? "" : "slim"}`} aria-label={t("handoff.brief")}>
      <div className="fx g8 wrap">
        <Icon of={ArrowRightLeft} size="s" className="mute" />
        <span className="grow t12 nw">{t("handoff.you_took", { name: firstOf(handoff.giver) })}</span>
        <Button
          quiet
          icon={Undo2}
          onClick={() => void answerHandoff(queries, handoff.id, "return").catch(fail)}
        >
          {t("act.give_back")}
        </Button>
        <Button
          quiet
          icon={open ? ChevronUp : ChevronDown}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {t(open ? "handoff.fold" : "handoff.unfold")}
        </Button>
      </div>
      {open && (
        <>
          <BriefFacts brief={handoff.brief} />
          <Words handoff={handoff} />
        </>
      )}
      <Owed owed={owed} />
    </section>
  );
}

/** Somebody else is asked: to whom it goes, and the giver's way back. */
function Waiting({ handoff }: { readonly handoff: Handoff }) {
  const t = useT();
  const { member } = useMe();
  const { queries } = useDesk();
  const fail = useFail();
  const to = handoff.to_member ? firstOf(handoff.to_member) : (handoff.to_team?.name ?? "");
  const own = handoff.giver?.id === member.id;
  return (
    <section className="band slim">
      <div className="fx g8">
        <Icon of={ArrowRightLeft} size="s" className="mute" />
        <span className="grow t12">
          {own ? t("handoff.waits", { to }) : t("handoff.waits_for", { name: firstOf(handoff.giver), to })}
        </span>
        {own && (
          <Button quiet onClick={() => void answerHandoff(queries, handoff.id, "withdraw").catch(fail)}>
            {t("act.withdraw")}
          </Button>
        )}
      </div>
    </section>
  );
}

const firstOf = (person: { readonly name: string } | null): string =>
  person?.name.split(" ")[0] ?? "Onecounter";
