import { describe, expect, it } from "vitest";
import { ChangeLog } from "./index";

const change = (seq: number) => ({ seq, kind: "message", id: `m${seq}`, version: 1, data: {} });
const seqs = (changes: readonly { seq: number }[] | null) => changes?.map(({ seq }) => seq) ?? null;

describe("the change log", () => {
  it("knows nothing before it starts", () => {
    expect(new ChangeLog().since(5)).toBeNull();
  });

  it("gives what came after a snapshot, and says when it does not reach back", () => {
    const log = new ChangeLog(3);
    log.startAt(10);
    log.add([change(11), change(12)]);
    expect(seqs(log.since(10))).toEqual([11, 12]);
    expect(seqs(log.since(9))).toBeNull();
    log.add([change(13), change(14)]);
    expect(seqs(log.since(10))).toBeNull();
    expect(seqs(log.since(11))).toEqual([12, 13, 14]);
  });
});
