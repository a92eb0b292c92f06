"""HTTP of saved replies and macros."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.db import Database
from app.domain.connections.service import sending_of
from app.domain.inbox.desk_schemas import (
    FilledReplies,
    MacroDone,
    MacroPage,
    MacroRead,
    MacroRun,
    MacroWrite,
    SavedReplyPage,
    SavedReplyRead,
    SavedReplyWrite,
)
from app.domain.inbox.service import macros, merging, saving
from app.domain.workspaces.guards import Caller, require


class SavedReplyController(Controller):
    path = "/api/v1"
    tags = ("inbox",)

    @get("/saved-replies", guards=[require("inbox.read")])
    async def list_saved_replies(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> SavedReplyPage:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await saving.list_replies(work)

    @post("/saved-replies", guards=[require("inbox.write")])
    async def add_saved_reply(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[SavedReplyWrite]
    ) -> SavedReplyRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await saving.add_reply(work, data)

    @put("/saved-replies/{reply_id:uuid}", guards=[require("inbox.write")])
    async def write_saved_reply(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        reply_id: FromPath[UUID],
        data: JSONBody[SavedReplyWrite],
    ) -> SavedReplyRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await saving.write_reply(work, reply_id, data)

    @delete("/saved-replies/{reply_id:uuid}", guards=[require("inbox.write")])
    async def drop_saved_reply(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], reply_id: FromPath[UUID]
    ) -> None:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await saving.drop_reply(work, reply_id)

    @get("/conversations/{conversation_id:uuid}/saved-replies", guards=[require("inbox.read")])
    async def fill_saved_replies(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        thread_id: FromQuery[UUID | None] = None,
    ) -> FilledReplies:
        """As they read here: the text for the channel and the customer's language, its variables filled."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await saving.fill_replies(work, await merging.place_of(work, conversation_id), thread_id)


class MacroController(Controller):
    path = "/api/v1/macros"
    tags = ("inbox",)

    @get("/", guards=[require("inbox.read")])
    async def list_macros(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> MacroPage:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await macros.list_macros(work)

    @post("/", guards=[require("inbox.write")])
    async def add_macro(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[MacroWrite]
    ) -> MacroRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await macros.add_macro(work, data)

    @put("/{macro_id:uuid}", guards=[require("inbox.write")])
    async def write_macro(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        macro_id: FromPath[UUID],
        data: JSONBody[MacroWrite],
    ) -> MacroRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await macros.write_macro(work, macro_id, data)

    @delete("/{macro_id:uuid}", guards=[require("inbox.write")])
    async def drop_macro(self, db: NamedDependency[Database], caller: NamedDependency[Caller], macro_id: FromPath[UUID]) -> None:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await macros.drop_macro(work, macro_id)

    @post("/{macro_id:uuid}/run", guards=[require("inbox.write")], status_code=200)
    async def run_macro(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        macro_id: FromPath[UUID],
        data: JSONBody[MacroRun],
    ) -> MacroDone:
        """Each conversation wholly or not at all; with `dry_run`, only what would happen."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await macros.run_macro(work, macro_id, data, sending_of)


ROUTES = [SavedReplyController, MacroController]
