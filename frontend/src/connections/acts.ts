/** What a member tells a connection, with what came of it in a toast. */
import { useCallback, useState } from "react";
import {
  actOnConnection,
  type Checked,
  type ConnectionPatch,
  type ConnectionRow,
  checkConnection,
  Problem,
  removeConnection,
  updateConnection,
  useDesk,
} from "../api/index";
import { useT } from "../i18n/index";
import { toast } from "../ui/index";

export function useFailure(): (failure: unknown) => string {
  const t = useT();
  return useCallback(
    (failure) => {
      if (!(failure instanceof Problem)) return t("state.server_failed");
      return failure.status === 0 ? t("state.no_line") : failure.detail || t("state.server_failed");
    },
    [t],
  );
}

export interface ConnectionActs {
  readonly busy: boolean;
  check(): Promise<Checked | null>;
  pull(): Promise<void>;
  reconcile(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  update(patch: ConnectionPatch): Promise<boolean>;
  remove(): Promise<boolean>;
}

export function useActs({ id, name }: ConnectionRow): ConnectionActs {
  const t = useT();
  const { queries } = useDesk();
  const causeOf = useFailure();
  const [busy, setBusy] = useState(false);
  const attempt = async <Answer>(act: () => Promise<Answer>, say?: (answer: Answer) => void) => {
    setBusy(true);
    try {
      const answer = await act();
      say?.(answer);
      return { answer };
    } catch (failure) {
      toast(causeOf(failure), { bad: true });
      return null;
    } finally {
      setBusy(false);
    }
  };
  const told = (act: "pull" | "reconcile" | "pause" | "resume") => actOnConnection(queries, id, act);
  return {
    busy,
    check: async () =>
      (
        await attempt(
          () => checkConnection(queries, id),
          ({ ok, detail, fix }) =>
            toast(ok ? t("connections.check_ok", { name }) : [detail, fix].filter(Boolean).join(" "), {
              bad: !ok,
            }),
        )
      )?.answer ?? null,
    pull: async () => {
      await attempt(
        () => told("pull"),
        () => toast(t("connections.pulling", { name })),
      );
    },
    reconcile: async () => {
      await attempt(
        () => told("reconcile"),
        () => toast(t("connections.reconciling", { name })),
      );
    },
    pause: async () => {
      await attempt(
        () => told("pause"),
        () =>
          toast(t("connections.did_pause", { name }), {
            undo: () => void told("resume"),
            undoWord: t("act.undo"),
          }),
      );
    },
    resume: async () => {
      await attempt(
        () => told("resume"),
        () => toast(t("connections.did_resume", { name })),
      );
    },
    update: async (patch) => (await attempt(() => updateConnection(queries, id, patch))) !== null,
    remove: async () =>
      (await attempt(
        () => removeConnection(queries, id),
        () => toast(t("connections.did_remove", { name })),
      )) !== null,
  };
}
