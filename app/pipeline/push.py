"""Stock: dirty listings to the channel, zeros first, one in flight per listing, absolute numbers worked out as they leave."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from app.core import metrics
from app.core.logs import log
from app.domain.connections import service as connections
from app.domain.inventory.service import pushing
from app.pipeline.budget import block, come_back, take_budget
from app.pipeline.house import House
from app.pipeline.opening import Open
from app.pipeline.pull import note_failure
from connectors.base.commands import LineReceipt, SetStock
from connectors.base.errors import ChannelError, RateLimited, Refused
from connectors.base.manifest import Stocking
from connectors.registry import manifests

DEADLINE_S = 28.0
COMPARED = 200


async def push_round(house: House) -> int:
    """One call for each connection that has something to say; how many listings were taken."""
    async with house.db.across() as conn:
        ready = await pushing.ready_connections(conn, house.db.clock.now())
    taken = await asyncio.gather(*(_push(house, row) for row in ready))
    return sum(taken)


async def _push(house: House, row: Any) -> int:
    return await _tell_channel(house, row) if row["pushes_stock"] else await _compare(house, row)


async def _compare(house: House, row: Any) -> int:
    """In shadow nothing leaves, and no budget is spent."""
    workspace_id, known = row["workspace_id"], manifests().get(row["channel"])
    stocking = known.stocking if known and known.stocking else Stocking(batch=COMPARED)
    async with house.db.across() as conn:
        token, count = await pushing.take_listings(
            conn, workspace_id, row["connection_id"], now=house.db.clock.now(), limit=COMPARED, every=True
        )
    async with house.db.unit(workspace_id) as work:
        await pushing.settle_shadow(work, token, stocking)
    return count


async def _tell_channel(house: House, row: Any) -> int:
    opened = await house.connectors.open(row["workspace_id"], row["connection_id"])
    stocking = opened.manifest.stocking
    if stocking is None:
        return 0
    now = house.db.clock.now()
    async with house.db.across() as conn:
        urgent = row["urgency"] == 0
        granted, _ = await take_budget(
            conn, opened.workspace_id, opened.connection_id, manifest=opened.manifest, operation=stocking.operation, now=now,
            wanted=1, urgent=urgent,
        )  # fmt: skip
        if not granted:
            return 0
        token, count = await pushing.take_listings(
            conn, opened.workspace_id, opened.connection_id, now=now, limit=stocking.batch, every=True
        )
    if not count:
        return 0
    async with house.db.unit(opened.workspace_id) as work:
        command = await pushing.prepare_push(work, token, stocking)
    if command is not None:
        await _tell(house, opened, stocking, command, token)
    return count


async def _tell(house: House, opened: Open, stocking: Stocking, command: SetStock, token: UUID) -> None:
    error: ChannelError | None = None
    try:
        async with asyncio.timeout(DEADLINE_S):
            receipts = (await opened.connector.execute(command)).lines
    except TimeoutError:
        receipts = _all(command, "unknown", "no_answer", "The channel took too long to answer.")
    except ChannelError as failure:
        error = failure
        outcome = "refused" if isinstance(failure, Refused) else "retry"
        receipts = _all(command, outcome, failure.code, failure.detail)
    except Exception as failure:
        log.error("connector raised", channel=opened.channel, error=f"{type(failure).__name__}: {failure}")
        receipts = _all(command, "retry", "connector_error", f"{type(failure).__name__}: {failure}")
    answered = {receipt.listing_id for receipt in receipts}
    silent = [line for line in command.lines if line.listing_id not in answered]
    receipts = (*receipts, *_all(SetStock(key=command.key, lines=tuple(silent)), "retry", "no_answer", "no word of this listing"))
    async with house.db.unit(opened.workspace_id) as work:
        await pushing.record_push(work, token, receipts, attempt=1 if error is None else 3)
        if error is not None:
            await note_failure(work, opened.connection_id, error)
        else:
            await connections.mark_success(work, opened.connection_id, news=False)
        if any(receipt.outcome == "stale" for receipt in receipts):
            await connections.pull_now(work, opened.connection_id, "orders")
    if isinstance(error, RateLimited):
        until = come_back(house.db.clock.now(), error.after)
        async with house.db.across() as conn:
            await block(conn, opened.workspace_id, opened.connection_id, operation=stocking.operation, until=until)
    for receipt in receipts:
        metrics.pushes.labels(opened.channel, receipt.outcome).inc()


def _all(command: SetStock, outcome: str, code: str, detail: str) -> tuple[LineReceipt, ...]:
    return tuple(LineReceipt(listing_id=line.listing_id, outcome=outcome, code=code, detail=detail) for line in command.lines)
