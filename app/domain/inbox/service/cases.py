"""A channel's formal cases beside the talk: a system line when one opens, changes or ends, and its clock on the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import lock_objects, next_numbers
from app.domain.customers.service import identify
from app.domain.inbox.service.receiving import Source
from app.domain.inbox.store import case as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE
from app.domain.orders import matters
from connectors.base.events import CaseSeen, Handle


async def see_cases(work: UnitOfWork, source: Source, seen: Sequence[CaseSeen]) -> None:
    await lock_objects(work, {f"thread:{source.connection_id}:{one.thread}" for one in seen if one.thread})
    changed = await matters.take_cases(work, connection_id=source.connection_id, channel=source.channel, seen=seen)
    touched: dict[UUID, None] = {}
    for row in changed:
        conversation = await _conversation_of(work, source, row)
        await _tell(work, source, conversation, row)
        touched[conversation] = None
    await set_clocks(work, touched)


async def _conversation_of(work: UnitOfWork, source: Source, row: asyncpg.Record) -> UUID:
    """The one the case is in already; else that of its thread; else the newest about its order; else a new one."""
    place: UUID | None = await work.value(
        sql.PLACE, work.workspace_id, row["id"], source.connection_id, row["thread_ref"], row["order_ref"]
    )
    if place is None:
        place = await _open(work, source, row)
    await work.execute(sql.PUT, work.workspace_id, row["id"], place)
    if row["order_ref"]:
        await work.execute(sql.ABOUT, work.workspace_id, place, row["order_ref"])
    return place


async def _open(work: UnitOfWork, source: Source, row: asyncpg.Record) -> UUID:
    customer = row["customer_id"] or await _stand_in(work, source, row)
    place, number = new_id(), await next_numbers(work, "conversation", 1)
    await work.execute(
        sql.OPEN, work.workspace_id, place, work.now, number, customer, source.connection_id, source.channel, source.brand,
        row["title"] or row["external_id"],
    )  # fmt: skip
    if row["thread_ref"]:
        await work.execute(
            sql.THREAD, work.workspace_id, new_id(), work.now, place, source.connection_id, source.channel, row["thread_ref"],
            customer, row["title"],
        )  # fmt: skip
    return place


async def _stand_in(work: UnitOfWork, source: Source, row: asyncpg.Record) -> UUID:
    """The channel did not say whose case it is, and we do not know its order."""
    handle = Handle(
        kind=f"{source.channel}_case",
        value=f"{source.connection_id}:{row['external_id']}",
        label=row["external_id"],
        strength="guessed",
    )
    (customer,) = await identify(work, [(handle, (), "")])
    await matters.name_customer(work, row["id"], customer)
    return customer


async def _tell(work: UnitOfWork, source: Source, conversation: UUID, row: asyncpg.Record) -> None:
    code = "case_closed" if not row["open"] else "case_opened" if row["is_new"] else "case_changed"
    message_id = new_id()
    await work.execute(sql.LINE, work.workspace_id, message_id, work.now, conversation, code, _detail(row), source.connection_id)
    work.touch(MESSAGE_CHANGE, [message_id])
    if row["open"]:
        await work.execute(sql.REOPEN, work.workspace_id, conversation, work.now)


def _detail(row: asyncpg.Record) -> dict[str, Any]:
    until: datetime | None = row["respond_by"]
    return {
        "case": str(row["id"]),
        "kind": row["kind"],
        "title": row["title"],
        "words": row["detail"][:1000],
        "order": row["order_ref"],
        "url": row["url"],
        "respond_by": until.isoformat() if until else None,
    }


async def set_clocks(work: UnitOfWork, conversations: Iterable[UUID]) -> None:
    """The earliest answer any open case of these conversations wants; none when none is open."""
    ids = list(conversations)
    if ids:
        await work.execute(sql.CLOCKS, work.workspace_id, ids)
        work.touch(CONVERSATION_CHANGE, ids)
