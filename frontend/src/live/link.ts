/** One socket to /live: hello, resume, replay into a buffer, then live; it comes back by itself after any loss. */
import { backoff, restartPause } from "./backoff";
import { type Change, type Frame, PROTOCOL, parseFrame, type Viewer } from "./protocol";
import { Versions } from "./versions";
import type { Clock } from "./world";

/** The part of WebSocket that is used. */
export interface Wire {
  send(text: string): void;
  close(code?: number): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export type LinkState =
  | {
      readonly phase: "connecting" | "replaying" | "waiting";
      readonly lostAt: number;
      readonly retryAt: number | null;
    }
  | { readonly phase: "live" }
  | { readonly phase: "stopped"; readonly why: "signed_out" | "forbidden" | "old_page" | "left" };

export interface LiveHandlers {
  /** Changes in order, each row's version above the last one told. */
  changes(changes: readonly Change[]): void;
  /** The cursor is too old or another history began: fetch everything anew. */
  reset(): void;
  /** From this seq on every change will be told. */
  startsAt(seq: number): void;
  state(state: LinkState): void;
  presence(conversation: string, viewers: readonly Viewer[]): void;
  /** Without a member it is the buyer. */
  typing(conversation: string, member: string | null): void;
}

export interface LiveWorld extends Clock {
  random(): number;
  open(): Wire;
}

/** A replay begins this much before the cursor, in case frames came in another order before the line broke. */
const OVERLAP = 32;
const ANSWER_MS = 10_000;
const STABLE_MS = 10_000;
const VIEWING_MS = 20_000;
const FOLD_MS = 16;

const FINAL: Readonly<Record<number, "signed_out" | "forbidden" | "old_page">> = {
  4401: "signed_out",
  4403: "forbidden",
  4406: "old_page",
};

type Timer = "retry" | "stable" | "heartbeat" | "answer" | "viewing" | "fold";

export class LiveLink {
  #wire: Wire | null = null;
  #cursor: number | null = null;
  #latest = 0;
  #tries = 0;
  #lostAt: number;
  #heartbeatMs = 25_000;
  #buffer: Change[] = [];
  #viewing: { conversation_id: string | null; replying: boolean } = {
    conversation_id: null,
    replying: false,
  };
  readonly #versions = new Versions();
  readonly #timers = new Map<Timer, () => void>();
  #phase: LinkState["phase"] = "waiting";

  constructor(
    private readonly world: LiveWorld,
    private readonly handlers: LiveHandlers,
  ) {
    this.#lostAt = world.now();
  }

  get cursor(): number | null {
    return this.#cursor;
  }

  start(): void {
    if (this.#wire) return;
    this.#cancel("retry");
    this.#tell({ phase: "connecting", lostAt: this.#lostAt, retryAt: null });
    const wire = this.world.open();
    this.#wire = wire;
    wire.onmessage = ({ data }) => {
      if (this.#wire === wire) this.#hear(parseFrame(data));
    };
    wire.onclose = ({ code }) => {
      if (this.#wire === wire) this.#lose(code);
    };
    this.#await();
  }

  stop(): void {
    this.#drop();
    this.#tell({ phase: "stopped", why: "left" });
  }

  /** The computer woke, the network came back, or the tab is seen again: do not wait out the timers. */
  wake(): void {
    if (this.#phase === "waiting") this.start();
    else if (this.#phase === "live") this.#probe();
  }

  view(conversation: string | null, replying: boolean): void {
    const same = this.#viewing.conversation_id === conversation && this.#viewing.replying === replying;
    this.#viewing = { conversation_id: conversation, replying };
    if (!same) this.#sendViewing();
  }

  type(conversation: string): void {
    this.#send({ type: "typing", conversation_id: conversation, kind: "reply" });
  }

  #hear(frame: Frame | null): void {
    this.#cancel("answer");
    this.#timer("heartbeat", this.#heartbeatMs, () => this.#probe());
    if (frame) this.#act(frame);
  }

  #act(frame: Frame): void {
    if (frame.type === "hello") this.#greet(frame);
    else if (frame.type === "change") this.#receive(frame);
    else if (frame.type === "caught_up") this.#catchUp(frame.cursor);
    else if (frame.type === "reset") this.#reset();
    else if (frame.type === "presence") this.handlers.presence(frame.conversation_id, frame.viewers);
    else if (frame.type === "typing") this.handlers.typing(frame.conversation_id, frame.member_id);
    else if (frame.type === "ping") this.#send({ type: "pong" });
  }

  #greet(hello: Extract<Frame, { type: "hello" }>): void {
    if (hello.proto !== PROTOCOL) {
      this.#drop();
      this.#tell({ phase: "stopped", why: "old_page" });
      return;
    }
    this.#heartbeatMs = hello.heartbeat_s * 1000;
    this.#latest = hello.latest;
    let overlap = OVERLAP;
    if (this.#cursor === null) {
      overlap = 0;
      this.#cursor = hello.latest;
      this.handlers.startsAt(hello.latest);
    } else if (this.#cursor > hello.latest) {
      this.#versions.clear();
      this.#reset();
    }
    this.#tell({ phase: "replaying", lostAt: this.#lostAt, retryAt: null });
    const from = Math.min(this.#cursor, Math.max(hello.oldest, this.#cursor - overlap));
    this.#send({ type: "resume", cursor: from });
  }

  #receive(change: Change): void {
    this.#buffer.push(change);
    if (this.#phase === "live") this.#timer("fold", FOLD_MS, () => this.#fold(), true);
  }

  #fold(): void {
    const fresh = this.#buffer.filter((change) => this.#versions.take(change));
    const highest = this.#buffer.reduce((seq, change) => Math.max(seq, change.seq), this.#cursor ?? 0);
    this.#buffer = [];
    if (fresh.length > 0) this.handlers.changes(fresh);
    this.#cursor = highest;
  }

  #catchUp(cursor: number): void {
    this.#fold();
    this.#cursor = Math.max(cursor, this.#cursor ?? 0);
    this.#goLive();
  }

  #reset(): void {
    this.#buffer = [];
    this.#cursor = this.#latest;
    this.handlers.startsAt(this.#latest);
    this.handlers.reset();
    this.#goLive();
  }

  #goLive(): void {
    if (this.#phase === "live") return;
    this.#tell({ phase: "live" });
    this.#timer("stable", STABLE_MS, () => {
      this.#tries = 0;
    });
    this.#sendViewing();
  }

  #sendViewing(): void {
    this.#send({ type: "viewing", ...this.#viewing });
    if (this.#viewing.conversation_id) this.#timer("viewing", VIEWING_MS, () => this.#sendViewing());
    else this.#cancel("viewing");
  }

  #probe(): void {
    this.#send({ type: "ping" });
    this.#await();
  }

  /** Nothing heard in time: the line is dead even if the socket does not know it yet. */
  #await(): void {
    this.#timer(
      "answer",
      ANSWER_MS,
      () => {
        this.#wire?.close();
        this.#lose(1006);
      },
      true,
    );
  }

  #lose(code: number): void {
    const wasLive = this.#phase === "live";
    this.#drop();
    const why = FINAL[code];
    if (why) {
      this.#tell({ phase: "stopped", why });
      return;
    }
    const now = this.world.now();
    if (wasLive) this.#lostAt = now;
    const restarting = code === 1012 || code === 1013;
    const pause = restarting ? restartPause(this.world.random) : backoff(this.#tries, this.world.random);
    this.#tries += 1;
    this.#tell({ phase: "waiting", lostAt: this.#lostAt, retryAt: now + pause });
    this.#timer("retry", pause, () => this.start());
  }

  /** Buffered live changes were really heard: fold them; a half-heard replay is heard again. */
  #drop(): void {
    const wire = this.#wire;
    this.#wire = null;
    if (this.#phase === "live") this.#fold();
    this.#buffer = [];
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    if (wire) {
      wire.onmessage = null;
      wire.onclose = null;
      wire.close();
    }
  }

  #send(frame: object): void {
    if (this.#wire && this.#phase !== "connecting") this.#wire.send(JSON.stringify(frame));
  }

  #tell(state: LinkState): void {
    this.#phase = state.phase;
    this.handlers.state(state);
  }

  #timer(name: Timer, ms: number, act: () => void, keepRunning = false): void {
    if (keepRunning && this.#timers.has(name)) return;
    this.#cancel(name);
    const cancel = this.world.after(ms, () => {
      this.#timers.delete(name);
      act();
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: Timer): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}
