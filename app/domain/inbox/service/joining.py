"""Customers merged and parted, as the inbox and the orders see it; and the one way to undo whatever was merged."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork
from app.domain.customers import merging as customers
from app.domain.customers.merging import Done
from app.domain.customers.schemas import CustomerMerge
from app.domain.inbox.service import merging
from app.domain.inbox.service.lines import write_lines
from app.domain.inbox.store import merging as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE
from app.domain.orders import service as orders


async def merge_customers(work: UnitOfWork, customer_id: UUID, data: CustomerMerge) -> UUID:
    done = await customers.merge_customers(work, customer_id, data.absorb_id, confirm=data.confirm)
    await _tell(work, done, "customers_merged", [done.survivor_id])
    return done.merge_id


async def _tell(work: UnitOfWork, done: Done, code: str, sides: list[UUID]) -> None:
    """A line in whatever is being worked on with either."""
    work.touch(CONVERSATION_CHANGE, done.conversations)
    work.touch(MESSAGE_CHANGE, done.messages)
    orders.tell(work, done.orders)
    open_ones = [row["id"] for side in sides for row in await work.fetch(sql.WORKED_ON, work.workspace_id, side)]
    await write_lines(work, [(one, code, {"merge": str(done.merge_id), "name": done.name}) for one in open_ones])


async def undo(work: UnitOfWork, merge_id: UUID) -> None:
    """Raises MergeNotFound, MergeOver, MergedSince."""
    merge = await customers.find_merge(work, merge_id)
    if merge["kind"] == "customer":
        await _part(work, merge)
    elif merge["kind"] == "split":
        await merging.undo_split(work, merge)
    else:
        await merging.undo_conversations(work, merge)


async def _part(work: UnitOfWork, merge: asyncpg.Record) -> None:
    """Conversations in which threads of both were merged come apart first."""
    handles = [UUID(one) for one in merge["moved"]["handle"]]
    while crossed := await work.value(sql.CROSSED, work.workspace_id, merge["survivor_id"], handles):
        await merging.undo_conversations(work, await customers.find_merge(work, crossed))
    done = await customers.undo_customers(work, merge)
    await _tell(work, done, "customers_parted", [done.survivor_id, done.absorbed_id])
