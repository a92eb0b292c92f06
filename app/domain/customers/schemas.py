"""The wire of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct


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
