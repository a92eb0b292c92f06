import { describe, expect, it } from "vitest";
import { conversations } from "../test/fake-data";
import { messagesOf } from "../test/fake-talk";
import { firstUnreadOf, rowsOf } from "./model";

const conversation = conversations[0];
if (!conversation) throw new Error("no conversation");
const messages = messagesOf(conversation);
const base = { messages, outbox: [], conversation: conversation.id, zone: "Asia/Jakarta", firstUnread: null };

const entry = {
  client_msg_id: "k1",
  conversation_id: conversation.id,
  kind: "reply",
  text: "hello",
  thread_id: null,
  channel: null,
  if_last_seq: null,
  hold_ms: 0,
  made_at: "2026-11-24T02:26:00Z",
  state: "kept",
  tries: 0,
  problem: null,
} as const;

describe("the timeline", () => {
  it("rules a line before each day of the shop", () => {
    const kinds = rowsOf(base).map(({ key, kind }) => (kind === "day" ? key : kind));
    expect(kinds.filter((kind) => kind !== "message")).toEqual(["day 2026-11-23", "day 2026-11-24"]);
    expect(kinds[0]).toBe("day 2026-11-23");
    expect(kinds).toHaveLength(messages.length + 2);
  });

  it("marks where what is new begins", () => {
    const firstUnread = firstUnreadOf(messages, 1);
    const rows = rowsOf({ ...base, firstUnread });
    const at = rows.findIndex(({ kind }) => kind === "new");
    const next = rows[at + 1];
    expect(next?.kind === "message" && next.message.text).toMatch(/^Hi, Hannah from eBay/);
    expect(firstUnreadOf(messages, 0)).toBeNull();
  });

  it("shows what waits in the outbox once, also when the server has it already", () => {
    const other = { ...entry, client_msg_id: "k2", conversation_id: "another" };
    const waiting = rowsOf({ ...base, outbox: [entry, other] });
    expect(waiting.filter(({ kind }) => kind === "kept").map(({ key }) => key)).toEqual(["k1"]);
    const last = messages.at(-1);
    if (!last) throw new Error("no message");
    const landed = [...messages, { ...last, id: "server-id", client_msg_id: "k1" }];
    const rows = rowsOf({ ...base, messages: landed, outbox: [entry] });
    expect(rows.filter(({ key }) => key === "k1").map(({ kind }) => kind)).toEqual(["message"]);
  });
});
