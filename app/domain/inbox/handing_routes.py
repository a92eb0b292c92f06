"""HTTP of hand-offs, promises and drafts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.inbox.briefing import Brief
from app.domain.inbox.handing_schemas import (
    Answer,
    DraftRead,
    DraftWrite,
    HandoffCreate,
    HandoffPage,
    HandoffRead,
    PromiseCreate,
    PromisePage,
    PromiseRead,
    PromiseUpdate,
    ShiftEnd,
    ShiftEnded,
)
from app.domain.inbox.service import briefing, drafting, handed, handing, merging, promising
from app.domain.workspaces.guards import Caller, require

Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class ConversationHandoffs(Controller):
    path = "/api/v1/conversations/{conversation_id:uuid}"
    tags = ("inbox",)

    @post("/handoffs", guards=[require("inbox.write")])
    async def offer_handoff(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[HandoffCreate],
    ) -> HandoffRead:
        """The giver keeps the conversation until somebody accepts; the clocks run on."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await handing.offer(work, await merging.place_of(work, conversation_id), data)

    @get("/brief", guards=[require("inbox.read")])
    async def read_brief(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], conversation_id: FromPath[UUID]
    ) -> Brief:
        """The facts a colleague would be told if it were handed over now."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await briefing.read_brief(work, await merging.place_of(work, conversation_id))

    @get("/promises", guards=[require("inbox.read")])
    async def list_promises(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], conversation_id: FromPath[UUID]
    ) -> PromisePage:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await promising.list_promises(work, await merging.place_of(work, conversation_id))

    @post("/promises", guards=[require("inbox.write")])
    async def add_promise(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[PromiseCreate],
    ) -> PromiseRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await promising.add_promise(work, await merging.place_of(work, conversation_id), data)

    @patch("/promises/{promise_id:uuid}", guards=[require("inbox.write")])
    async def update_promise(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        promise_id: FromPath[UUID],
        data: JSONBody[PromiseUpdate],
    ) -> PromiseRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await promising.update_promise(work, await merging.place_of(work, conversation_id), promise_id, data)

    @get("/draft", guards=[require("inbox.read")])
    async def read_draft(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], conversation_id: FromPath[UUID]
    ) -> DraftRead:
        """The caller's own."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await drafting.read_draft(work, await merging.place_of(work, conversation_id))

    @put("/draft", guards=[require("inbox.write")])
    async def save_draft(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[DraftWrite],
    ) -> DraftRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await drafting.save_draft(work, await merging.place_of(work, conversation_id), data)

    @delete("/draft", guards=[require("inbox.write")])
    async def drop_draft(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], conversation_id: FromPath[UUID]
    ) -> None:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await drafting.drop_draft(work, await merging.place_of(work, conversation_id))


class HandoffController(Controller):
    path = "/api/v1/handoffs"
    tags = ("inbox",)

    @get("/", guards=[require("inbox.read")])
    async def list_handoffs(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        box: FromQuery[Literal["to_me", "given", "all"]] = "all",
        conversation_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> HandoffPage:
        """`to_me`: mine to take. `given`: what I offered."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            if conversation_id is not None:
                conversation_id = await merging.place_of(work, conversation_id)
            return await handed.list_handoffs(work, box=box, conversation_id=conversation_id, cursor=cursor, limit=limit)

    @get("/{handoff_id:uuid}", guards=[require("inbox.read")])
    async def read_handoff(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], handoff_id: FromPath[UUID]
    ) -> HandoffRead:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await handing.read_handoff(work, handoff_id)

    @post("/{handoff_id:uuid}/accept", guards=[require("inbox.write")], status_code=200)
    async def accept_handoff(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], handoff_id: FromPath[UUID]
    ) -> HandoffRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await handing.accept(work, handoff_id)

    @post("/{handoff_id:uuid}/decline", guards=[require("inbox.write")], status_code=200)
    async def decline_handoff(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        handoff_id: FromPath[UUID],
        data: JSONBody[Answer | None] = None,
    ) -> HandoffRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await handing.decline(work, handoff_id, data or Answer())

    @post("/{handoff_id:uuid}/return", guards=[require("inbox.write")], status_code=200)
    async def return_handoff(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        handoff_id: FromPath[UUID],
        data: JSONBody[Answer | None] = None,
    ) -> HandoffRead:
        """By whoever took it: back to the giver."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await handing.give_back(work, handoff_id, data or Answer())

    @post("/{handoff_id:uuid}/withdraw", guards=[require("inbox.write")], status_code=200)
    async def withdraw_handoff(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], handoff_id: FromPath[UUID]
    ) -> HandoffRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await handing.withdraw(work, handoff_id)

    @post("/shift-end", guards=[require("inbox.write")], status_code=200)
    async def end_shift(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[ShiftEnd]
    ) -> ShiftEnded:
        """All of mine change hands; what is due within two hours waits for somebody who accepts."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await handed.end_shift(work, data)


ROUTES = [ConversationHandoffs, HandoffController]
