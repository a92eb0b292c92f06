"""Buyers and the identities they have on channels."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.tables import Row, Versioned, index, one_of, refers, unique


class Customer(Versioned, table=True):
    """`merged_into` points at the survivor of a merge; the row stays so that it can be undone."""

    name: str = ""
    language: str = ""
    note: str = ""
    merged_into: UUID | None = None
    erased_at: datetime | None = None


class Handle(Row, table=True):
    """(kind, value) is the channel's own immutable id where it has one; `label` is what people see."""

    __table_args__ = (
        refers("customer_id", "customer"),
        unique("uq_handle_value", "kind", "value"),
        index("ix_handle_customer", "workspace_id", "customer_id"),
        one_of("strength", "verified", "provided", "guessed"),
    )
    customer_id: UUID
    kind: str
    value: str
    label: str = ""
    channel: str = ""
    strength: str = "provided"
    seen_at: datetime | None = None


class Refusal(SQLModel, table=True):
    """What a buyer said about being written to, by the hash of their handle: it holds before we know them and after they were
    erased. `scope="unasked"`: answers in a running talk stay allowed."""

    __table_args__ = (one_of("scope", "all", "unasked"),)
    workspace_id: UUID = Field(primary_key=True)
    handle_hash: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    refused: bool
    at: datetime
