"""The wire of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct


class HandleRead(Struct, kw_only=True):
    """`refuses`: "all" or "unasked", when the buyer said they do not want to be written to here."""

    kind: str
    value: str
    label: str
    channel: str
    strength: str
    refuses: list[str]


class Spent(Struct, kw_only=True):
    currency: str
    minor: int


class CustomerRead(Struct, kw_only=True):
    """`since` is when we first met; `spent` counts orders that were not cancelled, by currency."""

    id: UUID
    name: str
    language: str
    note: str
    since: datetime
    handles: list[HandleRead]
    order_count: int
    spent: list[Spent]
    version: int


class CustomerPage(Struct, kw_only=True):
    items: list[CustomerRead]
    next_cursor: str | None
    as_of_seq: int


class Stop(Struct, kw_only=True):
    """One thing on a customer's timeline: an `order`, a `conversation`, a `checkout` left behind or a `case` of a channel."""

    at: datetime
    kind: str
    id: UUID
    channel: str
    detail: dict[str, Any]


class Timeline(Struct, kw_only=True):
    items: list[Stop]
    next_cursor: str | None
    as_of_seq: int


class Evidence(Struct, kw_only=True, frozen=True):
    """`order` is a number one wrote that the other ordered under; `address` a name at a postcode."""

    kind: Literal["email", "phone", "order", "address", "name"]
    value: str


class Clash(Struct, kw_only=True):
    """Two ids of one kind that a provider never changes: the same person has both only when they hold two accounts."""

    kind: str
    one: str
    other: str


class Suggestion(Struct, kw_only=True):
    """Another customer who may be this one. `clashes` must be confirmed by their kinds when they are merged."""

    customer: CustomerRead
    evidence: list[Evidence]
    strength: Literal["strong", "likely"]
    clashes: list[Clash]


class Suggestions(Struct, kw_only=True):
    items: list[Suggestion]


class CustomerMerge(Struct, kw_only=True, forbid_unknown_fields=True):
    """`confirm`: the kinds of ids that differ and may."""

    absorb_id: UUID
    confirm: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=20)] = []


class NotSame(Struct, kw_only=True, forbid_unknown_fields=True):
    """Not to be suggested again."""

    other_id: UUID


class MergeRead(Struct, kw_only=True):
    """`split`: the survivor gave a thread to the one absorbed. `by` is null when a duty did it."""

    id: UUID
    kind: Literal["customer", "conversation", "split"]
    survivor_id: UUID
    absorbed_ids: list[UUID]
    names: list[str]
    at: datetime
    by: str | None
    undone_at: datetime | None


class Merges(Struct, kw_only=True):
    items: list[MergeRead]
