"""Rate budgets of connections, spent in the transaction that claims the work."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from connectors.base import limits
from connectors.base.limits import BucketState
from connectors.base.manifest import Manifest

READ = """
select tokens, at, day, day_used, blocked_until from rate_bucket
where workspace_id = $1 and connection_id = $2 and operation = $3 for update
"""
WRITE = """
insert into rate_bucket (workspace_id, connection_id, operation, tokens, at, day, day_used, blocked_until)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (workspace_id, connection_id, operation) do update set tokens = excluded.tokens, at = excluded.at, day = excluded.day,
  day_used = excluded.day_used, blocked_until = excluded.blocked_until
"""


async def take_budget(
    conn: asyncpg.Connection,
    workspace_id: UUID,
    connection_id: UUID,
    *,
    manifest: Manifest,
    operation: str,
    now: datetime,
    wanted: int,
    urgent: bool = True,
) -> tuple[int, float]:
    """Calls granted, and the seconds to wait when none is."""
    bucket = manifest.bucket(operation)
    if bucket is None:
        return wanted, 0.0
    row = await conn.fetchrow(READ, workspace_id, connection_id, operation)
    state = BucketState(**dict(row)) if row else limits.fresh(bucket, now)
    granted, state = limits.take(bucket, state, now, wanted, urgent=urgent)
    await conn.execute(
        WRITE, workspace_id, connection_id, operation, state.tokens, state.at, state.day, state.day_used, state.blocked_until
    )
    return granted, 0.0 if granted else max(limits.wait_s(bucket, state, now), 0.05)


async def block(conn: asyncpg.Connection, workspace_id: UUID, connection_id: UUID, *, operation: str, until: datetime) -> None:
    """The channel said when to come back: nothing of this operation goes before."""
    await conn.execute(
        "update rate_bucket set blocked_until = greatest(blocked_until, $4), tokens = 0 "
        "where workspace_id = $1 and connection_id = $2 and operation = $3",
        workspace_id, connection_id, operation, until,
    )  # fmt: skip


def come_back(now: datetime, after: float) -> datetime:
    """A Retry-After of nothing still means a moment; an absurd one means an hour."""
    return now + timedelta(seconds=min(max(after, 1.0), 3600.0))
