/** Keeping and deleting one, with what went wrong in words. */
import { useState } from "react";
import { Problem } from "../api/index";
import { useT } from "../i18n/index";
import { toast } from "../ui/index";

interface Keeping {
  readonly busy: boolean;
  readonly problem: string;
  readonly keep: (act: () => Promise<{ readonly id: string; readonly name: string }>) => void;
  readonly drop: (act: () => Promise<void>, name: string) => void;
}

export function useKeeping(onKept: (id: string | null) => void): Keeping {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setProblem("");
    try {
      await act();
    } catch (failure) {
      const told = failure instanceof Problem && failure.status !== 0 ? failure.detail : "";
      setProblem(told || t("state.server_failed"));
    }
    setBusy(false);
  };
  return {
    busy,
    problem,
    keep: (act) =>
      void attempt(async () => {
        const { id, name } = await act();
        toast(t("saved.kept", { name }));
        onKept(id);
      }),
    drop: (act, name) =>
      void attempt(async () => {
        await act();
        toast(t("saved.dropped", { name }));
        onKept(null);
      }),
  };
}
