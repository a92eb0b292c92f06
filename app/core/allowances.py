"""How often somebody may do a thing, counted in the database: the limit holds over processes and restarts."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork
from app.core.errors import TooMany

FORGOTTEN_AFTER = timedelta(days=1)
"""Long enough for every bucket to have filled again."""

LEFT = "least($6::float8, a.tokens + greatest(extract(epoch from $5 - a.at), 0) * $7::float8 / 60)"
TAKE = f"""
insert into allowance as a (workspace_id, subject_id, what, who, tokens, at) values ($1, $2, $3, $4, $6::float8 - 1, $5)
on conflict (workspace_id, subject_id, what, who) do update set at = greatest(a.at, $5), tokens = {LEFT} - 1
where {LEFT} >= 1
returning true
"""
WAITING = f"select {LEFT} from allowance a where workspace_id = $1 and subject_id = $2 and what = $3 and who = $4"


async def spend(work: UnitOfWork, subject_id: UUID, what: str, who: str, *, burst: int, per_minute: float) -> None:
    """Raises TooMany with the seconds to wait. What was refused costs nothing."""
    key = (work.workspace_id, subject_id, what, hashlib.sha256(who.encode()).hexdigest()[:32], work.now, float(burst), per_minute)
    if await work.value(TAKE, *key):
        return
    left: float = await work.value(WAITING, *key)
    raise TooMany("slow down a little", extra={"after": max(1, round((1 - left) * 60 / per_minute))})


async def forget_full(conn: asyncpg.Connection, now: datetime) -> None:
    """Must run as the role duty."""
    await conn.execute("delete from allowance where at < $1", now - FORGOTTEN_AFTER)
