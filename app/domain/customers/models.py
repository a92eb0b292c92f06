"""Buyers and the identities they have on channels."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.tables import Row, Versioned, document, id_list, index, one_of, refers, unique


class Customer(Versioned, table=True):
    """`merged_into` points at the survivor of a merge; the row stays so that it can be undone."""

    __table_args__ = (index("ix_customer_merged", "workspace_id", "merged_into", where="merged_into is not null"),)
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


class Merge(Row, table=True):
    """What was made one, or split in two, at `created_at` by a member. `moved` names every row that changed place, by its part, and
    what the survivor was before: enough to put all of it back."""

    __table_args__ = (
        refers("by_id", "member"),
        refers("undone_by", "member"),
        index("ix_merge_standing", "workspace_id", "survivor_id", "id", where="undone_at is null"),
        one_of("kind", "customer", "conversation", "split"),
    )
    kind: str
    survivor_id: UUID
    absorbed: list[UUID] = id_list()
    moved: dict[str, Any] = document()
    by_id: UUID | None = None
    undone_at: datetime | None = None
    undone_by: UUID | None = None


class Trait(SQLModel, table=True):
    """Something a customer was seen with that another may share: it suggests, it never joins."""

    __table_args__ = (
        refers("customer_id", "customer"),
        index("ix_trait_value", "workspace_id", "kind", "value"),
        one_of("kind", "email", "phone", "address"),
    )
    workspace_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)


class Apart(SQLModel, table=True):
    """Two customers, the lesser id first, of whom a member said that they are not one person."""

    __table_args__ = (refers("one_id", "customer"), refers("other_id", "customer"), refers("by_id", "member"))
    workspace_id: UUID = Field(primary_key=True)
    one_id: UUID = Field(primary_key=True)
    other_id: UUID = Field(primary_key=True)
    at: datetime
    by_id: UUID | None = None
