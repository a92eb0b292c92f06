/** An invented morning at Nusa Goods, 24 November 2026, 09:26 in Yogyakarta: the state the pictures show. */
import type { Connection, Context, Conversation, Me, Member, Message } from "../api/types";

const HOUR = 3_600_000;
/** 09:26 in Jakarta. */
export const NOW = Date.parse("2026-11-24T02:26:00Z");
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const ahead = (minutes: number): string => new Date(NOW + minutes * 60_000 + 30_000).toISOString();

const person = (initials: string, name: string): Member => ({
  id: `member-${initials.toLowerCase()}`,
  name,
  initials,
  role: initials === "DA" ? "owner" : "agent",
});

export const members: readonly Member[] = [
  person("DA", "Dewi Anggraini"),
  person("RP", "Raka Pratama"),
  person("PM", "Putri Maharani"),
  person("BW", "Bagus Wicaksono"),
  person("NH", "Nadia Hartono"),
  person("TH", "Tom Hale"),
];

const LIMITS: Readonly<Record<string, number>> = {
  east: 2_000,
  river: 4_000,
  ring: 4_096,
  wing: 4_096,
  text: 1_600,
};

const connection = (channel: string, label: string, glyph: string, hue: number): Connection => ({
  id: `connection-${channel}`,
  channel,
  name: label,
  label,
  glyph,
  hue,
  brand: "",
  mode: "live",
  state: "ready",
  error: null,
  version: 1,
});

export const connections: readonly Connection[] = [
  connection("east", "eBay", "ticket", 235),
  connection("river", "Amazon", "crate", 70),
  connection("ring", "WhatsApp", "handset", 155),
  connection("post", "E-mail", "envelope", 250),
  connection("lens", "Instagram", "camera", 0),
  connection("wing", "Telegram", "plane", 225),
  connection("site", "Web chat", "bubble", 275),
  connection("cart", "WooCommerce", "cart", 310),
  connection("text", "SMS", "lines", 190),
];

export const me: Me = {
  member: { ...person("DA", "Dewi Anggraini"), email: "dewi@nusa.example", language: "en" },
  workspace: {
    id: "workspace-1",
    name: "Nusa Goods",
    time_zone: "Asia/Jakarta",
    currency: "IDR",
    language: "id",
  },
  demo: false,
  sandbox: true,
  members,
  teams: [
    { id: "team-batik", name: "Batik" },
    { id: "team-coffee", name: "Coffee" },
  ],
};

interface Sketch {
  readonly channel: string;
  readonly also?: string;
  readonly name: string;
  readonly brand: "Sekar Batik" | "Kopi Tepi";
  readonly age: number;
  readonly subject: string;
  readonly preview: string;
  readonly due?: number;
  readonly market?: number;
  readonly unread?: boolean;
  readonly mine?: boolean;
}

const sketches: readonly Sketch[] = [
  {
    channel: "east",
    also: "ring",
    name: "Hannah Whitlock",
    brand: "Sekar Batik",
    age: 2,
    subject: "Wrong size: Parang shirt, M",
    preview: "For the record here too: your M leaves tomorrow",
    due: 38,
    market: 55 * 60,
    mine: true,
  },
  {
    channel: "river",
    name: "Marcus Oyelaran",
    brand: "Sekar Batik",
    age: 6,
    subject: "Order 114-3941689-8772232",
    preview: "Tracking says delivered, but nothing is here",
    market: 112,
    unread: true,
  },
  {
    channel: "ring",
    name: "Siti Rahmawati",
    brand: "Kopi Tepi",
    age: 9,
    subject: "Gayo 250 g, 12 bungkus",
    preview: "Kak, kalau ambil 12 dapat harga grosir?",
    due: 51,
    unread: true,
  },
  {
    channel: "post",
    name: "Eleanor Whitcombe",
    brand: "Sekar Batik",
    age: 14,
    subject: "Re: Invoice for order 1847",
    preview: "Could you add our VAT number, please",
    due: 70,
  },
  {
    channel: "lens",
    name: "rizky.aditya",
    brand: "Kopi Tepi",
    age: 22,
    subject: "Membalas cerita Anda",
    preview: "Kopi Toraja-nya masih ada, Kak?",
    due: 126,
    unread: true,
  },
  {
    channel: "wing",
    name: "Yuki Tanabe",
    brand: "Sekar Batik",
    age: 31,
    subject: "Kawung shirt, sogan, L",
    preview: "Is the L still there? I can pay today.",
    due: 150,
  },
  {
    channel: "site",
    name: "Bandung",
    brand: "Kopi Tepi",
    age: 40,
    subject: "Ongkir ke Cimahi",
    preview: "JNE Reguler Rp 12.000, tiba 2 hari",
    mine: true,
  },
  {
    channel: "river",
    name: "Daniel Krämer",
    brand: "Kopi Tepi",
    age: 62,
    subject: "Kintamani: whole bean?",
    preview: "Is this ground or whole bean? I have a",
    market: 21 * 60,
  },
  {
    channel: "cart",
    name: "Clara Jensen",
    brand: "Sekar Batik",
    age: 75,
    subject: "Order 5520: new address",
    preview: "We moved last week, can you still change",
    due: 195,
  },
  {
    channel: "post",
    name: "Budi Santoso",
    brand: "Kopi Tepi",
    age: 125,
    subject: "Pesanan kantor, 40 drip bag",
    preview: "Mohon dikirim sebelum hari Jumat, ya",
    due: 220,
  },
  {
    channel: "east",
    name: "brooklyn_vintage",
    brand: "Sekar Batik",
    age: 190,
    subject: "Return 5310024418",
    preview: "I can refund the postage as well",
    market: 44 * 60,
  },
  {
    channel: "text",
    name: "+62 813 •••• 4471",
    brand: "Kopi Tepi",
    age: 195,
    subject: "Jam buka toko",
    preview: "Toko Jogja buka sampai jam berapa?",
    due: 240,
  },
];

function nextOf({ due, market }: Sketch): string | null {
  const first = Math.min(due ?? Number.POSITIVE_INFINITY, market ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(first) ? ahead(first) : null;
}

const FIRST_NUMBER = 4_127;

export const conversations: readonly Conversation[] = sketches.map((sketch, at): Conversation => {
  const ours = sketch.mine ?? false;
  return {
    id: `conversation-${FIRST_NUMBER - at}`,
    number: FIRST_NUMBER - at,
    channel: sketch.channel,
    connection_id: `connection-${sketch.channel}`,
    brand: sketch.brand,
    customer: { id: `customer-${at}`, name: sketch.name },
    subject: sketch.subject,
    preview: sketch.preview,
    preview_direction: ours ? "out" : "in",
    status: "open",
    waiting_on: ours && sketch.due === undefined ? "customer" : "us",
    assignee_id: "member-da",
    team_id: sketch.brand === "Sekar Batik" ? "team-batik" : "team-coffee",
    tags: [],
    priority: "normal",
    in_count: 3,
    read_in_count: sketch.unread ? 2 : 3,
    unread: sketch.unread ?? false,
    unread_count: sketch.unread ? 1 : 0,
    has_unknown: at === 0,
    snoozed_until: null,
    next_due_at: nextOf(sketch),
    last_activity_at: ago(sketch.age),
    last_in_at: ago(sketch.age + 1),
    awaiting_since: ours && sketch.due === undefined ? null : ago(sketch.age + 1),
    market_due_at: sketch.market === undefined ? null : ahead(sketch.market),
    company_due_at: sketch.due === undefined ? null : ahead(sketch.due),
    reply_until_at: null,
    message_count: 8,
    channels: sketch.also ? [sketch.channel, sketch.also] : [sketch.channel],
    version: 1,
    created_at: ago(60 * 24),
  };
});

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
            at: "2026-09-02T03:00:00Z",
          },
          {
            id: "conversation-2114",
            number: 2_114,
            channel: "post",
            subject: "Thank you, it fits",
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
