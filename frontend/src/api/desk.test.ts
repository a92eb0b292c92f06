import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OutboxEntry, Wire } from "../live/index";
import { FakeCounter } from "../test/fake-counter";
import { patchConversation, readAll, undoSend } from "./acts";
import { createDesk, type Desk } from "./desk";
import { keys, type ListFilter } from "./keys";
import { conversationQuery, conversationsQuery, meQuery, messagesQuery } from "./queries";
import type { Message } from "./types";

const mine: ListFilter = { queue: "mine", status: "open" };
const ID = "conversation-4126";

let counter: FakeCounter;
let desk: Desk;
let say: (frame: object) => void;

/** The network's end: what the browser asks goes to the counter in memory. */
async function network(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const url = new URL(String(input), "http://counter.test");
  const { status, body } = counter.answer({
    method: init.method ?? "GET",
    path: url.pathname.replace("/api/v1", ""),
    query: url.searchParams,
    body: init.body ? JSON.parse(String(init.body)) : undefined,
  });
  return new Response(body === undefined ? null : JSON.stringify(body), { status });
}

function openLine(): Wire {
  const wire: Wire = { send: () => undefined, close: () => undefined, onmessage: null, onclose: null };
  say = (frame) => wire.onmessage?.({ data: JSON.stringify(frame) });
  return wire;
}

beforeEach(async () => {
  counter = new FakeCounter();
  vi.stubGlobal("fetch", network);
  desk = createDesk(openLine);
  await desk.queries.fetchQuery(meQuery);
  await desk.queries.fetchInfiniteQuery(conversationsQuery(mine));
  await desk.queries.fetchQuery(conversationQuery(ID));
  await desk.queries.fetchInfiniteQuery(messagesQuery(ID));
});

afterEach(() => {
  desk.live.stop();
  desk.queries.clear();
  vi.unstubAllGlobals();
});

const rowsOf = () =>
  desk.queries
    .getQueryData<{ pages: { items: { id: string; unread: boolean }[] }[] }>(keys.list(mine))
    ?.pages.flatMap((page) => page.items) ?? [];
const has = (id: string) => rowsOf().some((row) => row.id === id);
const talk = () =>
  desk.queries
    .getQueryData<{ pages: { items: Message[] }[] }>(keys.messages(ID))
    ?.pages.flatMap((page) => page.items) ?? [];

const entry: OutboxEntry = {
  client_msg_id: "0193-send",
  conversation_id: ID,
  kind: "reply",
  text: "On its way.",
  thread_id: null,
  channel: null,
  if_last_seq: 100,
  hold_ms: 5_000,
  made_at: new Date().toISOString(),
  state: "kept",
  tries: 0,
  problem: null,
};

const settled = (ready: () => boolean) => vi.waitFor(() => expect(ready()).toBe(true), { timeout: 10_000 });

describe("closing a conversation", () => {
  it("takes it out of the list before the server answers", async () => {
    const closing = patchConversation(desk.queries, ID, { status: "closed" });
    expect(has(ID)).toBe(false);
    await closing;
    expect(counter.rows.get(ID)?.status).toBe("closed");
    expect(has(ID)).toBe(false);
  });

  it("puts it back in its place when the server refuses", async () => {
    const before = rowsOf().map(({ id }) => id);
    counter.failing = { status: 409, body: { code: "version_moved", detail: "Somebody changed it." } };
    await expect(patchConversation(desk.queries, ID, { status: "closed" })).rejects.toMatchObject({
      code: "version_moved",
    });
    expect(rowsOf().map(({ id }) => id)).toEqual(before);
  });
});

describe("reading", () => {
  it("clears the mark at once and tells the server how far", async () => {
    const row = counter.rows.get(ID);
    if (!row) throw new Error("no row");
    expect(rowsOf().find(({ id }) => id === ID)?.unread).toBe(true);
    const reading = readAll(desk.queries, row);
    expect(rowsOf().find(({ id }) => id === ID)?.unread).toBe(false);
    await reading;
    expect(counter.rows.get(ID)?.unread_count).toBe(0);
  });
});

describe("sending", () => {
  it("passes on the key, the hold and what the writer had seen, and shows the message once", async () => {
    await desk.outbox.add(entry);
    await settled(() => desk.outbox.entries().length === 0);
    expect(counter.posted).toEqual([
      {
        client_msg_id: "0193-send",
        kind: "reply",
        text: "On its way.",
        attachment_ids: [],
        if_last_seq: 100,
        hold_ms: 5_000,
      },
    ]);
    expect(talk().filter(({ text }) => text === "On its way.")).toHaveLength(1);
  });

  it("keeps it while the server fails, and sends it once when it is back", async () => {
    counter.failing = { status: 503, body: { code: "down", detail: "Restarting." } };
    await desk.outbox.add(entry);
    await settled(() => desk.outbox.entries()[0]?.tries === 1);
    expect(desk.outbox.entries()[0]?.state).toBe("kept");
    counter.failing = null;
    desk.outbox.pump();
    await settled(() => desk.outbox.entries().length === 0);
    expect(counter.posted).toHaveLength(1);
  });

  it("says who wrote meanwhile when a newer reply stands in the way", async () => {
    const newer = [{ author: { id: "member-rp", name: "Raka Pratama" } }];
    counter.failing = { status: 409, body: { code: "newer_reply", detail: "There is a newer one.", newer } };
    await desk.outbox.add(entry);
    await settled(() => desk.outbox.entries()[0]?.state === "refused");
    expect(desk.outbox.entries()[0]?.problem).toEqual({ code: "newer_reply", detail: "Raka Pratama" });
    expect(counter.posted).toEqual([]);
  });

  it("can be taken back while it is held", async () => {
    await desk.outbox.add(entry);
    await settled(() => desk.outbox.entries().length === 0);
    const message = talk().find(({ client_msg_id }) => client_msg_id === entry.client_msg_id);
    if (!message) throw new Error("no message");
    await undoSend(desk.queries, message);
    expect(talk().some(({ text }) => text === "On its way.")).toBe(false);
    expect(counter.messages.get(ID)?.some(({ text }) => text === "On its way.")).toBe(false);
  });
});

describe("the live line at the desk", () => {
  it("folds what it hears into the list that is shown", async () => {
    desk.live.start();
    say({ type: "hello", proto: 1, latest: 100, oldest: 0, heartbeat_s: 25 });
    say({ type: "caught_up", cursor: 100 });
    const data = counter.change(ID, { assignee_id: null });
    say({ type: "change", seq: 101, kind: "conversation", id: ID, version: data.version, data });
    await settled(() => !has(ID));
    expect(desk.live.cursor).toBe(101);
  });

  it("brings a snapshot that was already on its way up to date", async () => {
    desk.live.start();
    say({ type: "hello", proto: 1, latest: 100, oldest: 0, heartbeat_s: 25 });
    say({ type: "caught_up", cursor: 100 });
    const old = counter.rows.get(ID);
    const data = counter.change(ID, { assignee_id: null });
    say({ type: "change", seq: 101, kind: "conversation", id: ID, version: data.version, data });
    await settled(() => !has(ID));
    if (old) counter.rows.set(ID, old);
    await desk.queries.refetchQueries({ queryKey: keys.list(mine) });
    expect(has(ID)).toBe(false);
  });
});
