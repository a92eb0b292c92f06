/** The way back in the line that says what was merged or split; gone once it was taken. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { asc, type Message, messagesQuery, undoMerge, undoneIn } from "../api/index";
import { useT } from "../i18n/index";
import { Button, toast } from "../ui/index";
import { problemWords } from "./acts";

const DONE = new Set(["merged", "split", "customers_merged"]);

export function UndoMerge({ message }: { readonly message: Message }) {
  const t = useT();
  const { data } = useInfiniteQuery({ ...messagesQuery(message.conversation_id), enabled: false });
  const merge = message.event?.detail.merge;
  if (typeof merge !== "string" || !DONE.has(message.event?.code ?? "")) return null;
  if (undoneIn(asc(data?.pages ?? [])).has(merge)) return null;
  const undo = () =>
    void undoMerge(merge).catch((failure: unknown) =>
      toast(problemWords(failure, t("state.server_failed")), { bad: true }),
    );
  return (
    <Button quiet onClick={undo}>
      {t("act.undo")}
    </Button>
  );
}
