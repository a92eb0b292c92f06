/** A clock that moves only when told, seeded chance, and a server end of the live line. */
import type { Change, LiveWorld, Wire } from "../live/index";

export class FakeClock {
  #now = 1_000_000;
  #next = 0;
  readonly #timers = new Map<number, { at: number; act: () => void }>();

  readonly now = (): number => this.#now;

  readonly after = (ms: number, act: () => void): (() => void) => {
    this.#next += 1;
    const id = this.#next;
    this.#timers.set(id, { at: this.#now + ms, act });
    return () => this.#timers.delete(id);
  };

  /** Runs what falls due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].act();
    }
    this.#now = end;
  }
}

/** mulberry32 */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Line {
  readonly wire: Wire;
  resumed: boolean;
  open: boolean;
}

/** Keeps every change, stamps them, and replays after a cursor. */
export class FakeLiveServer {
  readonly changes: Change[] = [];
  readonly heard: { readonly type: string; readonly [more: string]: unknown }[] = [];
  oldest = 0;
  proto = 1;
  opened = 0;
  #line: Line | null = null;
  #queue: string[] = [];

  constructor(
    readonly clock: FakeClock,
    readonly random: () => number,
  ) {}

  get latest(): number {
    return this.changes.at(-1)?.seq ?? 0;
  }

  get connected(): boolean {
    return this.#line?.open ?? false;
  }

  world(): LiveWorld {
    return { now: this.clock.now, after: this.clock.after, random: this.random, open: () => this.#open() };
  }

  commit(kind: string, id: string, version: number, data: unknown = { id, version }): void {
    const change = { seq: this.latest + 1, kind, id, version, data };
    this.changes.push(change);
    if (this.#line?.resumed) this.#queue.push(JSON.stringify({ type: "change", ...change }));
  }

  say(frame: object): void {
    this.#queue.push(JSON.stringify(frame));
  }

  /** Delivers what waits, or only a part of it; a neighbour may overtake, a frame may come twice. */
  flush({ shuffle = false, part = 1 }: { readonly shuffle?: boolean; readonly part?: number } = {}): void {
    const queue = this.#queue;
    this.#queue = [];
    if (shuffle) disturb(queue, this.random);
    for (const frame of queue.slice(0, Math.ceil(queue.length * part)))
      this.#line?.wire.onmessage?.({ data: frame });
  }

  /** The line breaks; what was not delivered is lost. */
  cut(code = 1006): void {
    const line = this.#line;
    this.#line = null;
    this.#queue = [];
    if (line?.open) {
      line.open = false;
      line.wire.onclose?.({ code });
    }
  }

  #open(): Wire {
    this.opened += 1;
    const wire: Wire = {
      send: (text) => this.#hear(line, JSON.parse(text)),
      close: () => {
        line.open = false;
      },
      onmessage: null,
      onclose: null,
    };
    const line: Line = { wire, resumed: false, open: true };
    this.#line = line;
    this.#queue = [];
    this.say({ type: "hello", proto: this.proto, latest: this.latest, oldest: this.oldest, heartbeat_s: 25 });
    return wire;
  }

  #hear(line: Line, frame: { type: string; cursor?: number }): void {
    this.heard.push(frame);
    if (frame.type === "ping") this.say({ type: "pong" });
    if (frame.type !== "resume") return;
    line.resumed = true;
    if ((frame.cursor ?? 0) < this.oldest) this.say({ type: "reset" });
    else
      for (const change of this.changes)
        if (change.seq > (frame.cursor ?? 0)) this.say({ type: "change", ...change });
    this.say({ type: "caught_up", cursor: this.latest });
  }
}

function disturb(queue: string[], random: () => number): void {
  for (let at = 0; at + 1 < queue.length; at += 1) {
    const [a, b] = [queue[at], queue[at + 1]];
    const bothChanges = a?.includes('"type":"change"') && b?.includes('"type":"change"');
    if (a && b && bothChanges && random() < 0.3) {
      queue[at] = b;
      queue[at + 1] = a;
    }
    if (a?.includes('"type":"change"') && random() < 0.1) queue.splice(at + 1, 0, a);
  }
}
