"""Promises to buyers: put on record, kept, broken by a person or by their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import UNSET

from app.core.db import UnitOfWork, ids
from app.core.errors import Unacceptable
from app.core.ids import new_id
from app.core.timers import set_timer
from app.domain.inbox.errors import ConversationNotFound, OpenPromises, PromiseNotFound
from app.domain.inbox.handing_schemas import PromiseCreate, PromisePage, PromiseRead, PromiseUpdate
from app.domain.inbox.service.lines import write_lines
from app.domain.inbox.store import promise as sql
from app.domain.inbox.store.read import AS_OF, CONVERSATION_CHANGE

DUE = "promise.due"


async def list_promises(work: UnitOfWork, conversation_id: UUID) -> PromisePage:
    await _there(work, conversation_id)
    items = await work.shapes(
        PromiseRead, f"{sql.PROMISE} and p.conversation_id = $2 order by p.id", work.workspace_id, conversation_id
    )
    return PromisePage(items=items, next_cursor=None, as_of_seq=await work.value(f"select {AS_OF}", work.workspace_id))


async def add_promise(work: UnitOfWork, conversation_id: UUID, data: PromiseCreate) -> PromiseRead:
    await _there(work, conversation_id, hold=True)
    (promise_id,) = await make_promises(work, conversation_id, [data])
    return await read_promise(work, promise_id)


async def read_promise(work: UnitOfWork, promise_id: UUID) -> PromiseRead:
    found = await work.shapes(PromiseRead, f"{sql.PROMISE} and p.id = $2", work.workspace_id, promise_id)
    if not found:
        raise PromiseNotFound("no such promise")
    return found[0]


async def make_promises(work: UnitOfWork, conversation_id: UUID, given: Sequence[PromiseCreate]) -> list[UUID]:
    """Raises Unacceptable for one already due, or said in a message that is not of this conversation."""
    if not given:
        return []
    if any(one.due_at is not None and one.due_at <= work.now for one in given):
        raise Unacceptable("a promise needs a time to come", fields={"due_at": "must be in the future"})
    spoken = {one.message_id for one in given if one.message_id is not None}
    if spoken and await work.value(sql.SPEAKS, work.workspace_id, conversation_id, list(spoken)) != len(spoken):
        raise Unacceptable("no such message in this conversation", fields={"message_id": "unknown"})
    made = [new_id() for _ in given]
    await work.execute(
        sql.MAKE, work.workspace_id, work.now, conversation_id, work.actor.member_id, made, [one.message_id for one in given],
        [one.text.strip() for one in given], [one.kind for one in given], [one.due_at for one in given],
    )  # fmt: skip
    for promise_id, one in zip(made, given, strict=True):
        if one.due_at is not None:
            await set_timer(work, DUE, promise_id, one.due_at)
    details = [
        {"promise": str(promise_id), "words": one.text.strip(), "due_at": one.due_at.isoformat() if one.due_at else None}
        for promise_id, one in zip(made, given, strict=True)
    ]
    await write_lines(work, [(conversation_id, "promise_made", detail) for detail in details])
    await _tell(work, conversation_id, made)
    return made


async def update_promise(work: UnitOfWork, conversation_id: UUID, promise_id: UUID, data: PromiseUpdate) -> PromiseRead:
    await _there(work, conversation_id, hold=True)
    row = await work.row(sql.HELD, work.workspace_id, promise_id)
    if row is None or row["conversation_id"] != conversation_id:
        raise PromiseNotFound("no such promise")
    due = row["due_at"] if data.due_at is UNSET else data.due_at
    state = row["state"] if data.state is UNSET else data.state
    if due != row["due_at"] and due is not None and due <= work.now:
        raise Unacceptable("a promise needs a time to come", fields={"due_at": "must be in the future"})
    if state == "broken" and row["settled_at"] is None and data.state is UNSET and due != row["due_at"]:
        state = "open"
    settled = row["settled_at"] if data.state is UNSET else None if state == "open" else work.now
    text = row["text"] if data.text is UNSET else data.text.strip()
    kind = row["kind"] if data.kind is UNSET else data.kind
    await work.execute(sql.WRITE, work.workspace_id, promise_id, text, kind, state, due, settled, work.now)
    if settled is None and due is not None and due > work.now:
        await set_timer(work, DUE, promise_id, due)
    if state != row["state"]:
        await write_lines(work, [(conversation_id, f"promise_{CODES[state]}", _detail(row))])
    await _tell(work, conversation_id, [promise_id])
    return await read_promise(work, promise_id)


CODES = {"open": "reopened", "kept": "kept", "broken": "broken"}


async def settle_before_closing(work: UnitOfWork, conversation_id: UUID, choice: str | None) -> None:
    """Raises OpenPromises when something is owed and nobody said what becomes of it. `leave`: it strikes all the same and opens
    the conversation again."""
    owed = await work.fetch(sql.OWED, work.workspace_id, conversation_id)
    if not owed or choice == "leave":
        return
    if choice is None:
        count = len(owed)
        raise OpenPromises(
            f"{count} {'promise is' if count == 1 else 'promises are'} still owed here",
            fields={"open_promises": "say kept, broken or leave"},
            extra={"fix": "Say whether they were kept, or leave them to come back when they are due.",
                   "promises": [{**_detail(row), "id": str(row["id"])} for row in owed]},
        )  # fmt: skip
    await _settle(work, conversation_id, owed, choice)


async def keep_replies(work: UnitOfWork, conversation_id: UUID) -> None:
    """A reply went out: what was promised as a reply is kept."""
    rows = [row for row in await work.fetch(sql.OWED, work.workspace_id, conversation_id) if row["kind"] == "reply"]
    if rows:
        await _settle(work, conversation_id, rows, "kept")


async def strike(work: UnitOfWork, promise_id: UUID) -> None:
    """Its time came: broken, still owed, and its conversation is open again for somebody to see. One that was settled or moved
    meanwhile is left alone."""
    known = await work.row(sql.PLACE_OF, work.workspace_id, promise_id)
    if known is None or not await work.value(sql.HOLD, work.workspace_id, known["conversation_id"]):
        return
    row = await work.row(sql.HELD, work.workspace_id, promise_id)
    if (
        row is None
        or row["settled_at"] is not None
        or row["state"] != "open"
        or row["due_at"] is None
        or row["due_at"] > work.now
    ):
        return
    conversation_id = row["conversation_id"]
    await work.execute(
        sql.WRITE, work.workspace_id, promise_id, row["text"], row["kind"], "broken", row["due_at"], None, work.now
    )
    await work.execute(sql.REOPEN, work.workspace_id, conversation_id, work.now)
    await write_lines(work, [(conversation_id, "promise_broken", {**_detail(row), "by_time": True})])
    await _tell(work, conversation_id, [promise_id])


async def _settle(work: UnitOfWork, conversation_id: UUID, rows: Sequence[asyncpg.Record], state: str) -> None:
    await work.execute(sql.SETTLE, work.workspace_id, ids(rows), state, work.now)
    await write_lines(work, [(conversation_id, f"promise_{state}", _detail(row)) for row in rows])
    await _tell(work, conversation_id, ids(rows))


def _detail(row: asyncpg.Record) -> dict[str, Any]:
    due = row["due_at"]
    return {"promise": str(row["id"]), "words": row["text"], "due_at": due.isoformat() if due else None}


async def _tell(work: UnitOfWork, conversation_id: UUID, promises: Sequence[UUID]) -> None:
    await work.execute(sql.CLOCK, work.workspace_id, conversation_id, work.now)
    work.touch(sql.PROMISE_CHANGE, promises)
    work.touch(CONVERSATION_CHANGE, [conversation_id])


async def _there(work: UnitOfWork, conversation_id: UUID, *, hold: bool = False) -> None:
    statement = sql.HOLD if hold else sql.THERE
    if not await work.value(statement, work.workspace_id, conversation_id):
        raise ConversationNotFound("no such conversation")
