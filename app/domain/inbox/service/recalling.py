"""The first letter of a talk that goes on from another channel tells what was said there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.core.db import UnitOfWork
from app.domain.inbox import rules
from app.domain.inbox.store import cross as sql
from app.domain.inbox.words import tell_buyer
from connectors.base.manifest import Sending

HISTORY_MOST = 20_000


class Said(Struct, kw_only=True):
    direction: str
    at: datetime
    text: str
    buyer: str
    author: str
    files: bool


async def history_for(
    work: UnitOfWork, conversation_id: UUID, thread_id: UUID, sending: Sending | None, *, room: int, without: Sequence[UUID] = ()
) -> str:
    """Empty unless this is the first word of a thread that we begin and the channel carries letters. `room`: characters left."""
    if sending is None or not sending.letters or not await work.value(sql.FIRST_WORD, work.workspace_id, thread_id):
        return ""
    said = await work.shapes(Said, sql.SAID, work.workspace_id, conversation_id, thread_id, list(without))
    row = await work.row(sql.SHOP, work.workspace_id, conversation_id)
    assert row is not None
    file = tell_buyer(row["language"], "file")
    lines = [
        rules.Line(
            who=one.buyer if one.direction == "in" else (one.author or row["shop"]),
            at=one.at,
            text="\n".join(filter(None, (one.text.strip(), file if one.files else ""))),
        )
        for one in reversed(said)
    ]
    return rules.history_of(tell_buyer(row["language"], "history"), lines, min(HISTORY_MOST, room))
