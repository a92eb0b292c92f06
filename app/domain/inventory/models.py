"""The one count: locations, balances, the ledger behind them, reservations, what each listing should show, incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity
from sqlmodel import Field, SQLModel

from app.core.tables import Row, Versioned, document, index, one_of, refers, unique


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
        CheckConstraint("unavailable >= 0", name="unavailable_not_negative"),
    )
    variant_id: UUID
    location_id: UUID
    on_hand: int = 0
    reserved: int = 0
    unavailable: int = 0
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
        one_of("kind", "receive", "adjust", "reserve", "release", "ship", "return", "transfer", "hold", "count"),
    )
    workspace_id: UUID = Field(primary_key=True)
    id: int = Field(sa_type=BigInteger, sa_column_args=[Identity(always=True)], primary_key=True)
    created_at: datetime
    variant_id: UUID
    location_id: UUID
    kind: str
    on_hand: int = 0
    reserved: int = 0
    unavailable: int = 0
    source: str
    source_ref: str
    reason: str = ""
    actor_id: UUID | None = None
    order_id: UUID | None = None


class Reservation(Row, table=True):
    """One demand for units, unique by (source, source_ref): a replay, a webhook and a poll of one line make one."""

    __table_args__ = (
        refers("variant_id", "variant"),
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
