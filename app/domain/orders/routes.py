"""HTTP of this room."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter

from app.core.db import Database
from app.domain.catalog.schemas import VariantCreate, VariantRead
from app.domain.inventory.schemas import MappingWrite
from app.domain.orders import service
from app.domain.orders.schemas import OrderCreate, OrderPage, OrderRead
from app.domain.workspaces.guards import Caller, require

Status = Literal["pending", "open", "shipped", "delivered", "cancelled"]


class OrderController(Controller):
    path = "/api/v1"
    tags = ("orders",)

    @get("/orders", guards=[require("orders.read")])
    async def list_orders(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        status: Status | None = None,
        connection_id: UUID | None = None,
        external_id: str | None = None,
        q: str = "",
        cursor: str | None = None,
        limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
    ) -> OrderPage:
        async with db.unit(caller.workspace_id) as work:
            return await service.list_orders(
                work, status=status, connection_id=connection_id, external_id=external_id, q=q.strip(), cursor=cursor, limit=limit
            )

    @post("/orders", guards=[require("orders.write")])
    async def place_order(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[OrderCreate]
    ) -> OrderRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            currency: str = await work.value("select currency from workspace where id = $1", work.workspace_id)
            return await service.place_order(work, data, currency=currency)

    @get("/orders/{order_id:uuid}", guards=[require("orders.read")])
    async def read_order(self, db: NamedDependency[Database], caller: NamedDependency[Caller], order_id: UUID) -> OrderRead:
        async with db.unit(caller.workspace_id) as work:
            return await service.read_order(work, order_id)

    @post("/variants", guards=[require("catalog.write")])
    async def add_variant(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[VariantCreate]
    ) -> VariantRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.add_variant(work, data)

    @post("/listings/{listing_id:uuid}/mapping", guards=[require("catalog.write")], status_code=200)
    async def map_listing(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        listing_id: UUID,
        data: JSONBody[MappingWrite],
    ) -> dict[str, UUID | None]:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await service.map_listing(work, listing_id, data.variant_id)
        return {"id": listing_id, "variant_id": data.variant_id}


ROUTES = [OrderController]
