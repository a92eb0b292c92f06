/** Sending and taking back. The text is safe in the outbox before the composer forgets it. */
import { useCallback } from "react";
import {
  type Desk,
  draftOf,
  keys,
  type Message,
  type Mode,
  type Page,
  type TemplateUse,
  undoSend,
  useDesk,
  useDrafts,
} from "../api/index";
import { useT } from "../i18n/index";
import { uuid7 } from "../lib/index";
import type { OutboxEntry } from "../live/index";
import { toast } from "../ui/index";
import { attachAgain, detachAll, type Sent } from "./attached";
import { letGoQuote } from "./quote";

/** How long the server holds a reply before it hands it over; a marketplace message cannot be recalled afterwards. */
export const HOLD_MS = 5_000;

interface Sending {
  readonly conversation: string;
  readonly mode: Mode;
  readonly text: string;
  readonly files: readonly Sent[];
  readonly thread: { readonly id: string; readonly channel: string } | null;
  /** The message it answers in particular. */
  readonly quote: string | null;
  /** Sent instead of the text, which is how it reads; the draft stays. */
  readonly template?: TemplateUse;
}

type Way = Pick<OutboxEntry, "thread_id" | "channel" | "reply_to_id" | "if_last_seq" | "hold_ms">;

/** A note goes nowhere. */
const INWARDS: Way = { thread_id: null, channel: null, reply_to_id: null, if_last_seq: null, hold_ms: 0 };

const outwards = ({ thread, quote }: Pick<Sending, "thread" | "quote">, seen: number | null): Way => ({
  thread_id: thread?.id ?? null,
  channel: thread?.channel ?? null,
  reply_to_id: quote,
  if_last_seq: seen,
  hold_ms: HOLD_MS,
});

export function useSend(): (sending: Sending) => Promise<void> {
  const { outbox, live, link } = useDesk();
  const write = useDrafts((state) => state.write);
  const undo = useUndoSend();
  const t = useT();
  return useCallback(
    async ({ conversation, mode, text, files, thread, quote, template }) => {
      const reply = mode === "reply";
      const entry: OutboxEntry = {
        client_msg_id: uuid7(),
        conversation_id: conversation,
        kind: mode,
        text,
        attachments: files,
        ...(reply
          ? outwards({ thread, quote }, draftOf(conversation, mode)?.began_seq ?? live.cursor)
          : INWARDS),
        ...(template ? { template } : {}),
        made_at: new Date().toISOString(),
        state: "kept",
        tries: 0,
        problem: null,
      };
      if (!template) {
        write(conversation, mode, "", null);
        detachAll(conversation, mode);
        letGoQuote(conversation);
      }
      await outbox.add(entry);
      if (!reply || link.getState().phase !== "live") return;
      const close = toast(t("send.going", { seconds: HOLD_MS / 1000 }), {
        undo: () => void undo(entry.client_msg_id),
        undoWord: t("act.undo"),
        lastsMs: HOLD_MS,
      });
      whenRefused(outbox, entry.client_msg_id, close);
    },
    [outbox, live, link, write, undo, t],
  );
}

function whenRefused(outbox: Desk["outbox"], id: string, act: () => void): void {
  const leave = outbox.subscribe(() => {
    const now = outbox.entries().find((each) => each.client_msg_id === id);
    if (now && now.state !== "refused") return;
    leave();
    if (now) act();
  });
}

/** Puts the text back into the composer, or says that it was too late. */
export function useUndoSend(): (clientMsgId: string) => Promise<void> {
  const desk = useDesk();
  const write = useDrafts((state) => state.write);
  const t = useT();
  return useCallback(
    async (clientMsgId) => {
      const back = await takeBack(desk, clientMsgId);
      if (!back) {
        toast(t("send.too_late"), { bad: true });
        return;
      }
      const mode: Mode = back.kind === "note" ? "note" : "reply";
      const now = draftOf(back.conversation_id, mode)?.text;
      write(back.conversation_id, mode, now ? `${back.text}\n${now}` : back.text, desk.live.cursor);
      attachAgain(back.conversation_id, mode, (back.attachments ?? []).map(sentOf));
    },
    [desk, write, t],
  );
}

const sentOf = ({ id, name, size, media_type }: Sent): Sent => ({ id, name, size, media_type });

type TakenBack = Pick<Message, "conversation_id" | "text" | "kind" | "attachments"> | OutboxEntry;

async function takeBack(desk: Desk, clientMsgId: string): Promise<TakenBack | null> {
  const kept = desk.outbox.discard(clientMsgId);
  if (kept) return kept;
  await landed(desk, clientMsgId);
  const again = desk.outbox.discard(clientMsgId);
  if (again) return again;
  const message = findSent(desk, clientMsgId);
  if (!message) return null;
  try {
    await undoSend(desk.queries, message);
    return message;
  } catch {
    return null;
  }
}

/** Resolves when the entry is not on its way any more. */
function landed({ outbox }: Desk, clientMsgId: string): Promise<void> {
  const away = () =>
    outbox.entries().every((entry) => entry.client_msg_id !== clientMsgId || entry.state !== "sending");
  if (away()) return Promise.resolve();
  return new Promise((done) => {
    const leave = outbox.subscribe(() => {
      if (!away()) return;
      leave();
      done();
    });
  });
}

function findSent({ queries }: Desk, id: string): Message | undefined {
  for (const [, data] of queries.getQueriesData<{ pages: Page<Message>[] }>({
    queryKey: [keys.messages("")[0]],
  })) {
    const found = data?.pages
      .flatMap((page) => page.items)
      .find((each) => each.client_msg_id === id || each.id === id);
    if (found) return found;
  }
  return undefined;
}
