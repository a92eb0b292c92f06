/** A counter in memory that answers like the server: the screen can be tried and tested without one. */
import type { Conversation, ConversationPatch, Counts, Me, Message, NewMessage, Page } from "../api/types";
import { connections, conversations, me } from "./fake-data";
import { contextOf, messagesOf } from "./fake-talk";

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Tell = (kind: string, id: string, row: { readonly version: number }) => void;

const problem = (status: number, code: string, detail: string): Answer => ({
  status,
  body: { title: detail, status, code, detail },
});

export class FakeCounter {
  seq = 100;
  signedIn = true;
  /** When set, every request answers so. */
  failing: Answer | null = null;
  readonly rows = new Map<string, Conversation>(conversations.map((row) => [row.id, row]));
  readonly messages = new Map<string, Message[]>(conversations.map((row) => [row.id, [...messagesOf(row)]]));
  readonly posted: NewMessage[] = [];
  readonly me: Me;
  #tell: Tell = () => {};

  constructor(change: Partial<Me> = {}) {
    this.me = { ...me, ...change };
  }

  onChange(tell: Tell): void {
    this.#tell = tell;
  }

  answer(asked: Asked): Answer {
    if (this.failing) return this.failing;
    const [room, id, part] = asked.path.split("/").filter(Boolean);
    if (room === "session") return this.#session(asked);
    if (!this.signedIn) return problem(401, "signed_out", "Sign in first.");
    if (room === "me") return { status: 200, body: this.me };
    if (room === "connections") return { status: 200, body: this.#page(connections) };
    if (room === "demo") return this.#demo();
    if (room === "conversations") return this.#conversations(asked, id, part);
    if (room === "messages") return this.#message(asked, id ?? "");
    if (["orders", "stock", "incidents"].includes(room ?? "")) return { status: 200, body: this.#page([]) };
    return problem(404, "not_found", "There is no such address.");
  }

  #session({ method, body }: Asked): Answer {
    if (method === "DELETE") {
      this.signedIn = false;
      return { status: 204 };
    }
    if ((body as { password?: string }).password !== "secret")
      return problem(401, "wrong_password", "Wrong.");
    this.signedIn = true;
    return { status: 200, body: this.me };
  }

  #demo(): Answer {
    const personas = this.me.members.map(({ id, name, role }) => ({ member_id: id, name, role }));
    const title = { en: "Sell the last unit", id: "Jual unit terakhir" };
    return {
      status: 200,
      body: { speed: 10, persona: this.me.member.id, personas, stories: [{ key: "last-unit", title }] },
    };
  }

  #page<Item>(items: readonly Item[], query?: URLSearchParams): Page<Item> {
    const from = Number(query?.get("cursor") ?? 0);
    const to = from + Number(query?.get("limit") ?? items.length);
    return {
      items: items.slice(from, to),
      next_cursor: to < items.length ? String(to) : null,
      as_of_seq: this.seq,
    };
  }

  #conversations(asked: Asked, id: string | undefined, part: string | undefined): Answer {
    if (!id) return { status: 200, body: this.#page(this.#list(asked.query), asked.query) };
    if (id === "counts") return { status: 200, body: this.#counts() };
    const row = this.rows.get(id);
    if (!row) return problem(404, "not_found", "There is no such conversation.");
    if (part === "messages")
      return asked.method === "POST"
        ? this.#post(row, asked.body as NewMessage)
        : this.#talk(id, asked.query);
    if (part === "context") return { status: 200, body: contextOf(row) };
    if (part === "read") {
      this.rows.set(id, { ...row, read_in_count: row.in_count, unread: false, unread_count: 0 });
      return { status: 204 };
    }
    return asked.method === "PATCH"
      ? { status: 200, body: this.change(id, asked.body as ConversationPatch) }
      : { status: 200, body: row };
  }

  #list(query: URLSearchParams): readonly Conversation[] {
    const queue = query.get("queue") ?? "all";
    const status = query.get("status");
    const words = query.get("q")?.toLowerCase();
    return [...this.rows.values()]
      .filter(
        (row) => !status || row.status === status || (status === "waiting" && row.awaiting_since === null),
      )
      .filter((row) => queue !== "mine" || row.assignee_id === this.me.member.id)
      .filter((row) => queue !== "unassigned" || row.assignee_id === null)
      .filter((row) => !query.get("channel") || row.channels.includes(query.get("channel") ?? ""))
      .filter(
        (row) => !words || `${row.customer.name} ${row.subject} ${row.preview}`.toLowerCase().includes(words),
      )
      .sort((a, b) => Date.parse(b.last_activity_at) - Date.parse(a.last_activity_at));
  }

  #counts(): Counts {
    const rows = [...this.rows.values()];
    const open = rows.filter(({ status }) => status === "open");
    return {
      mine: open.filter((row) => row.assignee_id === this.me.member.id).length,
      unassigned: open.filter((row) => row.assignee_id === null).length + 7,
      deadline: 5,
      all: open.length + 23,
      mentions: 2,
      handed: 1,
      waiting: 8,
      snoozed: 3,
    };
  }

  #talk(id: string, query: URLSearchParams): Answer {
    return { status: 200, body: this.#page((this.messages.get(id) ?? []).toReversed(), query) };
  }

  #post(row: Conversation, message: NewMessage): Answer {
    const talk = this.messages.get(row.id) ?? [];
    const known = talk.find((each) => each.client_msg_id === message.client_msg_id);
    if (known) return { status: 201, body: known };
    this.posted.push(message);
    const at = new Date().toISOString();
    const held = (message.hold_ms ?? 0) > 0;
    const added: Message = {
      id: `message-${this.posted.length}`,
      conversation_id: row.id,
      thread_id: message.thread_id ?? null,
      channel: message.kind === "note" ? "" : row.channel,
      direction: "out",
      kind: message.kind,
      text: message.text,
      state: held ? "queued" : "sent",
      external_id: null,
      client_msg_id: message.client_msg_id,
      author: { id: this.me.member.id, name: this.me.member.name },
      customer_name: "",
      html: false,
      automated: false,
      edited_at: null,
      deleted_at: null,
      sent_at: at,
      created_at: at,
      due_at: held ? new Date(Date.now() + (message.hold_ms ?? 0)).toISOString() : null,
      error: null,
      attachments: [],
      public: false,
      held: "",
      template: null,
      quoted: null,
      reactions: [],
      act: null,
      mentions: [],
      event: null,
      version: 1,
    };
    talk.push(added);
    this.#tell("message", added.id, added);
    return { status: 201, body: added };
  }

  #message({ method }: Asked, id: string): Answer {
    for (const talk of this.messages.values()) {
      const at = talk.findIndex((each) => each.id === id);
      const found = talk[at];
      if (!found) continue;
      if (method === "DELETE") {
        if (found.state !== "queued") return problem(409, "gone", "It has gone out.");
        talk.splice(at, 1);
        return { status: 200, body: { text: found.text } };
      }
      const settled: Message = { ...found, state: "sent", version: found.version + 1 };
      talk[at] = settled;
      this.#tell("message", id, settled);
      return { status: 200, body: settled };
    }
    return problem(404, "not_found", "There is no such message.");
  }

  /** As if a colleague or a channel had changed it. */
  change(id: string, patch: Partial<Conversation>): Conversation {
    const row = this.rows.get(id);
    if (!row) throw new Error(`No conversation ${id}`);
    const next: Conversation = { ...row, ...patch, version: row.version + 1 };
    this.rows.set(id, next);
    this.#tell("conversation", id, next);
    return next;
  }
}
