/** What this member has said and the server has not acknowledged yet. Kept in the browser, sent in order, each once. */
import { backoff } from "./backoff";
import type { Clock } from "./world";

export interface OutboxEntry {
  readonly client_msg_id: string;
  readonly conversation_id: string;
  readonly kind: "reply" | "note";
  readonly text: string;
  /** On the server already. Entries of an older page carry none. */
  readonly attachments?: readonly {
    readonly id: string;
    readonly name: string;
    readonly size: number;
    readonly media_type: string;
  }[];
  readonly thread_id: string | null;
  readonly channel: string | null;
  /** Entries of an older page carry none. */
  readonly reply_to_id?: string | null;
  /** An approved text; `text` is how it reads. */
  readonly template?: {
    readonly name: string;
    readonly language: string;
    readonly variables: readonly string[];
  };
  readonly if_last_seq: number | null;
  readonly hold_ms: number;
  readonly made_at: string;
  readonly state: "kept" | "sending" | "refused";
  readonly tries: number;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

export interface OutboxStore {
  read(key: string): Promise<readonly OutboxEntry[] | undefined>;
  write(key: string, entries: readonly OutboxEntry[]): Promise<void>;
}

interface Post {
  /** Resolves when the server has the message. */
  send(entry: OutboxEntry): Promise<void>;
  /** True when the same send may succeed later without a change. */
  passing(failure: unknown): boolean;
  explain(failure: unknown): { code: string; detail: string };
}

const KEY = "entries";

export class Outbox {
  #entries: readonly OutboxEntry[] = [];
  #retry: (() => void) | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly store: OutboxStore,
    private readonly post: Post,
    private readonly world: Clock & { random(): number },
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly entries = (): readonly OutboxEntry[] => this.#entries;

  /** What an earlier page left behind goes out first; a send that was cut off is sent again under the same id. */
  async load(): Promise<void> {
    const before = (await this.store.read(KEY)) ?? [];
    const known = new Set(this.#entries.map((entry) => entry.client_msg_id));
    const left = before
      .filter((entry) => !known.has(entry.client_msg_id))
      .map((entry): OutboxEntry => (entry.state === "sending" ? { ...entry, state: "kept" } : entry));
    if (left.length > 0) this.#set([...left, ...this.#entries]);
    this.pump();
  }

  /** Resolves when the entry is safe in this browser, before it is sent. */
  async add(entry: OutboxEntry): Promise<void> {
    this.#set([...this.#entries, entry]);
    await this.#save();
    this.pump();
  }

  retry(id: string, change: Partial<Pick<OutboxEntry, "if_last_seq" | "thread_id" | "channel">> = {}): void {
    this.#replace(id, { ...change, state: "kept", problem: null });
    this.pump();
  }

  /** Takes the entry back unless it is on its way at this moment. */
  discard(id: string): OutboxEntry | null {
    const entry = this.#entries.find((each) => each.client_msg_id === id);
    if (!entry || entry.state === "sending") return null;
    this.#remove(id);
    return entry;
  }

  /** Sends the first kept entry of each conversation that has none on its way. */
  pump(): void {
    const busy = new Set(
      this.#entries.filter(({ state }) => state === "sending").map((each) => each.conversation_id),
    );
    for (const entry of this.#entries) {
      if (entry.state !== "kept" || busy.has(entry.conversation_id)) continue;
      busy.add(entry.conversation_id);
      void this.#send(entry);
    }
  }

  async #send(entry: OutboxEntry): Promise<void> {
    this.#replace(entry.client_msg_id, { state: "sending" });
    try {
      await this.post.send(entry);
      this.#remove(entry.client_msg_id);
    } catch (failure) {
      this.#fail(entry, failure);
      return;
    }
    this.pump();
  }

  #fail(entry: OutboxEntry, failure: unknown): void {
    const tries = entry.tries + 1;
    if (!this.post.passing(failure)) {
      this.#replace(entry.client_msg_id, { state: "refused", tries, problem: this.post.explain(failure) });
      this.pump();
      return;
    }
    this.#replace(entry.client_msg_id, { state: "kept", tries });
    this.#retry?.();
    this.#retry = this.world.after(backoff(tries, this.world.random), () => this.pump());
  }

  #replace(id: string, change: Partial<OutboxEntry>): void {
    this.#set(this.#entries.map((each) => (each.client_msg_id === id ? { ...each, ...change } : each)));
    void this.#save();
  }

  #remove(id: string): void {
    this.#set(this.#entries.filter((each) => each.client_msg_id !== id));
    void this.#save();
  }

  #set(entries: readonly OutboxEntry[]): void {
    this.#entries = entries;
    for (const listener of this.#listeners) listener();
  }

  #save(): Promise<void> {
    return this.store.write(KEY, this.#entries);
  }
}
