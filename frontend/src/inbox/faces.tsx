/** What the list shows when it has no rows: not yet, none, or could not. */
import { type ListFilter, Problem } from "../api/index";
import { useT } from "../i18n/index";
import { Bone, Button, Failure } from "../ui/index";

const WIDTHS = [
  [118, 168, 210],
  [96, 140, 226],
  [130, 186, 196],
  [104, 152, 232],
] as const;

const ROWS = Array.from({ length: 12 }, (_, at) => at);

export function ListSkeleton() {
  const t = useT();
  return (
    <div className="rows late" aria-busy="true" role="status" aria-label={t("state.loading")}>
      {ROWS.map((at) => {
        const [name, subject, preview] = WIDTHS[at % 4] ?? WIDTHS[0];
        return (
          <div className="row bare" key={at}>
            <Bone w={16} h={16} />
            <div style={{ paddingTop: 3 }}>
              <Bone w={name} />
              <Bone w={subject} top={9} />
              <Bone w={preview} top={8} />
            </div>
            <div className="rt" style={{ paddingTop: 3 }}>
              <Bone w={34} />
              <Bone w={44} />
            </div>
          </div>
        );
      })}
    </div>
  );
}

interface EmptyProps {
  readonly filter: ListFilter;
  readonly waiting: number;
  readonly snoozed: number;
  readonly onClear: () => void;
}

export function EmptyList({ filter, waiting, snoozed, onClear }: EmptyProps) {
  const t = useT();
  const narrowed = Boolean(filter.q || filter.channel || filter.assignee_id || filter.team_id);
  return (
    <div className="rows">
      <div className="empty">
        <div className="m">
          {narrowed ? t("inbox.none_found") : t(`inbox.none_${filter.status ?? "found"}`)}
        </div>
        {!narrowed && filter.status === "open" && waiting + snoozed > 0 && (
          <div className="t12 mute" style={{ marginTop: 3 }}>
            {t("inbox.none_rest", { waiting, snoozed })}
          </div>
        )}
        {narrowed && (
          <div style={{ marginTop: 12 }}>
            <Button onClick={onClear}>{t("inbox.clear_filters")}</Button>
          </div>
        )}
      </div>
    </div>
  );
}

export function ListFailure({
  failure,
  onAgain,
}: {
  readonly failure: unknown;
  readonly onAgain: () => void;
}) {
  const t = useT();
  const words = {
    title: t("inbox.failed_title"),
    text: failure instanceof Problem && failure.status === 0 ? t("state.no_line") : t("state.server_failed"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  const code = failure instanceof Problem ? `${failure.code} ${failure.detail}` : String(failure);
  return <Failure words={words} code={code} onAgain={onAgain} />;
}
