"""The wire of hand-offs, promises and drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from app.domain.inbox.briefing import Brief
from app.domain.inbox.schemas import AttachmentRead, Person

PromiseKind = Literal["refund", "replacement", "reply", "send", "other"]
Reason = Literal["shift", "skill", "language", "decision", "load", "other"]


class PromiseCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """`message_id`: the message of this conversation in which it was said."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    kind: PromiseKind = "other"
    due_at: datetime | None = None
    message_id: UUID | None = None


class PromiseUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Only what is given changes. A later `due_at` opens a broken promise again."""

    state: Literal["open", "kept", "broken"] | UnsetType = UNSET
    text: Annotated[str, Meta(min_length=1, max_length=500)] | UnsetType = UNSET
    kind: PromiseKind | UnsetType = UNSET
    due_at: datetime | UnsetType | None = UNSET


class PromiseRead(Struct, kw_only=True):
    """Owed until `settled_at`, also when its time has passed and `state` is broken."""

    id: UUID
    conversation_id: UUID
    message_id: UUID | None
    text: str
    kind: str
    state: str
    due_at: datetime | None
    settled_at: datetime | None
    made_by: Person | None
    created_at: datetime
    version: int


class PromisePage(Struct, kw_only=True):
    """All promises of one conversation, oldest first."""

    items: list[PromiseRead]
    next_cursor: None
    as_of_seq: int


class HandoffCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """To a member or to a team. `return_after_s`: whoever takes it and has not replied by then loses it to the giver again."""

    to_member_id: UUID | None = None
    to_team_id: UUID | None = None
    reason: Reason = "other"
    note: Annotated[str, Meta(max_length=4000)] = ""
    promises: Annotated[list[PromiseCreate], Meta(max_length=20)] = []
    return_after_s: Annotated[int, Meta(ge=60, le=2_592_000)] | None = None


class Answer(Struct, kw_only=True, forbid_unknown_fields=True):
    """Why it is not taken, or given back."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class ConversationName(Struct, kw_only=True):
    id: UUID
    number: int
    subject: str
    channel: str
    customer: str


class TravellingDraft(Struct, kw_only=True):
    text: str
    kind: str
    thread_id: UUID | None
    attachment_ids: list[UUID]


class HandoffRead(Struct, kw_only=True):
    """`took_s`: seconds from the offer to its acceptance. `bounces`: how often this conversation was declined or returned.
    `direct`: given at a shift's end, without asking."""

    id: UUID
    conversation: ConversationName
    giver: Person | None
    to_member: Person | None
    to_team: Person | None
    taken_by: Person | None
    state: str
    reason: str
    note: str
    brief: Brief
    draft: TravellingDraft | None
    answer: str
    direct: bool
    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    return_after_s: int | None
    return_due_at: datetime | None
    took_s: float | None
    bounces: int
    version: int


class HandoffPage(Struct, kw_only=True):
    items: list[HandoffRead]
    next_cursor: str | None
    as_of_seq: int


class ShiftEnd(Struct, kw_only=True, forbid_unknown_fields=True):
    """`dry_run` only tells what would happen."""

    to_member_id: UUID | None = None
    to_team_id: UUID | None = None
    note: Annotated[str, Meta(max_length=4000)] = ""
    dry_run: bool = False


class ShiftItem(Struct, kw_only=True):
    conversation: ConversationName
    next_due_at: datetime | None


class ShiftEnded(Struct, kw_only=True):
    """`given` change hands at once. `asked` are due within two hours: they stay with the giver until somebody accepts.
    `offered` were offered before."""

    given: list[ShiftItem]
    asked: list[ShiftItem]
    offered: list[ShiftItem]
    done: bool


class DraftWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=100_000)] = ""
    kind: Literal["reply", "note"] = "reply"
    thread_id: UUID | None = None
    attachment_ids: Annotated[list[UUID], Meta(max_length=20)] = []


class DraftRead(Struct, kw_only=True):
    """`written_by`: the colleague it came from with a hand-off."""

    text: str
    kind: str
    thread_id: UUID | None
    attachment_ids: list[UUID]
    attachments: list[AttachmentRead]
    written_by: Person | None
    updated_at: datetime | None
