"""What agents work on: conversations, their threads, messages with every send attempt, and who has read what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from app.core.tables import BYTES, Row, Versioned, document, id_list, index, one_of, refers, texts, unique

STATUSES = ("open", "snoozed", "closed", "merged")
SEND_STATES = ("received", "queued", "attempting", "sent", "delivered", "read", "failed", "unknown")


class Conversation(Versioned, table=True):
    """Carries all that a list row shows, written in the transaction that changes it.

    `awaiting_since`: the buyer's oldest unanswered word. `market_due_at` / `company_due_at`: the two clocks; `case_due_at`: the
    channel's clock of an open case, which no reply stops; `promise_due_at`: the earliest promise still owed.
    `in_count` counts the buyer's messages: a member has read up to such a number. `merged_into`: its threads are there now; the row
    stands as it was, in no list, until the merge is undone."""

    __table_args__ = (
        refers("customer_id", "customer"),
        refers("assignee_id", "member"),
        refers("team_id", "team"),
        unique("uq_conversation_number", "number"),
        index("ix_conversation_open", "workspace_id", "last_activity_at desc", "id desc", where="status = 'open'"),
        index("ix_conversation_mine", "workspace_id", "assignee_id", "last_activity_at desc", "id desc", where="status = 'open'"),
        index(
            "ix_conversation_unassigned",
            "workspace_id",
            "last_activity_at desc",
            "id desc",
            where="status = 'open' and assignee_id is null",
        ),
        index("ix_conversation_due", "workspace_id", "next_due_at", "id", where="status = 'open' and next_due_at is not null"),
        index("ix_conversation_channel", "workspace_id", "channel", "last_activity_at desc", "id desc", where="status = 'open'"),
        index(
            "ix_conversation_team",
            "workspace_id",
            "team_id",
            "last_activity_at desc",
            "id desc",
            where="status = 'open' and team_id is not null",
        ),
        index("ix_conversation_status", "workspace_id", "status", "last_activity_at desc", "id desc"),
        index("ix_conversation_customer", "workspace_id", "customer_id", "last_activity_at desc"),
        index("ix_conversation_merged", "workspace_id", "merged_into", where="merged_into is not null"),
        one_of("status", *STATUSES),
        one_of("priority", "low", "normal", "high", "urgent"),
    )
    number: int = Field(sa_type=BigInteger)
    customer_id: UUID
    connection_id: UUID | None = None
    channel: str
    channels: list[str] = texts()
    brand: str = ""
    subject: str = ""
    preview: str = ""
    preview_direction: str = "in"
    status: str = "open"
    priority: str = "normal"
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    tags: list[str] = texts()
    follower_ids: list[UUID] = id_list()
    language: str = ""
    last_activity_at: datetime
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    awaiting_since: datetime | None = None
    market_due_at: datetime | None = None
    company_due_at: datetime | None = None
    case_due_at: datetime | None = None
    promise_due_at: datetime | None = None
    next_due_at: datetime | None = Field(
        default=None,
        sa_column_args=[Computed("least(market_due_at, company_due_at, case_due_at, promise_due_at)", persisted=True)],
    )
    reply_until_at: datetime | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    message_count: int = 0
    in_count: int = 0
    has_unknown: bool = False
    previous_id: UUID | None = None
    merged_into: UUID | None = None


class Thread(Row, table=True):
    """One channel's own thread. `current` is false once a later conversation took the same outside thread over.
    `refs` is what the next reply needs, from the newest message that carried any. `begun_at`: we began it, to go on from another
    channel. `market_clock_s`: how long its channel gives for an answer, day and night; `market_due_at`: until when, counted from the
    oldest word here that no person answered here. `rested_at`: the conversation was closed over the words up to then."""

    __table_args__ = (
        refers("conversation_id", "conversation"),
        refers("connection_id", "connection"),
        unique("uq_thread_current", "connection_id", "external_id", where="current"),
        index("ix_thread_conversation", "workspace_id", "conversation_id"),
        index("ix_thread_customer", "workspace_id", "customer_id"),
    )
    conversation_id: UUID
    connection_id: UUID | None = None
    channel: str
    external_id: str
    customer_id: UUID
    handle_kind: str = ""
    handle_value: str = ""
    handle_label: str = ""
    subject: str = ""
    refs: dict[str, Any] = document()
    current: bool = True
    begun_at: datetime | None = None
    last_in_at: datetime | None = None
    reply_until_at: datetime | None = None
    market_clock_s: float | None = None
    market_due_at: datetime | None = None
    rested_at: datetime | None = None


class Message(Row, table=True):
    """`kind`: `message` from or to a channel, `note` for the team, `event` a system line, `act` something done to an order at its
    channel (`detail` names it). (sent_at, id) is the order.

    `state` of ours: queued, attempting, sent, delivered, read, failed, unknown. `client_msg_id` is unique for ever;
    `body_hash` tells a repeat from a reuse. `public`: a comment under a post. `reply_to` is the channel's id of the message it
    answers. `held` says why it does not count yet; `detail` then keeps whom it claims to be from."""

    __table_args__ = (
        refers("conversation_id", "conversation"),
        refers("thread_id", "thread"),
        refers("author_id", "member"),
        unique("uq_message_external", "connection_id", "external_id", where="external_id is not null"),
        unique("uq_message_client", "client_msg_id", where="client_msg_id is not null"),
        index("ix_message_conversation", "workspace_id", "conversation_id", "sent_at desc", "id desc"),
        index("ix_message_recent", "workspace_id", "sent_at desc", "id desc"),
        index("ix_message_due", "due_at", where="due_at is not null"),
        index("ix_message_search", "search", using="gin"),
        one_of("direction", "in", "out"),
        one_of("kind", "message", "note", "event", "act"),
        one_of("state", *SEND_STATES),
    )
    conversation_id: UUID
    thread_id: UUID | None = None
    connection_id: UUID | None = None
    delivery_id: UUID | None = None
    direction: str
    kind: str = "message"
    text: str = ""
    html: str = ""
    state: str
    external_id: str | None = None
    client_msg_id: str | None = None
    body_hash: bytes | None = Field(default=None, sa_type=BYTES)
    author_id: UUID | None = None
    customer_id: UUID | None = None
    automated: bool = False
    public: bool = False
    reply_to: str = ""
    held: str = ""
    sent_at: datetime
    due_at: datetime | None = None
    lease_until: datetime | None = None
    lease_token: UUID | None = None
    attempts: int = 0
    error_code: str = ""
    error_detail: str = ""
    error_fix: str = ""
    detail: dict[str, Any] = document()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 1
    search: str | None = Field(
        default=None,
        sa_type=TSVECTOR,
        sa_column_args=[Computed("to_tsvector('simple'::regconfig, public.fold(text))", persisted=True)],
    )


class SendAttempt(Row, table=True):
    """One try at a send, committed before the socket opens. `outcome` stays null while it runs."""

    __tablename__ = "send_attempt"
    __table_args__ = (
        refers("message_id", "message", on_delete="CASCADE"),
        unique("uq_send_attempt_no", "message_id", "no"),
        one_of("outcome", "sent", "failed", "retry", "unknown"),
    )
    message_id: UUID
    no: int
    lease_token: UUID
    outcome: str | None = None
    external_id: str = ""
    error_code: str = ""
    error_detail: str = ""
    settled_at: datetime | None = None


class Attachment(Row, table=True):
    """`ref` is the channel's; the bytes are fetched in a second step and stored once by their hash."""

    __table_args__ = (
        refers("message_id", "message", on_delete="CASCADE"),
        index("ix_attachment_message", "workspace_id", "message_id"),
        index("ix_attachment_due", "due_at", where="due_at is not null"),
        index("ix_attachment_unsent", "created_at", where="message_id is null and connection_id is not null"),
        index("ix_attachment_content", "sha256", where="sha256 <> ''"),
        one_of("state", "waiting", "stored", "refused"),
    )
    message_id: UUID | None = None
    connection_id: UUID | None = None
    name: str = ""
    media_type: str = ""
    size: int = 0
    ref: str = ""
    sha256: str = ""
    state: str = "waiting"
    detail: str = ""
    due_at: datetime | None = None
    attempts: int = 0


class Reaction(SQLModel, table=True):
    """The newest reaction of one person to one message, which may still be on its way. An empty `emoji`: taken back."""

    __table_args__ = (refers("connection_id", "connection"),)
    workspace_id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    handle_kind: str = Field(primary_key=True)
    handle_value: str = Field(primary_key=True)
    name: str = ""
    direction: str = "in"
    emoji: str = ""
    at: datetime


class EarlyNews(SQLModel, table=True):
    """What a channel said of a message before the message itself was here: an edit, a withdrawal, a state. Applied on arrival."""

    __tablename__ = "early_news"
    __table_args__ = (
        refers("connection_id", "connection"),
        index("ix_early_news_kept", "workspace_id", "kept_at"),
        one_of("kind", "change", "status"),
    )
    workspace_id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: datetime
    kept_at: datetime
    detail: dict[str, Any] = document()


class ConversationCase(SQLModel, table=True):
    """The conversation in which a channel's case is worked on."""

    __tablename__ = "conversation_case"
    __table_args__ = (
        refers("conversation_id", "conversation", on_delete="CASCADE"),
        refers("case_id", "channel_case", on_delete="CASCADE"),
        index("ix_conversation_case_conversation", "workspace_id", "conversation_id"),
    )
    workspace_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    conversation_id: UUID


class ReadMark(SQLModel, table=True):
    """How many of the buyer's messages one member has read."""

    __tablename__ = "read_mark"
    __table_args__ = (
        refers("conversation_id", "conversation", on_delete="CASCADE"),
        refers("member_id", "member", on_delete="CASCADE"),
    )
    workspace_id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    in_count: int


class ConversationOrder(SQLModel, table=True):
    """Which orders a conversation is about, and how we know: `channel` said so, the `text` names it, or a `person` linked it."""

    __tablename__ = "conversation_order"
    __table_args__ = (
        refers("conversation_id", "conversation", on_delete="CASCADE"),
        index("ix_conversation_order_ref", "workspace_id", "order_ref"),
        one_of("source", "channel", "text", "person"),
    )
    workspace_id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(primary_key=True)
    order_ref: str = Field(primary_key=True)
    source: str


class Handoff(Versioned, table=True):
    """A conversation offered to a member or a team. The giver keeps it until somebody takes it; `taken_by` is who did.

    `brief`: the facts at the moment of the offer. The giver's draft travels in `draft_*`. `answer`: why it was declined or
    returned. `direct`: given at a shift's end without asking. `return_due_at`: without a reply by then it goes back."""

    __table_args__ = (
        refers("conversation_id", "conversation"),
        refers("from_member_id", "member"),
        refers("to_member_id", "member"),
        refers("to_team_id", "team"),
        refers("taken_by", "member"),
        unique("uq_handoff_open", "conversation_id", where="state = 'offered'"),
        index("ix_handoff_member", "workspace_id", "to_member_id", where="state = 'offered'"),
        index("ix_handoff_team", "workspace_id", "to_team_id", where="state = 'offered'"),
        index("ix_handoff_given", "workspace_id", "from_member_id", "offered_at desc", "id desc"),
        index("ix_handoff_conversation", "workspace_id", "conversation_id", "offered_at desc", "id desc"),
        one_of("state", "offered", "accepted", "declined", "returned", "withdrawn"),
        one_of("draft_kind", "reply", "note"),
    )
    conversation_id: UUID
    from_member_id: UUID | None = None
    to_member_id: UUID | None = None
    to_team_id: UUID | None = None
    taken_by: UUID | None = None
    state: str = "offered"
    reason: str = ""
    note: str = ""
    brief: dict[str, Any] = document()
    draft_text: str = ""
    draft_kind: str = "reply"
    draft_thread_id: UUID | None = None
    draft_attachments: list[UUID] = id_list()
    answer: str = ""
    direct: bool = False
    offered_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    return_after_s: int | None = None
    return_due_at: datetime | None = None


class Promise(Versioned, table=True):
    """What we told a buyer we would do. Owed until `settled_at`: a promise that its time broke is owed still.
    `message_id`: the message in which it was said."""

    __table_args__ = (
        refers("conversation_id", "conversation"),
        refers("made_by", "member"),
        index("ix_promise_conversation", "workspace_id", "conversation_id", "id"),
        one_of("kind", "refund", "replacement", "reply", "send", "other"),
        one_of("state", "open", "kept", "broken"),
    )
    conversation_id: UUID
    message_id: UUID | None = None
    made_by: UUID | None = None
    text: str
    kind: str = "other"
    state: str = "open"
    due_at: datetime | None = None
    settled_at: datetime | None = None


class SavedDraft(SQLModel, table=True):
    """What one member has written and not sent. `from_member_id`: whose it was before it came along with a hand-off."""

    __tablename__ = "draft"
    __table_args__ = (
        refers("conversation_id", "conversation", on_delete="CASCADE"),
        refers("member_id", "member", on_delete="CASCADE"),
        one_of("kind", "reply", "note"),
    )
    workspace_id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    text: str = ""
    kind: str = "reply"
    thread_id: UUID | None = None
    attachments: list[UUID] = id_list()
    from_member_id: UUID | None = None
    updated_at: datetime
