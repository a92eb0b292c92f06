/** The latest changes, kept so that a snapshot that was already on its way can be brought up to date. */
import type { Change } from "./protocol";

export class ChangeLog {
  #changes: Change[] = [];
  #floor = Number.POSITIVE_INFINITY;

  constructor(private readonly size = 2_000) {}

  /** Everything after `seq` will be added from now on. */
  startAt(seq: number): void {
    this.#changes = [];
    this.#floor = seq;
  }

  get started(): boolean {
    return this.#floor !== Number.POSITIVE_INFINITY;
  }

  add(changes: readonly Change[]): void {
    this.#changes.push(...changes);
    const over = this.#changes.length - this.size;
    if (over <= 0) return;
    const gone = this.#changes.splice(0, over);
    this.#floor = gone.reduce((highest, change) => Math.max(highest, change.seq), this.#floor);
  }

  /** Changes after `seq`, or null when the log no longer reaches back that far. */
  since(seq: number): readonly Change[] | null {
    if (seq < this.#floor) return null;
    return this.#changes.filter((change) => change.seq > seq);
  }
}
