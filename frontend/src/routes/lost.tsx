/** Pages for what is not there and what could not be drawn. */
import { useRouter } from "@tanstack/react-router";
import { Problem } from "../api/index";
import { useT } from "../i18n/index";
import { Failure } from "../ui/index";

export function NoSuchPage() {
  const t = useT();
  return (
    <main className="pane" style={{ padding: 24, height: "100dvh" }}>
      <h1 className="t20 b">{t("page.none")}</h1>
      <p className="mute" style={{ marginTop: 6 }}>
        <a className="link" href="/inbox">
          {t("page.to_inbox")}
        </a>
      </p>
    </main>
  );
}

export function PageFailure({ error }: { readonly error: unknown }) {
  const t = useT();
  const router = useRouter();
  const noLine = error instanceof Problem && error.status === 0;
  const words = {
    title: t("page.failed"),
    text: t(noLine ? "state.no_line" : "state.server_failed"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  const code = error instanceof Problem ? `${error.status} ${error.code}` : String(error);
  return (
    <main className="pane" style={{ height: "100dvh" }}>
      <Failure words={words} code={code} onAgain={() => void router.invalidate()} />
    </main>
  );
}
