/** The line under the text that says why it cannot or should not go, and offers the fixes. */
import { CircleAlert, TriangleAlert } from "lucide-react";
import {
  type Context,
  type Conversation,
  draftOf,
  type Mode,
  type Thread,
  useDesk,
  useDrafts,
} from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { Icon, useChannel } from "../ui/index";
import { useGoOn, useLabels } from "./route";
import type { Verdict } from "./rules";

interface RuleLineProps {
  readonly verdict: Verdict;
  readonly row: Conversation;
  readonly thread: Thread | null;
  readonly context: Context | undefined;
  readonly onThread: (thread: Thread) => void;
  readonly onMode: (mode: Mode) => void;
}

export function RuleLine({ verdict, row, thread, context, onThread, onMode }: RuleLineProps) {
  const t = useT();
  const { label } = useChannel(thread?.channel ?? row.channel);
  const labelOf = useLabels();
  const goOn = useGoOn({ row, onThread });
  const other = context?.threads.find((each) => each.can_reply && each.id !== thread?.id);
  const way = other ? undefined : context?.ways.find(({ level }) => level !== "block");
  const remove = useRemove(row.id);
  const reason = useReason(verdict, label);
  if (verdict.kind === "allow") return null;
  return (
    <div className="hint" role="status">
      <span className={`fx ${verdict.kind === "block" ? "bad" : "warn"}`}>
        <Icon of={verdict.kind === "block" ? CircleAlert : TriangleAlert} size="s" />
      </span>
      <span className="el">{reason}</span>
      {(verdict.why === "contact" || verdict.why === "unfilled") && (
        <Fix onClick={() => remove(verdict.found)}>{t("rule.remove")}</Fix>
      )}
      {verdict.why !== "too_long" && verdict.why !== "unfilled" && other && (
        <Fix onClick={() => onThread(other)}>{t("rule.send_over", { channel: labelOf(other.channel) })}</Fix>
      )}
      {verdict.why === "closed_window" && way && (
        <Fix onClick={() => void goOn(way)}>{t("rule.continue_on", { channel: labelOf(way.channel) })}</Fix>
      )}
      {verdict.why === "closed_window" && !other && (
        <Fix onClick={() => onMode("note")}>{t("rule.write_note")}</Fix>
      )}
    </div>
  );
}

function useReason(verdict: Verdict, channel: string): string {
  const t = useT();
  const format = useFormat();
  if (verdict.kind === "allow") return "";
  if (verdict.why === "files")
    return t(verdict.most ? "rule.files" : "rule.no_files", { count: verdict.most, channel });
  if (verdict.why === "file_size")
    return t("rule.file_size", {
      name: verdict.name,
      size: format.number(Math.round(verdict.most / 1e5) / 10),
      channel,
    });
  if (verdict.why === "file_type") return t("rule.file_type", { name: verdict.name, channel });
  if (verdict.why === "unfilled") return t("rule.unfilled", { name: verdict.name });
  if (verdict.why === "too_long") return t("rule.too_long", { count: verdict.over, channel });
  if (verdict.why === "contact") return t("rule.contact", { channel });
  return verdict.reason || t("rule.closed_window", { channel });
}

function useRemove(conversation: string): (found: string) => void {
  const { live } = useDesk();
  const write = useDrafts((state) => state.write);
  return (found) => {
    const text = draftOf(conversation, "reply")?.text ?? "";
    write(conversation, "reply", text.replace(found, "").replace(/ {2,}/g, " "), live.cursor);
  };
}

function Fix({ onClick, children }: { readonly onClick: () => void; readonly children: string }) {
  return (
    <button type="button" className="link nw" onClick={onClick}>
      {children}
    </button>
  );
}
