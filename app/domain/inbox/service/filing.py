"""Files of messages: given by a member, or told by a channel and fetched later."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.files import FileGone
from app.core.ids import new_id
from app.domain.inbox.errors import AttachmentNotFound
from app.domain.inbox.schemas import AttachmentRead
from app.domain.inbox.store import file as sql
from app.domain.inbox.store.read import MESSAGE_CHANGE

LARGEST = 25 * 1024 * 1024
DUE = sql.DUE
GONE = FileGone
UNSENT_FOR = timedelta(hours=24)
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f"<>:|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class Outcome(Struct, kw_only=True):
    """What became of fetching a file."""

    state: str
    detail: str = ""
    due: datetime | None = None
    sha256: str = ""
    size: int = 0
    media_type: str = ""


def plain_name(given: str) -> str:
    """A name without folders, controls and marks that turn the reading direction around."""
    last = given.replace("\\", "/").rpartition("/")[2]
    return NOT_IN_NAMES.sub("", last).strip(" .")[-120:] or "file"


async def add_file(
    work: UnitOfWork, *, name: str, media_type: str, size: int, sha256: str, connection_id: UUID | None = None
) -> AttachmentRead:
    """One that waits to be sent along; given on the page of `connection_id`, when by a visitor."""
    found = AttachmentRead(id=new_id(), name=plain_name(name), media_type=media_type, size=size, state="stored", url=None)
    await work.execute(sql.ADD, work.workspace_id, found.id, work.now, found.name, media_type, size, sha256, connection_id)
    found.url = f"/api/v1/attachments/{found.id}"
    return found


async def read_file(work: UnitOfWork, attachment_id: UUID) -> asyncpg.Record:
    """name, media_type, sha256 of one that is here. Raises AttachmentNotFound."""
    row = await work.row(sql.ONE, work.workspace_id, attachment_id)
    if row is None:
        raise AttachmentNotFound("no such file, or it is not here yet")
    return row


async def files_of(work: UnitOfWork, message_id: UUID) -> list[asyncpg.Record]:
    return await work.fetch(sql.OF_MESSAGE, work.workspace_id, message_id)


async def settle_file(work: UnitOfWork, attachment_id: UUID, message_id: UUID | None, outcome: Outcome) -> None:
    given: tuple[Any, ...] = (outcome.state, outcome.detail[:300], outcome.due, outcome.sha256, outcome.size, outcome.media_type)
    await work.execute(sql.SETTLE, work.workspace_id, attachment_id, *given)
    if message_id is not None:
        await work.execute(sql.GROWN, work.workspace_id, message_id)
        work.touch(MESSAGE_CHANGE, [message_id])


async def forget_unsent(conn: asyncpg.Connection, now: datetime) -> list[str]:
    """Removes rows of files that visitors gave and no message took for a day; the hashes that nothing names any more. Must run as
    the role duty."""
    return [row["sha256"] for row in await conn.fetch(sql.NEVER_SENT, now - UNSENT_FOR)]
