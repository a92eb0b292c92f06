/** What became of the way to the channel and back: connected, or what happened, why, and what to do. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, X } from "lucide-react";
import { type ConsentTold, consentQuery } from "../api/index";
import { type Translate, useT, type WordKey } from "../i18n/index";
import { Button, Icon, IconButton } from "../ui/index";
import { useFailure } from "./acts";

/** Words the server sends in place of an id, when there is nothing to ask for. */
const lost: Readonly<Record<string, WordKey>> = {
  consent_expired: "connections.consent_expired",
  consent_forbidden: "connections.consent_forbidden",
  consent_of_other: "connections.consent_not_yours",
  consent_signed_out: "connections.consent_signed_out",
  consent_unknown: "connections.consent_unknown",
  consent_used: "connections.consent_used",
};

export function lostWords(word: string, t: Translate): string {
  if (!word.startsWith("consent_")) return "";
  const known = Object.hasOwn(lost, word) ? lost[word] : undefined;
  return t(known ?? "connections.consent_unknown");
}

interface ConsentProps {
  readonly word: string;
  readonly onOpen: (id: string) => void;
  readonly onAgain: (channel: string | null) => void;
  readonly onClose: () => void;
}

export function ConsentResult({ word, onOpen, onAgain, onClose }: ConsentProps) {
  const t = useT();
  const causeOf = useFailure();
  const said = lostWords(word, t);
  const { data, error } = useQuery({ ...consentQuery(word), enabled: !said });
  const wrong = said || (error ? causeOf(error) : "");
  if (!wrong && !data) return null;
  const well = data?.outcome === "connected";
  return (
    <div className={`co-check ${well ? "ok" : "bad"}`} role={well ? "status" : "alert"}>
      <Icon of={well ? CircleCheck : CircleX} />
      <div className="grow">
        {data ? <Told told={data} /> : <div className="m">{wrong}</div>}
        <div className="fx g6" style={{ marginTop: 8 }}>
          {data?.connection_id && (
            <Button onClick={() => onOpen(data.connection_id ?? "")}>{t("connections.open")}</Button>
          )}
          {!well && (
            <Button onClick={() => onAgain(data?.connection_id ? null : (data?.channel ?? null))}>
              {t("connections.consent_again")}
            </Button>
          )}
        </div>
      </div>
      <IconButton icon={X} label={t("connections.close")} onClick={onClose} />
    </div>
  );
}

function Told({ told }: { readonly told: ConsentTold }) {
  const t = useT();
  const title: WordKey =
    told.outcome === "connected"
      ? "connections.consent_connected"
      : told.outcome === "failed"
        ? "connections.consent_failed"
        : "connections.consent_waiting";
  return (
    <>
      <div className="m">{t(title)}</div>
      {told.detail && <p className="t12">{told.detail}</p>}
      {told.fix && <p className="t12">{told.fix}</p>}
    </>
  );
}
