/** The composer's words on the server: they survive another browser, and go along when the conversation changes hands. */
import { useEffect } from "react";
import { draftOf, type Mode, readDraft, type ServerDraft, saveDraft, useDesk, useDrafts } from "../api/index";
import { attachAgain, attachedOf, detachAll } from "./attached";

const PAUSE_MS = 700;
/** What the server was last known to keep, by conversation. */
const known = new Map<string, string>();

const told = (draft: Written): string => JSON.stringify([draft.kind, draft.text, draft.attachment_ids]);

interface Written {
  readonly kind: Mode;
  readonly text: string;
  readonly attachment_ids: readonly string[];
}

function writtenNow(conversation: string): Written {
  const of = (kind: Mode): Written => ({
    kind,
    text: draftOf(conversation, kind)?.text ?? "",
    attachment_ids: attachedOf(conversation, kind).flatMap(({ id }) => id ?? []),
  });
  const note = of("note");
  const reply = of("reply");
  return reply.text || reply.attachment_ids.length > 0 || !note.text ? reply : note;
}

/** Resolves when the server has what stands in the composer. One that fails is tried again with the next letter. */
export async function keepDraft(conversation: string): Promise<void> {
  if (!known.has(conversation)) await fetchDraft(conversation, null, false);
  const now = writtenNow(conversation);
  const before = known.get(conversation) ?? "";
  if (before === told(now)) return;
  known.set(conversation, told(now));
  try {
    await saveDraft(conversation, now);
  } catch (failure) {
    known.set(conversation, before);
    throw failure;
  }
}

function take(conversation: string, draft: ServerDraft, seq: number | null): void {
  const { write } = useDrafts.getState();
  write(conversation, draft.kind, draft.text, seq);
  detachAll(conversation, draft.kind);
  attachAgain(conversation, draft.kind, draft.attachments);
}

/** The composer shows what the server keeps. `over`: also over words that stand there. */
export async function fetchDraft(conversation: string, seq: number | null, over: boolean): Promise<Mode> {
  const draft = await readDraft(conversation);
  known.set(conversation, told({ ...draft, attachment_ids: draft.attachments.map(({ id }) => id) }));
  const now = writtenNow(conversation);
  const empty = now.text === "" && now.attachment_ids.length === 0;
  if (over || (empty && (draft.text || draft.attachments.length > 0))) take(conversation, draft, seq);
  return draft.kind;
}

/** While the conversation is open, what is written in it is kept by the server a moment later. */
export function useKeptDraft(conversation: string): void {
  const { live } = useDesk();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const keep = () => {
      timer = null;
      keepDraft(conversation).catch(() => undefined);
    };
    const soon = () => {
      if (timer) clearTimeout(timer);
      timer = setTimeout(keep, PAUSE_MS);
    };
    fetchDraft(conversation, live.cursor, false).catch(() => undefined);
    const leave = useDrafts.subscribe(soon);
    return () => {
      leave();
      if (timer) {
        clearTimeout(timer);
        keep();
      }
    };
  }, [conversation, live]);
}
