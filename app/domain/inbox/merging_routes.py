"""HTTP of merges, splits and their undoing."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.core.db import Database
from app.domain.customers.merging import read_merge
from app.domain.customers.schemas import CustomerMerge, MergeRead
from app.domain.inbox.service import joining, merging
from app.domain.workspaces.guards import Caller, require


class ConversationMerge(Struct, kw_only=True, forbid_unknown_fields=True):
    """Other conversations of the same customer, whose threads move here."""

    absorb_ids: Annotated[list[UUID], Meta(min_length=1, max_length=20)]


class ThreadSplit(Struct, kw_only=True, forbid_unknown_fields=True):
    thread_id: UUID


class MergeController(Controller):
    path = "/api/v1"
    tags = ("inbox",)

    @post("/customers/{customer_id:uuid}/merge", guards=[require("customers.write")], status_code=200)
    async def merge_customers(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        customer_id: FromPath[UUID],
        data: JSONBody[CustomerMerge],
    ) -> MergeRead:
        """Everything of the absorbed customer becomes this one's, until it is undone."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await read_merge(work, await joining.merge_customers(work, customer_id, data))

    @post("/conversations/{conversation_id:uuid}/merge", guards=[require("inbox.write")], status_code=200)
    async def merge_conversations(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[ConversationMerge],
    ) -> MergeRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await read_merge(work, await merging.merge_conversations(work, conversation_id, data.absorb_ids))

    @post("/conversations/{conversation_id:uuid}/split", guards=[require("inbox.write")], status_code=200)
    async def split_thread(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        conversation_id: FromPath[UUID],
        data: JSONBody[ThreadSplit],
    ) -> MergeRead:
        """The thread goes on in a conversation of its own."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await read_merge(work, await merging.split_thread(work, conversation_id, data.thread_id))

    @post("/merges/{merge_id:uuid}/undo", guards=[require("inbox.write")], status_code=200)
    async def undo_merge(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], merge_id: FromPath[UUID]
    ) -> MergeRead:
        """Of customers, of conversations, or a split. What came since goes where its thread or handle goes."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await joining.undo(work, merge_id)
            return await read_merge(work, merge_id)


ROUTES = [MergeController]
