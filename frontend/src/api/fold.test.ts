import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { conversations, me } from "../test/fake-data";
import { messagesOf } from "../test/fake-talk";
import { foldChanges } from "./fold";
import { keys, type ListFilter } from "./keys";
import type { ListData } from "./rows";
import type { Conversation, Message } from "./types";

const mine: ListFilter = { queue: "mine", status: "open" };
const free: ListFilter = { queue: "unassigned", status: "open" };
const words: ListFilter = { queue: "all", q: "gayo" };

const [first, second, third] = conversations as readonly [Conversation, Conversation, Conversation];
let queries: QueryClient;

const listOf = (filter: ListFilter) =>
  queries.getQueryData<ListData>(keys.list(filter))?.pages.flatMap((page) => page.items) ?? [];
const numbersOf = (filter: ListFilter) => listOf(filter).map(({ number }) => number);

function seed(filter: ListFilter, items: readonly Conversation[], next: string | null = null): void {
  queries.setQueryData(keys.list(filter), { pages: [{ items, next_cursor: next }], pageParams: [null] });
}

const tell = (row: Conversation) =>
  foldChanges(queries, [{ seq: 1, kind: "conversation", id: row.id, version: row.version, data: row }]);

/** As the live line sends it: without anybody's own marks. */
function shared(row: Conversation, change: Partial<Conversation>): Conversation {
  const { read_in_count: _, unread: __, unread_count: ___, ...rest } = row;
  return { ...rest, version: row.version + 1, ...change };
}

beforeEach(() => {
  queries = new QueryClient();
  queries.setQueryData(keys.me, me);
  seed(mine, [first, second, third]);
  seed(free, []);
});

describe("a changed conversation", () => {
  it("moves to the top when something happens in it", () => {
    tell(shared(third, { last_activity_at: "2026-11-24T03:00:00Z" }));
    expect(numbersOf(mine)).toEqual([4125, 4127, 4126]);
  });

  it("leaves one queue and enters another when it is given away", () => {
    tell(shared(second, { assignee_id: null }));
    expect(numbersOf(mine)).toEqual([4127, 4125]);
    expect(numbersOf(free)).toEqual([4126]);
  });

  it("is dropped when it is not newer than what is shown", () => {
    tell({ ...second, subject: "old news" });
    expect(listOf(mine)[1]?.subject).toBe(second.subject);
  });

  it("ends the same when told twice or in another order", () => {
    const one = shared(second, { subject: "one" });
    const two = { ...one, version: one.version + 1, subject: "two" };
    tell(two);
    tell(one);
    tell(two);
    expect(listOf(mine)[1]?.subject).toBe("two");
    expect(listOf(mine)).toHaveLength(3);
  });

  it("stays unread as it was for us, and grows with what the customer wrote", () => {
    tell(shared(second, { subject: "renamed" }));
    expect(listOf(mine)[1]).toMatchObject({ unread: true, unread_count: 1 });
    tell(shared(first, { in_count: first.in_count + 2 }));
    expect(listOf(mine)[0]).toMatchObject({ unread: true, unread_count: 2 });
  });

  it("does not enter a list whose end is not loaded when it belongs behind it", () => {
    seed(free, [{ ...first, assignee_id: null }], "more");
    tell(shared(third, { assignee_id: null, last_activity_at: "2026-01-01T00:00:00Z" }));
    expect(numbersOf(free)).toEqual([4127]);
  });

  it("is renewed in a search but does not enter one", () => {
    seed(words, [third]);
    tell(shared(third, { subject: "Gayo, new" }));
    tell(shared(second, { subject: "Gayo, other" }));
    expect(listOf(words).map(({ subject }) => subject)).toEqual(["Gayo, new"]);
  });
});

describe("a changed message", () => {
  const messages = messagesOf(first).toReversed();
  const newest = messages[0] as Message;
  const textsOf = () =>
    queries
      .getQueryData<{ pages: { items: Message[] }[] }>(keys.messages(first.id))
      ?.pages.flatMap((page) => page.items.map(({ text }) => text)) ?? [];
  const tellMessage = (data: Message | null, id = data?.id ?? "") =>
    foldChanges(queries, [{ seq: 1, kind: "message", id, version: data?.version ?? 99, data }]);

  beforeEach(() => {
    queries.setQueryData(keys.messages(first.id), {
      pages: [{ items: messages, next_cursor: null }],
      pageParams: [null],
    });
  });

  it("takes the place of the one sent under the same id, once", () => {
    const sent = {
      ...newest,
      id: "m-9",
      client_msg_id: "k",
      sent_at: "2026-11-24T03:00:00Z",
      text: "hello",
      version: 1,
    };
    tellMessage(sent);
    tellMessage({ ...sent, id: "m-10", state: "sent", version: 2 });
    expect(textsOf().filter((text) => text === "hello")).toEqual(["hello"]);
    expect(textsOf()[0]).toBe("hello");
  });

  it("stands where its time puts it", () => {
    tellMessage({ ...newest, id: "m-9", text: "late news", sent_at: "2026-11-24T02:15:00Z" });
    expect(textsOf().indexOf("late news")).toBe(2);
  });

  it("is gone when it was taken back", () => {
    tellMessage(null, newest.id);
    expect(textsOf()).toHaveLength(messages.length - 1);
    expect(textsOf()).not.toContain(newest.text);
  });

  it("of a conversation that is not loaded is left alone", () => {
    tellMessage({ ...newest, conversation_id: "another" });
    expect(queries.getQueryData(keys.messages("another"))).toBeUndefined();
  });
});

describe("anything else", () => {
  it("of an unknown kind changes nothing", () => {
    foldChanges(queries, [{ seq: 1, kind: "weather", id: "w", version: 1, data: { sun: true } }]);
    foldChanges(queries, [{ seq: 2, kind: "constructor", id: "w", version: 1, data: {} }]);
    expect(numbersOf(mine)).toEqual([4127, 4126, 4125]);
  });
});
