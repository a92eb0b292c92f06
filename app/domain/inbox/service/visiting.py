"""A visitor reads their own talk with the shop, from our rows. Nothing here writes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
from msgspec import Struct

from app.core.db import UnitOfWork
from app.domain.inbox.errors import MessageNotFound
from app.domain.inbox.store import visit as sql

SHOWN_MOST = 100


class VisitorFile(Struct, kw_only=True):
    id: UUID
    name: str
    media_type: str
    size: int


class VisitorMessage(Struct, kw_only=True):
    """`external_id` is what the page itself called its own message. `author` is empty where no person wrote it."""

    id: str
    external_id: str
    side: str
    text: str
    at: datetime
    automated: bool
    author: str
    version: int
    files: list[VisitorFile]


class Talk(Struct, kw_only=True):
    """`seq`: read again from here on and nothing is missed. `seen`: somebody at the counter read all the visitor said."""

    seq: int
    messages: list[VisitorMessage]
    thread_id: UUID | None = None
    conversation_id: UUID | None = None
    seen: bool = False


async def visitor_messages(work: UnitOfWork, connection_id: UUID, thread: str, after: int | None) -> Talk:
    """What changed after that place in the feed of changes; the newest of all when there is none, or it was forgotten."""
    head = await work.row(sql.HEAD, work.workspace_id)
    seq = head["seq"] if head else 0
    known = after if after is not None and head and head["oldest"] <= after <= seq else None
    found = await work.shapes(VisitorMessage, sql.MESSAGES, work.workspace_id, connection_id, thread, known, SHOWN_MOST)
    place = await work.row(sql.THREAD, work.workspace_id, connection_id, thread)
    if place is None:
        return Talk(seq=seq, messages=found)
    return Talk(
        seq=seq, messages=found, thread_id=place["id"], conversation_id=place["conversation_id"], seen=bool(place["seen"])
    )


async def visitor_conversation(work: UnitOfWork, connection_id: UUID, thread: str) -> UUID | None:
    """None until they have said something."""
    place = await work.row(sql.THREAD, work.workspace_id, connection_id, thread)
    return place["conversation_id"] if place else None


async def visitor_file(work: UnitOfWork, connection_id: UUID, thread: str, file_id: UUID) -> asyncpg.Record:
    """name, media_type, sha256. Raises MessageNotFound for a file of any other talk."""
    row = await work.row(sql.FILE, work.workspace_id, connection_id, thread, file_id)
    if row is None:
        raise MessageNotFound("no such file")
    return row
