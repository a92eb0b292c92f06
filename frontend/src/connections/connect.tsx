/** Connecting a channel: which one, its keys beside its guide, then into shadow and tried at once. */
import { ArrowLeft, Search } from "lucide-react";
import { useState } from "react";
import {
  beginConsent,
  type ChannelOffer,
  type Checked,
  type ConnectionRow,
  checkConnection,
  createConnection,
  pretendKeys,
  useDesk,
  useMe,
} from "../api/index";
import { useLanguage, useT } from "../i18n/index";
import { Button, ChannelsProvider, Copy, Glyph, Icon, IconButton, Offers } from "../ui/index";
import { Guide } from "./guide-view";
import { comeBackAddress, freeName, offersOf } from "./model";
import { SecretsForm } from "./secrets-form";

interface ConnectProps {
  readonly offers: readonly ChannelOffer[];
  readonly rows: readonly ConnectionRow[];
  /** The channel that was chosen, if one was. */
  readonly channel: string | null;
  readonly reachable: boolean;
  readonly onChannel: (channel: string | null) => void;
  readonly onMade: (id: string, checked: Checked | null) => void;
  readonly onClose: () => void;
}

export function Connect(props: ConnectProps) {
  const { offers, channel, reachable, onChannel, onClose } = props;
  const t = useT();
  const offer = offers.find(({ key }) => key === channel);
  return (
    <main className="pane">
      <div className="bar">
        <IconButton
          icon={ArrowLeft}
          label={t("connections.back")}
          onClick={() => (offer ? onChannel(null) : onClose())}
        />
        <h1>{offer ? t("connections.connect_name", { name: offer.name }) : t("connections.connect_a")}</h1>
      </div>
      <div className="co-scroll">
        {offer ? (
          <OfferForm key={offer.key} {...props} offer={offer} />
        ) : (
          <Choice offers={offers} reachable={reachable} onChannel={onChannel} />
        )}
      </div>
    </main>
  );
}

function Choice({ offers, reachable, onChannel }: Pick<ConnectProps, "offers" | "reachable" | "onChannel">) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const found = offersOf(offers, typed);
  return (
    <div className="co-offers">
      <p className="mute">{t("connections.shadow_first")}</p>
      {!reachable && <NoAddress />}
      <span className="fld co-search">
        <Icon of={Search} size="s" />
        <input
          type="search"
          value={typed}
          aria-label={t("connections.search")}
          placeholder={t("connections.search")}
          onChange={(event) => setTyped(event.target.value)}
        />
      </span>
      {found.length === 0 && offers.length > 0 && (
        <p className="mute" role="status">
          {t("connections.search_none", { text: typed.trim() })}
        </p>
      )}
      <Offers offers={found} reachable={reachable} onConnect={onChannel} />
    </div>
  );
}

export function NoAddress() {
  const t = useT();
  return (
    <p className="co-address t12">
      <span className="m">{t("connections.no_address")}</span> {t("connections.no_address_text")}
    </p>
  );
}

function OfferForm({ offer, rows, onMade }: ConnectProps & { readonly offer: ChannelOffer }) {
  const t = useT();
  const { queries } = useDesk();
  const language = useLanguage((state) => state.language);
  const [busy, setBusy] = useState(false);
  const [name, setName] = useState(() => freeName(offer.name, rows));
  const [byKeys, setByKeys] = useState(offer.consent !== "oauth");
  const [pretend, setPretend] = useState<Readonly<Record<string, string>>>();
  const { demo } = useMe();
  const fields = byKeys ? offer.secrets : offer.secrets.filter(({ by_consent }) => !by_consent);
  const words = byKeys
    ? t(busy ? "connections.trying" : "connections.save_and_try")
    : t("connections.go_there", { name: offer.name });
  const leave = async (secrets: Readonly<Record<string, string>>) => {
    setBusy(true);
    try {
      location.assign((await beginConsent({ channel: offer.key, name: name.trim(), secrets })).url);
    } catch (failure) {
      setBusy(false);
      throw failure;
    }
  };
  const save = async (secrets: Readonly<Record<string, string>>) => {
    setBusy(true);
    try {
      const made = await createConnection(queries, { channel: offer.key, name: name.trim(), secrets });
      const checked = await checkConnection(queries, made.id).catch(() => null);
      onMade(made.id, checked);
    } finally {
      setBusy(false);
    }
  };
  return (
    <ChannelsProvider channels={[{ key: offer.key, label: offer.name, glyph: offer.glyph, hue: offer.hue }]}>
      <div className="co-two">
        <div>
          <div className="fs g8">
            <Glyph channel={offer.key} />
            <p className="grow">{offer.sentence[language] ?? offer.sentence.en}</p>
          </div>
          <SecretsForm
            key={pretend ? "pretend" : "typed"}
            fields={fields}
            start={pretend}
            busy={busy}
            action={words}
            onSave={byKeys ? save : leave}
            unfold={!byKeys}
            beside={
              <>
                {offer.consent === "oauth" && (
                  <Button quiet onClick={() => setByKeys(!byKeys)}>
                    {t(byKeys ? "connections.by_consent" : "connections.by_keys")}
                  </Button>
                )}
                {demo && !pretend && (
                  <Button quiet onClick={() => void pretendKeys(offer.key).then(setPretend)}>
                    {t("demo.keys")}
                  </Button>
                )}
              </>
            }
          >
            <div>
              <label className="lab" htmlFor="connection-name">
                {t("connections.name")}
              </label>
              <span className="fld">
                <input
                  id="connection-name"
                  value={name}
                  maxLength={120}
                  required
                  onChange={(event) => setName(event.target.value)}
                />
              </span>
            </div>
          </SecretsForm>
          {!byKeys && <Redirect address={comeBackAddress(offer.key, rows, location.origin)} />}
          <p className="mute t12" style={{ marginTop: 12 }}>
            {t("connections.shadow_first")}
          </p>
        </div>
        <Guide text={offer.guide[language] ?? offer.guide.en ?? ""} />
      </div>
    </ChannelsProvider>
  );
}

/** The app at the channel must name it, else the channel does not send the browser back. */
function Redirect({ address }: { readonly address: string }) {
  const t = useT();
  return (
    <div style={{ marginTop: 12 }}>
      <p className="t12">{t("connections.redirect")}</p>
      <div className="fx g6">
        <code className="t12 el id grow">{address}</code>
        <Copy text={address} label={t("connections.copy_hook")} />
      </div>
    </div>
  );
}

export function FirstConnection({ onAdd }: { readonly onAdd: () => void }) {
  const t = useT();
  return (
    <div style={{ padding: "0 24px" }}>
      <Button primary large onClick={onAdd}>
        {t("connections.connect_a")}
      </Button>
    </div>
  );
}
