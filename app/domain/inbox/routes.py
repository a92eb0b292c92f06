"""HTTP of this room."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.db import Database
from app.domain.connections.service import sending_of
from app.domain.inbox.schemas import (
    Context,
    ContinueOn,
    ConversationPage,
    ConversationRead,
    ConversationUpdate,
    Counts,
    MessageCreate,
    MessagePage,
    MessageRead,
    ReadUpTo,
    Resolution,
    ShownHtml,
    ThreadRead,
)
from app.domain.inbox.service import crossing, merging, reading, releasing, replying, working
from app.domain.workspaces.guards import Caller, require

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Queue = Literal["mine", "unassigned", "all", "deadline", "handed", "mentions"]
Status = Literal["open", "waiting", "snoozed", "closed"]


class ConversationController(Controller):
    path = "/api/v1/conversations"
    tags = ("inbox",)

    @get("/", guards=[require("inbox.read")])
    async def list_conversations(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        queue: FromQuery[Queue] = "all",
        status: FromQuery[Status | None] = None,
        waiting_on: FromQuery[Literal["us", "customer"] | None] = None,
        assignee_id: FromQuery[UUID | None] = None,
        team_id: FromQuery[UUID | None] = None,
        customer_id: FromQuery[UUID | None] = None,
        channel: FromQuery[str | None] = None,
        connection_id: FromQuery[UUID | None] = None,
        external_id: FromQuery[str | None] = None,
        tag: FromQuery[str | None] = None,
        q: Annotated[str, QueryParameter(max_length=300)] = "",
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> ConversationPage:
        wanted = reading.Filter(
            queue=queue, status=status, waiting_on=waiting_on, assignee_id=assignee_id, team_id=team_id, customer_id=customer_id,
            channel=channel, connection_id=connection_id, external_id=external_id, tag=tag, q=q.strip(),
        )  # fmt: skip
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await reading.list_conversations(work, wanted, cursor=cursor, limit=limit)

    @get("/counts", guards=[require("inbox.read")])
    async def count_queues(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> Counts:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await reading.count_queues(work)

    @get("/{conversation_id:uuid}", guards=[require("inbox.read")])
    async def read_conversation(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], conversation_id: FromPath[UUID]
    ) -> ConversationRead:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await reading.read_conversation(work, conversation_id)

    @patch("/{conversation_id:uuid}", guards=[require("inbox.write")])
    async def update_conversation(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[ConversationUpdate],
    ) -> ConversationRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await working.update_conversation(work, await merging.place_of(work, conversation_id), data)

    @get("/{conversation_id:uuid}/messages", guards=[require("inbox.read")])
    async def list_messages(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> MessagePage:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await reading.list_messages(work, conversation_id, cursor=cursor, limit=limit)

    @post("/{conversation_id:uuid}/messages", guards=[require("inbox.write")])
    async def write_message(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[MessageCreate],
    ) -> MessageRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await replying.write_message(work, await merging.place_of(work, conversation_id), data, sending_of)

    @get("/{conversation_id:uuid}/context", guards=[require("inbox.read")])
    async def read_context(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], conversation_id: FromPath[UUID]
    ) -> Context:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await reading.read_context(work, conversation_id, sending_of)

    @post("/{conversation_id:uuid}/continue", guards=[require("inbox.write")])
    async def continue_on(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[ContinueOn],
    ) -> ThreadRead:
        """The conversation goes on over another connection: its thread there, begun when there was none."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            conversation_id = await merging.place_of(work, conversation_id)
            thread_id = await crossing.continue_on(work, conversation_id, data, sending_of)
            return await reading.read_thread(work, conversation_id, thread_id, sending_of)

    @post("/{conversation_id:uuid}/read", guards=[require("inbox.read")], status_code=204)
    async def mark_read(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[ReadUpTo],
    ) -> None:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await working.mark_read(work, await merging.place_of(work, conversation_id), data)


class MessageController(Controller):
    path = "/api/v1/messages"
    tags = ("inbox",)

    @get("/{message_id:uuid}", guards=[require("inbox.read")])
    async def read_message(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], message_id: FromPath[UUID]
    ) -> MessageRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await replying.read_message(work, message_id)

    @delete("/{message_id:uuid}", guards=[require("inbox.write")], status_code=200)
    async def take_back(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], message_id: FromPath[UUID]
    ) -> dict[str, str]:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return {"text": await replying.take_back(work, message_id)}

    @post("/{message_id:uuid}/resolve", guards=[require("inbox.write")], status_code=200)
    async def resolve(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        message_id: FromPath[UUID],
        data: JSONBody[Resolution],
    ) -> MessageRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await replying.resolve(work, message_id, data.act)

    @post("/{message_id:uuid}/release", guards=[require("inbox.write")], status_code=200)
    async def release(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], message_id: FromPath[UUID]
    ) -> MessageRead:
        """A held message counts as its sender's word from now on."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await releasing.release_message(work, message_id, sending_of)

    @get("/{message_id:uuid}/html", guards=[require("inbox.read")])
    async def read_html(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], message_id: FromPath[UUID]
    ) -> ShownHtml:
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await reading.read_html(work, message_id)


ROUTES = [ConversationController, MessageController]
