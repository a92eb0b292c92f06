"""The audit that proves balances against the ledger, and the rebuild that sets them to it. The ledger never changes."""

from __future__ import annotations

import msgspec

from app.core.db import UnitOfWork
from app.domain.catalog.service import LISTING_CHANGE
from app.domain.inventory.service.incidents import settle_incidents
from app.domain.inventory.store import audit as sql
from app.domain.inventory.store.places import STIR
from app.domain.inventory.store.read import STOCK_CHANGE


class Lie(msgspec.Struct, kw_only=True):
    """`what` says a number that is not the `truth`. on_hand, reserved, damaged, quality, safety, incoming: the sum of the
    movements; balance: movements without one; negative: fewer than none on hand; open_orders: reserved against open
    reservations; on_its_way: incoming against open goods; allocation: where a reservation's units stand against its quantity;
    incident: units of the open oversell against the shortage. A lie of no one place has no location."""

    what: str
    sku: str
    location: str | None
    says: int
    truth: int


async def audit_stock(work: UnitOfWork) -> list[Lie]:
    """No rows = every number follows from the ledger and from the open reservations and goods."""
    return await work.shapes(Lie, sql.AUDIT, work.workspace_id)


async def rebuild_stock(work: UnitOfWork) -> int:
    """Sets balances that lie to what the ledger says; how many there were. Their listings are pushed anew."""
    await work.execute(sql.MISSING, work.workspace_id, work.now)
    await work.execute(sql.HOLD, work.workspace_id)
    rows = await work.fetch(sql.REBUILD, work.workspace_id, work.now)
    work.touch(STOCK_CHANGE, [row["id"] for row in rows])
    stirred = sorted({row["variant_id"] for row in rows})
    if stirred:
        dirty = await work.fetch(STIR, work.workspace_id, work.now, None, stirred)
        work.touch(LISTING_CHANGE, [row["listing_id"] for row in dirty])
        work.wake("push")
        await settle_incidents(work, stirred, cause="count")
    return len(rows)
