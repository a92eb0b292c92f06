/** The end of a shift: all of mine to a colleague or a team, shown first, done then. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { endShift, Problem, type ShiftItem, useMe } from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { Button, Dialog, Glyph, toast } from "../ui/index";

export default function ShiftEndSheet({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const { members, member, teams } = useMe();
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState("");
  const [kind, id = ""] = to.split(" ");
  const receiver = kind === "team" ? { to_team_id: id } : { to_member_id: id };
  const preview = useQuery({
    queryKey: ["shift-end", to],
    queryFn: () => endShift({ ...receiver, note: "", dry_run: true }),
    enabled: id !== "",
    staleTime: 0,
  });
  const done = () => {
    endShift({ ...receiver, note: note.trim(), dry_run: false })
      .then(({ given, asked }) => {
        toast(t("shift.done", { given: given.length, asked: asked.length }));
        void queries.invalidateQueries({ queryKey: ["conversations"] });
        void queries.invalidateQueries({ queryKey: ["handoffs"] });
        onClose();
      })
      .catch((failure: unknown) =>
        setProblem(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed")),
      );
  };
  const own = (event: KeyboardEvent) => event.stopPropagation();
  return (
    <Dialog label={t("shift.end")} onClose={onClose}>
      <form
        className="pop sheet handing"
        onKeyDown={own}
        onSubmit={(event) => {
          event.preventDefault();
          if (id) done();
        }}
      >
        <h2 className="t16 b">{t("shift.end")}</h2>
        <p className="t12 mute">{t("shift.explain")}</p>
        <label className="lab">
          {t("handoff.to")}
          <span className="fld">
            <select value={to} onChange={(event) => setTo(event.target.value)}>
              <option value="">{t("handoff.choose")}</option>
              <optgroup label={t("assign.team")}>
                {teams.map((each) => (
                  <option key={each.id} value={`team ${each.id}`}>
                    {each.name}
                  </option>
                ))}
              </optgroup>
              <optgroup label={t("assign.person")}>
                {members
                  .filter((each) => each.id !== member.id && each.role !== "stock")
                  .map((each) => (
                    <option key={each.id} value={`member ${each.id}`}>
                      {each.name}
                    </option>
                  ))}
              </optgroup>
            </select>
          </span>
        </label>
        <label className="lab">
          {t("handoff.note")}
          <textarea
            rows={2}
            maxLength={4000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        <Part word="shift.given" items={preview.data?.given ?? []} />
        <Part word="shift.asked" items={preview.data?.asked ?? []} />
        <Part word="shift.offered" items={preview.data?.offered ?? []} />
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
          <Button large primary type="submit" disabled={!preview.data}>
            {t("shift.hand_over")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Part({ word, items }: { readonly word: WordKey; readonly items: readonly ShiftItem[] }) {
  const t = useT();
  const format = useFormat();
  if (items.length === 0) return null;
  return (
    <section>
      <h3 className="h">{t(word, { count: items.length })}</h3>
      {items.map(({ conversation, next_due_at: due }) => (
        <div key={conversation.id} className="fx g8 t12 outcome">
          <Glyph channel={conversation.channel} small />
          <span className="grow el">{conversation.customer || conversation.subject}</span>
          <span className="mute nw">{due ? format.time(due) : ""}</span>
        </div>
      ))}
    </section>
  );
}
