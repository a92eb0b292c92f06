"""Durable before the answer: whatever arrives during one commit shares the next, over all workspaces."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
from msgspec import Struct

from app.core import metrics
from app.core.db import Database
from app.core.ids import new_id
from connectors.base.contract import Delivery

KEEP = """
insert into delivery (workspace_id, id, created_at, connection_id, channel, kind, key, body, headers, state, received_at, due_at)
select k.workspace_id, k.id, $1, k.connection_id, k.channel, k.kind, k.key, k.body, k.headers, 'received', $1, $1
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::jsonb[])
  as k(workspace_id, id, connection_id, channel, kind, key, body, headers)
order by k.workspace_id, k.connection_id, k.key
on conflict (workspace_id, connection_id, key) do nothing returning id
"""
FOLD_MOST = 500


class Arrived(Struct, frozen=True, kw_only=True):
    workspace_id: UUID
    connection_id: UUID
    channel: str
    delivery: Delivery


class Intake:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[Arrived, asyncio.Future[bool]]] = []
        self._running = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def keep(self, arrived: Sequence[Arrived]) -> int:
        """How many were new; all are committed when this returns. Raises Down when they could not be."""
        loop = asyncio.get_running_loop()
        futures = []
        for one in arrived:
            future: asyncio.Future[bool] = loop.create_future()
            self._waiting.append((one, future))
            futures.append(future)
        if not self._running and self._waiting:
            self._running = True
            task = asyncio.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        answers = await asyncio.gather(*futures, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return sum(bool(answer) for answer in answers)

    async def _drain(self) -> None:
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting[:FOLD_MOST], self._waiting[FOLD_MOST:]
            await self._commit(batch)
        self._running = False

    async def _commit(self, batch: list[tuple[Arrived, asyncio.Future[bool]]]) -> None:
        """One bad row must not lose the others: a batch that fails is tried singly."""
        try:
            made = await self._insert([one for one, _ in batch])
        except Exception as error:
            if len(batch) > 1 and isinstance(error, asyncpg.PostgresError):
                for entry in batch:
                    await self._commit([entry])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for number, (one, future) in enumerate(batch):
            if not made[number]:
                metrics.repeats.labels(one.channel).inc()
            if not future.done():
                future.set_result(made[number])
        self._db.on_wake("ingest")

    async def _insert(self, rows: Sequence[Arrived]) -> list[bool]:
        ids = [new_id() for _ in rows]
        async with self._db.single() as conn:
            made = await conn.fetch(
                KEEP, self._db.clock.now(), [row.workspace_id for row in rows], ids, [row.connection_id for row in rows],
                [row.channel for row in rows], [row.delivery.kind for row in rows], [row.delivery.key for row in rows],
                [row.delivery.body for row in rows], [dict(row.delivery.headers) for row in rows],
            )  # fmt: skip
        done = {row["id"] for row in made}
        return [row_id in done for row_id in ids]
