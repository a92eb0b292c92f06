/** What to do first in an empty workspace. */
import { useConnections, useMe } from "../api/index";
import { useT } from "../i18n/index";

export function StartPage() {
  const t = useT();
  const { workspace } = useMe();
  const connections = useConnections();
  return (
    <main className="pane" style={{ padding: 24 }}>
      <h1 className="t20 b">{t("start.title", { name: workspace.name })}</h1>
      <p className="mute" style={{ marginTop: 6 }}>
        {t("start.connected", { count: connections.length })}{" "}
        <a className="link" href="/connections">
          {t("nav.connections")}
        </a>
      </p>
    </main>
  );
}
