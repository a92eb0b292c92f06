"""The one count: locations, balances, the ledger behind them, reservations, what each listing should show, incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Identity
from sqlmodel import Field, SQLModel

from app.core.tables import Row, Versioned, document, index, one_of, refers, unique

STATES = "damaged + quality + safety"
"""Units that are there and not for sale: broken, waiting for a look, kept back as a reserve."""


def unavailable() -> Any:
    return Field(default=None, nullable=False, sa_column_args=[Computed(STATES, persisted=True)])


class Location(Versioned, table=True):
    """`rank` orders where units are taken from first. `kind='channel'` is a marketplace's warehouse: read only."""

    __table_args__ = (unique("uq_location_name", "name"), one_of("kind", "own", "channel"))
    name: str
    kind: str = "own"
    rank: int = 0
    sellable: bool = True


class Balance(Row, table=True):
    """available = on_hand - reserved - unavailable. on_hand may be below reserved: that is the oversell, never hidden.
    Until `counted_at` is set nobody has said how many there are: nothing is pushed and nothing is called oversold."""

    __table_args__ = (
        refers("variant_id", "variant"),
        refers("location_id", "location"),
        unique("uq_balance_place", "variant_id", "location_id"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("least(damaged, quality, safety, incoming) >= 0", name="states_not_negative"),
    )
    variant_id: UUID
    location_id: UUID
    on_hand: int = 0
    reserved: int = 0
    damaged: int = 0
    quality: int = 0
    safety: int = 0
    unavailable: int | None = unavailable()
    incoming: int = 0
    counted_at: datetime | None = None
    version: int = 1
    updated_at: datetime | None = None


class Movement(SQLModel, table=True):
    """One ledger row: what changed, why, by whom. Append-only: a trigger and missing rights refuse UPDATE and DELETE.
    Its number comes from the database, because one statement writes as many rows as locations answer it.

    (kind, source, source_ref) with variant and location is unique, so a repeat moves nothing."""

    __table_args__ = (
        refers("variant_id", "variant"),
        refers("location_id", "location"),
        unique("uq_movement_source", "source", "source_ref", "kind", "variant_id", "location_id"),
        index("ix_movement_variant", "workspace_id", "variant_id", "id"),
        one_of("kind", "receive", "adjust", "reserve", "release", "ship", "return", "transfer", "hold", "count", "expect"),
    )
    workspace_id: UUID = Field(primary_key=True)
    id: int = Field(sa_type=BigInteger, sa_column_args=[Identity(always=True)], primary_key=True)
    created_at: datetime
    variant_id: UUID
    location_id: UUID
    kind: str
    on_hand: int = 0
    reserved: int = 0
    damaged: int = 0
    quality: int = 0
    safety: int = 0
    unavailable: int | None = unavailable()
    incoming: int = 0
    source: str
    source_ref: str
    reason: str = ""
    actor_id: UUID | None = None
    order_id: UUID | None = None


class Reservation(Row, table=True):
    """One demand for units, unique by (source, source_ref): a replay, a webhook and a poll of one line make one.
    A bundle's demand is one row a component, `per` units of it in each bundle."""

    __table_args__ = (
        refers("variant_id", "variant"),
        refers("bundle_id", "variant"),
        unique("uq_reservation_source", "source", "source_ref", "variant_id"),
        index("ix_reservation_open", "workspace_id", "variant_id", where="state in ('pending', 'held')"),
        index("ix_reservation_order", "workspace_id", "order_id", where="order_id is not null"),
        one_of("state", "pending", "held", "shipped", "released"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    variant_id: UUID
    quantity: int
    state: str = "held"
    source: str
    source_ref: str
    order_id: UUID | None = None
    expires_at: datetime | None = None
    settled_at: datetime | None = None
    bundle_id: UUID | None = None
    per: int = 1


class Allocation(SQLModel, table=True):
    """Where a reservation's units stand."""

    __table_args__ = (
        refers("reservation_id", "reservation", on_delete="CASCADE"),
        refers("location_id", "location"),
    )
    workspace_id: UUID = Field(primary_key=True)
    reservation_id: UUID = Field(primary_key=True)
    location_id: UUID = Field(primary_key=True)
    quantity: int


class ConnectionLocation(SQLModel, table=True):
    """Where a connection sells from, by rank. One without rows sells from every location that is for sale."""

    __tablename__ = "connection_location"
    __table_args__ = (
        refers("connection_id", "connection", on_delete="CASCADE"),
        refers("location_id", "location"),
    )
    workspace_id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(primary_key=True)
    location_id: UUID = Field(primary_key=True)
    rank: int = 0


class Incoming(Versioned, table=True):
    """Goods on their way: bought from a supplier, or sent from another location of ours (in transit until received)."""

    __table_args__ = (
        refers("from_location_id", "location"),
        refers("location_id", "location"),
        unique("uq_incoming_key", "key"),
        index("ix_incoming_state", "workspace_id", "state", "id"),
        one_of("kind", "purchase", "transfer"),
        one_of("state", "open", "received", "closed"),
    )
    kind: str
    number: int
    key: str
    supplier: str = ""
    reference: str = ""
    from_location_id: UUID | None = None
    location_id: UUID
    state: str = "open"
    arrives_at: datetime | None = None
    settled_at: datetime | None = None


class IncomingLine(SQLModel, table=True):
    """A supplier may send more than was ordered; a transfer cannot."""

    __tablename__ = "incoming_line"
    __table_args__ = (
        refers("incoming_id", "incoming", on_delete="CASCADE"),
        refers("variant_id", "variant"),
        index("ix_incoming_line_variant", "workspace_id", "variant_id"),
        CheckConstraint("quantity > 0 and received >= 0", name="units_positive"),
    )
    workspace_id: UUID = Field(primary_key=True)
    incoming_id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(primary_key=True)
    quantity: int
    received: int = 0


class StockCount(Versioned, table=True):
    """One walk through one location. What moved between the look at the shelf and the entry is not lost."""

    __tablename__ = "stock_count"
    __table_args__ = (
        refers("location_id", "location"),
        unique("uq_stock_count_key", "key"),
        one_of("state", "open", "applied", "dropped"),
    )
    number: int
    key: str
    name: str = ""
    location_id: UUID
    state: str = "open"
    settled_at: datetime | None = None


class StockCountLine(SQLModel, table=True):
    """`difference` to the ledger at `counted_at`, known once applied."""

    __tablename__ = "stock_count_line"
    __table_args__ = (
        refers("count_id", "stock_count", on_delete="CASCADE"),
        refers("variant_id", "variant"),
        CheckConstraint("units >= 0", name="units_not_negative"),
    )
    workspace_id: UUID = Field(primary_key=True)
    count_id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(primary_key=True)
    units: int
    counted_at: datetime
    difference: int | None = None


class StockImport(Versioned, table=True):
    """A file of counts, read and held against the stock of `read_at`; nothing moves before it is applied."""

    __tablename__ = "stock_import"
    __table_args__ = (one_of("state", "ready", "applied", "dropped"),)
    name: str = ""
    state: str = "ready"
    actor_id: UUID | None = None
    read_at: datetime
    lines: int = 0
    adds: int = 0
    changes: int = 0
    same: int = 0
    bad: int = 0
    problems: dict[str, Any] = document()
    settled_at: datetime | None = None


class StockImportLine(SQLModel, table=True):
    """A good line that changes something. Without `variant_id` its SKU becomes a variant; `before` is what the ledger said
    when the file was read; `first` where nobody had counted."""

    __tablename__ = "stock_import_line"
    __table_args__ = (
        refers("import_id", "stock_import", on_delete="CASCADE"),
        refers("variant_id", "variant"),
        refers("location_id", "location"),
    )
    workspace_id: UUID = Field(primary_key=True)
    import_id: UUID = Field(primary_key=True)
    line: int = Field(primary_key=True)
    sku: str
    title: str = ""
    variant_id: UUID | None = None
    location_id: UUID
    units: int
    before: int
    first: bool = False


class ListingState(SQLModel, table=True):
    """What a listing should show and what we know it shows. A dirty row is the push queue.

    wanted_version grows when the wanted number may have changed; sent/acked carry the version they answered.
    `expected` is the number we believe stands at the channel, null when a sale and a push overlapped (fence)."""

    __tablename__ = "listing_state"
    __table_args__ = (
        refers("listing_id", "listing", on_delete="CASCADE"),
        refers("variant_id", "variant"),
        index("ix_listing_state_dirty", "urgency", "dirty_at", where="dirty_at is not null"),
        index("ix_listing_state_variant", "workspace_id", "variant_id"),
        index("ix_listing_state_connection", "workspace_id", "connection_id"),
        one_of("state", "unknown", "in_step", "waiting", "going_out", "differs", "refused", "read_only"),
    )
    workspace_id: UUID = Field(primary_key=True)
    listing_id: UUID = Field(primary_key=True)
    connection_id: UUID
    variant_id: UUID | None = None
    state: str = "unknown"
    wanted: int | None = None
    wanted_version: int = 0
    dirty_at: datetime | None = None
    urgency: int = 2
    not_before: datetime | None = None
    lease_until: datetime | None = None
    lease_token: UUID | None = None
    attempts: int = 0
    sent: int | None = None
    sent_version: int = 0
    sent_at: datetime | None = None
    push_key: str = ""
    acked: int | None = None
    acked_version: int = 0
    acked_at: datetime | None = None
    expected: int | None = None
    observed: int | None = None
    observed_at: datetime | None = None
    error_code: str = ""
    error_detail: str = ""
    floor: int | None = None
    revisions_day: datetime | None = None
    revisions: int = 0
    version: int = 1


class Push(Row, table=True):
    """One try at telling a channel one number."""

    __table_args__ = (index("ix_push_listing", "workspace_id", "listing_id", "id"),)
    listing_id: UUID
    quantity: int
    push_key: str
    outcome: str = "started"
    detail: str = ""
    settled_at: datetime | None = None


class Incident(Versioned, table=True):
    """Something a person must decide. An oversell of a variant is one open incident whose units follow the balance."""

    __table_args__ = (
        refers("variant_id", "variant"),
        unique("uq_incident_open", "kind", "variant_id", where="state = 'open'"),
        one_of("state", "open", "resolved"),
    )
    kind: str
    variant_id: UUID
    units: int
    state: str = "open"
    cause: str = ""
    detail: dict[str, Any] = document()
    resolved_at: datetime | None = None
    resolved_by: UUID | None = None
