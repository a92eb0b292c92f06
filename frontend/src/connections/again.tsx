/** Letting us in again at the channel, for a connection that is there already. */
import { useState } from "react";
import { beginConsent, type ConnectionRow } from "../api/index";
import { useT } from "../i18n/index";
import { Button } from "../ui/index";
import { useFailure } from "./acts";

export function Again({ row }: { readonly row: ConnectionRow }) {
  const t = useT();
  const causeOf = useFailure();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const go = () => {
    setBusy(true);
    beginConsent({ channel: row.channel, connection_id: row.id, secrets: {} }).then(
      ({ url }) => location.assign(url),
      (failure: unknown) => {
        setBusy(false);
        setWrong(causeOf(failure));
      },
    );
  };
  return (
    <div style={{ marginBottom: 12 }}>
      <Button disabled={busy} onClick={go}>
        {t("connections.consent_renew", { name: row.label })}
      </Button>
      {wrong && (
        <p role="alert" className="bad t12" style={{ marginTop: 4 }}>
          {wrong}
        </p>
      )}
    </div>
  );
}
