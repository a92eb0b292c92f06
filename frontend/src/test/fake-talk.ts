/** What was said to whom, and what stands beside it, in the invented morning. */
import type { Context, Conversation, Message } from "../api/types";
import { connections, FIRST_NUMBER, HOUR, LIMITS, members, NOW } from "./fake-data";

const LABEL = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 148 100"><rect width="148" height="100" fill="#ddd9cf"/><path d="M-6 30 62 8q12 14 24 0l70 24v80H-6z" fill="#41568c"/><path d="M50 12q24 26 48 0l-6-6H56z" fill="#1c2c52"/><rect x="58" y="24" width="32" height="20" rx="2" fill="#f7f5ee"/><text x="74" y="39" font-size="14" font-weight="700" text-anchor="middle" font-family="sans-serif">L</text></svg>',
)}`;

const SHIRT = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M12 5.4 5.4 8.6l2.2 6 3-1.1V27h10.8V13.5l3 1.1 2.2-6L20 5.4c-.8 1.9-2.2 2.9-4 2.9s-3.2-1-4-2.9z" fill="#41568c"/></svg>',
)}`;

const BAG = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M10.2 6h11.6l1.4 3.4V25a2 2 0 0 1-2 2H10.8a2 2 0 0 1-2-2V9.4z" fill="#3c342b"/><rect x="11.2" y="13.2" width="9.6" height="8.6" rx="1" fill="#7fba8a"/></svg>',
)}`;

interface Said {
  readonly at: string;
  readonly channel: string;
  readonly text: string;
  readonly by?: "customer" | "Dewi Anggraini" | "Raka Pratama";
  readonly kind?: Message["kind"];
  readonly state?: Message["state"];
  readonly picture?: string;
  readonly due?: string;
  readonly code?: string;
}

const said: readonly Said[] = [
  {
    at: "2026-11-23T09:42:00Z",
    channel: "east",
    text: "Hi, the Parang shirt came today but it is an L, I ordered M. It is for a wedding on the 29th. Can you still send the right one?",
    by: "customer",
    picture: LABEL,
  },
  {
    at: "2026-11-23T09:50:00Z",
    channel: "east",
    text: "5310027746, answer due Thu 26 Nov, 16:42",
    kind: "event",
    code: "return opened",
  },
  {
    at: "2026-11-23T10:05:00Z",
    channel: "east",
    text: "I am sorry, Hannah, that is our packing mistake. An M is held for you and leaves by Wednesday with DHL, at our cost.",
    by: "Dewi Anggraini",
    state: "sent",
  },
  {
    at: "2026-11-23T10:11:00Z",
    channel: "east",
    text: "@Dewi Bagus counted two M on shelf B4. One is held for Hannah until Wednesday. Use DHL, we pay.",
    by: "Raka Pratama",
    kind: "note",
  },
  {
    at: "2026-11-24T02:10:00Z",
    channel: "ring",
    text: "The number matches the phone on order 27-12841-09933",
    kind: "event",
    code: "continued",
  },
  {
    at: "2026-11-24T02:12:00Z",
    channel: "ring",
    text: "Hi, Hannah from eBay here. Is this quicker? I fly to Bali on Friday.",
    by: "customer",
  },
  {
    at: "2026-11-24T02:20:00Z",
    channel: "ring",
    text: "Much quicker. Shall it go to your hotel in Bali instead?",
    by: "Dewi Anggraini",
    state: "read",
  },
  {
    at: "2026-11-24T02:24:00Z",
    channel: "east",
    text: "For the record here too: your M leaves tomorrow with DHL Express, no cost for you.",
    by: "Dewi Anggraini",
    state: "unknown",
    due: "2026-11-24T02:26:20Z",
  },
];

export function messagesOf(conversation: Conversation): readonly Message[] {
  if (conversation.number === FIRST_NUMBER) return said.map((each, at) => messageOf(conversation, each, at));
  const words: Said = {
    at: conversation.last_activity_at,
    channel: conversation.channel,
    text: conversation.preview,
    by: conversation.preview_direction === "in" ? "customer" : "Dewi Anggraini",
    state: "sent",
  };
  return [messageOf(conversation, words, 0)];
}

function messageOf(conversation: Conversation, each: Said, at: number): Message {
  const theirs = each.by === "customer";
  const author = members.find(({ name }) => name === each.by);
  return {
    id: `${conversation.id}-message-${String(at).padStart(4, "0")}`,
    conversation_id: conversation.id,
    thread_id: `${conversation.id}-${each.channel}`,
    channel: each.channel,
    direction: theirs ? "in" : "out",
    kind: each.kind ?? "message",
    text: each.text,
    html: false,
    state: each.state ?? "received",
    external_id: null,
    client_msg_id: null,
    author: author ? { id: author.id, name: author.name } : null,
    customer_name: conversation.customer.name,
    automated: false,
    edited_at: null,
    deleted_at: null,
    sent_at: each.at,
    created_at: each.at,
    due_at: each.due ?? null,
    error: null,
    attachments: each.picture
      ? [
          {
            id: `file-${at}`,
            name: "label.jpg",
            media_type: "image/svg+xml",
            size: 4_000,
            url: each.picture,
            state: "ready",
          },
        ]
      : [],
    public: false,
    held: "",
    template: null,
    quoted: null,
    reactions: [],
    act: null,
    mentions: [],
    event: each.kind === "event" ? { code: each.code ?? "", detail: { text: each.text } } : null,
    version: 1,
  };
}

export function contextOf(conversation: Conversation): Context {
  const hannah = conversation.number === FIRST_NUMBER;
  return {
    customer: {
      id: conversation.customer.id,
      name: conversation.customer.name,
      since: "2024-03-19T00:00:00Z",
      order_count: hannah ? 4 : 1,
      spent: [{ currency: "USD", minor: hannah ? 21_240 : 4_800 }],
      handles: hannah
        ? [
            { kind: "user", value: "hwhitlock_84", label: null, channel: "east", strength: "strong" },
            { kind: "phone", value: "+44 7700 900 412", label: null, channel: "ring", strength: "strong" },
            {
              kind: "email",
              value: "hannah.w@mail.example",
              label: null,
              channel: "post",
              strength: "strong",
            },
          ]
        : [
            {
              kind: "user",
              value: conversation.customer.name,
              label: null,
              channel: conversation.channel,
              strength: "strong",
            },
          ],
    },
    threads: conversation.channels.map((channel) => ({
      id: `${conversation.id}-${channel}`,
      channel,
      connection_id: `connection-${channel}`,
      connection_name: connections.find((each) => each.channel === channel)?.name ?? "",
      to: channel === "east" ? "hwhitlock_84" : "",
      subject: conversation.subject,
      reply_until_at: channel === "ring" ? new Date(NOW + 23 * HOUR + 46.5 * 60_000).toISOString() : null,
      can_reply: true,
      block: null,
      text_limit: LIMITS[channel] ?? null,
      text_unit: "characters",
      forbids_contact_details: channel === "east",
    })),
    ways: [],
    orders: hannah ? [hannahsOrder, { ...hannahsOrder, id: "order-2", number: "27-11902-44120" }] : [],
    stock: hannah
      ? [
          { sku: "SB-PRG-IND-M", title: "Parang, indigo, M", picture: SHIRT, available: 1, reserved: 1 },
          { sku: "KT-GAY-250", title: "Gayo washed, 250 g", picture: BAG, available: 64, reserved: 0 },
        ]
      : [],
    earlier: hannah
      ? [
          {
            id: "conversation-3010",
            number: 3_010,
            channel: "east",
            subject: "Does the Kawung run small?",
            status: "closed",
            at: "2026-09-02T03:00:00Z",
          },
          {
            id: "conversation-2114",
            number: 2_114,
            channel: "post",
            subject: "Thank you, it fits",
            status: "closed",
            at: "2026-03-19T03:00:00Z",
          },
        ]
      : [],
  };
}

const hannahsOrder = {
  id: "order-1",
  channel: "east",
  connection_id: "connection-east",
  external_id: "27-12841-09933",
  number: "27-12841-09933",
  status: "delivered",
  placed_at: "2026-11-14T03:00:00Z",
  currency: "USD",
  total_minor: 6_400,
  ship_by: null,
  shipped_at: "2026-11-16T03:00:00Z",
  delivered_at: "2026-11-23T03:00:00Z",
  tracking: "JX 4471 8802 91",
  carrier: "JNE",
  ship_to: "Leeds LS6, United Kingdom",
  lines: [
    {
      sku: "SB-PRG-IND-M",
      external_sku: null,
      title: "Parang shirt, indigo, M",
      quantity: 1,
      price_minor: 4_800,
      picture: SHIRT,
    },
    {
      sku: "KT-GAY-250",
      external_sku: null,
      title: "Gayo washed, 250 g",
      quantity: 1,
      price_minor: 1_600,
      picture: BAG,
    },
  ],
} as const;
