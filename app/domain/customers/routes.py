"""HTTP of this room."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.core.db import Database
from app.domain.customers import service
from app.domain.customers.schemas import CustomerPage, CustomerRead, Timeline
from app.domain.workspaces.guards import Caller, require

Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class CustomerController(Controller):
    path = "/api/v1/customers"
    tags = ("customers",)

    @get("/", guards=[require("customers.read")])
    async def list_customers(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        q: FromQuery[str] = "",
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> CustomerPage:
        async with db.unit(caller.workspace_id) as work:
            return await service.list_customers(work, q=q.strip(), cursor=cursor, limit=limit)

    @get("/{customer_id:uuid}", guards=[require("customers.read")])
    async def read_customer(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], customer_id: FromPath[UUID]
    ) -> CustomerRead:
        async with db.unit(caller.workspace_id) as work:
            return await service.read_customer(work, customer_id)

    @get("/{customer_id:uuid}/timeline", guards=[require("customers.read")])
    async def read_timeline(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        customer_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Timeline:
        async with db.unit(caller.workspace_id) as work:
            return await service.read_timeline(work, customer_id, cursor=cursor, limit=limit)


ROUTES = [CustomerController]
