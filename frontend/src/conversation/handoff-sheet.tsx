/** Handing a conversation over: to whom, why, what was promised, a word to them. The draft goes along by itself. */
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import {
  type Brief,
  briefQuery,
  type Conversation,
  type HandoffReason,
  type NewPromise,
  offerHandoff,
  Problem,
  type PromiseKind,
  promisesQuery,
  useDesk,
  useDraft,
  useMe,
} from "../api/index";
import { useT, useZone } from "../i18n/index";
import { momentIn } from "../lib/index";
import { Button, Dialog, IconButton, toast } from "../ui/index";
import { PromiseRows } from "./brief";
import { keepDraft } from "./kept-draft";

const REASONS: readonly HandoffReason[] = ["shift", "skill", "language", "decision", "load", "other"];
const KINDS: readonly PromiseKind[] = ["refund", "replacement", "send", "reply", "other"];
const RETURNS_S = [1_800, 7_200, 28_800] as const;

interface SheetProps {
  readonly row: Conversation;
  readonly onClose: () => void;
}

export default function HandoffSheet({ row, onClose }: SheetProps) {
  const t = useT();
  const { data: brief } = useQuery(briefQuery(row.id));
  return (
    <Dialog label={t("handoff.title")} onClose={onClose}>
      <div className="pop sheet handing">
        <h2 className="t16 b">{t("handoff.title_of", { name: row.customer.name || `#${row.number}` })}</h2>
        <p className="t12 mute">{t("handoff.explain")}</p>
        <Form row={row} found={brief?.promised.filter((each) => each.found) ?? []} onClose={onClose} />
      </div>
    </Dialog>
  );
}

interface Written extends NewPromise {
  readonly key: number;
}

interface FormProps extends SheetProps {
  readonly found: Brief["promised"];
}

function Form({ row, found, onClose }: FormProps) {
  const t = useT();
  const [to, setTo] = useState("");
  const [reason, setReason] = useState<HandoffReason>("shift");
  const [note, setNote] = useState("");
  const [back, setBack] = useState("");
  const [taken, setTaken] = useState<readonly string[]>([]);
  const [written, setWritten] = useState<readonly Written[]>([]);
  const { problem, busy, offer } = useOffer(row, onClose);
  const draft = useDraft(row.id, "reply");
  const send = () => {
    const [kind, id] = to.split(" ");
    if (!id || busy) return;
    const read = found.filter(({ text }) => taken.includes(text)).map(asNew);
    offer({
      ...(kind === "team" ? { to_team_id: id } : { to_member_id: id }),
      reason,
      note: note.trim(),
      promises: [...read, ...written.map(({ key: _, ...each }) => each)],
      ...(back ? { return_after_s: Number(back) } : {}),
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
  };
  return (
    <form
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="pair">
        <Receiver to={to} onTo={setTo} />
        <label className="lab">
          {t("handoff.reason")}
          <span className="fld">
            <select value={reason} onChange={(event) => setReason(event.target.value as HandoffReason)}>
              {REASONS.map((each) => (
                <option key={each} value={each}>
                  {t(`handoff.reason.${each}`)}
                </option>
              ))}
            </select>
          </span>
        </label>
      </div>
      <label className="lab">
        {t("handoff.note")}
        <textarea
          rows={2}
          maxLength={4000}
          value={note}
          placeholder={t("handoff.note_hint")}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <OnRecord row={row} />
      <Found found={found} taken={taken} onTaken={setTaken} />
      <NewPromises written={written} onWritten={setWritten} />
      <label className="lab back">
        {t("handoff.return")}
        <span className="fld">
          <select value={back} onChange={(event) => setBack(event.target.value)}>
            <option value="">{t("handoff.return_never")}</option>
            {RETURNS_S.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds < 3600
                  ? t("handoff.return_minutes", { count: seconds / 60 })
                  : t("handoff.return_hours", { count: seconds / 3600 })}
              </option>
            ))}
          </select>
        </span>
      </label>
      {draft?.text && <p className="t12 mute">{t("handoff.draft_goes")}</p>}
      {problem && (
        <p className="bad t12" role="alert">
          {problem}
        </p>
      )}
      <div className="fx g8">
        <span className="sp" />
        <Button large onClick={onClose}>
          {t("act.cancel")}
        </Button>
        <Button large primary type="submit" keys="mod+enter" disabled={!to || busy}>
          {t("act.hand_over")}
        </Button>
      </div>
    </form>
  );
}

const asNew = ({ text, kind, due_at, message_id }: Brief["promised"][number]): NewPromise => ({
  text,
  kind,
  due_at,
  ...(message_id ? { message_id } : {}),
});

/** What stands in the composer is on the server before the offer is made, so that it goes along. */
function useOffer(row: Conversation, onClose: () => void) {
  const t = useT();
  const { queries } = useDesk();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const offer = (handoff: Parameters<typeof offerHandoff>[2]) => {
    setBusy(true);
    keepDraft(row.id)
      .then(() => offerHandoff(queries, row.id, handoff))
      .then(({ to_member, to_team }) => {
        toast(t("handoff.offered", { to: (to_member ?? to_team)?.name ?? "" }));
        onClose();
      })
      .catch((failure: unknown) => {
        setBusy(false);
        setProblem(wordsOf(failure) || t("state.server_failed"));
      });
  };
  return { problem, busy, offer };
}

function wordsOf(failure: unknown): string {
  if (!(failure instanceof Problem)) return "";
  const { fix } = failure.more;
  return [failure.detail, typeof fix === "string" ? fix : ""].filter(Boolean).join(". ");
}

function Receiver({ to, onTo }: { readonly to: string; readonly onTo: (to: string) => void }) {
  const t = useT();
  const { members, member, teams } = useMe();
  const others = members.filter(({ id, role }) => id !== member.id && role !== "stock");
  return (
    <label className="lab">
      {t("handoff.to")}
      <span className="fld">
        <select value={to} onChange={(event) => onTo(event.target.value)}>
          <option value="">{t("handoff.choose")}</option>
          <optgroup label={t("assign.person")}>
            {others.map(({ id, name }) => (
              <option key={id} value={`member ${id}`}>
                {name}
              </option>
            ))}
          </optgroup>
          {teams.length > 0 && (
            <optgroup label={t("assign.team")}>
              {teams.map(({ id, name }) => (
                <option key={id} value={`team ${id}`}>
                  {name}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </span>
    </label>
  );
}

function OnRecord({ row }: { readonly row: Conversation }) {
  const t = useT();
  const { data: promises = [] } = useQuery(promisesQuery(row.id));
  const owed = promises.filter(({ settled_at }) => settled_at === null);
  if (owed.length === 0) return null;
  return (
    <>
      <h3 className="h">{t("handoff.promises_on_record")}</h3>
      <PromiseRows promises={owed} found={[]} />
    </>
  );
}

interface FoundProps {
  readonly found: Brief["promised"];
  readonly taken: readonly string[];
  readonly onTaken: (taken: readonly string[]) => void;
}

/** Nothing read out of a text is a promise before somebody says so. */
function Found({ found, taken, onTaken }: FoundProps) {
  const t = useT();
  if (found.length === 0) return null;
  return (
    <fieldset className="found-in-text">
      <legend className="h">{t("handoff.promises_found")}</legend>
      {found.map(({ text }) => (
        <label key={text} className="fx g8">
          <input
            type="checkbox"
            checked={taken.includes(text)}
            onChange={({ target }) =>
              onTaken(target.checked ? [...taken, text] : taken.filter((each) => each !== text))
            }
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface NewPromisesProps {
  readonly written: readonly Written[];
  readonly onWritten: (written: readonly Written[]) => void;
}

function NewPromises({ written, onWritten }: NewPromisesProps) {
  const t = useT();
  const zone = useZone((state) => state.zone);
  const count = useRef(0);
  const [text, setText] = useState("");
  const [kind, setKind] = useState<PromiseKind>("refund");
  const [due, setDue] = useState("");
  const add = (event?: FormEvent) => {
    event?.preventDefault();
    if (!text.trim()) return;
    count.current += 1;
    onWritten([...written, { key: count.current, text: text.trim(), kind, due_at: momentIn(due, zone) }]);
    setText("");
    setDue("");
  };
  return (
    <fieldset>
      <legend className="h">{t("handoff.promise_new")}</legend>
      {written.map((each) => (
        <div key={each.key} className="fx g8">
          <span className="grow">{each.text}</span>
          <IconButton
            icon={X}
            label={t("handoff.promise_drop", { text: each.text })}
            onClick={() => onWritten(written.filter(({ key }) => key !== each.key))}
          />
        </div>
      ))}
      <div className="fx g8 wrap">
        <label className="fld grow">
          <input
            value={text}
            maxLength={500}
            aria-label={t("promise.text")}
            placeholder={t("promise.text_hint")}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) add(event);
            }}
          />
        </label>
        <label className="fld">
          <select
            value={kind}
            aria-label={t("promise.kind")}
            onChange={(event) => setKind(event.target.value as PromiseKind)}
          >
            {KINDS.map((each) => (
              <option key={each} value={each}>
                {t(`promise.kind.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="fld">
          <input
            type="datetime-local"
            value={due}
            aria-label={t("promise.due")}
            onChange={(event) => setDue(event.target.value)}
          />
        </label>
        <Button icon={Plus} disabled={!text.trim()} onClick={() => add()}>
          {t("promise.add")}
        </Button>
      </div>
    </fieldset>
  );
}
