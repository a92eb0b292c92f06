"""Hands for tests of the floor: goods on shelves, and what stands there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from app.core.db import Actor, Database, UnitOfWork
from app.core.ids import new_id
from app.domain.catalog.schemas import VariantCreate
from app.domain.inventory.floor_schemas import ComponentsWrite, ComponentWrite, LocationCreate
from app.domain.inventory.schemas import Demand, MovementCreate
from app.domain.inventory.service import auditing, moving, placing, reserving
from app.domain.orders.service import add_variant
from tests.conftest import Shop

FIGURES = ("on_hand", "reserved", "damaged", "quality", "safety", "incoming")


class Floor:
    """One workspace. Every unit opened here ends with an audit that finds nothing."""

    def __init__(self, db: Database, shop: Shop) -> None:
        self.db = db
        self.workspace_id = shop.workspace_id
        self.actor = Actor(shop.owner_id, "Ayu Lestari")

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        async with self.db.unit(self.workspace_id, self.actor) as work:
            yield work
        async with self.db.unit(self.workspace_id) as work:
            assert await auditing.audit_stock(work) == []

    async def variant(self, sku: str, units: int | None = None, *, location: str | None = None) -> UUID:
        """Made when it is not there; with `units` on hand at the location."""
        async with self.unit() as work:
            known = await work.value("select id from variant where workspace_id = $1 and sku = $2", self.workspace_id, sku)
            made: UUID = known or (await add_variant(work, VariantCreate(sku=sku, title=f"The {sku}"))).id
            if units is not None:
                data = MovementCreate(sku=sku, delta=units, key=f"put {new_id()}", location=location)
                await moving.move_stock(work, data)
        return made

    async def location(self, name: str, *, rank: int = 0) -> UUID:
        async with self.unit() as work:
            return (await placing.create_location(work, LocationCreate(name=name, rank=rank))).id

    async def bundle(self, sku: str, **parts: int) -> UUID:
        made = await self.variant(sku)
        async with self.unit() as work:
            lines = [ComponentWrite(sku=part, quantity=quantity) for part, quantity in parts.items()]
            await placing.make_bundle(work, made, ComponentsWrite(lines=lines))
        return made

    async def sell(self, variant: UUID, quantity: int, ref: str, *, forced: bool = False, by: UUID | None = None) -> UUID | None:
        async with self.unit() as work:
            demand = Demand(variant_id=variant, quantity=quantity, source="test", source_ref=ref, connection_id=by)
            (answer,) = await reserving.reserve_many(work, [demand], forced=forced)
        return answer

    async def settle(self, ref: str, outcome: str) -> int:
        async with self.unit() as work:
            return await reserving.settle(work, [("test", ref, outcome)])

    async def standing(self, sku: str) -> dict[str, dict[str, int]]:
        """By location, what is not zero."""
        rows = await self.rows(
            "select l.name, b.on_hand, b.reserved, b.damaged, b.quality, b.safety, b.incoming from balance b "
            "join location l on l.workspace_id = b.workspace_id and l.id = b.location_id "
            "join variant v on v.workspace_id = b.workspace_id and v.id = b.variant_id "
            "where b.workspace_id = $1 and v.sku = $2", sku,
        )  # fmt: skip
        return {row["name"]: {name: row[name] for name in FIGURES if row[name]} for row in rows}

    async def ledger(self, sku: str) -> list[tuple[str, int]]:
        """(kind, on hand) oldest first."""
        rows = await self.rows(
            "select m.kind, m.on_hand from movement m join variant v on v.workspace_id = m.workspace_id and v.id = m.variant_id "
            "where m.workspace_id = $1 and v.sku = $2 order by m.id", sku,
        )  # fmt: skip
        return [(row["kind"], row["on_hand"]) for row in rows]

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        async with self.db.unit(self.workspace_id) as work:
            return await work.fetch(sql, self.workspace_id, *args)
