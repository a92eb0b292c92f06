/** Files chosen for a message that is not written yet: put on the server at once, named by the message when it is sent. */
import { create } from "zustand";
import { type Attachment, type Mode, Problem, uploadFile } from "../api/index";
import { uuid7 } from "../lib/index";

export interface Attached {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly media_type: string;
  /** Null while it is on its way. */
  readonly id: string | null;
  readonly failure: string | null;
}

interface AttachedState {
  readonly lists: Readonly<Record<string, readonly Attached[]>>;
}

const NONE: readonly Attached[] = [];
const ways = new Map<string, AbortController>();
const nameOf = (conversation: string, mode: Mode): string => `${conversation} ${mode}`;

const useStore = create<AttachedState>(() => ({ lists: {} }));

export const useAttached = (conversation: string, mode: Mode): readonly Attached[] =>
  useStore((state) => state.lists[nameOf(conversation, mode)] ?? NONE);

export const attachedOf = (conversation: string, mode: Mode): readonly Attached[] =>
  useStore.getState().lists[nameOf(conversation, mode)] ?? NONE;

function change(at: string, next: (old: readonly Attached[]) => readonly Attached[]): void {
  useStore.setState(({ lists }) => ({ lists: { ...lists, [at]: next(lists[at] ?? NONE) } }));
}

export function attach(conversation: string, mode: Mode, files: readonly File[], failed: string): void {
  const at = nameOf(conversation, mode);
  for (const file of files) void put(at, file, failed);
}

async function put(at: string, file: File, failed: string): Promise<void> {
  const key = uuid7();
  const way = new AbortController();
  ways.set(key, way);
  const waiting: Attached = {
    key,
    name: file.name,
    size: file.size,
    media_type: file.type,
    id: null,
    failure: null,
  };
  change(at, (old) => [...old, waiting]);
  const replace = (next: Partial<Attached>) =>
    change(at, (old) => old.map((each) => (each.key === key ? { ...each, ...next } : each)));
  try {
    const { id, name, size, media_type } = await uploadFile(file, way.signal);
    replace({ id, name, size, media_type });
  } catch (failure) {
    if (!way.signal.aborted)
      replace({ failure: failure instanceof Problem && failure.detail ? failure.detail : failed });
  } finally {
    ways.delete(key);
  }
}

export function detach(conversation: string, mode: Mode, key: string): void {
  ways.get(key)?.abort();
  change(nameOf(conversation, mode), (old) => old.filter((each) => each.key !== key));
}

export const detachAll = (conversation: string, mode: Mode): void =>
  change(nameOf(conversation, mode), () => NONE);

/** Those of a message that was taken back. */
export function attachAgain(conversation: string, mode: Mode, files: readonly Sent[]): void {
  const again = files.map((file) => ({ ...file, key: file.id, failure: null }));
  change(nameOf(conversation, mode), (old) => [...old, ...again]);
}

export type Sent = Pick<Attachment, "id" | "name" | "size" | "media_type">;
