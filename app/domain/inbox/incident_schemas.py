"""The wire of deciding on an oversell."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from app.domain.inventory.schemas import IncidentRead, OfferKind


class Face(Struct, kw_only=True):
    """`shows` is the count the channel last took from us."""

    channel: str
    name: str
    shows: int | None
    acked_at: datetime | None
    state: str


class Why(Struct, kw_only=True):
    """`zeroed` of the listings stand at 0; `zeroed_at` is when the last of them took it, null while one does not."""

    cause: str
    listings: int
    zeroed: int
    zeroed_at: datetime | None
    faces: list[Face]


class Alternative(Struct, kw_only=True):
    """`ref` names the goods on their way or the other variant, for units held back their location. `state` is how those are held."""

    offer: OfferKind
    name: str
    units: int
    ref: UUID | None = None
    state: str = ""
    at: datetime | None = None


class Penalty(Struct, kw_only=True):
    """What cancelling this order costs. With `rate`: the share of cancelled orders now, when this one is too, and the channel's most."""

    cost: Literal["none", "defect", "rate"]
    now_pct: float = 0.0
    then_pct: float = 0.0
    most_pct: float = 0.0
    warn: bool = False


class Suggestion(Struct, kw_only=True):
    """An order that holds the units, the one to ask first. `drafts` has a text for each alternative, in their order, in the buyer's
    `language` (English where we have no words)."""

    order_id: UUID
    channel: str
    number: str
    customer: str
    units: int
    placed_at: datetime
    currency: str
    total_minor: int
    earlier: int
    penalty: Penalty
    language: str
    conversation_id: UUID | None
    conversation_number: int | None
    conversation_channel: str | None
    decided: bool
    drafts: list[str]


class IncidentDetail(Struct, kw_only=True):
    incident: IncidentRead
    why: Why
    suggestions: list[Suggestion]
    alternatives: list[Alternative]


class IncidentResolve(Struct, kw_only=True, forbid_unknown_fields=True):
    """One alternative, as the detail offers it, for one order. `text` goes to the buyer as a reply; none is written when it is
    empty. `key` makes a repeat harmless."""

    key: Annotated[str, Meta(min_length=1, max_length=80)]
    offer: OfferKind
    order_id: UUID | None
    ref: Annotated[str, Meta(max_length=40)] = ""
    text: Annotated[str, Meta(max_length=20_000)] = ""
