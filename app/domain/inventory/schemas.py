"""The wire of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

Sku = Annotated[str, Meta(min_length=1, max_length=120)]


class StockRead(Struct, kw_only=True):
    """One variant at one location. available = on_hand - reserved - unavailable; unavailable = damaged + quality + safety."""

    id: UUID
    variant_id: UUID
    sku: str
    title: str
    brand: str
    picture: str
    location: str
    location_id: UUID
    on_hand: int
    reserved: int
    damaged: int
    quality: int
    safety: int
    unavailable: int
    available: int
    incoming: int
    counted: bool
    version: int


class StockPage(Struct, kw_only=True):
    items: list[StockRead]
    next_cursor: str | None
    as_of_seq: int


class MovementCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """`delta` changes on hand. `key` makes a repeat harmless. Without `location` the first one is meant."""

    sku: Sku
    delta: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
    reason: Annotated[str, Meta(max_length=200)] = ""
    key: Annotated[str, Meta(min_length=1, max_length=200)]
    location: str | None = None


class MovementRead(Struct, kw_only=True):
    """One ledger row; `available` is the variant's running result at that location after it."""

    id: int
    at: datetime
    kind: str
    on_hand: int
    reserved: int
    damaged: int
    quality: int
    safety: int
    unavailable: int
    incoming: int
    available: int
    reason: str
    source: str
    source_ref: str
    actor: str | None
    order_id: UUID | None
    order_number: str | None
    channel: str | None
    location: str


class MovementPage(Struct, kw_only=True):
    items: list[MovementRead]
    next_cursor: str | None
    as_of_seq: int


class UncoveredOrder(Struct, kw_only=True):
    """`uncovered` of the order's `quantity` units have nothing behind them."""

    order_id: UUID | None
    external_id: str | None
    number: str | None
    channel: str | None
    quantity: int
    uncovered: int
    placed_at: datetime | None


OfferKind = Literal["cancel", "held_back", "incoming", "substitute"]


class Decision(Struct, kw_only=True):
    """What a person chose for one order: `units` of the incident are answered by it. `key` makes a repeat harmless."""

    key: str
    offer: OfferKind
    order_id: UUID | None
    units: int
    name: str
    by: str
    at: datetime
    conversation_id: UUID | None = None
    message_id: UUID | None = None


class IncidentRead(Struct, kw_only=True):
    """Open until the count covers it; `decisions` say what was chosen meanwhile."""

    id: UUID
    kind: str
    sku: str
    title: str
    variant_id: UUID
    units: int
    state: str
    opened_at: datetime
    resolved_at: datetime | None
    cause: str
    decisions: list[Decision]
    orders: list[UncoveredOrder]
    version: int


class IncidentPage(Struct, kw_only=True):
    items: list[IncidentRead]
    next_cursor: str | None
    as_of_seq: int


class LocationRead(Struct, kw_only=True):
    """`connection_ids` name the connections that sell from here by choice; those without a choice sell from everywhere."""

    id: UUID
    name: str
    kind: str
    rank: int
    sellable: bool
    connection_ids: list[UUID]
    version: int


class MappingWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """null takes the mapping away; nothing is pushed to the listing then."""

    variant_id: UUID | None


class Demand(Struct, kw_only=True, frozen=True):
    """Units wanted, known by (source, source_ref): asking twice reserves once. `connection_id` says who sold them: they come
    from its locations; without it from any that is for sale."""

    variant_id: UUID
    quantity: int
    source: str
    source_ref: str
    order_id: UUID | None = None
    state: Literal["pending", "held"] = "held"
    connection_id: UUID | None = None


class PushRead(Struct, kw_only=True):
    id: UUID
    at: datetime
    quantity: int
    outcome: str
    detail: str
    settled_at: datetime | None


class WouldPush(Struct, kw_only=True):
    """`shows` is the count at the channel, as last read or last taken from us; null when it was never read. `push` is the
    number that would go out; null where none can be worked out (`verdict` says why)."""

    listing_id: UUID
    external_id: str
    external_sku: str
    title: str
    sku: str | None
    shows: int | None
    shown_at: datetime | None
    push: int | None
    difference: int | None
    verdict: Literal["to_zero", "lower", "raise", "unread", "not_counted", "not_mapped", "read_only", "same"]


class DryRunSum(Struct, kw_only=True):
    """Listings by verdict. `unread` ones would be pushed too; `not_counted`, `not_mapped` and `read_only` are left alone."""

    listings: int
    to_zero: int
    lower: int
    raise_: int = field(name="raise")
    unread: int
    not_counted: int
    not_mapped: int
    read_only: int
    same: int


class DryRun(Struct, kw_only=True):
    items: list[WouldPush]
    next_cursor: str | None
    as_of_seq: int
    sum: DryRunSum
