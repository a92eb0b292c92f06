/** What can be merged into an open conversation, and what can be split from it, as entries of a menu. */
import { useQuery } from "@tanstack/react-query";
import { Merge as MergeIcon, Split } from "lucide-react";
import {
  type Conversation,
  contextQuery,
  type Merge,
  mergeConversations,
  splitThread,
  undoMerge,
} from "../api/index";
import { useT } from "../i18n/index";
import { type MenuEntry, toast } from "../ui/index";
import { problemWords } from "./acts";
import { useLabels } from "./route";

export function useMergeEntries(row: Conversation): readonly MenuEntry[] {
  const t = useT();
  const labelOf = useLabels();
  const { data: context } = useQuery(contextQuery(row.id));
  const fail = (failure: unknown) =>
    void toast(problemWords(failure, t("state.server_failed")), { bad: true });
  const run = (act: Promise<Merge>, said: string) =>
    void act.then(
      ({ id }) => toast(said, { undo: () => void undoMerge(id).catch(fail), undoWord: t("act.undo") }),
      fail,
    );
  const others = (context?.earlier ?? []).filter(({ status }) => status === "open" || status === "snoozed");
  const threads = context?.threads ?? [];
  const merges = others.map(({ id, number, subject, channel }) => ({
    label: subject || labelOf(channel) || `#${number}`,
    icon: MergeIcon,
    hint: `#${number}`,
    run: () => run(mergeConversations(row.id, [id]), t("merge.done", { number: `#${number}` })),
  }));
  const splits = threads.map((thread) => ({
    label: `${labelOf(thread.channel)}, ${thread.to ?? ""}`,
    icon: Split,
    run: () => run(splitThread(row.id, thread.id), t("merge.split_done")),
  }));
  return [
    ...(merges.length > 0 ? [{ heading: t("merge.title") }, ...merges] : []),
    ...(splits.length > 1 ? [{ heading: t("merge.split_title") }, ...splits] : []),
  ];
}
