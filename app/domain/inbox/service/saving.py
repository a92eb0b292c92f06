"""Saved replies: kept, changed, and read as they would stand in a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import asyncpg
from msgspec import convert, to_builtins

from app.core.db import UnitOfWork
from app.core.errors import Unacceptable
from app.core.ids import new_id
from app.domain.inbox.desk_schemas import FilledReplies, FilledReply, SavedReplyPage, SavedReplyRead, SavedReplyWrite
from app.domain.inbox.errors import ConversationNotFound, NameTaken, ReplyBlocked, ReplyInUse, SavedReplyNotFound
from app.domain.inbox.store import desk as sql
from app.domain.inbox.store.read import AS_OF
from app.domain.inbox.variables import NAMES, STOCK, SavedText, best_text, fill, names_in, skus_in, unknown_names
from app.domain.inbox.words import tell_buyer
from app.domain.inventory.service.showing import show_available


async def list_replies(work: UnitOfWork) -> SavedReplyPage:
    items = await work.shapes(SavedReplyRead, f"{sql.SAVED_REPLY} order by lower(r.name), r.id", work.workspace_id)
    return SavedReplyPage(items=items, next_cursor=None, as_of_seq=await work.value(f"select {AS_OF}", work.workspace_id))


async def read_reply(work: UnitOfWork, reply_id: UUID) -> SavedReplyRead:
    found = await work.shapes(SavedReplyRead, f"{sql.SAVED_REPLY} and r.id = $2", work.workspace_id, reply_id)
    if not found:
        raise SavedReplyNotFound("no such saved reply")
    return found[0]


async def add_reply(work: UnitOfWork, data: SavedReplyWrite) -> SavedReplyRead:
    """Raises NameTaken, and Unacceptable for a variable that does not exist."""
    texts = _texts(data)
    made: UUID | None = await work.value(sql.ADD_REPLY, work.workspace_id, new_id(), work.now, data.name.strip(), texts)
    if made is None:
        raise _taken(data.name)
    work.touch(sql.SAVED_REPLY_CHANGE, [made])
    return await read_reply(work, made)


async def write_reply(work: UnitOfWork, reply_id: UUID, data: SavedReplyWrite) -> SavedReplyRead:
    await read_reply(work, reply_id)
    wrote = await work.value(sql.WRITE_REPLY, work.workspace_id, reply_id, data.name.strip(), _texts(data), work.now)
    if wrote is None:
        raise _taken(data.name)
    work.touch(sql.SAVED_REPLY_CHANGE, [reply_id])
    return await read_reply(work, reply_id)


async def drop_reply(work: UnitOfWork, reply_id: UUID) -> None:
    """Raises ReplyInUse, naming the macros that send it."""
    using = [row["name"] for row in await work.fetch(sql.MACROS_USING, work.workspace_id, reply_id)]
    if using:
        raise ReplyInUse(f"the macro {', '.join(using)} sends it; change the macro first", extra={"macros": using})
    if await work.value(sql.DROP_REPLY, work.workspace_id, reply_id) is None:
        raise SavedReplyNotFound("no such saved reply")
    await work.gone(sql.SAVED_REPLY_CHANGE, [reply_id])


def _texts(data: SavedReplyWrite) -> list[dict[str, str]]:
    """Raises Unacceptable."""
    if not data.name.strip():
        raise Unacceptable("give it a name", fields={"name": "is empty"})
    for one in data.texts:
        for name in unknown_names(one.text):
            known = ", ".join(sorted([*NAMES, f"{STOCK}SKU"]))
            raise Unacceptable(f"there is no variable {name}; known are {known}", fields={"texts": f"unknown variable {name}"})
    if len({(one.channel, one.language) for one in data.texts}) < len(data.texts):
        raise Unacceptable("two texts for the same channel and language", fields={"texts": "the same channel and language twice"})
    return [to_builtins(one) for one in data.texts]


def _taken(name: str) -> NameTaken:
    return NameTaken(f"{name} exists already; choose another name", fields={"name": "exists already"})


async def fill_replies(work: UnitOfWork, conversation_id: UUID, thread_id: UUID | None) -> FilledReplies:
    """Those with a text for the channel of the thread, or of the newest one."""
    facts = await facts_of(work, [conversation_id])
    if conversation_id not in facts:
        raise ConversationNotFound("no such conversation")
    channel = await channel_of(work, conversation_id, thread_id) or facts[conversation_id]["channel"]
    replies = (await list_replies(work)).items
    stock = await stock_of(work, replies)
    told = [(one, fill_reply(work, one, facts[conversation_id], channel, stock)) for one in replies]
    return FilledReplies(
        items=[FilledReply(id=one.id, name=one.name, text=text, missing=names_in(text)) for one, text in told if text is not None]
    )


async def channel_of(work: UnitOfWork, conversation_id: UUID, thread_id: UUID | None = None) -> str | None:
    """Raises ReplyBlocked for a thread that is not of this conversation."""
    found: str | None = await work.value(sql.CHANNEL_OF, work.workspace_id, conversation_id, thread_id)
    if found is None and thread_id is not None:
        raise ReplyBlocked("this conversation has no such thread", code="no_thread", fields={"thread_id": "unknown"})
    return found


async def facts_of(work: UnitOfWork, ids: Iterable[UUID]) -> Mapping[UUID, asyncpg.Record]:
    return {row["id"]: row for row in await work.fetch(sql.FACTS, work.workspace_id, list(ids))}


async def stock_of(work: UnitOfWork, replies: Iterable[SavedReplyRead]) -> Mapping[str, str]:
    """What is there of each SKU that the texts name, by variable."""
    named = skus_in(one.text for reply in replies for one in reply.texts)
    if not named:
        return {}
    there = {one.sku.lower(): str(one.available) for one in await show_available(work, named)}
    return {f"{STOCK}{sku}": there[sku.lower()] for sku in named if sku.lower() in there}


def fill_reply(
    work: UnitOfWork, reply: SavedReplyRead, facts: asyncpg.Record, channel: str, stock: Mapping[str, str]
) -> str | None:
    """None when it has no text for the channel."""
    chosen = best_text(convert(to_builtins(reply.texts), list[SavedText]), channel, facts["language"])
    if chosen is None:
        return None
    status = facts["order_status"]
    known = {
        "customer.name": facts["customer"],
        "order.number": facts["order_number"],
        "order.tracking": facts["order_tracking"],
        "order.status": tell_buyer(chosen.language or facts["language"][:2].lower(), status) if status else "",
        "agent.name": work.actor.name if work.actor.member_id is not None else "",
    }
    return fill(chosen.text, known | dict(stock))
