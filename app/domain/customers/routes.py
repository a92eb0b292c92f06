"""HTTP of this room."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.customers import merging, service, suggesting
from app.domain.customers.schemas import CustomerPage, CustomerRead, Merges, NotSame, Suggestions, Timeline
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

    @get("/{customer_id:uuid}/suggestions", guards=[require("customers.read")])
    async def list_suggestions(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], customer_id: FromPath[UUID]
    ) -> Suggestions:
        """Other customers who may be the same person, with what speaks for it."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await suggesting.suggest(work, customer_id)

    @post("/{customer_id:uuid}/suggestions/dismiss", guards=[require("customers.write")], status_code=204)
    async def dismiss_suggestion(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        customer_id: FromPath[UUID],
        data: JSONBody[NotSame],
    ) -> None:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await suggesting.keep_apart(work, customer_id, data.other_id)

    @get("/{customer_id:uuid}/merges", guards=[require("customers.read")])
    async def list_merges(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], customer_id: FromPath[UUID]
    ) -> Merges:
        """Merges into this customer that stand."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await merging.list_merges(work, (await service.read_customer(work, customer_id)).id)


ROUTES = [CustomerController]
