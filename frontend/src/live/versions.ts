/** The newest version seen of each row: a repeated or late change must not bring an older row back. */
import type { Change } from "./protocol";

export class Versions {
  readonly #seen = new Map<string, number>();

  constructor(private readonly size = 20_000) {}

  /** True once per version, and only for a version above every earlier one. */
  take({ kind, id, version }: Change): boolean {
    const key = `${kind} ${id}`;
    const known = this.#seen.get(key);
    if (known !== undefined && version <= known) return false;
    this.#seen.delete(key);
    this.#seen.set(key, version);
    if (this.#seen.size > this.size) this.#forgetOldest();
    return true;
  }

  clear(): void {
    this.#seen.clear();
  }

  #forgetOldest(): void {
    for (const key of this.#seen.keys()) {
      this.#seen.delete(key);
      return;
    }
  }
}
