/** The stock page when there is nothing to show: loading, failed, empty, filtered to nothing. */
import { Problem } from "../api/index";
import { useT } from "../i18n/index";
import { Bone, Button, Failure, To } from "../ui/index";

const BONES = Array.from({ length: 14 }, (_, at) => at);

export function Loading() {
  return (
    <div className="late" aria-busy="true" style={{ flex: 1, padding: "31px 16px 0" }}>
      {BONES.map((at) => (
        <div key={at} className="fx g8" style={{ height: 36 }}>
          <Bone w={26} h={26} />
          <div className="grow">
            <Bone w={120 + ((at * 37) % 90)} />
          </div>
          <Bone w={28} />
          <Bone w={28} />
          <Bone w={48} />
          <Bone w={48} />
        </div>
      ))}
    </div>
  );
}

export function Failed({ load }: { readonly load: { readonly error: unknown; refetch(): unknown } }) {
  const t = useT();
  const problem = load.error instanceof Problem ? load.error : null;
  const words = {
    title: t("page.failed"),
    text: problem?.status === 0 ? t("state.no_line") : problem?.detail || t("state.server_failed"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  const code = problem ? `${problem.status} ${problem.code}` : String(load.error);
  return <Failure words={words} code={code} onAgain={() => void load.refetch()} />;
}

interface BlankProps {
  readonly empty: boolean;
  readonly problems: boolean;
  readonly onAll: () => void;
}

export function Blank({ empty, problems, onAll }: BlankProps) {
  const t = useT();
  if (empty)
    return (
      <div className="blank">
        <h2 className="t16 b">{t("stock.none")}</h2>
        <p className="mute" style={{ marginTop: 4 }}>
          {t("stock.none_next")}{" "}
          <To className="link" href="/connections">
            {t("nav.connections")}
          </To>
        </p>
      </div>
    );
  return (
    <div className="blank">
      <h2 className="t16 b">{t(problems ? "stock.no_problems" : "stock.none_here")}</h2>
      <Button onClick={onAll}>{t("stock.show_all")}</Button>
    </div>
  );
}
