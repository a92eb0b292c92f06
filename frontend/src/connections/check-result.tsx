/** What the channel answered when its keys were tried: yes and as whom, or what to mend. */
import { CircleCheck, CircleX } from "lucide-react";
import type { Checked } from "../api/index";
import { useT } from "../i18n/index";
import { Icon } from "../ui/index";

export function CheckResult({ result }: { readonly result: Checked }) {
  const t = useT();
  const { ok, account, detail, fix, missing } = result;
  return (
    <div className={`co-check ${ok ? "ok" : "bad"}`} role={ok ? "status" : "alert"}>
      <Icon of={ok ? CircleCheck : CircleX} />
      <div className="grow">
        <div className="m">
          {ok
            ? account
              ? t("connections.answers_as", { account })
              : t("connections.answers")
            : detail || t("connections.no_answer")}
        </div>
        {ok && detail && <p className="t12 mute">{detail}</p>}
        {!ok && fix && <p className="t12">{fix}</p>}
        {missing.length > 0 && (
          <p className="t12">
            {t("connections.missing")} <span className="id">{missing.join(", ")}</span>
          </p>
        )}
      </div>
    </div>
  );
}
