/** A channel's guide, drawn from plain data. */
// biome-ignore-all lint/suspicious/noArrayIndexKey: a guide does not change while it is read
import type { ReactNode } from "react";
import { type Block, blocksOf, type Inline } from "./guide";

export function Guide({ text }: { readonly text: string }) {
  const blocks = blocksOf(text);
  const [first] = blocks;
  const rest = first?.kind === "heading" && first.level === 1 ? blocks.slice(1) : blocks;
  return (
    <div className="guide">
      {rest.map((block, at) => (
        <Part key={at} block={block} />
      ))}
    </div>
  );
}

function Part({ block }: { readonly block: Block }): ReactNode {
  if (block.kind === "heading") return <h3 className="m">{words(block.inline)}</h3>;
  if (block.kind === "code") return <pre className="t12">{block.text}</pre>;
  if (block.kind === "text") return <p>{words(block.inline)}</p>;
  if (block.kind === "table") return <TableOf rows={block.rows} />;
  const items = block.items.map((item, at) => <li key={at}>{words(item)}</li>);
  return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function TableOf({
  rows: [head = [], ...rows],
}: {
  readonly rows: readonly (readonly (readonly Inline[])[])[];
}) {
  return (
    <div className="guide-table">
      <table>
        <thead>
          <tr>
            {head.map((cell, at) => (
              <th key={at} scope="col">
                {words(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {row.map((cell, at) => (
                <td key={at}>{words(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const words = (parts: readonly Inline[]): ReactNode => parts.map((part, at) => <Word key={at} part={part} />);

function Word({ part }: { readonly part: Inline }): ReactNode {
  if (part.kind === "link")
    return (
      <a className="link" href={part.href} target="_blank" rel="noreferrer noopener">
        {part.text}
      </a>
    );
  if (part.kind === "strong") return <b className="m">{part.text}</b>;
  if (part.kind === "em") return <em>{part.text}</em>;
  return part.kind === "code" ? <code>{part.text}</code> : part.text;
}
