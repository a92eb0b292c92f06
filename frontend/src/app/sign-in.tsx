/** Sign-in: who and with what; and what is wrong, in words. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { keys, type Me, Problem, request, useDesk } from "../api/index";
import { languages, type Translate, useLanguage, useT } from "../i18n/index";
import { Button, Logo } from "../ui/index";

export function SignIn({ onIn }: { readonly onIn: () => void }) {
  const t = useT();
  const { queries } = useDesk();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = `${t("session.enter")} · Onecounter`;
    first.current?.focus();
  }, [t]);
  const enter = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setWrong("");
    try {
      const me = await request<Me>("POST", "/session", {
        body: { email: form.get("email"), password: form.get("password") },
      });
      queries.clear();
      if (me && "member" in me) queries.setQueryData(keys.me, me);
      onIn();
    } catch (failure) {
      setWrong(causeOf(failure, t));
      setBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <form onSubmit={(event) => void enter(event)}>
        <div className="brand">
          <Logo />
          <span className="t16 b">Onecounter</span>
        </div>
        <h1 className="t20 b" style={{ marginBottom: 16 }}>
          {t("session.title")}
        </h1>
        <label className="lab" htmlFor="email">
          {t("session.email")}
        </label>
        <span className="fld">
          <input ref={first} id="email" name="email" type="email" autoComplete="username" required />
        </span>
        <label className="lab" htmlFor="password">
          {t("session.password")}
        </label>
        <span className="fld">
          <input id="password" name="password" type="password" autoComplete="current-password" required />
        </span>
        <div role="alert" className="bad t12" style={{ minHeight: 18 }}>
          {wrong}
        </div>
        <Button primary large type="submit" disabled={busy}>
          {t(busy ? "session.entering" : "session.enter")}
        </Button>
      </form>
      <LanguageChoice />
    </main>
  );
}

function causeOf(failure: unknown, t: Translate): string {
  if (!(failure instanceof Problem)) return t("state.server_failed");
  if (failure.status === 401) return t("session.wrong");
  if (failure.status === 429) return t("session.too_often");
  if (failure.status === 0) return t("state.no_line");
  return failure.detail || t("state.server_failed");
}

const names = { en: "English", id: "Bahasa Indonesia" } as const;

function LanguageChoice() {
  const { language, choose } = useLanguage();
  return (
    <div className="foot">
      {languages.map((each) => (
        <Button
          key={each}
          quiet
          className={each === language ? "on" : ""}
          aria-pressed={each === language}
          onClick={() => choose(each)}
        >
          {names[each]}
        </Button>
      ))}
    </div>
  );
}
