"""HTTP of what people do on the floor."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.inventory.floor_schemas import (
    BundleRead,
    ComponentsWrite,
    CountCreate,
    CountLinePage,
    CountLinesWrite,
    CountPage,
    CountRead,
    HoldCreate,
    IncomingClose,
    IncomingCreate,
    IncomingPage,
    IncomingRead,
    LocationCreate,
    LocationUpdate,
    OpeningCreate,
    OpeningDone,
    ReceiptCreate,
    ReturnCreate,
    SellsFrom,
    UncountedPage,
)
from app.domain.inventory.schemas import LocationRead, StockRead
from app.domain.inventory.service import arriving, counting, holding, opening, placing, reading
from app.domain.workspaces.guards import Caller, require

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
READ, WRITE = [require("stock.read")], [require("stock.write")]


class PlaceController(Controller):
    path = "/api/v1"
    tags = ("stock",)

    @get("/locations", guards=READ)
    async def list_locations(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> list[LocationRead]:
        async with db.unit(caller.workspace_id) as work:
            return await reading.list_locations(work)

    @post("/locations", guards=WRITE)
    async def add_location(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[LocationCreate]
    ) -> LocationRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await placing.create_location(work, data)

    @patch("/locations/{location_id:uuid}", guards=WRITE)
    async def change_location(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        location_id: FromPath[UUID],
        data: JSONBody[LocationUpdate],
    ) -> LocationRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await placing.update_location(work, location_id, data)

    @get("/connections/{connection_id:uuid}/locations", guards=READ)
    async def read_sells_from(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> SellsFrom:
        async with db.unit(caller.workspace_id) as work:
            return await placing.sells_from(work, connection_id)

    @put("/connections/{connection_id:uuid}/locations", guards=WRITE)
    async def write_sells_from(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        connection_id: FromPath[UUID],
        data: JSONBody[SellsFrom],
    ) -> SellsFrom:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await placing.sell_from(work, connection_id, data)

    @get("/variants/{variant_id:uuid}/components", guards=READ)
    async def read_components(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], variant_id: FromPath[UUID]
    ) -> BundleRead:
        async with db.unit(caller.workspace_id) as work:
            return await placing.read_bundle(work, variant_id)

    @put("/variants/{variant_id:uuid}/components", guards=WRITE)
    async def write_components(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        variant_id: FromPath[UUID],
        data: JSONBody[ComponentsWrite],
    ) -> BundleRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await placing.make_bundle(work, variant_id, data)


class FloorController(Controller):
    path = "/api/v1/stock"
    tags = ("stock",)

    @post("/holds", guards=WRITE)
    async def hold(self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[HoldCreate]) -> StockRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await holding.hold(work, data)

    @post("/returns", guards=WRITE)
    async def take_back(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[ReturnCreate]
    ) -> StockRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await holding.take_back(work, data)

    @get("/opening", guards=READ)
    async def list_uncounted(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        differing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 100,
    ) -> UncountedPage:
        """Variants nobody counted, with what each channel shows of them. Nothing of them is pushed."""
        async with db.unit(caller.workspace_id) as work:
            return await opening.list_uncounted(work, differing=differing, cursor=cursor, limit=limit)

    @post("/opening", guards=WRITE, status_code=200)
    async def open_stock(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[OpeningCreate]
    ) -> OpeningDone:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await opening.open_stock(work, data)


class IncomingController(Controller):
    path = "/api/v1/stock/incoming"
    tags = ("stock",)

    @get("/", guards=READ)
    async def list_incoming(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        in_state: Annotated[Literal["open", "received", "closed"] | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> IncomingPage:
        async with db.unit(caller.workspace_id) as work:
            return await arriving.list_incoming(work, state=in_state, cursor=cursor, limit=limit)

    @post("/", guards=WRITE)
    async def create_incoming(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[IncomingCreate]
    ) -> IncomingRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await arriving.create_incoming(work, data)

    @post("/{incoming_id:uuid}/receipts", guards=WRITE)
    async def receive(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        incoming_id: FromPath[UUID],
        data: JSONBody[ReceiptCreate],
    ) -> IncomingRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await arriving.receive(work, incoming_id, data)

    @post("/{incoming_id:uuid}/close", guards=WRITE, status_code=200)
    async def close_incoming(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        incoming_id: FromPath[UUID],
        data: JSONBody[IncomingClose],
    ) -> IncomingRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await arriving.close_incoming(work, incoming_id, data)


class CountController(Controller):
    path = "/api/v1/stock/counts"
    tags = ("stock",)

    @get("/", guards=READ)
    async def list_counts(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        in_state: Annotated[Literal["open", "applied", "dropped"] | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> CountPage:
        async with db.unit(caller.workspace_id) as work:
            return await counting.list_counts(work, state=in_state, cursor=cursor, limit=limit)

    @post("/", guards=WRITE)
    async def begin_count(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[CountCreate]
    ) -> CountRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await counting.begin_count(work, data)

    @get("/{count_id:uuid}/lines", guards=READ)
    async def list_lines(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        count_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 200,
    ) -> CountLinePage:
        async with db.unit(caller.workspace_id) as work:
            return await counting.list_lines(work, count_id, cursor=cursor, limit=limit)

    @put("/{count_id:uuid}/lines", guards=WRITE)
    async def enter_lines(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        count_id: FromPath[UUID],
        data: JSONBody[CountLinesWrite],
    ) -> CountRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await counting.enter_lines(work, count_id, data)

    @post("/{count_id:uuid}/apply", guards=WRITE, status_code=200)
    async def apply_count(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], count_id: FromPath[UUID]
    ) -> CountRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await counting.apply_count(work, count_id)

    @post("/{count_id:uuid}/drop", guards=WRITE, status_code=200)
    async def drop_count(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], count_id: FromPath[UUID]
    ) -> CountRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await counting.drop_count(work, count_id)


ROUTES = [PlaceController, FloorController, IncomingController, CountController]
