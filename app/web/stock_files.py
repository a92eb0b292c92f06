"""Stock in and out as sheets. A sheet may bring new variants, which listings and orders wait for: so this stands above the rooms."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.inventory.errors import FileUnreadable
from app.domain.inventory.floor_schemas import ImportApply, ImportLinePage, ImportRead
from app.domain.inventory.service import importing
from app.domain.inventory.sheets import Unreadable, read_sheet
from app.domain.orders import service as orders
from app.domain.workspaces.guards import Caller, require

LARGEST = 16 * 1024 * 1024
TYPES = {"comma": "text/csv", "semicolon": "text/csv", "tab": "text/tab-separated-values"}


class StockFileController(Controller):
    path = "/api/v1/stock"
    tags = ("stock",)

    @post("/imports", guards=[require("stock.write")], request_max_body_size=LARGEST)
    async def read_file(
        self,
        request: Request[Any, Any, Any],
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        name: Annotated[str, QueryParameter(max_length=200)] = "",
        location: FromQuery[str | None] = None,
        decimal: FromQuery[Literal["point", "comma"] | None] = None,
    ) -> ImportRead:
        """The sheet as the body (text/csv), or as the field `file` of a form; at most 16 MB and 200,000 lines. The first line names
        the columns: `sku` and `on_hand`, and if wanted `location` and `title`. Nothing moves before the preview is applied."""
        raw, told = await _content(request)
        try:
            sheet = await asyncio.to_thread(read_sheet, raw, decimal=decimal)
        except Unreadable as error:
            raise FileUnreadable(f"the file cannot be taken: {error}", fields={"file": str(error)}) from error
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await importing.preview(work, sheet, name=name or told, location=location)

    @get("/imports/{import_id:uuid}", guards=[require("stock.read")])
    async def read_import(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], import_id: FromPath[UUID]
    ) -> ImportRead:
        async with db.unit(caller.workspace_id) as work:
            return await importing.read_import(work, import_id)

    @get("/imports/{import_id:uuid}/lines", guards=[require("stock.read")])
    async def list_lines(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        import_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 200,
    ) -> ImportLinePage:
        async with db.unit(caller.workspace_id) as work:
            return await importing.list_import_lines(work, import_id, cursor=cursor, limit=limit)

    @post("/imports/{import_id:uuid}/apply", guards=[require("stock.write")], status_code=200)
    async def apply_import(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        import_id: FromPath[UUID],
        data: JSONBody[ImportApply],
    ) -> ImportRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await orders.add_variants(work, await importing.new_goods(work, import_id))
            return await importing.apply_import(work, import_id, data)

    @post("/imports/{import_id:uuid}/drop", guards=[require("stock.write")], status_code=200)
    async def drop_import(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], import_id: FromPath[UUID]
    ) -> ImportRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await importing.drop_import(work, import_id)

    @get("/export", guards=[require("stock.read")])
    async def export_stock(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        separator: FromQuery[Literal["comma", "semicolon", "tab"]] = "comma",
    ) -> Response[bytes]:
        """The sheet that can be imported again; unchanged it changes nothing."""
        async with db.look(caller.workspace_id) as work:
            content = await importing.export_stock(work, separator=separator)
        ending = "tsv" if separator == "tab" else "csv"
        headers = {"content-disposition": f'attachment; filename="stock.{ending}"', "cache-control": "no-store"}
        return Response(content, media_type=f"{TYPES[separator]}; charset=utf-8", headers=headers)


async def _content(request: Request[Any, Any, Any]) -> tuple[bytes, str]:
    """(bytes, name of the file)"""
    if request.content_type[0] != "multipart/form-data":
        return await request.body(), ""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        raise FileUnreadable("the form has no file", fields={"file": "is required"})
    return await file.read(), file.filename


ROUTES = [StockFileController]
