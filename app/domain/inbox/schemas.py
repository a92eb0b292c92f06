"""The wire of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Status = Literal["open", "snoozed", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]


class Person(Struct, kw_only=True):
    id: UUID
    name: str


class ConversationRead(Struct, kw_only=True):
    """A list row. `waiting_on` follows the last word. `read_in_count` is the caller's own mark (GET only): unread = in_count -
    read_in_count. The clocks are the marketplace's, the company's and a promise's; `next_due_at` is the earliest.
    `merged_into` is where its threads are now; only a live change still tells such a row, whose `status` is `merged`."""

    id: UUID
    number: int
    channel: str
    channels: list[str]
    connection_id: UUID | None
    brand: str
    customer: Person
    subject: str
    preview: str
    preview_direction: str
    status: str
    waiting_on: str
    priority: str
    assignee_id: UUID | None
    team_id: UUID | None
    follower_ids: list[UUID]
    tags: list[str]
    language: str
    last_activity_at: datetime
    last_in_at: datetime | None
    last_out_at: datetime | None
    awaiting_since: datetime | None
    market_due_at: datetime | None
    company_due_at: datetime | None
    promise_due_at: datetime | None
    next_due_at: datetime | None
    reply_until_at: datetime | None
    snoozed_until: datetime | None
    message_count: int
    in_count: int
    has_unknown: bool
    created_at: datetime
    merged_into: UUID | None
    version: int
    read_in_count: int | None = None
    unread: bool | None = None
    unread_count: int | None = None


class ConversationPage(Struct, kw_only=True):
    items: list[ConversationRead]
    next_cursor: str | None
    as_of_seq: int


class ConversationUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Only what is given changes. `if_version`: refuse when somebody changed it meanwhile. Snoozing needs `snoozed_until`.
    `follow` and `unfollow` name the members who begin and cease to follow it; whoever else does meanwhile stays.
    `open_promises`: what becomes of them when it closes; `leave` lets them open it again when they are due."""

    status: Status | UnsetType = UNSET
    snoozed_until: datetime | None = None
    assignee_id: UUID | UnsetType | None = UNSET
    team_id: UUID | UnsetType | None = UNSET
    tags: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=50)] | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    subject: Annotated[str, Meta(max_length=300)] | UnsetType = UNSET
    follow: Annotated[list[UUID], Meta(max_length=50)] = []
    unfollow: Annotated[list[UUID], Meta(max_length=50)] = []
    if_version: int | None = None
    open_promises: Literal["kept", "broken", "leave"] | None = None


class AttachmentRead(Struct, kw_only=True):
    id: UUID
    name: str
    media_type: str
    size: int
    state: str
    url: str | None


class ShownHtml(Struct, kw_only=True):
    """A message's formatted body, cleaned. `#image-N` in it stands for `images[N]`, which is fetched by
    `/api/v1/messages/{id}/image?url=` when the reader asks for pictures; `#file-N` for `files[N]`, a picture that came along."""

    html: str
    images: list[str]
    files: list[str]


class SendError(Struct, kw_only=True):
    code: str
    detail: str
    fix: str


class SystemLine(Struct, kw_only=True):
    """A code, never a translated sentence; `detail` holds what the words need."""

    code: str
    detail: dict[str, Any]


class Quoted(Struct, kw_only=True):
    """The beginning of the message this one answers."""

    id: UUID
    text: str
    direction: str


class ReactionRead(Struct, kw_only=True):
    emoji: str
    name: str
    direction: str


class TemplateUse(Struct, kw_only=True, forbid_unknown_fields=True):
    """A text the channel approved beforehand, by its name there; `variables` fill its gaps in order, `names` says how each is called
    where the template's gaps have names, `header` and `buttons` fill the gaps above and in the buttons' addresses."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    language: Annotated[str, Meta(min_length=1, max_length=35)]
    variables: Annotated[list[Annotated[str, Meta(max_length=1000)]], Meta(max_length=30)] = []
    names: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=30)] = []
    header: Annotated[str, Meta(max_length=60)] = ""
    buttons: Annotated[list[Annotated[str, Meta(max_length=2000)]], Meta(max_length=10)] = []


class ActRead(Struct, kw_only=True):
    """Something done to an order at its channel; `label` is by language."""

    name: str
    label: dict[str, str] | None
    order: str


class MessageRead(Struct, kw_only=True):
    """`state` of ours: queued, attempting, sent, delivered, read, failed, unknown. `due_at` of a queued one is when it leaves;
    of an unknown one when it is checked next. `public`: a comment under a post. `held`: why it does not count as the buyer's word
    until somebody releases it. `mentions`: the members a note names, alone or with their team."""

    id: UUID
    conversation_id: UUID
    thread_id: UUID | None
    channel: str
    direction: str
    kind: str
    text: str
    html: bool
    state: str
    external_id: str | None
    client_msg_id: str | None
    author: Person | None
    customer_name: str
    automated: bool
    sent_at: datetime
    created_at: datetime
    due_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    error: SendError | None
    attachments: list[AttachmentRead]
    public: bool
    held: str
    template: TemplateUse | None
    quoted: Quoted | None
    reactions: list[ReactionRead]
    event: SystemLine | None
    act: ActRead | None
    mentions: list[UUID]
    version: int


class MessagePage(Struct, kw_only=True):
    items: list[MessageRead]
    next_cursor: str | None
    as_of_seq: int


class MessageCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """`if_last_seq`: the seq up to which the writer has seen this conversation; a colleague's or buyer's newer message
    refuses the reply with `newer_reply`. `hold_ms` keeps it back so that it can be taken back. `reply_to_id` quotes a message of
    the same thread; `template` is sent instead of `text`."""

    client_msg_id: Annotated[str, Meta(min_length=1, max_length=100)]
    kind: Literal["reply", "note"] = "reply"
    text: Annotated[str, Meta(max_length=100_000)] = ""
    attachment_ids: Annotated[list[UUID], Meta(max_length=20)] = []
    thread_id: UUID | None = None
    if_last_seq: int | None = None
    hold_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0
    reply_to_id: UUID | None = None
    template: TemplateUse | None = None


class ActCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """`name` is one of the order's offers. `client_key` makes a repeat harmless."""

    client_key: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    text: Annotated[str, Meta(max_length=20_000)] = ""
    attachment_ids: Annotated[list[UUID], Meta(max_length=20)] = []


class ReadUpTo(Struct, kw_only=True, forbid_unknown_fields=True):
    """How many of the buyer's messages the member has seen; without it, all of them. `unread` marks the last one unread."""

    in_count: int | None = None
    unread: bool = False


class Resolution(Struct, kw_only=True, forbid_unknown_fields=True):
    act: Literal["check", "mark_sent", "send_again", "discard"]


class Counts(Struct, kw_only=True):
    """Open conversations by queue; exact to 999, then 1000 stands for more. `handed`: offered to the caller. `mentions`:
    a note names the caller or their team. `teams`: by a team's id."""

    mine: int
    unassigned: int
    deadline: int
    all: int
    waiting: int
    snoozed: int
    handed: int
    mentions: int
    teams: dict[UUID, int]


class ApprovedRead(Struct, kw_only=True):
    """An approved text of the connection's setting `templates`; its gaps are `{{1}}`, `{{2}}` ..."""

    name: str
    language: str
    text: str


class ThreadRead(Struct, kw_only=True):
    """`block` says why nothing can be sent here now, with what to do. `page` is what a visitor of the shop's own page looked at when they
    wrote last, `referrer` where they came from."""

    id: UUID
    channel: str
    connection_id: UUID | None
    connection_name: str
    to: str
    subject: str
    reply_until_at: datetime | None
    can_reply: bool
    block: SendError | None
    text_limit: int | None
    text_unit: str | None
    files_max: int
    file_bytes: int
    file_types: list[str]
    forbids_contact_details: bool
    templates: bool
    approved: list[ApprovedRead]
    quotes: bool
    page: str
    referrer: str


class WayRead(Struct, kw_only=True):
    """Another connection the talk may go on over. `handles` are whom it would reach there; `opens` says whether free words or only an
    approved text may go first. `kind` is what a typed address must be (`email`, `phone`), empty where none can be typed."""

    connection_id: UUID
    connection_name: str
    channel: str
    kind: str
    handles: list[str]
    level: Literal["allow", "warn", "block"]
    code: str
    reason: str
    fix: str
    opens: Literal["text", "template"]


class ContinueOn(Struct, kw_only=True, forbid_unknown_fields=True):
    """`handle`: whom to reach there; without it, the surest one known."""

    connection_id: UUID
    handle: Annotated[str, Meta(max_length=320)] | None = None


class Context(Struct, kw_only=True):
    """What stands beside a conversation, from our own rows only."""

    customer: dict[str, Any]
    threads: list[ThreadRead]
    ways: list[WayRead]
    orders: list[dict[str, Any]]
    stock: list[dict[str, Any]]
    earlier: list[dict[str, Any]]
