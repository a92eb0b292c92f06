/** Asks for the address a talk goes on to when none is known. */
import { type FormEvent, useState } from "react";
import type { Way } from "../api/index";
import { useT } from "../i18n/index";
import { Button, Dialog } from "../ui/index";

interface AskAddressProps {
  readonly way: Way;
  readonly channel: string;
  readonly onClose: () => void;
  readonly onAddress: (address: string) => Promise<void>;
}

export function AskAddress({ way, channel, onClose, onAddress }: AskAddressProps) {
  const t = useT();
  const [address, setAddress] = useState("");
  const [busy, setBusy] = useState(false);
  const mail = way.kind === "email";
  const title = t("way.ask_title", { channel });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await onAddress(address.trim());
    setBusy(false);
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <form className="pop sheet act-form" onSubmit={(event) => void submit(event)}>
        <h2 className="t14 b">{title}</h2>
        <label className="t12">
          {t(mail ? "way.ask_email" : "way.ask_phone")}
          <input
            data-start
            type={mail ? "email" : "tel"}
            required
            value={address}
            placeholder={mail ? "name@example.com" : "+62 812 0000 0000"}
            onChange={(event) => setAddress(event.target.value)}
          />
        </label>
        <div className="fx g6">
          <span className="sp" />
          <Button onClick={onClose}>{t("act.leave")}</Button>
          <Button primary type="submit" disabled={busy || address.trim() === ""}>
            {t("way.ask_go")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
