"""Changing what is on hand: adjustments by people and programs, first counts, returns."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.inventory.errors import BelowZero, KeyReused, UnknownLocation, UnknownSku
from app.domain.inventory.schemas import MovementCreate, StockRead
from app.domain.inventory.service.incidents import settle_incidents
from app.domain.inventory.service.reserving import note
from app.domain.inventory.store import move as sql
from app.domain.inventory.store.read import STOCK


class Move(Struct, frozen=True, kw_only=True):
    """`on_hand` and `unavailable` are changes. (source, source_ref, kind) names it: a repeat moves nothing."""

    variant_id: UUID
    location_id: UUID
    kind: str
    on_hand: int = 0
    unavailable: int = 0
    source: str
    source_ref: str
    reason: str = ""


async def move_stock(work: UnitOfWork, data: MovementCreate) -> StockRead:
    """Raises UnknownSku, UnknownLocation, BelowZero, or KeyReused when the key stands for another movement."""
    variant = await work.row(sql.VARIANT, work.workspace_id, data.sku)
    if variant is None:
        raise UnknownSku(f"no variant has the SKU {data.sku!r}; add it first", fields={"sku": "unknown"})
    location_id = await find_location(work, data.location)
    known = await work.row(sql.SAME, work.workspace_id, "api", data.key, variant["id"], data.delta)
    if known is not None and not known["same"]:
        raise KeyReused(f"the key {data.key!r} stands for another movement", fields={"key": "already used"})
    if known is None:
        move = Move(
            variant_id=variant["id"], location_id=location_id, kind="adjust", on_hand=data.delta,
            source="api", source_ref=data.key, reason=data.reason,
        )  # fmt: skip
        await move_many(work, [move])
    (row,) = await work.shapes(
        StockRead, f"{STOCK} and b.variant_id = $2 and b.location_id = $3", work.workspace_id, variant["id"], location_id
    )
    return row


async def move_many(work: UnitOfWork, moves: Sequence[Move]) -> None:
    """Writes the ledger rows that are new, with their balances. Raises BelowZero when a place would have less than none."""
    if not moves:
        return
    places = sorted({(move.variant_id, move.location_id) for move in moves})
    await work.conn.executemany(
        sql.PLACE, [(work.workspace_id, new_id(), work.now, variant, location) for variant, location in places]
    )
    rows = await work.fetch(
        sql.MOVE, work.workspace_id, work.now,
        [move.variant_id for move in moves], [move.location_id for move in moves], [move.kind for move in moves],
        [move.on_hand for move in moves], [move.unavailable for move in moves], [move.source for move in moves],
        [move.source_ref for move in moves], [move.reason for move in moves], work.actor.member_id,
    )  # fmt: skip
    if any(row["what"] == "balance" and row["on_hand"] < 0 for row in rows):
        raise BelowZero("there would be fewer than none on hand; count the place and enter what is there")
    variants = note(work, rows)
    if variants:
        await settle_incidents(work, variants, cause="count")


async def find_location(work: UnitOfWork, name: str | None) -> UUID:
    """By name or id; the first own one when none is named, made when there is none at all."""
    row = await work.row(sql.LOCATION, work.workspace_id, name)
    if row is not None:
        return UUID(str(row["id"]))
    if name is not None:
        known = [
            place["name"]
            for place in await work.fetch("select name from location where workspace_id = $1 order by rank", work.workspace_id)
        ]
        raise UnknownLocation(
            f"no location is called {name!r}; there are: {', '.join(known) or 'none'}", fields={"location": "unknown"}
        )
    return await add_location(work, "Main", rank=0)


async def add_location(work: UnitOfWork, name: str, *, rank: int, kind: str = "own") -> UUID:
    made = await work.value(sql.NEW_LOCATION, work.workspace_id, new_id(), work.now, name, kind, rank)
    if made is not None:
        return UUID(str(made))
    row = await work.row(sql.LOCATION, work.workspace_id, name)
    assert row is not None
    return UUID(str(row["id"]))


async def count_stock(work: UnitOfWork, counts: Sequence[tuple[UUID, UUID, int]], *, source_ref: str, reason: str) -> None:
    """(variant, location, units there now): the ledger gets the difference to what it said, reserved units included."""
    if not counts:
        return
    now_there = {
        (row["variant_id"], row["location_id"]): row["on_hand"]
        for row in await work.fetch(
            "select variant_id, location_id, on_hand from balance where workspace_id = $1 and variant_id = any($2) for no key update",
            work.workspace_id, [variant for variant, _, _ in counts],
        )
    }  # fmt: skip
    await move_many(
        work,
        [
            Move(
                variant_id=variant, location_id=location, kind="count", source="count", source_ref=source_ref, reason=reason,
                on_hand=units - now_there.get((variant, location), 0),
            )
            for variant, location, units in counts
        ],
    )  # fmt: skip
