"""What is sold (variants) and its faces on connections (listings)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.tables import Versioned, big, document, index, one_of, refers, unique


class Variant(Versioned, table=True):
    """`cost_minor` and `price_minor` are in the workspace's currency."""

    __table_args__ = (unique("uq_variant_sku", "sku"),)
    sku: str
    title: str
    option: str = ""
    brand: str = ""
    barcode: str = ""
    picture: str = ""
    price_minor: int | None = big()
    cost_minor: int | None = big()
    archived_at: datetime | None = None


class BundleComponent(SQLModel, table=True):
    """A variant made of others: one bundle needs `quantity` of the component."""

    __tablename__ = "bundle_component"
    __table_args__ = (
        refers("bundle_id", "variant", on_delete="CASCADE"),
        refers("component_id", "variant"),
        index("ix_bundle_component_component", "workspace_id", "component_id"),
    )
    workspace_id: UUID = Field(primary_key=True)
    bundle_id: UUID = Field(primary_key=True)
    component_id: UUID = Field(primary_key=True)
    quantity: int


class Listing(Versioned, table=True):
    """`mapping`: `confirmed` links are pushed, `suggested` ones wait for a person, `none` is unknown to us.

    `fulfilment='channel'` is the marketplace's own stock: read, never written."""

    __table_args__ = (
        refers("connection_id", "connection", on_delete="CASCADE"),
        refers("variant_id", "variant"),
        unique("uq_listing_external", "connection_id", "external_id", "external_sku"),
        index("ix_listing_variant", "workspace_id", "variant_id"),
        index("ix_listing_sku", "workspace_id", "connection_id", "external_sku"),
        one_of("mapping", "none", "suggested", "confirmed"),
        one_of("fulfilment", "merchant", "channel"),
        one_of("state", "active", "ended", "draft"),
    )
    connection_id: UUID
    channel: str
    external_id: str
    external_sku: str
    title: str = ""
    variant_id: UUID | None = None
    mapping: str = "none"
    confidence: float | None = None
    evidence: str = ""
    state: str = "active"
    fulfilment: str = "merchant"
    model: str = ""
    refs: dict[str, Any] = document()
    barcode: str = ""
    price_minor: int | None = big()
    currency: str = ""
    url: str = ""
    picture: str = ""
    problem: str = ""
    seen_at: datetime | None = None
