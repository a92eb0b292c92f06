/** The bar that says the line is gone: after three seconds, what still works, what is kept, and when it tries again. */
import { WifiOff } from "lucide-react";
import { useDesk, useLinkState, useOutbox } from "../api/index";
import { useT } from "../i18n/index";
import { useNow } from "../lib/index";
import { Button, Icon } from "../ui/index";

const PATIENCE_MS = 3_000;

export function LineBanner() {
  const link = useLinkState();
  if (link.phase === "live") return null;
  if (link.phase === "stopped") return link.why === "left" ? null : <Stopped why={link.why} />;
  return <Lost lostAt={link.lostAt} retryAt={link.retryAt} />;
}

function Lost({ lostAt, retryAt }: { readonly lostAt: number; readonly retryAt: number | null }) {
  const t = useT();
  const { live } = useDesk();
  const now = useNow(1_000);
  const kept = useOutbox().filter(({ state }) => state !== "refused").length;
  if (now - lostAt < PATIENCE_MS) return null;
  const seconds = Math.max(0, Math.ceil(((retryAt ?? now) - now) / 1000));
  return (
    <div className="ban" role="status">
      <Icon of={WifiOff} />
      <span className="el">
        <b>{t("line.lost", { seconds: Math.floor((now - lostAt) / 1000) })}</b>{" "}
        {kept > 0 ? t("line.kept", { count: kept }) : t("line.works")}{" "}
        {retryAt ? t("line.next_try", { seconds }) : t("line.trying")}
      </span>
      <span className="sp" />
      <Button onClick={() => live.wake()}>{t("line.try_now")}</Button>
    </div>
  );
}

function Stopped({ why }: { readonly why: "signed_out" | "forbidden" | "old_page" }) {
  const t = useT();
  return (
    <div className="ban" role="alert">
      <Icon of={WifiOff} />
      <span>{t(`line.${why}`)}</span>
      <span className="sp" />
      <Button onClick={() => location.reload()}>
        {t(why === "signed_out" ? "session.enter" : "line.reload")}
      </Button>
    </div>
  );
}
