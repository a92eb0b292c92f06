"""The wire of saved replies and macros."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from app.domain.inbox.schemas import SendError

Name = Annotated[str, Meta(min_length=1, max_length=80)]
MacroStatus = Literal["", "open", "snoozed", "closed"]
Tag = Annotated[str, Meta(min_length=1, max_length=60)]


class SavedTextWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """An empty `channel` or `language` stands for every. `language` is a two-letter code."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    channel: Annotated[str, Meta(max_length=40)] = ""
    language: Annotated[str, Meta(pattern="^([a-z]{2})?$")] = ""


class SavedReplyWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """Variables: `{{customer.name}}`, `{{order.number}}`, `{{order.tracking}}`, `{{order.status}}`, `{{stock.SKU}}`,
    `{{agent.name}}`."""

    name: Name
    texts: Annotated[list[SavedTextWrite], Meta(min_length=1, max_length=60)]


class SavedReplyRead(Struct, kw_only=True):
    id: UUID
    name: str
    texts: list[SavedTextWrite]
    version: int


class SavedReplyPage(Struct, kw_only=True):
    """All of the shop, by name."""

    items: list[SavedReplyRead]
    next_cursor: None
    as_of_seq: int


class FilledReply(Struct, kw_only=True):
    """A saved reply as it reads in one conversation. `missing` are variables without a value there: they stand in `text` as they
    are written, and a text that holds one is not sent."""

    id: UUID
    name: str
    text: str
    missing: list[str]


class FilledReplies(Struct, kw_only=True):
    items: list[FilledReply]


class MacroWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays as it is. `tags` are added. `assign`: to whoever runs it, or to nobody; `assignee_id` names a member
    instead. `snooze_s` (seconds) goes with the status `snoozed`."""

    name: Name
    reply_id: UUID | None = None
    tags: Annotated[list[Tag], Meta(max_length=20)] = []
    assign: Literal["", "me", "nobody"] = ""
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    status: MacroStatus = ""
    snooze_s: Annotated[int, Meta(ge=60, le=31_536_000)] | None = None


class MacroRead(Struct, kw_only=True):
    id: UUID
    name: str
    reply_id: UUID | None
    tags: list[str]
    assign: str
    assignee_id: UUID | None
    team_id: UUID | None
    status: MacroStatus
    snooze_s: int | None
    version: int


class MacroPage(Struct, kw_only=True):
    """All of the shop, by name."""

    items: list[MacroRead]
    next_cursor: None
    as_of_seq: int


class MacroRun(Struct, kw_only=True, forbid_unknown_fields=True):
    """`dry_run` does everything and takes it back: it tells what would happen. `run_key` makes a repeat harmless. `hold_ms` keeps
    the replies back so that they can be taken back one by one."""

    conversation_ids: Annotated[list[UUID], Meta(min_length=1, max_length=100)]
    run_key: Annotated[str, Meta(pattern="^[!-~]{1,60}$")]
    dry_run: bool = False
    hold_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0


class MacroStep(Struct, kw_only=True):
    """`to`: the words of a reply, the tag, the new status, the hour a snooze ends, the name of a member or team (empty: nobody)."""

    what: Literal["reply", "tag", "assign", "team", "status", "snooze"]
    to: str


class MacroResult(Struct, kw_only=True):
    """`refused` says why nothing at all was done with this one."""

    conversation_id: UUID
    number: int
    customer: str
    steps: list[MacroStep]
    refused: SendError | None


class MacroDone(Struct, kw_only=True):
    """One result a conversation, in the order they were given. `done` is false for a dry run."""

    items: list[MacroResult]
    done: bool
