/** The wire, by hand until it is generated from /api/v1/openapi.json. Names are the server's. */

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly initials: string;
  readonly role: string;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  /** This member is in it. */
  readonly mine: boolean;
}

export interface Trouble {
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

export interface Connection {
  readonly id: string;
  readonly channel: string;
  readonly name: string;
  readonly label: string;
  readonly glyph: string;
  readonly hue: number;
  readonly brand: string;
  readonly mode: string;
  readonly state: string;
  readonly error: Trouble | null;
  readonly version: number;
}

export interface Me {
  readonly member: Member & { readonly email: string; readonly language: string };
  readonly workspace: {
    readonly id: string;
    readonly name: string;
    readonly time_zone: string;
    readonly currency: string;
    readonly language: string;
  };
  readonly demo: boolean;
  readonly sandbox: boolean;
  readonly members: readonly Member[];
  readonly teams: readonly Team[];
}

export type Status = "open" | "snoozed" | "closed";
/** A tab of the list: `waiting` are the open ones whose last word is ours. */
export type Shelf = Status | "waiting";
export type Queue = "mine" | "unassigned" | "all" | "deadline" | "mentions" | "handed";

/** `unread` and `unread_count` are this member's own and come with GET only, never with a change. */
export interface Conversation {
  readonly id: string;
  readonly number: number;
  readonly channel: string;
  readonly channels: readonly string[];
  readonly connection_id: string | null;
  readonly brand: string;
  readonly customer: { readonly id: string; readonly name: string };
  readonly subject: string;
  readonly preview: string;
  readonly preview_direction: string;
  /** Who wrote it, when it is one of us. */
  readonly preview_author_id?: string | null;
  readonly status: Status;
  readonly waiting_on: string;
  readonly priority: string;
  readonly assignee_id: string | null;
  readonly team_id: string | null;
  readonly follower_ids: readonly string[];
  readonly tags: readonly string[];
  readonly last_activity_at: string;
  readonly last_in_at: string | null;
  readonly awaiting_since: string | null;
  readonly market_due_at: string | null;
  readonly company_due_at: string | null;
  readonly promise_due_at: string | null;
  readonly next_due_at: string | null;
  readonly reply_until_at: string | null;
  readonly snoozed_until: string | null;
  readonly message_count: number;
  readonly in_count: number;
  readonly has_unknown: boolean;
  /** Where its threads are now; its status is "merged" then. */
  readonly merged_into?: string | null;
  readonly created_at: string;
  readonly version: number;
  readonly read_in_count?: number | null;
  readonly unread?: boolean | null;
  readonly unread_count?: number | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
  readonly as_of_seq?: number | null;
}

/** Open conversations by queue, `waiting` and `snoozed` of the whole shop. 1,000 stands for more than 999. */
export interface Counts {
  readonly mine: number;
  readonly unassigned: number;
  readonly deadline: number;
  readonly all: number;
  readonly waiting: number;
  readonly snoozed: number;
  readonly mentions?: number;
  readonly handed?: number;
  /** By a team's id. */
  readonly teams?: Readonly<Record<string, number>>;
}

export interface ConversationPatch {
  readonly status?: Status;
  /** Must come with `status: "snoozed"`. */
  readonly snoozed_until?: string;
  readonly assignee_id?: string | null;
  readonly team_id?: string | null;
  readonly tags?: readonly string[];
  readonly priority?: string;
  readonly subject?: string;
  readonly follow?: readonly string[];
  readonly unfollow?: readonly string[];
  readonly if_version?: number;
  /** What becomes of promises still owed when it closes. */
  readonly open_promises?: "kept" | "broken" | "leave";
}

export type MessageState =
  | "received"
  | "queued"
  | "attempting"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "unknown";

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly media_type: string;
  readonly size: number;
  readonly url: string | null;
  readonly state: string;
}

/** The beginning of the message that is answered. */
export interface Quoted {
  readonly id: string;
  readonly text: string;
  readonly direction: "in" | "out";
}

export interface Reaction {
  readonly emoji: string;
  readonly name: string;
  readonly direction: "in" | "out";
}

/** `#image-N` in the body stands for `images[N]`, `#file-N` for the picture that came along at `files[N]`. */
export interface MailBody {
  readonly html: string;
  readonly images: readonly string[];
  readonly files: readonly string[];
}

export interface Message {
  readonly id: string;
  readonly conversation_id: string;
  readonly thread_id: string | null;
  readonly channel: string;
  readonly direction: "in" | "out";
  readonly kind: "reply" | "note" | "message" | "event" | "act";
  readonly text: string;
  /** There is a formatted body besides the text. */
  readonly html: boolean;
  readonly state: MessageState;
  readonly external_id: string | null;
  readonly client_msg_id: string | null;
  readonly author: { readonly id: string; readonly name: string } | null;
  readonly customer_name: string;
  readonly automated: boolean;
  readonly sent_at: string;
  readonly created_at: string;
  /** Of a queued one: when it leaves. Of an unknown one: when it is looked up next. */
  readonly due_at: string | null;
  readonly edited_at: string | null;
  readonly deleted_at: string | null;
  readonly error: Trouble | null;
  readonly attachments: readonly Attachment[];
  /** Written in public under a post. */
  readonly public: boolean;
  /** Why it does not count as the buyer's word until somebody releases it; empty for all others. */
  readonly held: string;
  readonly template: { readonly name: string; readonly language: string } | null;
  readonly quoted: Quoted | null;
  readonly reactions: readonly Reaction[];
  /** Something done to an order at its channel; the label is by language. */
  readonly act: {
    readonly name: string;
    readonly label: Readonly<Record<string, string>> | null;
    readonly order: string;
  } | null;
  readonly event: { readonly code: string; readonly detail: Readonly<Record<string, unknown>> } | null;
  /** Members a note names, alone or with their team. */
  readonly mentions: readonly string[];
  readonly version: number;
}

export interface NewMessage {
  readonly client_msg_id: string;
  readonly kind: "reply" | "note";
  readonly text: string;
  readonly attachment_ids: readonly string[];
  readonly thread_id?: string;
  readonly if_last_seq?: number;
  readonly hold_ms?: number;
  readonly reply_to_id?: string;
  readonly template?: TemplateUse;
}

export type ResolveAct = "check" | "mark_sent" | "send_again" | "discard";

export interface OrderLine {
  readonly sku: string | null;
  readonly external_sku: string | null;
  readonly title: string | null;
  readonly quantity: number;
  readonly price_minor: number | null;
  readonly picture: string | null;
}

export interface Order {
  readonly id: string;
  readonly channel: string;
  readonly connection_id: string | null;
  readonly external_id: string;
  readonly number: string | null;
  readonly status: string;
  readonly placed_at: string;
  readonly currency: string;
  readonly total_minor: number;
  readonly ship_by: string | null;
  readonly shipped_at: string | null;
  readonly delivered_at?: string | null;
  readonly tracking: string | null;
  readonly carrier: string | null;
  readonly ship_to: string | Readonly<Record<string, string | null>> | null;
  readonly lines: readonly OrderLine[];
}

/** Something the channel lets us do on an order now; words by language. `text_limit` 0: no text is taken. */
export interface OrderOffer {
  readonly name: string;
  readonly label: Readonly<Record<string, string>>;
  readonly help: Readonly<Record<string, string>>;
  readonly text_limit: number;
  readonly files_max: number;
  readonly once: boolean;
}

export interface OrderOffers {
  readonly items: readonly OrderOffer[];
  readonly reason: string;
}

export interface Handle {
  readonly kind: string;
  readonly value: string;
  readonly label: string | null;
  readonly channel: string;
  readonly strength: string | null;
  /** "all" or "unasked": what the buyer does not want to get here. */
  readonly refuses?: readonly string[];
}

/** `block` says why nothing can be sent here now, and what to do. */
export interface Thread {
  readonly id: string;
  readonly channel: string;
  readonly connection_id: string | null;
  readonly connection_name: string;
  readonly to: string;
  readonly subject: string;
  readonly reply_until_at: string | null;
  readonly can_reply: boolean;
  readonly block: Trouble | null;
  readonly text_limit: number | null;
  readonly text_unit: string | null;
  readonly forbids_contact_details?: boolean;
  readonly files_max?: number;
  readonly file_bytes?: number;
  readonly file_types?: readonly string[];
  /** Texts the channel approved, to be sent at any time; their gaps are {{1}}, {{2}} ... */
  readonly approved?: readonly Approved[];
  /** May answer one message in particular. */
  readonly quotes?: boolean;
  /** What a visitor of the shop's own page looked at, and where they came from. */
  readonly page?: string;
  readonly referrer?: string;
}

export interface Approved {
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

export interface TemplateUse {
  readonly name: string;
  readonly language: string;
  readonly variables: readonly string[];
}

/** Another connection the talk may go on over. `kind` is what a typed address must be; empty where none can be typed. */
export interface Way {
  readonly connection_id: string;
  readonly connection_name: string;
  readonly channel: string;
  readonly kind: string;
  readonly handles: readonly string[];
  readonly level: "allow" | "warn" | "block";
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
  readonly opens: "text" | "template";
}

export interface StockLine {
  readonly sku: string;
  readonly title: string | null;
  readonly picture: string | null;
  readonly available: number;
  readonly reserved: number;
}

export interface Context {
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly since: string | null;
    readonly order_count: number;
    readonly spent: readonly { readonly currency: string; readonly minor: number }[];
    readonly handles: readonly Handle[];
  } | null;
  readonly threads: readonly Thread[];
  readonly ways: readonly Way[];
  readonly orders: readonly Order[];
  readonly stock: readonly StockLine[];
  readonly earlier: readonly {
    readonly id: string;
    readonly number: number;
    readonly channel: string;
    readonly subject: string | null;
    readonly status: string;
    readonly at: string;
  }[];
}

export interface Demo {
  /** Of the pretend shop with its chat; empty while no chat is connected. */
  readonly shop_path?: string;
  readonly speed: number;
  readonly persona: string | null;
  readonly personas: readonly { readonly member_id: string; readonly name: string; readonly role: string }[];
  readonly stories: readonly {
    readonly key: string;
    readonly title: Readonly<Record<string, string>>;
    readonly detail?: Readonly<Record<string, string>>;
  }[];
}
