"""The first count: what channels show of variants nobody counted, and the owner's decisions. Nothing is pushed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.paging import page, read_cursor
from app.domain.inventory.errors import Settled, UnknownConnection
from app.domain.inventory.floor_schemas import OpeningCreate, OpeningDone, Uncounted, UncountedPage
from app.domain.inventory.service import moving
from app.domain.inventory.service.moving import Move
from app.domain.inventory.store import count as sql
from app.domain.inventory.store import move as places
from app.domain.inventory.store.places import CONNECTION


async def list_uncounted(work: UnitOfWork, *, differing: bool, cursor: str | None, limit: int) -> UncountedPage:
    """By SKU. A channel's number is what it has left; on hand were its own open orders of before as well."""
    after = read_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await work.fetch(sql.OPENING, work.workspace_id, after, differing, limit + 1)
    found = [msgspec.json.decode(row["row"], type=Uncounted) for row in rows if row["row"]]
    kept, next_cursor = page(found, limit, "sku")
    first = rows[0]
    return UncountedPage(
        items=kept, next_cursor=next_cursor, as_of_seq=first["as_of"], uncounted=first["uncounted"], differ=first["differ"],
        unread=first["unread"],
    )  # fmt: skip


async def open_stock(work: UnitOfWork, data: OpeningCreate) -> OpeningDone:
    """Raises UnknownSku, SkuTwice, IsBundle, UnknownLocation, UnknownConnection, or Settled when a named variant has a count
    already. The same key again counts nothing twice."""
    location_id = await moving.find_location(work, data.location)
    decided = dict(
        zip(await moving.find_variants(work, [line.sku for line in data.lines]), (line.units for line in data.lines), strict=True)
    )
    shown = await _shown_by(work, data.connection_id) if data.connection_id else {}
    counts = {**shown, **decided}
    taken = await _uncounted(work, counts, location_id, data.key, named=decided.keys())
    await moving.move_many(
        work,
        [
            Move(
                variant_id=variant, location_id=location_id, kind="count", on_hand=counts[variant] - on_hand, source="opening",
                source_ref=data.key, reason="first count" if variant in decided else "first count, as the channel shows it",
            )
            for variant, on_hand in taken.items()
        ],
    )  # fmt: skip
    return OpeningDone(counted=len(taken), left=await work.value(sql.LEFT, work.workspace_id))


async def _shown_by(work: UnitOfWork, connection_id: UUID) -> Mapping[UUID, int]:
    if await work.value(CONNECTION, work.workspace_id, connection_id) is None:
        raise UnknownConnection("no such connection", fields={"connection_id": "unknown"})
    rows = await work.fetch(sql.SHOWN_BY, work.workspace_id, str(connection_id))
    return {row["variant_id"]: max(row["units"], 0) for row in rows}


async def _uncounted(
    work: UnitOfWork, counts: Mapping[UUID, int], location_id: UUID, key: str, *, named: Any
) -> Mapping[UUID, int]:
    """Variants that still wait for their first count, with what the ledger says is there; held until the end of the unit."""
    variants: Sequence[UUID] = sorted(counts)
    await work.execute(
        places.PLACE, work.workspace_id, work.now, [new_id() for _ in variants], variants, [location_id for _ in variants]
    )
    rows = await work.fetch(sql.OPENED, work.workspace_id, variants, location_id, key)
    counted = {row["variant_id"] for row in rows if row["counted"]}
    repeated = {row["variant_id"] for row in rows if row["by_this"]}
    if any(variant in counted and variant not in repeated for variant in named):
        raise Settled("one of them has a count already; adjust it or count the place", fields={"lines": "counted already"})
    return {row["variant_id"]: row["on_hand"] for row in rows if row["here"] and row["variant_id"] not in counted}
