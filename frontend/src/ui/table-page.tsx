/** A full page that is one table: title, count, rows; or the sentence that says why there are none. */
import type { ReactNode } from "react";
import { useFormat, useT } from "../i18n/index";
import { Bone } from "./bone";
import { Failure } from "./failure";

interface TablePageProps {
  readonly title: string;
  readonly load: {
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly error: unknown;
    refetch(): unknown;
  };
  readonly heads: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  readonly empty: string;
  /** How many of the last columns are figures. */
  readonly figures: number;
}

export function TablePage({ title, load, heads, rows, empty, figures }: TablePageProps) {
  const format = useFormat();
  return (
    <main className="pane">
      <div className="bar" style={{ padding: "0 24px" }}>
        <h1>{title}</h1>
        {!load.isPending && <span className="cnt t12">{format.number(rows.length)}</span>}
      </div>
      <div className="rows">
        <Table load={load} heads={heads} rows={rows} empty={empty} figures={figures} />
      </div>
    </main>
  );
}

const BONES = Array.from({ length: 8 }, (_, at) => at);

function Table({ load, heads, rows, empty, figures }: Omit<TablePageProps, "title">) {
  const t = useT();
  if (load.isPending) {
    return (
      <div className="late" aria-busy="true" style={{ padding: "8px 24px" }}>
        {BONES.map((at) => (
          <Bone key={at} w={`${90 - at * 4}%`} top={20} />
        ))}
      </div>
    );
  }
  if (load.isError) {
    const words = {
      title: t("page.failed"),
      text: t("state.server_failed"),
      again: t("state.again"),
      copy: t("state.copy_code"),
    };
    return <Failure words={words} code={String(load.error)} onAgain={() => void load.refetch()} />;
  }
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  const isFigure = (at: number) => at >= heads.length - figures;
  return (
    <table className="dt">
      <thead>
        <tr>
          {heads.map((head, at) => (
            <th key={head} scope="col" className={isFigure(at) ? "r" : ""}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, at) => (
              <td key={heads[at]} className={isFigure(at) ? "r" : ""}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
