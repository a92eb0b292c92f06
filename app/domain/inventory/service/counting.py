"""Counting a place while it sells: each line is held against the ledger at the time somebody looked at the shelf."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import lock_objects, next_numbers
from app.core.paging import page, read_cursor
from app.domain.inventory.errors import FromTheFuture, KeyReused, Settled, UnknownCount
from app.domain.inventory.floor_schemas import CountCreate, CountLinePage, CountLineRead, CountLinesWrite, CountPage, CountRead
from app.domain.inventory.service import moving
from app.domain.inventory.service.moving import Move
from app.domain.inventory.store import count as sql


async def begin_count(work: UnitOfWork, data: CountCreate) -> CountRead:
    """Raises UnknownLocation, or KeyReused when the key began the count of another place."""
    await lock_objects(work, [f"count:{data.key}"])
    location_id = await moving.find_location(work, data.location)
    known = await work.value(sql.BY_KEY, work.workspace_id, data.key)
    if known is not None:
        found = await read_count(work, known)
        if found.location_id != location_id:
            raise KeyReused("the key began the count of another place", fields={"key": "already used"})
        return found
    made = new_id()
    number = await next_numbers(work, "stock_count", 1)
    await work.execute(sql.CREATE, work.workspace_id, made, work.now, number, data.key, data.name.strip(), location_id)
    work.touch(sql.COUNT_CHANGE, [made])
    return await read_count(work, made)


async def enter_lines(work: UnitOfWork, count_id: UUID, data: CountLinesWrite) -> CountRead:
    """Raises UnknownCount, Settled, UnknownSku, SkuTwice, IsBundle, FromTheFuture."""
    _still_open(await _held(work, count_id))
    late = [line.sku for line in data.lines if line.at is not None and line.at > work.now]
    if late:
        raise FromTheFuture(f"{late[0]} was counted at a time that has not come", fields={"lines": "at lies in the future"})
    variants = await moving.find_variants(work, [line.sku for line in data.lines])
    await work.execute(
        sql.ENTER, work.workspace_id, count_id, variants, [line.units for line in data.lines],
        [line.at or work.now for line in data.lines],
    )  # fmt: skip
    return await _settle(work, count_id, "open")


async def apply_count(work: UnitOfWork, count_id: UUID) -> CountRead:
    """One ledger row a line, also where nothing differs: somebody looked. Applying again changes nothing.
    Raises UnknownCount, Settled for a dropped one, BelowZero."""
    row = await _held(work, count_id)
    if row["state"] == "applied":
        return await read_count(work, count_id)
    _still_open(row)
    await work.execute(sql.HERE, work.workspace_id, count_id, row["location_id"])
    found = await work.fetch(sql.DIFFERENCES, work.workspace_id, count_id)
    told = await read_count(work, count_id)
    await moving.move_many(
        work,
        [
            Move(
                variant_id=line["variant_id"], location_id=row["location_id"], kind="count", on_hand=line["difference"],
                source="count", source_ref=str(count_id), reason=told.name,
            )
            for line in found
        ],
    )  # fmt: skip
    await work.execute(
        sql.APPLIED, work.workspace_id, count_id, [line["variant_id"] for line in found], [line["difference"] for line in found]
    )
    return await _settle(work, count_id, "applied")


async def drop_count(work: UnitOfWork, count_id: UUID) -> CountRead:
    """Nothing moves. Raises UnknownCount, Settled for an applied one."""
    row = await _held(work, count_id)
    if row["state"] == "dropped":
        return await read_count(work, count_id)
    _still_open(row)
    return await _settle(work, count_id, "dropped")


async def _held(work: UnitOfWork, count_id: UUID) -> Any:
    row = await work.row(sql.LOCK, work.workspace_id, count_id)
    if row is None:
        raise UnknownCount("no such count")
    return row


def _still_open(row: Any) -> None:
    if row["state"] != "open":
        raise Settled(f"this count was {row['state']} already; begin another one")


async def _settle(work: UnitOfWork, count_id: UUID, state: str) -> CountRead:
    await work.execute(sql.SETTLE, work.workspace_id, count_id, state, work.now)
    work.touch(sql.COUNT_CHANGE, [count_id])
    return await read_count(work, count_id)


async def read_count(work: UnitOfWork, count_id: UUID) -> CountRead:
    found = await work.shapes(CountRead, sql.COUNT_CHANGE.one(), work.workspace_id, [count_id])
    if not found:
        raise UnknownCount("no such count")
    return found[0]


async def list_counts(work: UnitOfWork, *, state: str | None, cursor: str | None, limit: int) -> CountPage:
    """Newest first."""
    before = read_cursor(cursor, tuple[UUID])[0] if cursor else None
    rows = await work.fetch(sql.LIST, work.workspace_id, state, before, limit + 1)
    found = [msgspec.json.decode(row["row"], type=CountRead) for row in rows if row["row"]]
    kept, next_cursor = page(found, limit, "id")
    return CountPage(items=kept, next_cursor=next_cursor, as_of_seq=rows[0]["as_of"])


async def list_lines(work: UnitOfWork, count_id: UUID, *, cursor: str | None, limit: int) -> CountLinePage:
    """By SKU. Raises UnknownCount."""
    await read_count(work, count_id)
    after = read_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await work.fetch(sql.LINES, work.workspace_id, count_id, after, limit + 1)
    found = [msgspec.json.decode(row["row"], type=CountLineRead) for row in rows if row["row"]]
    kept, next_cursor = page(found, limit, "sku")
    return CountLinePage(items=kept, next_cursor=next_cursor, as_of_seq=rows[0]["as_of"])
