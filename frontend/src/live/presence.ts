/** Who looks at a conversation and who types in it. Told by the server, forgotten when the line breaks. */
import type { Viewer } from "./protocol";
import type { Clock } from "./world";

export interface PresenceState {
  readonly viewers: Readonly<Record<string, readonly Viewer[]>>;
  readonly typing: Readonly<Record<string, readonly string[]>>;
}

/** Stands among the typers for the customer. */
export const BUYER = "buyer";
const NOBODY: PresenceState = { viewers: {}, typing: {} };
const TYPING_MS = 6_000;

export class Presence {
  #state = NOBODY;
  readonly #listeners = new Set<() => void>();
  readonly #ends = new Map<string, () => void>();

  constructor(private readonly clock: Clock) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): PresenceState => this.#state;

  setViewers(conversation: string, viewers: readonly Viewer[]): void {
    this.#set({ ...this.#state, viewers: { ...this.#state.viewers, [conversation]: viewers } });
  }

  setTyping(conversation: string, member: string): void {
    const key = `${conversation} ${member}`;
    this.#ends.get(key)?.();
    this.#ends.set(
      key,
      this.clock.after(TYPING_MS, () => this.#stopTyping(conversation, member)),
    );
    const now = this.#state.typing[conversation] ?? [];
    if (!now.includes(member)) this.#setTypers(conversation, [...now, member]);
  }

  clear(): void {
    for (const cancel of this.#ends.values()) cancel();
    this.#ends.clear();
    this.#set(NOBODY);
  }

  /** What was typed has arrived. */
  endTyping(conversation: string, member: string): void {
    this.#ends.get(`${conversation} ${member}`)?.();
    if (this.#state.typing[conversation]?.includes(member)) this.#stopTyping(conversation, member);
  }

  #stopTyping(conversation: string, member: string): void {
    this.#ends.delete(`${conversation} ${member}`);
    this.#setTypers(
      conversation,
      (this.#state.typing[conversation] ?? []).filter((id) => id !== member),
    );
  }

  #setTypers(conversation: string, members: readonly string[]): void {
    this.#set({ ...this.#state, typing: { ...this.#state.typing, [conversation]: members } });
  }

  #set(state: PresenceState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
