/** The first run: the shop is made at the left, its channels are connected at the right. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Database, FlaskConical, Globe, Languages } from "lucide-react";
import { useEffect } from "react";
import { channelsQuery, isPublic, meQuery } from "../api/index";
import { languages, useLanguage, useT } from "../i18n/index";
import { Bone, Icon, Logo, Menu, Offers, To } from "../ui/index";
import { LANGUAGE_NAMES, ShopForm } from "./shop-form";
import "./start.css";

interface StartProps {
  /** There is no shop yet. */
  readonly needed: boolean;
  readonly onGo: (path: string) => void;
  readonly onMade: () => void;
}

export function StartPage({ needed, onGo, onMade }: StartProps) {
  const t = useT();
  const { data: me } = useQuery({ ...meQuery, enabled: !needed });
  useEffect(() => {
    document.title = `${t("start.welcome")} · Onecounter`;
  }, [t]);
  return (
    <div className="start">
      <section className="start-left">
        <div className="fx g8">
          <Logo />
          <span className="m t14">Onecounter</span>
          <span className="sp" />
          <LanguageChoice />
        </div>
        <h1>{needed ? t("start.head") : t("start.title", { name: me?.workspace.name ?? "" })}</h1>
        <p className="mute t14">{t(needed ? "start.text" : "start.ready_text")}</p>
        {needed ? (
          <ShopForm onMade={onMade} />
        ) : (
          <p style={{ marginTop: 24 }}>
            <To className="btn lg" href="/inbox">
              {t("start.to_inbox")}
            </To>
          </p>
        )}
        {needed && <Foot />}
      </section>
      <section className="start-right">
        <h2 className="t16 b">{t("start.then")}</h2>
        <p className="mute">{t("connections.shadow_first")}</p>
        <Channels
          key={String(needed)}
          needed={needed}
          onConnect={(channel) => onGo(`/connections?add=${channel}`)}
        />
      </section>
    </div>
  );
}

function LanguageChoice() {
  const t = useT();
  const { language, choose } = useLanguage();
  const entries = languages.map((each) => ({
    label: LANGUAGE_NAMES[each],
    on: each === language,
    run: () => choose(each),
  }));
  return (
    <Menu label={t("start.language")} entries={entries}>
      {(button) => (
        <button type="button" className="t12 mute fx g4" aria-label={t("start.language")} {...button}>
          <Icon of={Languages} size="s" />
          {LANGUAGE_NAMES[language]}
          <Icon of={ChevronDown} size="xs" />
        </button>
      )}
    </Menu>
  );
}

function Foot() {
  const t = useT();
  const [before = "", after = ""] = t("start.demo").split("{command}");
  return (
    <div className="start-foot t12 mute">
      <div className="fs g6">
        <Icon of={Database} size="s" />
        <span>{t("start.data")}</span>
      </div>
      <div className="fs g6">
        <Icon of={FlaskConical} size="s" />
        <span>
          {before}
          <span className="m ink">onecounter demo</span>
          {after}
        </span>
      </div>
    </div>
  );
}

interface ChannelsProps {
  readonly needed: boolean;
  readonly onConnect: (channel: string) => void;
}

function Channels({ needed, onConnect }: ChannelsProps) {
  const t = useT();
  const channels = useQuery({ ...channelsQuery, retry: false });
  const reachable = isPublic(location.origin);
  if (channels.isPending)
    return (
      <div className="late" style={{ paddingTop: 24 }}>
        <Bone w="90%" />
        <Bone w="70%" top={28} />
        <Bone w="80%" top={28} />
      </div>
    );
  if (channels.isError)
    return (
      <p className="mute" style={{ marginTop: 16 }}>
        {t("start.channels_later")}
      </p>
    );
  return (
    <>
      {!reachable && (
        <p className="start-address t12 fs g8">
          <span className="warn">
            <Icon of={Globe} size="s" />
          </span>
          <span>
            <span className="m">{t("connections.no_address")}</span> {t("connections.no_address_text")}
          </span>
        </p>
      )}
      <div style={{ marginTop: 18 }}>
        <Offers offers={channels.data} reachable={reachable} onConnect={needed ? null : onConnect} />
      </div>
    </>
  );
}
