"""Conversations become one, come apart again, and give a thread away. Nothing is copied that cannot be told from its original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct, convert, field, to_builtins

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import lock_objects, next_numbers
from app.core.timers import set_timer
from app.domain.customers import merging as customers
from app.domain.customers.errors import CannotMerge, MergedSince
from app.domain.inbox import rules
from app.domain.inbox.errors import AlreadyOffered, ConversationNotFound
from app.domain.inbox.service.lines import Line, write_lines
from app.domain.inbox.service.standing import await_again
from app.domain.inbox.service.timing import settle_company_clocks
from app.domain.inbox.service.working import SNOOZE
from app.domain.inbox.store import merging as sql
from app.domain.inbox.store.handing import HANDOFF_CHANGE
from app.domain.inbox.store.promise import PROMISE_CHANGE
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE


class Part(Struct, kw_only=True):
    """One absorbed conversation: its rows that moved (by id), those that were copied (`*_copied`), and what it was."""

    id: UUID
    status: str = "open"
    tags: list[str] = field(default_factory=list)
    follower: list[UUID] = field(default_factory=list)
    print: str = ""
    thread: list[UUID] = field(default_factory=list)
    message: list[UUID] = field(default_factory=list)
    handoff: list[UUID] = field(default_factory=list)
    promise: list[UUID] = field(default_factory=list)
    case: list[UUID] = field(default_factory=list)
    earlier: list[UUID] = field(default_factory=list)
    order_copied: list[str] = field(default_factory=list)
    draft_copied: list[UUID] = field(default_factory=list)
    mark_made: list[UUID] = field(default_factory=list)


class Record(Struct, kw_only=True):
    """`own` is the survivor's row while it had only what is its own, `print` what its messages were then: when they are the same at
    the undo, so is the row. `opened`: the merge opened it."""

    own: dict[str, Any]
    print: str
    opened: bool = False
    parts: list[Part] = field(default_factory=list)


async def place_of(work: UnitOfWork, conversation_id: UUID) -> UUID:
    """Where its threads are now: the conversation it was merged into, else itself."""
    found: UUID | None = await work.value(sql.PLACE, work.workspace_id, conversation_id)
    return found or conversation_id


async def places_of(work: UnitOfWork, conversation_ids: Sequence[UUID]) -> list[UUID]:
    """As `place_of`, each once, in the order asked for."""
    rows = await work.fetch(sql.PLACES, work.workspace_id, conversation_ids)
    return list(dict.fromkeys(row["id"] for row in rows))


async def merge_conversations(work: UnitOfWork, conversation_id: UUID, absorb: Sequence[UUID]) -> UUID:
    """The merge. Raises CannotMerge, AlreadyOffered, MergedSince."""
    survivor = await place_of(work, conversation_id)
    ids = list(dict.fromkeys(absorb))
    if survivor in ids:
        raise CannotMerge("a conversation cannot be merged into itself", fields={"absorb_ids": "the same conversation"})
    rows = await _hold(work, [survivor, *ids])
    await _refuse(work, rows, survivor, ids)
    parts = convert([dict(row) for row in await work.fetch(sql.PARTS, work.workspace_id, ids)], list[Part])
    prints = {row["id"]: row["print"] for row in await work.fetch(sql.PRINTS, work.workspace_id, [survivor, *ids])}
    record = await _record(work, survivor, prints[survivor])
    record.opened = rows[survivor]["status"] != "open" and any(rows[one]["status"] == "open" for one in ids)
    record.parts = parts
    for part in parts:
        part.print = prints[part.id]
        await _take(work, part, survivor)
    await work.execute(sql.ADD_TAGS, work.workspace_id, survivor, ids)
    await work.execute(sql.ADD_FOLLOWERS, work.workspace_id, survivor, ids)
    await work.execute(sql.COMBINE, work.workspace_id, survivor, ids)
    if record.opened:
        await work.execute(sql.OPEN_WITH, work.workspace_id, survivor)
    await work.execute(sql.ABSORB, work.workspace_id, ids, survivor, work.now)
    merge_id = await customers.record(work, "conversation", survivor, ids, to_builtins(record))
    numbers = [rows[one]["number"] for one in ids]
    await write_lines(work, [(survivor, "merged", {"merge": str(merge_id), "numbers": numbers})])
    await _tell(work, [survivor, *ids], parts)
    return merge_id


async def _hold(work: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, asyncpg.Record]:
    """Nothing arrives in their threads until the commit."""
    threads = await work.fetch(sql.THREADS, work.workspace_id, ids)
    await lock_objects(work, {f"thread:{row['connection_id']}:{row['external_id']}" for row in threads})
    rows = {row["id"]: row for row in await work.fetch(sql.HOLD, work.workspace_id, ids)}
    if len(rows) < len(ids):
        raise ConversationNotFound("no such conversation")
    return rows


async def _refuse(work: UnitOfWork, rows: Mapping[UUID, asyncpg.Record], survivor: UUID, ids: Sequence[UUID]) -> None:
    gone = [row["number"] for row in rows.values() if row["merged_into"]]
    if gone:
        raise MergedSince(f"conversation {gone[0]} was merged already; look again", fields={"absorb_ids": "merged already"})
    other = next((row["number"] for row in rows.values() if row["customer_id"] != rows[survivor]["customer_id"]), None)
    if other is not None:
        raise CannotMerge(
            f"conversation {other} is another customer's. Merge the two customers first, when they are one person.",
            code="other_customer", fields={"absorb_ids": "another customer"},
        )  # fmt: skip
    offered = await work.value(sql.OFFERED, work.workspace_id, list(ids))
    if offered is not None:
        raise AlreadyOffered(
            f"conversation {offered} is offered to somebody. Merge it when the offer is answered or withdrawn.",
            fields={"absorb_ids": "offered to somebody"},
        )


async def _record(work: UnitOfWork, survivor: UUID, print: str) -> Record:
    """What the survivor is by itself: as it is now, or as it was before the first merge that stands."""
    before = await customers.standing(work, [survivor], "conversation")
    if before:
        first = convert(before[0]["moved"], Record)
        return Record(own=first.own, print=first.print)
    return Record(own=await work.value(sql.OWN, work.workspace_id, survivor), print=print)


async def _take(work: UnitOfWork, part: Part, survivor: UUID) -> None:
    await _move(work, part, part.id, survivor)
    copied = await work.row(sql.COPIES, work.workspace_id, part.id, survivor)
    assert copied is not None
    part.order_copied, part.draft_copied, part.mark_made = copied["order"], copied["draft"], copied["mark"]


async def _move(work: UnitOfWork, part: Part, here: UUID, there: UUID) -> None:
    moved = await work.fetch(
        sql.MOVE, work.workspace_id, here, there, part.thread, part.message, part.handoff, part.promise, part.case
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, [row["id"] for row in moved])


async def _tell(work: UnitOfWork, conversations: Sequence[UUID], parts: Iterable[Part] = ()) -> None:
    await work.execute(sql.TELL, work.workspace_id, list(conversations), work.now)
    await settle_company_clocks(work, conversations)
    work.touch(CONVERSATION_CHANGE, conversations)
    for part in parts:
        work.touch(HANDOFF_CHANGE, part.handoff)
        work.touch(PROMISE_CHANGE, part.promise)


async def undo_conversations(work: UnitOfWork, merge: asyncpg.Record) -> None:
    """Each part is what it was; what came since in its threads goes with them. Raises MergedSince when something was built on this
    merge, which must be undone first."""
    survivor: UUID = merge["survivor_id"]
    record = convert(merge["moved"], Record)
    ids = [part.id for part in record.parts]
    rows = await _hold(work, [survivor, *ids])
    rest = await _rest(work, rows[survivor], merge["id"], record)
    readers = [row["member_id"] for row in await work.fetch(sql.READ_ALL, work.workspace_id, survivor)]
    for part in record.parts:
        await _give_back(work, part, survivor)
    stale = [part.id for part in await _changed(work, record.parts)]
    for one in stale:
        await _recount(work, one, asked_after=merge["created_at"])
    await _survivor_again(work, survivor, record, rest)
    await work.execute(sql.MARK_ALL, work.workspace_id, [survivor, *ids], readers)
    for part in record.parts:
        if part.status == "snoozed" and rows[part.id]["snoozed_until"]:
            await set_timer(work, SNOOZE, part.id, rows[part.id]["snoozed_until"])
    await customers.close(work, merge["id"])
    numbers = [rows[one]["number"] for one in ids]
    lines: list[Line] = [(survivor, "unmerged", {"merge": str(merge["id"]), "numbers": numbers})]
    lines += [(one, "unmerged", {"merge": str(merge["id"]), "numbers": [rows[survivor]["number"]]}) for one in ids]
    await write_lines(work, lines)
    await _tell(work, [survivor, *ids], record.parts)


async def _rest(work: UnitOfWork, survivor: asyncpg.Record, merge_id: UUID, record: Record) -> list[Part]:
    """Parts of other merges that stay in the survivor."""
    if survivor["merged_into"]:
        raise MergedSince("the conversation was merged into another since; undo that first")
    mine = {thread for part in record.parts for thread in part.thread}
    for split in await customers.standing(work, [survivor["id"]], "split"):
        if mine & set(convert(split["moved"], Record).parts[0].thread):
            raise MergedSince("a thread of it was split off since; undo that first")
    others = await customers.standing(work, [survivor["id"]], "conversation")
    return [part for one in others if one["id"] != merge_id for part in convert(one["moved"], Record).parts]


async def _give_back(work: UnitOfWork, part: Part, survivor: UUID) -> None:
    await _move(work, part, survivor, part.id)
    await work.execute(sql.UNCOPY, work.workspace_id, part.id, survivor, part.order_copied, part.draft_copied)
    await work.execute(sql.UNMARK, work.workspace_id, part.id, survivor, part.mark_made)
    await work.execute(sql.RELEASE, work.workspace_id, part.id, part.status, work.now)
    await work.execute(sql.EARLIER, work.workspace_id, part.earlier, part.id)


async def _changed(work: UnitOfWork, parts: Sequence[Part]) -> list[Part]:
    prints = {row["id"]: row["print"] for row in await work.fetch(sql.PRINTS, work.workspace_id, [part.id for part in parts])}
    return [part for part in parts if prints[part.id] != part.print]


async def _survivor_again(work: UnitOfWork, survivor: UUID, record: Record, rest: Sequence[Part]) -> None:
    """Its own row as it was and the parts that stay, or counted anew when any of them changed."""
    own_tags, staying = set(record.own["tags"]), {tag for part in rest for tag in part.tags}
    brought = {tag for part in record.parts for tag in part.tags} - own_tags - staying
    keep = {UUID(one) for one in record.own.get("follower_ids", [])} | {one for part in rest for one in part.follower}
    came = {one for part in record.parts for one in part.follower} - keep
    await work.execute(sql.LESS, work.workspace_id, survivor, list(brought), list(came))
    if not await _unchanged(work, survivor, record, rest):
        await _recount(work, survivor)
        return
    await work.execute(sql.RESTORE, work.workspace_id, survivor, record.own)
    if rest:
        await work.execute(sql.COMBINE, work.workspace_id, survivor, [part.id for part in rest])
    elif record.opened:
        closed_at, until = (_when(record.own[name]) for name in ("closed_at", "snoozed_until"))
        await work.execute(sql.CLOSE_AGAIN, work.workspace_id, survivor, record.own["status"], closed_at, until)
        if until is not None:
            await set_timer(work, SNOOZE, survivor, until)
    if record.own["status"] != "closed":
        await work.execute(sql.AT_REST, work.workspace_id, [survivor])


def _when(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


async def _unchanged(work: UnitOfWork, survivor: UUID, record: Record, rest: Sequence[Part]) -> bool:
    threads = [thread for part in rest for thread in part.thread]
    messages = [message for part in rest for message in part.message]
    own = await work.value(sql.PRINT, work.workspace_id, survivor, threads, messages, False)
    if own != record.print:
        return False
    for part in rest:
        if part.print != await work.value(sql.PRINT, work.workspace_id, survivor, part.thread, part.message, True):
            return False
    return True


async def _recount(work: UnitOfWork, conversation_id: UUID, *, asked_after: datetime | None = None) -> None:
    newest = await work.row(sql.NEWEST, work.workspace_id, conversation_id)
    preview, way = (rules.preview(newest["text"], newest["files"]), newest["direction"]) if newest else ("", "in")
    await work.execute(sql.RECOUNT, work.workspace_id, conversation_id, preview, way)
    if asked_after is not None:
        await work.execute(sql.REOPEN_ASKED, work.workspace_id, conversation_id, asked_after)
    await await_again(work, conversation_id)


async def split_thread(work: UnitOfWork, conversation_id: UUID, thread_id: UUID) -> UUID:
    """The thread gets a conversation of its own. Raises CannotMerge when it is not one of several."""
    here = await place_of(work, conversation_id)
    rows = await _hold(work, [here])
    threads = {
        row["id"]: row["channel"]
        for row in await work.fetch(
            "select id, channel from thread where workspace_id = $1 and conversation_id = $2", work.workspace_id, here
        )
    }
    if thread_id not in threads:
        raise CannotMerge("this conversation has no such thread", fields={"thread_id": "unknown"})
    if len(threads) < 2:
        raise CannotMerge("it is the only thread here; there is nothing to split", fields={"thread_id": "the only one"})
    (print_row,) = await work.fetch(sql.PRINTS, work.workspace_id, [here])
    there, number = new_id(), await next_numbers(work, "conversation", 1)
    record = Record(
        own=await work.value(sql.OWN, work.workspace_id, here),
        print=print_row["print"],
        parts=[Part(id=there, thread=[thread_id])],
    )
    await work.execute(sql.SPLIT, work.workspace_id, there, work.now, number, thread_id)
    await _move(work, record.parts[0], here, there)
    await work.execute(sql.COPY_ORDERS, work.workspace_id, here, there)
    for one in (here, there):
        await _recount(work, one)
    await work.execute(sql.PART_MARKS, work.workspace_id, here, there)
    merge_id = await customers.record(work, "split", here, [there], to_builtins(record))
    told = {"merge": str(merge_id), "channel": threads[thread_id]}
    await write_lines(
        work, [(here, "split", told | {"number": number}), (there, "split_from", told | {"number": rows[here]["number"]})]
    )
    await _tell(work, [here, there])
    return merge_id


async def undo_split(work: UnitOfWork, merge: asyncpg.Record) -> None:
    """All of the new conversation goes back, and it stays as a way to the old one."""
    here, there = merge["survivor_id"], merge["absorbed"][0]
    rows = await _hold(work, [here, there])
    if rows[here]["merged_into"] or rows[there]["merged_into"]:
        raise MergedSince("one of the two was merged since; undo that first")
    await _refuse(work, rows, here, [there])
    record = convert(merge["moved"], Record)
    (row,) = await work.fetch(sql.PARTS, work.workspace_id, [there])
    part = convert(dict(row), Part)
    await _take(work, part, here)
    await work.execute(sql.ADD_FOLLOWERS, work.workspace_id, here, [there])
    await work.execute(sql.ABSORB, work.workspace_id, [there], here, work.now)
    (now,) = await work.fetch(sql.PRINTS, work.workspace_id, [here])
    if now["print"] == record.print:
        await work.execute(sql.RESTORE, work.workspace_id, here, record.own)
        if record.own["status"] != "closed":
            await work.execute(sql.AT_REST, work.workspace_id, [here])
    else:
        await _recount(work, here)
    await customers.close(work, merge["id"])
    await write_lines(work, [(here, "unsplit", {"merge": str(merge["id"]), "number": rows[there]["number"]})])
    await _tell(work, [here, there], [part])
