/** Beside the table: one connection whole. What it may send, what it reads, its address, its keys, its end. */
import { X } from "lucide-react";
import { useState } from "react";
import type { ChannelOffer, Checked, ConnectionRow } from "../api/index";
import { useT } from "../i18n/index";
import { Button, Glyph, IconButton } from "../ui/index";
import { useActs } from "./acts";
import { Again } from "./again";
import { CheckResult } from "./check-result";
import { Rehearsal } from "./dry-run";
import { healthOf } from "./model";
import { Budgets, Hook, Reading } from "./reading";
import { SecretsForm } from "./secrets-form";
import { Switch } from "./switch";
import { Health } from "./table";

interface DetailProps {
  readonly row: ConnectionRow;
  readonly offer: ChannelOffer | undefined;
  readonly now: number;
  readonly checked: Checked | null;
  readonly onClose: () => void;
}

export function Detail({ row, offer, now, checked, onClose }: DetailProps) {
  const t = useT();
  const acts = useActs(row);
  const [result, setResult] = useState(checked);
  const [asking, setAsking] = useState(false);
  const check = async () => setResult(await acts.check());
  return (
    <aside className="drw" aria-label={row.name}>
      <div className="bar" style={{ padding: "0 12px 0 16px" }}>
        <Glyph channel={row.channel} />
        <h2 className="el">{row.name}</h2>
        <Health health={healthOf(row, now)} />
        <span className="sp" />
        <IconButton icon={X} label={t("connections.close")} onClick={onClose} />
      </div>
      <div className="co-body">
        {result && <CheckResult result={result} />}
        {row.error && !result && (
          <div className="sec" role="alert">
            <div className="m bad">{row.error.detail || row.error.code}</div>
            <p className="mute t12">{row.error.fix}</p>
          </div>
        )}
        <div className="sec">
          <h3 className="h">{t("connections.may_send")}</h3>
          <Switches row={row} offer={offer} busy={acts.busy} onUpdate={(patch) => void acts.update(patch)} />
        </div>
        <Reading row={row} now={now} />
        <Budgets row={row} now={now} />
        {offer?.hook !== "none" && <Hook row={row} />}
        <div className="sec">
          <h3 className="h">{t("connections.acts")}</h3>
          <div className="fx g6 wrap">
            <Button disabled={acts.busy} onClick={() => void check()}>
              {t("connections.check")}
            </Button>
            <Button disabled={acts.busy || row.state === "paused"} onClick={() => void acts.pull()}>
              {t("connections.pull")}
            </Button>
            <Button
              disabled={acts.busy}
              onClick={() => void (row.state === "paused" ? acts.resume() : acts.pause())}
            >
              {t(row.state === "paused" ? "connections.resume" : "connections.pause")}
            </Button>
          </div>
        </div>
        {offer && offer.secrets.length > 0 && (
          <div className="sec">
            <h3 className="h">{t("connections.keys")}</h3>
            {offer.consent === "oauth" && <Again row={row} />}
            <p className="mute t12" style={{ marginBottom: 8 }}>
              {t("connections.keys_text")}
            </p>
            <SecretsForm
              fields={offer.secrets}
              partial
              busy={acts.busy}
              told={blameOf(result)}
              action={t("connections.save_keys")}
              onSave={async (secrets) => {
                if (await acts.update({ secrets })) await check();
                return null;
              }}
            />
          </div>
        )}
        <div className="sec">
          {asking ? (
            <>
              <p className="t12">{t("connections.remove_cost")}</p>
              <div className="fx g6" style={{ marginTop: 8 }}>
                <Button
                  className="d"
                  disabled={acts.busy}
                  onClick={() => void acts.remove().then((gone) => gone && onClose())}
                >
                  {t("connections.remove_now", { name: row.name })}
                </Button>
                <Button quiet onClick={() => setAsking(false)}>
                  {t("connections.keep")}
                </Button>
              </div>
            </>
          ) : (
            <Button quiet className="d" onClick={() => setAsking(true)}>
              {t("connections.remove")}
            </Button>
          )}
        </div>
      </div>
    </aside>
  );
}

interface SwitchesProps {
  readonly row: ConnectionRow;
  readonly offer: ChannelOffer | undefined;
  readonly busy: boolean;
  readonly onUpdate: (patch: { sends_replies?: boolean; pushes_stock?: boolean }) => void;
}

/** The field to blame, with what is wrong and what to do. */
function blameOf(result: Checked | null): Readonly<Record<string, string>> {
  return result?.field ? { [result.field]: [result.detail, result.fix].filter(Boolean).join(". ") } : {};
}

/** Replies and stock are allowed one by one; stock only after its dry run was seen. */
export function Switches({ row, offer, busy, onUpdate }: SwitchesProps) {
  const t = useT();
  const [rehearsing, setRehearsing] = useState(false);
  return (
    <>
      {offer?.sends !== false && (
        <Switch
          label={t("connections.replies")}
          text={t(row.sends_replies ? "connections.replies_on" : "connections.replies_off")}
          on={row.sends_replies}
          busy={busy}
          onChange={(on) => onUpdate({ sends_replies: on })}
        />
      )}
      {offer?.stocks !== false && (
        <Switch
          label={t("connections.stock")}
          text={
            row.pushes_stock
              ? t("connections.stock_on", { count: row.listings })
              : t("connections.stock_off", { count: row.listings })
          }
          on={row.pushes_stock}
          busy={busy}
          onChange={(on) => (on ? setRehearsing(!rehearsing) : onUpdate({ pushes_stock: false }))}
        />
      )}
      {rehearsing && !row.pushes_stock && (
        <Rehearsal
          id={row.id}
          busy={busy}
          onGo={() => {
            onUpdate({ pushes_stock: true });
            setRehearsing(false);
          }}
          onLeave={() => setRehearsing(false)}
        />
      )}
    </>
  );
}
