"""The wire of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct


class OrderCustomer(Struct, kw_only=True):
    id: UUID
    name: str


class OrderLineRead(Struct, kw_only=True):
    """`sku` is ours, null until the channel's `external_sku` is mapped. Price is for one unit, in minor units."""

    id: UUID
    sku: str | None
    external_sku: str
    external_id: str
    variant_id: UUID | None
    title: str
    quantity: int
    cancelled: int
    price_minor: int
    picture: str


class CaseRead(Struct, kw_only=True):
    """A formal matter the channel keeps on the order. `respond_by` is its clock for our answer. What the buyer wrote in it stands
    in the conversation."""

    id: UUID
    external_id: str
    kind: str
    open: bool
    title: str
    respond_by: datetime | None
    url: str


class OrderRead(Struct, kw_only=True):
    id: UUID
    channel: str
    connection_id: UUID | None
    external_id: str
    number: str
    status: str
    placed_at: datetime
    currency: str
    total_minor: int
    ship_by: datetime | None
    shipped_at: datetime | None
    tracking: str
    carrier: str
    ship_to: dict[str, str]
    note: str
    customer: OrderCustomer | None
    lines: list[OrderLineRead]
    cases: list[CaseRead]
    version: int


class OrderPage(Struct, kw_only=True):
    items: list[OrderRead]
    next_cursor: str | None
    as_of_seq: int


class OrderLineCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    sku: Annotated[str, Meta(min_length=1, max_length=120)]
    quantity: Annotated[int, Meta(ge=1, le=100_000)]
    price_minor: Annotated[int, Meta(ge=0)] = 0


class OrderCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """An order taken by hand. `key` makes a repeat harmless; all lines are reserved or none."""

    key: Annotated[str, Meta(min_length=1, max_length=200)]
    lines: Annotated[list[OrderLineCreate], Meta(min_length=1, max_length=200)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    customer_id: UUID | None = None
    note: Annotated[str, Meta(max_length=2000)] = ""


class OfferRead(Struct, kw_only=True):
    """Something the channel lets us do on this order now. `label` and `help` are by language. `text_limit` 0: no text is taken."""

    name: str
    label: dict[str, str]
    help: dict[str, str]
    text_limit: int
    files_max: int
    once: bool


class Offers(Struct, kw_only=True):
    """`reason` says in words why there are none, where that is known."""

    items: list[OfferRead]
    reason: str
