"""What the stock screen asks for."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.core.db import UnitOfWork
from app.core.paging import read_cursor, write_cursor
from app.domain.inventory.schemas import LocationRead, MovementPage, MovementRead, PushRead, StockPage, StockRead
from app.domain.inventory.store import read as sql
from app.domain.inventory.store.places import LOCATION


async def list_stock(work: UnitOfWork, *, q: str, sku: str | None, cursor: str | None, limit: int) -> StockPage:
    after = read_cursor(cursor, tuple[str, str]) if cursor else None
    rows = await work.fetch(
        f"select row_to_json(x)::text as row, {sql.AS_OF} as as_of from ({sql.STOCK} "
        "and ($2 = '' or v.sku ilike '%' || $2 || '%' or v.title ilike '%' || $2 || '%' or v.barcode = $2) "
        "and ($3::text is null or lower(v.sku) = lower($3)) "
        "and ($4::text is null or (v.sku, l.name) > ($4, $5)) order by v.sku, l.name limit $6) x",
        work.workspace_id, q, sku, after[0] if after else None, after[1] if after else None, limit + 1,
    )  # fmt: skip
    items = [msgspec.json.decode(row["row"], type=StockRead) for row in rows]
    more = len(items) > limit
    items = items[:limit]
    return StockPage(
        items=items,
        next_cursor=write_cursor(items[-1].sku, items[-1].location) if more else None,
        as_of_seq=rows[0]["as_of"] if rows else await work.value(f"select {sql.AS_OF}", work.workspace_id),
    )


async def list_movements(work: UnitOfWork, variant_id: UUID, *, cursor: str | None, limit: int) -> MovementPage:
    before = read_cursor(cursor, tuple[int])[0] if cursor else None
    rows = await work.shapes(MovementRead, sql.MOVEMENTS, work.workspace_id, variant_id, before, limit + 1)
    as_of = await work.value(f"select {sql.AS_OF}", work.workspace_id)
    kept = rows[:limit]
    return MovementPage(items=kept, next_cursor=write_cursor(kept[-1].id) if len(rows) > limit else None, as_of_seq=as_of)


async def list_locations(work: UnitOfWork) -> list[LocationRead]:
    return await work.shapes(LocationRead, f"{LOCATION} order by l.rank, l.id", work.workspace_id)


async def list_pushes(work: UnitOfWork, listing_id: UUID) -> list[PushRead]:
    return await work.shapes(PushRead, sql.PUSHES, work.workspace_id, listing_id)
