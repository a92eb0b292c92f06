"""The stamped past of a workspace, read from the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from msgspec import Raw

from app.core.db import Database
from app.live.protocol import StampedChange

PAGE = 500
REPLAYED_MOST = 5000
"""Further back than this, loading afresh is cheaper for both sides."""


@dataclass(frozen=True, slots=True)
class Head:
    """`oldest` is the last seq that was forgotten: cursors before it are too old."""

    seq: int = 0
    oldest: int = 0


async def head(db: Database, workspace_id: UUID) -> Head:
    async with db.unit(workspace_id) as work:
        row = await work.row("select seq, oldest from outbox_head where workspace_id = $1", workspace_id)
    return Head(row["seq"], row["oldest"]) if row else Head()


async def changes_after(db: Database, workspace_id: UUID, seq: int, *, limit: int = PAGE) -> list[StampedChange]:
    """In order."""
    async with db.unit(workspace_id) as work:
        rows = await work.fetch(
            "select seq, kind, room, entity_id, version, payload::text as payload from outbox "
            "where workspace_id = $1 and seq > $2 order by seq limit $3",
            workspace_id,
            seq,
            limit,
        )
    return [
        StampedChange(
            row["seq"], row["kind"], row["room"], row["entity_id"], row["version"], Raw((row["payload"] or "null").encode())
        )
        for row in rows
    ]


def is_too_old(cursor: int, *, oldest: int, latest: int) -> bool:
    """A cursor from the future belongs to a database that is gone."""
    return cursor < oldest or cursor > latest or latest - cursor > REPLAYED_MOST


async def replayed(
    db: Database, workspace_id: UUID, *, after: int, upto: int, rooms: frozenset[str]
) -> AsyncIterator[StampedChange]:
    """Changes in (after, upto] that these rooms may show."""
    while after < upto:
        changes = await changes_after(db, workspace_id, after)
        for change in changes:
            if change.seq <= upto and change.room in rooms:
                yield change
        after = changes[-1].seq if changes else upto
