"""Taking waiting work: due rows get a lease, so that a worker that dies gives them back by doing nothing.

Claims of one table take turns over all processes (an advisory lock held for a millisecond), which makes "one in flight
per key" and the cap per workspace exact.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from app.core.ids import new_id

LEASE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`ready` is the condition on table alias t; `$now` stands for the time. `key` is an expression on t: at most one row
    of a key is in flight. `returning` are columns of t."""

    table: str
    ready: str
    returning: str
    order: str = "due_at, id"
    key: str = ""
    identity: str = "id"
    lease_s: float = LEASE_S
    per_workspace: int = 200


async def claim(conn: asyncpg.Connection, queue: Queue, *, now: datetime, limit: int) -> tuple[UUID, list[asyncpg.Record]]:
    """The lease token and the rows taken. Must run inside `Database.across()`."""
    await conn.execute("select pg_advisory_xact_lock($1)", zlib.crc32(queue.table.encode()))
    token = new_id()
    rows = await conn.fetch(statement_of(queue), now, now + timedelta(seconds=queue.lease_s), token, limit)
    return token, rows


def statement_of(queue: Queue) -> str:
    free = "(t.lease_until is null or t.lease_until <= $1)"
    busy = (
        f"and not exists (select 1 from {queue.table} f where f.workspace_id = t.workspace_id "
        f"and {queue.key.replace('t.', 'f.')} = {queue.key} and f.lease_until > $1)"
        if queue.key
        else ""
    )
    first = f"row_number() over (partition by t.workspace_id, {queue.key} order by {_on(queue.order)})" if queue.key else "1"
    return (
        f"with due as (select t.workspace_id, t.{queue.identity} as id_, {first} as nth_of_key, "
        f"row_number() over (partition by t.workspace_id order by {_on(queue.order)}) as nth "
        f"from {queue.table} t where {queue.ready.replace('$now', '$1')} and {free} {busy} "
        f"order by {_on(queue.order)} limit $4::int * 8), "
        f"picked as (select workspace_id, id_ from due where nth_of_key = 1 and nth <= {queue.per_workspace} limit $4), "
        f"taken as (update {queue.table} t set lease_until = $2, lease_token = $3, attempts = t.attempts + 1 from picked p "
        f"where t.workspace_id = p.workspace_id and t.{queue.identity} = p.id_ and {free} returning {queue.returning}) "
        f"select * from taken t order by {_on(queue.order)}"
    )


def _on(order: str) -> str:
    return ", ".join(f"t.{part.strip()}" for part in order.split(","))


def backoff(attempt: int, *, base: float = 2.0, cap: float = 900.0, spread: float = 0.5) -> timedelta:
    """Doubling waits; `spread` in 0..1 is the jitter to add, given by the caller."""
    return timedelta(seconds=min(cap, base * 2 ** max(attempt - 1, 0)) * (0.75 + spread / 2))


async def free_leases(conn: asyncpg.Connection, tables: Iterable[str], *, now: datetime) -> None:
    """For the only worker there is, at its start: whoever held a lease is dead. Must run as the role duty."""
    for table in tables:
        await conn.execute(f"update {table} set lease_until = $1 where lease_until > $1", now)
