"""HTTP of this room."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.inventory.schemas import (
    IncidentPage,
    MovementCreate,
    MovementPage,
    PushRead,
    StockPage,
    StockRead,
)
from app.domain.inventory.service import incidents, moving, reading
from app.domain.workspaces.guards import Caller, require

Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class StockController(Controller):
    path = "/api/v1"
    tags = ("stock",)

    @get("/stock", guards=[require("stock.read")])
    async def list_stock(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        q: FromQuery[str] = "",
        sku: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 200,
    ) -> StockPage:
        async with db.unit(caller.workspace_id) as work:
            return await reading.list_stock(work, q=q.strip(), sku=sku, cursor=cursor, limit=limit)

    @post("/stock/movements", guards=[require("stock.write")])
    async def move_stock(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[MovementCreate]
    ) -> StockRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await moving.move_stock(work, data)

    @get("/variants/{variant_id:uuid}/movements", guards=[require("stock.read")])
    async def list_movements(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        variant_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> MovementPage:
        async with db.unit(caller.workspace_id) as work:
            return await reading.list_movements(work, variant_id, cursor=cursor, limit=limit)

    @get("/incidents", guards=[require("stock.read")])
    async def list_incidents(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        in_state: Annotated[Literal["open", "resolved"] | None, QueryParameter(name="state")] = None,
        limit: Limit = 100,
    ) -> IncidentPage:
        async with db.unit(caller.workspace_id) as work:
            found, as_of = await incidents.list_incidents(work, state=in_state, limit=limit)
        return IncidentPage(items=found, next_cursor=None, as_of_seq=as_of)

    @get("/listings/{listing_id:uuid}/pushes", guards=[require("stock.read")])
    async def list_pushes(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], listing_id: FromPath[UUID]
    ) -> list[PushRead]:
        async with db.unit(caller.workspace_id) as work:
            return await reading.list_pushes(work, listing_id)


ROUTES = [StockController]
