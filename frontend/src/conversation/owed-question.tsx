/** Asked when a conversation would close over something still promised in it. */
import { create } from "zustand";
import { type Conversation, type ConversationPatch, Problem, patchConversation, useDesk } from "../api/index";
import { useT } from "../i18n/index";
import { Button, Dialog, toast } from "../ui/index";

interface Owed {
  readonly id: string;
  readonly words: string;
}

interface Asked {
  readonly row: Conversation;
  readonly owed: readonly Owed[];
}

const useAsked = create<{ asked: Asked | null }>(() => ({ asked: null }));

/** True when this failure is such a question; it is shown then. */
export function askAboutPromises(row: Conversation, failure: unknown): boolean {
  if (!(failure instanceof Problem) || failure.code !== "open_promises") return false;
  useAsked.setState({ asked: { row, owed: failure.more.promises as readonly Owed[] } });
  return true;
}

export function OwedQuestion() {
  const t = useT();
  const { queries } = useDesk();
  const asked = useAsked((state) => state.asked);
  if (!asked) return null;
  const leave = () => useAsked.setState({ asked: null });
  const close = (choice: NonNullable<ConversationPatch["open_promises"]>) => {
    leave();
    patchConversation(queries, asked.row.id, { status: "closed", open_promises: choice }).catch((failure) =>
      toast(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed"), {
        bad: true,
      }),
    );
  };
  return (
    <Dialog label={t("promise.question")} onClose={leave}>
      <div className="pop sheet handing">
        <h2 className="t16 b">{t("promise.question")}</h2>
        <ul className="promises">
          {asked.owed.map(({ id, words }) => (
            <li key={id}>{words}</li>
          ))}
        </ul>
        <div className="fx g8 wrap">
          <Button large primary onClick={() => close("kept")}>
            {t("promise.close_kept")}
          </Button>
          <Button large onClick={() => close("leave")}>
            {t("promise.close_leave")}
          </Button>
          <Button large onClick={() => close("broken")}>
            {t("promise.close_broken")}
          </Button>
          <Button large onClick={leave}>
            {t("act.cancel")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
