"""Feeds: pulled when due, page by page; the cursor is stored in the transaction that stores the page."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.core.claims import Queue, backoff, claim
from app.core.db import UnitOfWork
from app.core.errors import Down
from app.core.logs import log
from app.domain.connections import service as connections
from app.pipeline.budget import block, come_back, take_budget
from app.pipeline.handlers import handle
from app.pipeline.house import House
from app.pipeline.ingest import Read, read_all, source_of, store, unknown_of
from app.pipeline.opening import Open
from connectors.base.contract import Batch
from connectors.base.errors import AuthExpired, ChannelError, RateLimited, Refused, Unavailable
from connectors.base.manifest import Feed

QUEUE = Queue(
    table="feed",
    ready="t.due_at <= $now",
    returning="t.workspace_id, t.id, t.connection_id, t.name, t.cursor, t.attempts, t.due_at",
    lease_s=90.0,
)
NEXT = """
update feed set cursor = $4, due_at = $5, behind = $6, lease_until = null, lease_token = null, attempts = 0, last_pull_at = $7,
  last_success_at = $7, last_error = '', pulled = pulled + $8,
  about = case when first_done_at is null then coalesce($9, about) else about end,
  first_done_at = case when $6 then first_done_at else coalesce(first_done_at, $7) end
where workspace_id = $1 and id = $2 and lease_token = $3
"""
LATER = """
update feed set due_at = $4, lease_until = null, lease_token = null, last_pull_at = $5, last_error = $6::text,
  attempts = case when $6::text = '' then 0 else attempts end
where workspace_id = $1 and id = $2 and lease_token = $3
"""


async def pull_round(house: House) -> int:
    """Pulls one page of each feed that is due; how many feeds that were."""
    async with house.db.across() as conn:
        token, rows = await claim(conn, QUEUE, now=house.db.clock.now(), limit=8)
    if rows:
        await asyncio.gather(*(_pull(house, row, token) for row in rows))
    return len(rows)


async def _pull(house: House, row: Any, token: UUID) -> None:
    now = house.db.clock.now()
    opened = await house.connectors.open(row["workspace_id"], row["connection_id"])
    feed = opened.manifest.feed(row["name"])
    if feed is None or opened.state != "ready":
        await _later(house, row, token, 60.0, "")
        return
    async with house.db.across() as conn:
        granted, wait = await take_budget(
            conn, row["workspace_id"], row["connection_id"], manifest=opened.manifest, operation=feed.operation, now=now, wanted=1
        )
    if not granted:
        await _later(house, row, token, wait, "")
        return
    try:
        batch = await _ask(opened, row)
        await _keep(house, opened, row, feed, batch, token)
    except ChannelError as error:
        await _failed(house, row, feed, error, token)
    except Down:
        raise
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        log.error("page not kept", connection=opened.connection_id, feed=feed.name, error=words)
        wait = backoff(row["attempts"], base=2.0, cap=max(feed.every_s, 300.0)).total_seconds()
        await _later(house, row, token, wait, f"not_kept: {words}")


async def _ask(opened: Open, row: Any) -> Batch:
    """Raises only ChannelError: what a connector did not foresee is one more way of not answering."""
    try:
        return await opened.connector.pull(row["name"], row["cursor"])
    except (ChannelError, Down):
        raise
    except Exception as error:
        log.error("connector raised", channel=opened.channel, feed=row["name"], error=f"{type(error).__name__}: {error}")
        raise Unavailable(f"{type(error).__name__}: {error}", code="connector_error") from error


async def _keep(house: House, opened: Open, row: Any, feed: Feed, batch: Batch, token: UUID) -> None:
    async with house.db.unit(opened.workspace_id) as work:
        fresh = await unknown_of(work, opened, batch.deliveries)
    reads = await read_all(opened, [Read(delivery=delivery) for delivery in fresh])
    try:
        await _store_page(house, opened, row, feed, batch, reads, token)
    except Exception as error:
        log.warning("page taken apart", connection=opened.connection_id, feed=feed.name, error=f"{type(error).__name__}: {error}")
        for one in reads:
            one.events, one.state = [], "received"
        await _store_page(house, opened, row, feed, batch, reads, token)


async def _store_page(house: House, opened: Open, row: Any, feed: Feed, batch: Batch, reads: list[Read], token: UUID) -> None:
    """Deliveries, what they say and the cursor, or nothing. A page that cannot be applied is stored unread and goes through
    ingest one by one."""
    async with house.db.unit(opened.workspace_id) as work:
        kept = await store(work, opened, reads)
        await handle(work, source_of(opened), [(event, one.row) for one in kept for event in one.events])
        left = [one.row for one in kept if one.state == "received"]
        if left:
            await work.execute(
                "update delivery set due_at = $3 where workspace_id = $1 and id = any($2)", work.workspace_id, left, work.now
            )
            work.wake("ingest")
        due = work.now if batch.more else work.now + timedelta(seconds=feed.every_s)
        await work.execute(
            NEXT, work.workspace_id, row["id"], token, batch.cursor, due, batch.more, work.now, len(kept), batch.about
        )
        await connections.mark_success(work, opened.connection_id, news=bool(kept))


async def _later(house: House, row: Any, token: UUID, seconds: float, error: str) -> None:
    now = house.db.clock.now()
    async with house.db.unit(row["workspace_id"]) as work:
        await work.execute(LATER, work.workspace_id, row["id"], token, now + timedelta(seconds=seconds), now, error[:500])


async def _failed(house: House, row: Any, feed: Feed, error: ChannelError, token: UUID) -> None:
    now = house.db.clock.now()
    wait = backoff(row["attempts"], base=2.0, cap=max(feed.every_s, 300.0)).total_seconds()
    if isinstance(error, RateLimited | Unavailable) and error.after:
        wait = max(wait, min(error.after, 3600.0))
    if isinstance(error, RateLimited):
        async with house.db.across() as conn:
            await block(
                conn, row["workspace_id"], row["connection_id"], operation=feed.operation, until=come_back(now, error.after)
            )
    await _later(house, row, token, wait, f"{error.code}: {error.detail}")
    async with house.db.unit(row["workspace_id"]) as work:
        await note_failure(work, row["connection_id"], error)


async def note_failure(work: UnitOfWork, connection_id: UUID, error: ChannelError) -> None:
    """A lost access breaks the connection until its owner mends it; anything else is counted towards the breaker."""
    await connections.mark_failure(
        work,
        connection_id,
        code=error.code,
        detail=error.detail,
        broken=isinstance(error, AuthExpired),
        fix=error.fix if isinstance(error, Refused) else "",
    )
