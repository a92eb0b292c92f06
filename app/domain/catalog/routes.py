"""HTTP of this room."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.catalog import service
from app.domain.catalog.schemas import ListingPage, VariantRead, VariantUpdate
from app.domain.workspaces.guards import Caller, require

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
State = Literal["unknown", "in_step", "waiting", "going_out", "differs", "refused", "read_only"]


class CatalogController(Controller):
    path = "/api/v1"
    tags = ("catalog",)

    @get("/variants/{variant_id:uuid}", guards=[require("catalog.read")])
    async def read_variant(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], variant_id: FromPath[UUID]
    ) -> VariantRead:
        async with db.unit(caller.workspace_id) as work:
            return await service.read_variant(work, variant_id)

    @patch("/variants/{variant_id:uuid}", guards=[require("catalog.write")])
    async def update_variant(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        variant_id: FromPath[UUID],
        data: JSONBody[VariantUpdate],
    ) -> VariantRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.update_variant(work, variant_id, data)

    @get("/listings", guards=[require("catalog.read")])
    async def list_listings(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        connection_id: FromQuery[UUID | None] = None,
        variant_id: FromQuery[UUID | None] = None,
        external_id: FromQuery[str | None] = None,
        sku: FromQuery[str | None] = None,
        in_state: Annotated[State | None, QueryParameter(name="state")] = None,
        mapping: FromQuery[Literal["none", "suggested", "confirmed"] | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 200,
    ) -> ListingPage:
        wanted = service.ListingFilter(
            connection_id=connection_id, variant_id=variant_id, external_id=external_id, sku=sku, state=in_state, mapping=mapping
        )
        async with db.unit(caller.workspace_id) as work:
            return await service.list_listings(work, wanted, cursor=cursor, limit=limit)


ROUTES = [CatalogController]
