"""Channels that tell of news while we wait: one process at a time holds the line for each feed, and the feed is pulled at once.
Polling goes on beside it, so that a line that is cut costs one period and no message."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any
from uuid import UUID

import asyncpg

from app.core.errors import AppError
from app.core.logs import log
from app.domain.connections.listening import ask_now, listened
from app.pipeline.house import House
from connectors.base.contract import Listening
from connectors.base.errors import ChannelError
from connectors.registry import manifests

LOOK_EVERY_S = 10.0
REST_S = 60.0
AGAIN_S = 0.5
# The lock is this process's own as long as its session lasts, so a process that dies gives the line back. Sessions of a pool
# live on, so one that ends well gives it back itself.
HOLD = "select pg_try_advisory_lock(hashtextextended('listen:' || $1::text, 0))"
LET_ALL_GO = "select pg_advisory_unlock_all()"
LET_GO = "select pg_advisory_unlock(hashtextextended('listen:' || $1::text, 0))"


def telling() -> list[tuple[str, str]]:
    """(channel, feed) of those that can be listened to."""
    return [(key, feed.name) for key, one in manifests().items() for feed in one.feeds if feed.listens]


async def listen_round(house: House, feeds: list[tuple[str, str]]) -> int:
    """Goes on until it is cut off. The session that holds the locks is kept all the while."""
    async with house.db.single() as conn:
        try:
            async with asyncio.TaskGroup() as group:
                lines: dict[UUID, asyncio.Task[None]] = {}
                while feeds:
                    await _look(house, conn, group, lines, feeds)
                    await asyncio.sleep(LOOK_EVERY_S)
        finally:
            if not conn.is_closed():
                await conn.execute(LET_ALL_GO)
    return 0


async def _look(
    house: House,
    conn: asyncpg.Connection,
    group: asyncio.TaskGroup,
    lines: dict[UUID, asyncio.Task[None]],
    feeds: list[tuple[str, str]],
) -> None:
    """Takes up lines nobody holds; lets go of those that ended or whose connection is no longer ready."""
    rows = {row["id"]: row for row in await listened(conn, feeds)}
    for feed_id, line in list(lines.items()):
        if feed_id not in rows:
            line.cancel()
        if line.done() or feed_id not in rows:
            await conn.execute(LET_GO, str(feed_id))
            del lines[feed_id]
    for feed_id in rows.keys() - lines.keys():
        if await conn.fetchval(HOLD, str(feed_id)):
            lines[feed_id] = group.create_task(_hold(house, rows[feed_id]))


async def _hold(house: House, row: Any) -> None:
    """A line that is refused rests before it is tried again: logins that fail too often lock an account."""
    try:
        opened = await house.connectors.open(row["workspace_id"], row["connection_id"])
        if isinstance(opened.connector, Listening):
            async with aclosing(opened.connector.listen(row["name"])) as news:
                async for _ in news:
                    await _ask(house, row)
    except (ChannelError, AppError) as error:
        log.info("line ended", connection=row["connection_id"], feed=row["name"], code=error.code, detail=error.detail)
    except Exception as error:
        log.error("line broke", connection=row["connection_id"], feed=row["name"], error=f"{type(error).__name__}: {error}")
    await asyncio.sleep(REST_S)


async def _ask(house: House, row: Any) -> None:
    asked = False
    while not asked:
        async with house.db.unit(row["workspace_id"]) as work:
            asked = await ask_now(work, row["id"])
        await asyncio.sleep(0 if asked else AGAIN_S)
