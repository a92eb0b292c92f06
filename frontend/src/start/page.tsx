/** The first run: the shop is made at the left, its channels are connected at the right. */
import { useQuery } from "@tanstack/react-query";
import { Database, FlaskConical, Globe } from "lucide-react";
import { useEffect } from "react";
import { channelsQuery, isPublic, meQuery } from "../api/index";
import { useT } from "../i18n/index";
import { Bone, Icon, Logo, Offers } from "../ui/index";
import { ShopForm } from "./shop-form";
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
        </div>
        <h1>{needed ? t("start.head") : t("start.title", { name: me?.workspace.name ?? "" })}</h1>
        <p className="mute t14">{t(needed ? "start.text" : "start.ready_text")}</p>
        {needed ? (
          <ShopForm onMade={onMade} />
        ) : (
          <p style={{ marginTop: 24 }}>
            <a className="btn lg" href="/inbox">
              {t("start.to_inbox")}
            </a>
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
