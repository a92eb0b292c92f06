"""From dirty listings to numbers on their way, and what came back. The number is worked out when the push leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app.core.claims import LEASE_S, backoff
from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.catalog.service import LISTING_CHANGE
from app.domain.inventory import rules
from app.domain.inventory.store import push as sql
from connectors.base.commands import LineReceipt, SetStock, StockLine
from connectors.base.manifest import Stocking


async def ready_connections(conn: asyncpg.Connection, now: datetime) -> list[asyncpg.Record]:
    """Connections with listings to push, or in shadow to compare, most urgent first. Runs as the role duty."""
    rows: list[asyncpg.Record] = await conn.fetch(sql.READY, now)
    return rows


async def take_listings(
    conn: asyncpg.Connection, workspace_id: UUID, connection_id: UUID, *, now: datetime, limit: int, every: bool
) -> tuple[UUID, int]:
    """Leases up to `limit` dirty listings; only those at zero unless `every`. One in flight per listing."""
    token = new_id()
    rows = await conn.fetch(sql.TAKE, now, workspace_id, connection_id, now + timedelta(seconds=LEASE_S), token, limit, every)
    return token, len(rows)


async def prepare_push(work: UnitOfWork, token: UUID, stocking: Stocking) -> SetStock | None:
    """The command for the listings leased by `token`; None when none of them needs a call. Committed before it leaves.

    Locked first and read after: a statement that waits for a lock reads the listing anew but the counts as they were."""
    going: list[StockLine] = []
    versions: list[int] = []
    skipped: list[tuple[UUID, int | None, str, datetime | None, int]] = []
    await work.execute(sql.LOCK, work.workspace_id, token)
    for row in await work.fetch(sql.CLAIMED, work.workspace_id, token):
        verdict = _judge(row, stocking, work.now)
        if isinstance(verdict, int):
            going.append(_line(row, verdict))
            versions.append(row["wanted_version"])
        else:
            skipped.append((row["listing_id"], *verdict, row["wanted_version"]))
    if skipped:
        await work.execute(sql.SKIPPED, work.workspace_id, *_columns(skipped))
        work.touch(LISTING_CHANGE, [entry[0] for entry in skipped])
    if not going:
        return None
    key = str(new_id())
    ids = [UUID(line.listing_id) for line in going]
    await work.execute(
        sql.GOING, work.workspace_id, work.now, ids, [line.quantity for line in going], [key] * len(going),
        [new_id() for _ in going], versions,
    )  # fmt: skip
    work.touch(LISTING_CHANGE, ids)
    return SetStock(key=key, lines=tuple(going))


async def settle_shadow(work: UnitOfWork, token: UUID, stocking: Stocking) -> None:
    """The listings leased by `token` belong to a connection that pushes nothing: they are held against the count, and say
    whether they would be changed."""
    await work.execute(sql.LOCK, work.workspace_id, token)
    settled: list[tuple[UUID, int | None, str, datetime | None, int]] = []
    for row in await work.fetch(sql.CLAIMED, work.workspace_id, token):
        wanted, state = would_be(row, stocking)
        settled.append((row["listing_id"], wanted, state, None, row["wanted_version"]))
    if settled:
        await work.execute(sql.SKIPPED, work.workspace_id, *_columns(settled))
        work.touch(LISTING_CHANGE, [entry[0] for entry in settled])


def would_be(row: Any, stocking: Stocking) -> tuple[int | None, str]:
    """(number we would push, how what stands at the channel compares). Read from the channel, or known from our own push."""
    state = standing(row)
    if state:
        return None, state
    target = rules.exposure(row["available"], largest=stocking.largest).quantity
    shown = row["observed"] if row["expected"] is None else row["expected"]
    return target, "unknown" if shown is None else "in_step" if shown == target else "differs"


def standing(row: Any) -> str:
    """The state of a listing that no number can be worked out for; empty when one can."""
    if row["fulfilment"] == "channel":
        return "read_only"
    return "unknown" if row["mapping"] != "confirmed" or not row["counted"] or row["available"] is None else ""


def _judge(row: Any, stocking: Stocking, now: datetime) -> int | tuple[int | None, str, datetime | None]:
    """The number to send, or (wanted, state, not before) of a listing that stays."""
    state = standing(row)
    if state:
        return None, state, None
    target = rules.exposure(row["available"], largest=stocking.largest).quantity
    in_doubt = row["sent_version"] > row["acked_version"]
    if not rules.needs_push(target, expected=row["expected"], in_doubt=in_doubt):
        return target, "in_step", None
    today = row["revisions"] if row["revisions_day"] and row["revisions_day"].date() == now.date() else 0
    if not rules.may_revise(target, per_day=stocking.revisions_per_day, used=today):
        return target, "waiting", (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return target


def _line(row: Any, quantity: int) -> StockLine:
    return StockLine(
        listing_id=str(row["listing_id"]),
        external_id=row["external_id"],
        external_sku=row["external_sku"],
        quantity=quantity,
        expected=row["expected"],
        model=row["model"],
        refs=row["refs"],
    )


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def record_push(work: UnitOfWork, token: UUID, receipts: Sequence[LineReceipt], *, attempt: int) -> int:
    """Writes the outcome of each line still under our lease; how many were. A listing changed meanwhile stays dirty."""
    rows = await work.fetch(
        sql.ANSWERED, work.workspace_id, work.now,
        [UUID(receipt.listing_id) for receipt in receipts], [receipt.outcome for receipt in receipts],
        [receipt.code for receipt in receipts], [receipt.detail[:500] for receipt in receipts],
        [receipt.observed for receipt in receipts], [receipt.floor for receipt in receipts],
        [_again(receipt, work.now, attempt) for receipt in receipts], token,
    )  # fmt: skip
    work.touch(LISTING_CHANGE, [row["listing_id"] for row in rows])
    if any(row["dirty_at"] is not None for row in rows):
        work.wake("push")
    return len(rows)


def _again(receipt: LineReceipt, now: datetime, attempt: int) -> datetime | None:
    if receipt.outcome == "stale":
        return now + timedelta(milliseconds=500)
    if receipt.outcome in ("retry", "unknown"):
        return now + backoff(attempt, base=1.0, cap=300.0)
    return None


async def note_sales(work: UnitOfWork, sales: Sequence[tuple[UUID, int, datetime]]) -> None:
    """(listing, units, sold at): the channel lowered its own count. See `rules.after_sale` for the fence."""
    if sales:
        listings, units, times = zip(*sales, strict=True)
        await work.execute(sql.SOLD, work.workspace_id, work.now, listings, units, times)
