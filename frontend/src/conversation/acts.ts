/** Acts on a conversation with their way back: assign, close, reopen. */
import { useMemo } from "react";
import {
  type Conversation,
  type ConversationPatch,
  Problem,
  patchConversation,
  useDesk,
  useMe,
} from "../api/index";
import { useT } from "../i18n/index";
import { toast } from "../ui/index";
import { askAboutPromises } from "./owed-question";

export interface ConversationActs {
  close(row: Conversation): void;
  reopen(row: Conversation): void;
  /** Until a moment, or until the customer writes. */
  snooze(row: Conversation, until: string): void;
  assign(row: Conversation, member: string | null): void;
  assignTeam(row: Conversation, team: string | null): void;
  /** Begins to follow, or ceases when that member does already. */
  follow(row: Conversation, member: string): void;
}

export function useConversationActs(): ConversationActs {
  const { queries } = useDesk();
  const { member, members, teams } = useMe();
  const t = useT();
  return useMemo(() => {
    const change = (row: Conversation, patch: ConversationPatch, back: ConversationPatch, said: string) => {
      const fail = (failure: unknown) => {
        if (askAboutPromises(row, failure)) return;
        const cause =
          failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed");
        toast(cause, { bad: true });
      };
      const undo = () => void patchConversation(queries, row.id, back).catch(fail);
      toast(said, { undo, undoWord: t("act.undo") });
      patchConversation(queries, row.id, patch).catch(fail);
    };
    const nameOf = (row: Conversation) => row.customer.name || `#${row.number}`;
    return {
      close: (row) => change(row, { status: "closed" }, backOf(row), t("done.closed", { name: nameOf(row) })),
      reopen: (row) =>
        change(row, { status: "open" }, backOf(row), t("done.reopened", { name: nameOf(row) })),
      snooze: (row, until) => {
        change(
          row,
          { status: "snoozed", snoozed_until: until },
          backOf(row),
          t("done.snoozed", { name: nameOf(row) }),
        );
      },
      assign: (row, id) => {
        const who = id === member.id ? t("assign.you") : (members.find((each) => each.id === id)?.name ?? "");
        const said = id ? t("done.assigned", { name: who }) : t("done.unassigned");
        change(row, { assignee_id: id }, { assignee_id: row.assignee_id }, said);
      },
      assignTeam: (row, id) => {
        const said = t("done.assigned", { name: teams.find((each) => each.id === id)?.name ?? "" });
        change(row, { team_id: id }, { team_id: row.team_id }, said);
      },
      follow: (row, id) => {
        const follows = row.follower_ids.includes(id);
        const who = id === member.id ? t("assign.you") : (members.find((each) => each.id === id)?.name ?? "");
        const [patch, back] = [{ follow: [id] }, { unfollow: [id] }];
        if (follows) change(row, back, patch, t("done.unfollowed", { name: who }));
        else change(row, patch, back, t("done.followed", { name: who }));
      },
    };
  }, [queries, member, members, teams, t]);
}

/** A snoozed one goes back to its hour while that is still to come. */
function backOf({ status, snoozed_until }: Conversation): ConversationPatch {
  if (status !== "snoozed") return { status };
  const ahead = snoozed_until !== null && Date.parse(snoozed_until) > Date.now();
  return ahead ? { status, snoozed_until } : { status: "open" };
}

/** The server's own words, where it had any. */
export const problemWords = (failure: unknown, otherwise: string): string =>
  failure instanceof Problem && failure.detail ? failure.detail : otherwise;
