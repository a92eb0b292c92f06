"""Orders as the channel tells them, and their lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field

from app.core.tables import DOCUMENT, Row, Versioned, big_zero, document, index, one_of, refers, unique

STATUSES = ("pending", "open", "shipped", "delivered", "cancelled")


class SalesOrder(Versioned, table=True):
    """`channel_version` is the channel's own; an older fact never overwrites a newer one. `handle_id`: the handle under which the
    buyer bought; its row may be gone."""

    __tablename__ = "sales_order"
    __table_args__ = (
        refers("connection_id", "connection"),
        refers("customer_id", "customer"),
        unique("uq_sales_order_external", "connection_id", "external_id"),
        index("ix_sales_order_placed", "workspace_id", "placed_at desc", "id desc"),
        index("ix_sales_order_customer", "workspace_id", "customer_id"),
        index("ix_sales_order_open", "workspace_id", "ship_by", where="status in ('pending', 'open')"),
        one_of("status", *STATUSES),
    )
    connection_id: UUID | None = None
    channel: str
    external_id: str
    number: str = ""
    status: str
    channel_version: str
    placed_at: datetime
    customer_id: UUID | None = None
    handle_id: UUID | None = None
    currency: str
    total_minor: int = big_zero()
    ship_by: datetime | None = None
    shipped_at: datetime | None = None
    tracking: str = ""
    carrier: str = ""
    ship_to: dict[str, Any] = document()
    note: str = ""


class OrderLine(Row, table=True):
    """`quantity` is what is still to be supplied; `variant_id` stays null until the listing is mapped."""

    __tablename__ = "order_line"
    __table_args__ = (
        refers("order_id", "sales_order", on_delete="CASCADE"),
        refers("variant_id", "variant"),
        refers("listing_id", "listing"),
        unique("uq_order_line_external", "order_id", "external_id"),
        index("ix_order_line_unmapped", "workspace_id", "external_sku", where="variant_id is null"),
    )
    order_id: UUID
    position: int
    external_id: str
    external_sku: str = ""
    listing_id: UUID | None = None
    variant_id: UUID | None = None
    title: str = ""
    quantity: int
    cancelled: int = 0
    price_minor: int = big_zero()


class Fulfilment(Row, table=True):
    """One parcel of an order."""

    __table_args__ = (
        refers("order_id", "sales_order", on_delete="CASCADE"),
        unique("uq_fulfilment_tracking", "order_id", "tracking"),
    )
    order_id: UUID
    tracking: str = ""
    carrier: str = ""
    shipped_at: datetime | None = None


class ChannelCase(Versioned, table=True):
    """A formal matter a channel keeps on an order: a return, an inquiry, a claim. Named for PostgreSQL, where `case` is taken.
    `respond_by` is the channel's clock for our answer; `channel_version` is the channel's own, as an order's."""

    __tablename__ = "channel_case"
    __table_args__ = (
        refers("connection_id", "connection"),
        refers("customer_id", "customer"),
        unique("uq_channel_case_external", "connection_id", "external_id"),
        index("ix_channel_case_customer", "workspace_id", "customer_id"),
        index("ix_channel_case_order", "workspace_id", "connection_id", "order_ref"),
        one_of("kind", "return", "inquiry", "cancellation", "claim", "dispute"),
    )
    connection_id: UUID
    channel: str
    external_id: str
    kind: str
    channel_version: str
    open: bool
    seen_at: datetime
    order_ref: str = ""
    customer_id: UUID | None = None
    handle_id: UUID | None = None
    thread_ref: str = ""
    respond_by: datetime | None = None
    title: str = ""
    detail: str = ""
    url: str = ""
    refs: dict[str, Any] = document()


class Checkout(Row, table=True):
    """A basket left behind, as the channel last told it. `recovered`: it became an order since."""

    __table_args__ = (
        refers("connection_id", "connection"),
        refers("customer_id", "customer"),
        unique("uq_checkout_external", "connection_id", "external_id"),
        index("ix_checkout_customer", "workspace_id", "customer_id", "left_at desc"),
    )
    connection_id: UUID
    channel: str
    external_id: str
    customer_id: UUID
    handle_id: UUID | None = None
    left_at: datetime
    total_minor: int = big_zero()
    currency: str = ""
    url: str = ""
    recovered: bool = False
    lines: Any = Field(
        default_factory=list, sa_type=DOCUMENT, sa_column_kwargs={"server_default": text("'[]'::jsonb"), "nullable": False}
    )
