"""The wire of what people do on the floor: places, set-aside units, goods on their way, counts, bundles, the first count."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from app.domain.inventory.schemas import Sku

Name = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S")]
Key = Annotated[str, Meta(min_length=1, max_length=200)]
Word = Annotated[str, Meta(max_length=200)]
Units = Annotated[int, Meta(ge=1, le=1_000_000)]
Counted = Annotated[int, Meta(ge=0, le=1_000_000)]
Rank = Annotated[int, Meta(ge=0, le=10_000)]
State = Literal["available", "damaged", "quality", "safety"]


class LocationCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Units are taken from the lowest `rank` first."""

    name: Name
    rank: Rank = 0


class LocationUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Units of a location that is not `sellable` are counted and never promised."""

    name: Name | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET
    sellable: bool | UnsetType = UNSET


class SellsFrom(Struct, kw_only=True, forbid_unknown_fields=True):
    """Where a connection sells from, first choice first. None = from every location that is for sale."""

    location_ids: Annotated[list[UUID], Meta(max_length=200)]


class ComponentWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    sku: Sku
    quantity: Annotated[int, Meta(ge=1, le=1000)]


class ComponentsWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """What one bundle is made of. No lines = no bundle any more."""

    lines: Annotated[list[ComponentWrite], Meta(max_length=100)]


class ComponentRead(Struct, kw_only=True):
    variant_id: UUID
    sku: str
    title: str
    quantity: int
    available: int
    counted: bool


class BundleRead(Struct, kw_only=True):
    """`available` is what the scarcest part allows; null when this is no bundle or a part was never counted."""

    variant_id: UUID
    available: int | None
    lines: list[ComponentRead]


class HoldCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Units change their state at one location; how many there are stays. `key` makes a repeat harmless."""

    sku: Sku
    units: Units
    taken_from: State
    put_to: State
    key: Key
    reason: Word = ""
    location: str | None = None


class ReturnCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """What came back. Damaged units are there and not for sale; missing ones are noted and change nothing. With `order_id` no
    more comes back than it sold."""

    sku: Sku
    units: Units
    condition: Literal["resellable", "damaged", "missing"]
    key: Key
    reason: Word = ""
    location: str | None = None
    order_id: UUID | None = None


class LineWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    sku: Sku
    quantity: Units


Lines = Annotated[list[LineWrite], Meta(min_length=1, max_length=1000)]


class IncomingCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Goods on their way to `location` (the first one when none is named). With `from_location` a transfer: the units leave
    there now and are in transit until received. Otherwise bought from a supplier."""

    key: Key
    lines: Lines
    location: str | None = None
    from_location: str | None = None
    supplier: Word = ""
    reference: Word = ""
    arrives_at: datetime | None = None


class ReceiptCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of what was expected, now on hand. `key` makes a repeat harmless."""

    key: Key
    lines: Lines


class IncomingClose(Struct, kw_only=True, forbid_unknown_fields=True):
    """What did not come will not come. Of a transfer it is lost, or back where it left."""

    rest: Literal["lost", "returned"] = "lost"


class IncomingLineRead(Struct, kw_only=True):
    variant_id: UUID
    sku: str
    title: str
    quantity: int
    received: int


class IncomingRead(Struct, kw_only=True):
    id: UUID
    kind: str
    number: int
    supplier: str
    reference: str
    from_location: str | None
    from_location_id: UUID | None
    location: str
    location_id: UUID
    state: str
    arrives_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    lines: list[IncomingLineRead]
    version: int


class IncomingPage(Struct, kw_only=True):
    items: list[IncomingRead]
    next_cursor: str | None
    as_of_seq: int


class CountCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    key: Key
    name: Word = ""
    location: str | None = None


class CountLineWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """`at` is when the shelf was looked at; now when it is not given."""

    sku: Sku
    units: Counted
    at: datetime | None = None


class CountLinesWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """A SKU entered again replaces what was entered."""

    lines: Annotated[list[CountLineWrite], Meta(min_length=1, max_length=1000)]


class CountRead(Struct, kw_only=True):
    id: UUID
    number: int
    name: str
    location: str
    location_id: UUID
    state: str
    lines: int
    created_at: datetime
    settled_at: datetime | None
    version: int


class CountPage(Struct, kw_only=True):
    items: list[CountRead]
    next_cursor: str | None
    as_of_seq: int


class CountLineRead(Struct, kw_only=True):
    """`expected` is what the ledger said at `counted_at`; the difference is what applying adds, whatever moved since."""

    variant_id: UUID
    sku: str
    title: str
    units: int
    counted_at: datetime
    expected: int
    difference: int


class CountLinePage(Struct, kw_only=True):
    items: list[CountLineRead]
    next_cursor: str | None
    as_of_seq: int


class ShownCount(Struct, kw_only=True):
    """A channel's number: what it had left when read. `means` is on hand then: with its own open orders of before."""

    connection_id: UUID
    channel: str
    listing_id: UUID
    external_sku: str
    quantity: int
    means: int
    at: datetime


class Uncounted(Struct, kw_only=True):
    """A variant nobody has counted. `agree` is false when channels mean different numbers."""

    variant_id: UUID
    sku: str
    title: str
    reserved: int
    agree: bool
    shown: list[ShownCount]


class UncountedPage(Struct, kw_only=True):
    """`differ` of the `uncounted` variants need a decision; `unread` ones no channel told a number of."""

    items: list[Uncounted]
    next_cursor: str | None
    as_of_seq: int
    uncounted: int
    differ: int
    unread: int


class FirstCount(Struct, kw_only=True, forbid_unknown_fields=True):
    sku: Sku
    units: Counted


class OpeningCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """First counts of variants that have none: `lines` as a person decided, and what `connection_id` shows for the others.
    Each is one ledger row; counted ones are left alone."""

    key: Key
    lines: Annotated[list[FirstCount], Meta(max_length=1000)] = []
    connection_id: UUID | None = None
    location: str | None = None


class OpeningDone(Struct, kw_only=True):
    counted: int
    left: int


class ProblemRead(Struct, kw_only=True):
    line: int
    code: Literal[
        "no_sku", "long_sku", "not_a_number", "not_whole", "unclear_number", "negative", "too_many", "unknown_sku",
        "unknown_location", "channel_location", "bundle", "twice",
    ]  # fmt: skip
    value: str


class ImportRead(Struct, kw_only=True):
    """What applying would do: `adds` places counted for the first time, `changes` others, `same` ones are left alone, `bad`
    lines cannot be taken; the first 500 of those are listed."""

    id: UUID
    name: str
    state: str
    lines: int
    adds: int
    changes: int
    same: int
    bad: int
    problems: list[ProblemRead]
    actor: str | None
    created_at: datetime
    settled_at: datetime | None
    version: int


class ImportLineRead(Struct, kw_only=True):
    """`before` is the ledger's number when the file was read; what moves until it is applied is kept. `is_new` makes a variant."""

    line: int
    sku: str
    title: str
    location: str
    is_new: bool
    first: bool
    before: int
    units: int
    difference: int


class ImportLinePage(Struct, kw_only=True):
    items: list[ImportLineRead]
    next_cursor: str | None
    as_of_seq: int


class ImportApply(Struct, kw_only=True, forbid_unknown_fields=True):
    """`skip_bad` leaves the bad lines out; without it a file with bad lines is refused whole."""

    skip_bad: bool = False
