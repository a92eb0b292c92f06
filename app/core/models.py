"""Machinery's own tables: the outbox with its heads, timers, dead letters, the audit trail, the search keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlmodel import Field, SQLModel

from app.core.tables import VERBATIM, Leased, Row, document, index, one_of, unique


class Outbox(SQLModel, table=True):
    """One changed row told to browsers. Committed unstamped; the relay alone gives `seq`. `room` decides who may see it.
    `payload` is the row exactly as GET shows it, null when it is gone."""

    __table_args__ = (
        index("ix_outbox_unstamped", "id", where="seq is null"),
        unique("uq_outbox_seq", "seq", where="seq is not null"),
    )
    workspace_id: UUID = Field(primary_key=True)
    id: int = Field(sa_type=BigInteger, sa_column_args=[Identity(always=True)], primary_key=True)
    kind: str
    room: str
    entity_id: UUID
    version: int = Field(sa_type=BigInteger)
    payload: Any = Field(default=None, sa_type=VERBATIM, nullable=True)
    seq: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime
    stamped_at: datetime | None = None


class OutboxHead(SQLModel, table=True):
    """The last seq given in a workspace; `oldest` is the first one still kept."""

    __tablename__ = "outbox_head"
    workspace_id: UUID = Field(primary_key=True)
    seq: int = Field(default=0, sa_type=BigInteger)
    oldest: int = Field(default=0, sa_type=BigInteger)


class Timer(Leased, table=True):
    """One thing due at a time. At most one open timer of a kind for a subject; setting it again moves it."""

    __table_args__ = (
        unique("uq_timer_open", "kind", "subject_id", where="done_at is null"),
        index("ix_timer_due", "due_at", where="done_at is null"),
    )
    kind: str
    subject_id: UUID
    data: dict[str, Any] = document()
    done_at: datetime | None = None


class DeadLetter(Row, table=True):
    """Work that gave up, with its history. `row_id` is the row of the table that `kind` names."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        unique("uq_dead_letter_open", "kind", "row_id", where="state = 'open'"),
        one_of("state", "open", "replayed", "discarded"),
    )
    kind: str
    row_id: UUID
    state: str = "open"
    error: str = ""
    settled_at: datetime | None = None
    settled_by: UUID | None = None


class Audit(Row, table=True):
    """Append-only: who did what to which thing."""

    __table_args__ = (index("ix_audit_at", "workspace_id", "created_at"),)
    actor_id: UUID | None = None
    act: str
    subject_id: UUID | None = None
    detail: dict[str, Any] = document()


class ExactKey(SQLModel, table=True):
    """Exact search: an order id, tracking number, SKU, handle, e-mail or phone, folded, and the row it leads to."""

    __tablename__ = "exact_key"
    __table_args__ = (index("ix_exact_key_subject", "workspace_id", "subject_id"),)
    workspace_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    subject_id: UUID = Field(primary_key=True)


class Counter(SQLModel, table=True):
    """Numbers people see, per workspace and name; never reused."""

    workspace_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: int = Field(default=0, sa_type=BigInteger)


class Allowance(SQLModel, table=True):
    """What is left to somebody of one thing they do: a bucket of tokens as it stood at `at`. `who` is a hash."""

    __table_args__ = (index("ix_allowance_at", "at"),)
    workspace_id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(primary_key=True)
    what: str = Field(primary_key=True)
    who: str = Field(primary_key=True)
    tokens: float
    at: datetime
