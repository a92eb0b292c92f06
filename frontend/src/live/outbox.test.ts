import { describe, expect, it } from "vitest";
import { chance, FakeClock } from "../test/fake-world";
import { Outbox, type OutboxEntry } from "./index";

const entry = (id: string, conversation = "c1"): OutboxEntry => ({
  client_msg_id: id,
  conversation_id: conversation,
  kind: "reply",
  text: `text ${id}`,
  thread_id: null,
  channel: null,
  if_last_seq: null,
  hold_ms: 0,
  made_at: "2026-11-24T02:26:00Z",
  state: "kept",
  tries: 0,
  problem: null,
});

class Refusal extends Error {}

function setUp(saved: readonly OutboxEntry[] = []) {
  const clock = new FakeClock();
  const store = { entries: saved };
  const sent: string[] = [];
  const answers: { id: string; yes: () => void; no: (failure: unknown) => void }[] = [];
  const outbox = new Outbox(
    {
      read: async () => store.entries,
      write: async (_, entries) => {
        store.entries = entries;
      },
    },
    {
      send: ({ client_msg_id }) => {
        sent.push(client_msg_id);
        return new Promise((yes, no) => answers.push({ id: client_msg_id, yes, no }));
      },
      passing: (failure) => !(failure instanceof Refusal),
      explain: () => ({ code: "newer_reply", detail: "A colleague answered." }),
    },
    { ...{ now: clock.now, after: clock.after }, random: chance(1) },
  );
  const settle = async (at: number, failure?: unknown) => {
    if (failure === undefined) answers[at]?.yes();
    else answers[at]?.no(failure);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { clock, store, outbox, sent, settle };
}

const statesOf = (outbox: Outbox) =>
  outbox.entries().map(({ client_msg_id, state }) => `${client_msg_id} ${state}`);

describe("the outbox", () => {
  it("keeps an entry before it sends it, and forgets it only when the server has it", async () => {
    const { outbox, store, settle } = setUp();
    await outbox.add(entry("a"));
    expect(store.entries.map(({ client_msg_id }) => client_msg_id)).toEqual(["a"]);
    await settle(0);
    expect(outbox.entries()).toEqual([]);
    expect(store.entries).toEqual([]);
  });

  it("sends one at a time in a conversation, and conversations beside each other", async () => {
    const { outbox, sent, settle } = setUp();
    await outbox.add(entry("a"));
    await outbox.add(entry("b"));
    await outbox.add(entry("x", "c2"));
    expect(sent).toEqual(["a", "x"]);
    await settle(0);
    expect(sent).toEqual(["a", "x", "b"]);
  });

  it("tries again under the same id when the line is gone, and holds back what comes after", async () => {
    const { outbox, sent, settle, clock } = setUp();
    await outbox.add(entry("a"));
    await settle(0, new Error("no line"));
    expect(statesOf(outbox)).toEqual(["a kept"]);
    clock.advance(2_000);
    expect(sent).toEqual(["a", "a"]);
  });

  it("does not try a refusal again by itself; the rest goes on", async () => {
    const { outbox, sent, settle, clock } = setUp();
    await outbox.add(entry("a"));
    await outbox.add(entry("b"));
    await settle(0, new Refusal());
    expect(statesOf(outbox)).toEqual(["a refused", "b sending"]);
    clock.advance(120_000);
    expect(sent).toEqual(["a", "b"]);
    outbox.retry("a", { if_last_seq: 9 });
    await settle(1);
    expect(sent).toEqual(["a", "b", "a"]);
    expect(outbox.entries()[0]?.if_last_seq).toBe(9);
  });

  it("takes an entry back unless it is on its way", async () => {
    const { outbox } = setUp();
    await outbox.add(entry("a"));
    await outbox.add(entry("b"));
    expect(outbox.discard("a")).toBeNull();
    expect(outbox.discard("b")?.text).toBe("text b");
    expect(statesOf(outbox)).toEqual(["a sending"]);
  });

  it("sends what an earlier page left behind, also what was cut off on its way", async () => {
    const { outbox, sent } = setUp([{ ...entry("a"), state: "sending" }, entry("x", "c2")]);
    await outbox.load();
    expect(sent).toEqual(["a", "x"]);
  });
});
