/** Frames of /live, checked by hand as they arrive. A frame nobody knows is ignored, not an error. */

export interface Change {
  readonly seq: number;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly data: unknown;
}

export interface Viewer {
  readonly member_id: string;
  readonly replying: boolean;
}

export type Frame =
  | {
      readonly type: "hello";
      readonly proto: number;
      readonly latest: number;
      readonly oldest: number;
      readonly heartbeat_s: number;
    }
  | ({ readonly type: "change" } & Change)
  | { readonly type: "caught_up"; readonly cursor: number }
  | { readonly type: "reset" }
  | { readonly type: "presence"; readonly conversation_id: string; readonly viewers: readonly Viewer[] }
  | { readonly type: "typing"; readonly conversation_id: string; readonly member_id: string | null }
  | { readonly type: "ping" }
  | { readonly type: "pong" };

/** The protocol this screen speaks; another one in `hello` means the page is older than the server. */
export const PROTOCOL = 1;

type Fields = Readonly<Record<string, unknown>>;

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isText = (value: unknown): value is string => typeof value === "string";

const readers: Readonly<Record<string, (fields: Fields) => Frame | null>> = {
  hello: ({ proto, latest, oldest, heartbeat_s }) =>
    isNumber(proto) && isNumber(latest)
      ? {
          type: "hello",
          proto,
          latest,
          oldest: isNumber(oldest) ? oldest : 0,
          heartbeat_s: isNumber(heartbeat_s) ? heartbeat_s : 25,
        }
      : null,
  change: ({ seq, kind, id, version, data }) =>
    isNumber(seq) && isText(kind)
      ? {
          type: "change",
          seq,
          kind,
          id: isText(id) ? id : kind,
          version: isNumber(version) ? version : seq,
          data,
        }
      : null,
  caught_up: ({ cursor }) => (isNumber(cursor) ? { type: "caught_up", cursor } : null),
  reset: () => ({ type: "reset" }),
  presence: ({ conversation_id, viewers }) =>
    isText(conversation_id) && Array.isArray(viewers)
      ? { type: "presence", conversation_id, viewers: viewers.flatMap(readViewer) }
      : null,
  typing: ({ conversation_id, member_id }) =>
    isText(conversation_id) && (isText(member_id) || member_id === null)
      ? { type: "typing", conversation_id, member_id }
      : null,
  ping: () => ({ type: "ping" }),
  pong: () => ({ type: "pong" }),
};

function readViewer(value: unknown): Viewer[] {
  if (typeof value !== "object" || value === null) return [];
  const { member_id, replying } = value as Fields;
  return isText(member_id) ? [{ member_id, replying: replying === true }] : [];
}

export function parseFrame(raw: unknown): Frame | null {
  if (!isText(raw)) return null;
  try {
    const fields: unknown = JSON.parse(raw);
    if (typeof fields !== "object" || fields === null) return null;
    const type = (fields as Fields).type;
    return isText(type) && Object.hasOwn(readers, type) ? (readers[type]?.(fields as Fields) ?? null) : null;
  } catch {
    return null;
  }
}
