"""Feeds whose channel tells of news by itself, and a feed that is asked at once because there are some."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork

MOST = 500
LISTENED = """
select f.workspace_id, f.id, f.connection_id, f.name from feed f
join connection c on c.workspace_id = f.workspace_id and c.id = f.connection_id
where c.state = 'ready' and (c.channel, f.name) in (select * from unnest($1::text[], $2::text[])) order by f.id limit $3
"""
ASK_NOW = """
update feed set due_at = least(due_at, $3) where workspace_id = $1 and id = $2 and (lease_until is null or lease_until <= $3) returning id
"""


async def listened(conn: asyncpg.Connection, feeds: list[tuple[str, str]]) -> list[Any]:
    """Of ready connections, by (channel, feed)."""
    return list(await conn.fetch(LISTENED, [channel for channel, _ in feeds], [name for _, name in feeds], MOST))


async def ask_now(work: UnitOfWork, feed_id: UUID) -> bool:
    """False while the feed is being pulled: what is new may be missing in that answer, so try again."""
    if not await work.fetch(ASK_NOW, work.workspace_id, feed_id, work.now):
        return False
    work.wake("pull")
    return True
