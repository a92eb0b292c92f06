"""The wire of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Sku = Annotated[str, Meta(min_length=1, max_length=120)]
Title = Annotated[str, Meta(min_length=1, max_length=300)]
Word = Annotated[str, Meta(max_length=120)]


class VariantRead(Struct, kw_only=True):
    id: UUID
    sku: str
    title: str
    option: str
    brand: str
    barcode: str
    picture: str
    price_minor: int | None
    cost_minor: int | None
    created_at: datetime
    version: int


class VariantPage(Struct, kw_only=True):
    items: list[VariantRead]
    next_cursor: str | None
    as_of_seq: int


class VariantsMade(Struct, kw_only=True):
    """`linked` counts listings of every connection that have a variant since."""

    made: int
    linked: int


class VariantCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Prices in minor units of the workspace's currency."""

    sku: Sku
    title: Title
    option: Word = ""
    brand: Word = ""
    barcode: Word = ""
    picture: Annotated[str, Meta(max_length=500)] = ""
    price_minor: Annotated[int, Meta(ge=0)] | None = None
    cost_minor: Annotated[int, Meta(ge=0)] | None = None


class VariantUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    title: Title | UnsetType = UNSET
    option: Word | UnsetType = UNSET
    brand: Word | UnsetType = UNSET
    barcode: Word | UnsetType = UNSET
    picture: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    price_minor: Annotated[int, Meta(ge=0)] | UnsetType | None = UNSET
    cost_minor: Annotated[int, Meta(ge=0)] | UnsetType | None = UNSET


class ListingError(Struct, kw_only=True):
    code: str
    detail: str


class ListingRead(Struct, kw_only=True):
    """`wanted` is what should stand there, `published` what the channel last took from us, `observed` what was last read there."""

    id: UUID
    sku: str | None
    external_sku: str
    external_id: str
    channel: str
    connection_id: UUID
    title: str
    variant_id: UUID | None
    mapping: str
    confidence: float | None
    evidence: str
    fulfilment: str
    listing_state: str
    state: str
    wanted: int | None
    published: int | None
    observed: int | None
    sent_at: datetime | None
    acked_at: datetime | None
    observed_at: datetime | None
    dirty_at: datetime | None
    error: ListingError | None
    price_minor: int | None
    currency: str
    problem: str
    url: str
    version: int


class ListingPage(Struct, kw_only=True):
    items: list[ListingRead]
    next_cursor: str | None
    as_of_seq: int
