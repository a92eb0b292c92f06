/** An invented morning at Nusa Goods, 24 November 2026, 09:26 in Yogyakarta: the state the pictures show. */
import type { Connection, Conversation, Me, Member } from "../api/types";

export const HOUR = 3_600_000;
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

export const LIMITS: Readonly<Record<string, number>> = {
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
    { id: "team-batik", name: "Batik", mine: true },
    { id: "team-coffee", name: "Coffee", mine: true },
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

export const FIRST_NUMBER = 4_127;

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
    preview_author_id: ours ? "member-da" : null,
    status: "open",
    waiting_on: ours && sketch.due === undefined ? "customer" : "us",
    assignee_id: "member-da",
    team_id: sketch.brand === "Sekar Batik" ? "team-batik" : "team-coffee",
    follower_ids: [],
    tags: [],
    priority: "normal",
    in_count: 3,
    read_in_count: sketch.unread ? 2 : 3,
    unread: sketch.unread ?? false,
    unread_count: sketch.unread ? 1 : 0,
    has_unknown: at === 0,
    snoozed_until: null,
    promise_due_at: null,
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
