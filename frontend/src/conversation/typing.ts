/** Telling the others: who looks, who replies, who types. Notes tell nobody. */
import { useCallback, useEffect, useRef } from "react";
import { type Mode, useDesk, useHasDraft } from "../api/index";

const TYPING_EVERY_MS = 3_000;

/** At most one word about typing in three seconds. */
export function useTypingNews(conversation: string, mode: Mode): () => void {
  const { live } = useDesk();
  const told = useRef(0);
  return useCallback(() => {
    if (mode !== "reply" || Date.now() - told.current < TYPING_EVERY_MS) return;
    told.current = Date.now();
    live.type(conversation);
  }, [live, conversation, mode]);
}

export function useViewingNews(conversation: string): void {
  const { live } = useDesk();
  const replying = useHasDraft(conversation, "reply");
  useEffect(() => {
    const tell = () => live.view(document.visibilityState === "visible" ? conversation : null, replying);
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [live, conversation, replying]);
  useEffect(() => () => live.view(null, false), [live]);
}
