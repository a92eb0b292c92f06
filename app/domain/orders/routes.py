"""HTTP of this room."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
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
        status: FromQuery[Status | None] = None,
        connection_id: FromQuery[UUID | None] = None,
        external_id: FromQuery[str | None] = None,
        q: FromQuery[str] = "",
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
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
            currency: FromQuery[str] = await work.value("select currency from workspace where id = $1", work.workspace_id)
            return await service.place_order(work, data, currency=currency)

    @get("/orders/{order_id:uuid}", guards=[require("orders.read")])
    async def read_order(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], order_id: FromPath[UUID]
    ) -> OrderRead:
        async with db.unit(caller.workspace_id) as work:
            return await service.read_order(work, order_id)


ROUTES = [OrderController]
