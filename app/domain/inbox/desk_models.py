"""What a shop keeps so that nobody types or clicks the same thing twice: saved replies, macros; and whom a note names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from app.core.tables import DOCUMENT, Versioned, index, one_of, refers, texts, unique

EMPTY = text("'[]'::jsonb")


class SavedReply(Versioned, table=True):
    """`texts`: the words by channel and language, `[{channel, language, text}]`; an empty one stands for every."""

    __tablename__ = "saved_reply"
    __table_args__ = (unique("uq_saved_reply_name", "name"),)
    name: str
    texts: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=DOCUMENT, sa_column_kwargs={"server_default": EMPTY, "nullable": False}
    )


class Macro(Versioned, table=True):
    """Several acts under one name. What is empty stays as it is. `assign`: to whoever runs it (`me`) or to `nobody`;
    `assignee_id` names somebody else. `snooze_s` belongs to the status `snoozed`."""

    __table_args__ = (
        refers("reply_id", "saved_reply"),
        refers("assignee_id", "member"),
        refers("team_id", "team"),
        unique("uq_macro_name", "name"),
        one_of("assign", "", "me", "nobody"),
        one_of("status", "", "open", "snoozed", "closed"),
    )
    name: str
    reply_id: UUID | None = None
    tags: list[str] = texts()
    assign: str = ""
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    status: str = ""
    snooze_s: int | None = None


class Mention(SQLModel, table=True):
    """A note names a member, alone or with their team."""

    __table_args__ = (
        refers("message_id", "message", on_delete="CASCADE"),
        refers("member_id", "member", on_delete="CASCADE"),
        index("ix_mention_member", "workspace_id", "member_id", "message_id desc"),
    )
    workspace_id: UUID = Field(primary_key=True)
    message_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
