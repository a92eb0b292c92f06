"""Variants and mappings. A new one also moves listings and order lines that waited for it, so these stand above the rooms."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.catalog import service as catalog
from app.domain.catalog.schemas import VariantCreate, VariantPage, VariantRead, VariantsMade
from app.domain.connections import service as connections
from app.domain.inventory.schemas import MappingWrite
from app.domain.orders import service as orders
from app.domain.workspaces.guards import Caller, require


class GoodsController(Controller):
    path = "/api/v1"
    tags = ("catalog",)

    @get("/variants", guards=[require("catalog.read")])
    async def list_variants(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        q: FromQuery[str] = "",
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 100,
    ) -> VariantPage:
        async with db.unit(caller.workspace_id) as work:
            return await catalog.list_variants(work, q=q.strip(), cursor=cursor, limit=limit)

    @post("/variants", guards=[require("catalog.write")])
    async def add_variant(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[VariantCreate]
    ) -> VariantRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await orders.add_variant(work, data)

    @post("/connections/{connection_id:uuid}/variants", guards=[require("catalog.write")], status_code=200)
    async def make_variants(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> VariantsMade:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await connections.read_row(work, connection_id)
            return await orders.make_variants(work, connection_id)

    @post("/listings/{listing_id:uuid}/mapping", guards=[require("catalog.write")], status_code=200)
    async def map_listing(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        listing_id: FromPath[UUID],
        data: JSONBody[MappingWrite],
    ) -> dict[str, UUID | None]:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await orders.map_listing(work, listing_id, data.variant_id)
        return {"id": listing_id, "variant_id": data.variant_id}


ROUTES = [GoodsController]
