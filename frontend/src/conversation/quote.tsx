/** Answering one message in particular: chosen at the message, shown over the text until it is sent or let go. */
import { useQuery } from "@tanstack/react-query";
import { CornerUpLeft, X } from "lucide-react";
import { create } from "zustand";
import { contextQuery, type Message, type Thread } from "../api/index";
import { useT } from "../i18n/index";
import { Icon, IconButton } from "../ui/index";

type Quote = Pick<Message, "id" | "thread_id" | "text">;

const useStore = create<{ readonly chosen: Readonly<Record<string, Quote | undefined>> }>(() => ({
  chosen: {},
}));

function set(conversation: string, quote: Quote | undefined): void {
  useStore.setState(({ chosen }) => ({ chosen: { ...chosen, [conversation]: quote } }));
}

export const letGoQuote = (conversation: string): void => set(conversation, undefined);

/** Only where the answer goes to the thread the message is of. */
export const useQuote = (conversation: string, thread: Thread | null): Quote | undefined =>
  useStore(({ chosen }) => {
    const quote = chosen[conversation];
    return quote && thread?.quotes && quote.thread_id === thread.id ? quote : undefined;
  });

export function QuoteButton({ message }: { readonly message: Message }) {
  const t = useT();
  const { data: can } = useQuery({
    ...contextQuery(message.conversation_id),
    select: ({ threads }) => threads.some(({ id, quotes }) => quotes && id === message.thread_id),
  });
  if (!can || !message.external_id || message.deleted_at || message.held) return null;
  return (
    <IconButton
      icon={CornerUpLeft}
      label={t("composer.quote")}
      className="quote"
      onClick={() => set(message.conversation_id, message)}
    />
  );
}

interface QuoteLineProps {
  readonly conversation: string;
  readonly thread: Thread | null;
}

export function QuoteLine({ conversation, thread }: QuoteLineProps) {
  const t = useT();
  const quote = useQuote(conversation, thread);
  if (!quote) return null;
  return (
    <div className="quoted quoting" role="status">
      <Icon of={CornerUpLeft} size="xs" />
      <span className="el">{t("composer.quoting", { text: quote.text || t("quote.no_words") })}</span>
      <IconButton icon={X} label={t("composer.unquote")} onClick={() => letGoQuote(conversation)} />
    </div>
  );
}
