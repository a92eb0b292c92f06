/** What stands around a bubble: what it answers, who reacted, that it is public, that nobody has vouched for it. */
import { CornerUpLeft, Globe, ShieldAlert } from "lucide-react";
import { useState } from "react";
import { type Message, Problem, releaseMessage, useDesk } from "../api/index";
import { useT } from "../i18n/index";
import { Button, Icon, toast } from "../ui/index";

export function QuotedLine({ message }: { readonly message: Message }) {
  const t = useT();
  if (!message.quoted) return null;
  const who = message.quoted.direction === "in" ? t("quote.theirs") : t("quote.ours");
  return (
    <blockquote className="quoted" aria-label={who}>
      <Icon of={CornerUpLeft} size="xs" />
      <span className="el">{message.quoted.text || t("quote.no_words")}</span>
    </blockquote>
  );
}

export function Reactions({ message }: { readonly message: Message }) {
  if (message.reactions.length === 0) return null;
  const counted = new Map<string, string[]>();
  for (const { emoji, name } of message.reactions)
    counted.set(emoji, [...(counted.get(emoji) ?? []), name].filter(Boolean));
  const total = (emoji: string) => message.reactions.filter((each) => each.emoji === emoji).length;
  return (
    <div className="reacts">
      {[...counted].map(([emoji, names]) => (
        <span className="react" key={emoji} title={names.join(", ")}>
          {emoji}
          {total(emoji) > 1 && <span className="tn">{total(emoji)}</span>}
          <span className="sr">{names.join(", ")}</span>
        </span>
      ))}
    </div>
  );
}

export function PublicMark() {
  const t = useT();
  return (
    <span className="fx g4">
      <Icon of={Globe} size="xs" />
      {t("message.public")}
    </span>
  );
}

/** The band over a message whose sender is not proven; releasing lets it count. */
export function HeldBand({ message }: { readonly message: Message }) {
  const t = useT();
  const { queries } = useDesk();
  const [busy, setBusy] = useState(false);
  if (!message.held) return null;
  const release = () => {
    setBusy(true);
    releaseMessage(queries, message)
      .catch((failure: unknown) => {
        const words = failure instanceof Problem ? failure.detail : "";
        toast(words || t("state.server_failed"), { bad: true });
      })
      .finally(() => setBusy(false));
  };
  return (
    <div className="held" role="alert">
      <Icon of={ShieldAlert} size="s" />
      <span className="grow">
        <b>{t("held.title")}</b> {message.held}
      </span>
      <Button disabled={busy} onClick={release}>
        {t("act.release")}
      </Button>
    </div>
  );
}
