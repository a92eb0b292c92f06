"""Changing what is on hand: adjustments by people and programs, first counts, returns."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.inventory.errors import BelowZero, IsBundle, KeyReused, SkuTwice, UnknownLocation, UnknownSku
from app.domain.inventory.schemas import MovementCreate, StockRead
from app.domain.inventory.service.incidents import settle_incidents
from app.domain.inventory.service.reserving import note
from app.domain.inventory.store import move as sql
from app.domain.inventory.store.read import STOCK


class Move(Struct, frozen=True, kw_only=True):
    """Changes of what is there. (source, source_ref, kind) with the place names it: a repeat moves nothing."""

    variant_id: UUID
    location_id: UUID
    kind: str
    on_hand: int = 0
    damaged: int = 0
    quality: int = 0
    safety: int = 0
    incoming: int = 0
    source: str
    source_ref: str
    reason: str = ""
    order_id: UUID | None = None


COLUMNS = (
    "variant_id", "location_id", "kind", "on_hand", "damaged", "quality", "safety", "incoming", "source", "source_ref", "reason",
    "order_id",
)  # fmt: skip
AT_ONCE = 5000
"""Ledger rows of one statement."""
MANY = 500
CHANGES = ("variant_id", "location_id", "on_hand", "damaged", "quality", "safety", "incoming")


class Place(Struct, frozen=True, kw_only=True):
    """One balance after it moved."""

    variant_id: UUID
    location_id: UUID
    on_hand: int
    unavailable: int
    free: int


async def move_stock(work: UnitOfWork, data: MovementCreate) -> StockRead:
    """Raises UnknownSku, UnknownLocation, IsBundle, BelowZero, or KeyReused when the key stands for another movement."""
    variant_id = await find_variant(work, data.sku)
    location_id = await find_location(work, data.location)
    await move_once(
        work,
        Move(
            variant_id=variant_id, location_id=location_id, kind="adjust", on_hand=data.delta, source="api",
            source_ref=data.key, reason=data.reason,
        ),
    )  # fmt: skip
    return await read_place(work, variant_id, location_id)


async def move_once(work: UnitOfWork, move: Move) -> list[Place]:
    """Raises KeyReused when its key stands for another movement; a repeat of the same one moves nothing."""
    known = await work.row(sql.KNOWN, work.workspace_id, move.source, move.source_ref, move.kind)
    if known is None:
        return await move_many(work, [move])
    if any(known[name] != getattr(move, name) for name in CHANGES):
        raise KeyReused(f"the key {move.source_ref!r} stands for another movement", fields={"key": "already used"})
    return []


async def read_place(work: UnitOfWork, variant_id: UUID, location_id: UUID) -> StockRead:
    found = await work.shapes(
        StockRead, f"{STOCK} and b.variant_id = $2 and b.location_id = $3", work.workspace_id, variant_id, location_id
    )
    if not found:
        raise UnknownLocation("nothing of this variant was ever there", fields={"location": "holds none"})
    return found[0]


async def move_many(work: UnitOfWork, moves: Sequence[Move]) -> list[Place]:
    """Writes the ledger rows that are new, with their balances. Raises BelowZero when a place would have less than none."""
    ordered = sorted(moves, key=lambda move: (move.variant_id, move.location_id))
    told: list[Place] = []
    if len(ordered) > MANY:
        await work.execute(sql.IN_BULK)
    for first in range(0, len(ordered), AT_ONCE):
        told += await _move(work, ordered[first : first + AT_ONCE])
    if told:
        await settle_incidents(work, {place.variant_id for place in told}, cause="count")
    return told


async def _move(work: UnitOfWork, moves: Sequence[Move]) -> list[Place]:
    variants, locations = zip(*sorted({(move.variant_id, move.location_id) for move in moves}), strict=True)
    await work.execute(sql.PLACE, work.workspace_id, work.now, [new_id() for _ in variants], variants, locations)
    columns = [[getattr(move, name) for move in moves] for name in COLUMNS]
    try:
        rows = await work.fetch(sql.MOVE, work.workspace_id, work.now, *columns, work.actor.member_id)
    except asyncpg.CheckViolationError as error:
        raise BelowZero("there would be fewer than none set aside or on its way; look at what is there first") from error
    note(work, rows)
    told = [Place(**{name: row[name] for name in Place.__struct_fields__}) for row in rows if row["what"] == "balance"]
    if any(place.on_hand < 0 for place in told):
        raise BelowZero("there would be fewer than none on hand; count the place and enter what is there")
    return told


async def find_variant(work: UnitOfWork, sku: str, *, field: str = "sku") -> UUID:
    """Raises UnknownSku, or IsBundle: a bundle has no units of its own."""
    row = await work.row(sql.VARIANT, work.workspace_id, sku)
    if row is None:
        raise UnknownSku(f"no variant has the SKU {sku!r}; add it first", fields={field: "unknown"})
    if row["is_bundle"]:
        raise IsBundle(f"{row['sku']} is a bundle; move the parts it is made of", fields={field: "is a bundle"})
    return UUID(str(row["id"]))


async def find_variants(work: UnitOfWork, skus: Sequence[str]) -> list[UUID]:
    """In order. Raises UnknownSku, IsBundle, or SkuTwice when one is named twice."""
    asked = [sku.strip().lower() for sku in skus]
    rows = {row["sku"]: row for row in await work.fetch(sql.VARIANTS, work.workspace_id, asked)}
    for number, sku in enumerate(asked):
        if sku not in rows:
            raise UnknownSku(f"no variant has the SKU {sku!r}; add it first", fields={"lines": f"unknown SKU {sku}"})
        if rows[sku]["is_bundle"]:
            raise IsBundle(f"{sku} is a bundle; name the parts it is made of", fields={"lines": f"{sku} is a bundle"})
        if sku in asked[:number]:
            raise SkuTwice(f"{sku} is named twice", fields={"lines": f"{sku} is named twice"})
    return [rows[sku]["id"] for sku in asked]


async def find_location(work: UnitOfWork, name: str | None, *, field: str = "location") -> UUID:
    """By name or id; the first own one when none is named, made when there is none at all. Raises UnknownLocation."""
    row = await work.row(sql.LOCATION, work.workspace_id, name)
    if row is not None and row["kind"] == "channel":
        raise UnknownLocation(f"{row['name']} is a channel's own warehouse; it counts there itself", fields={field: "read only"})
    if row is not None:
        return UUID(str(row["id"]))
    if name is not None:
        known = ", ".join(place["name"] for place in await work.fetch(sql.NAMES, work.workspace_id))
        raise UnknownLocation(f"no location is called {name!r}; there are: {known or 'none'}", fields={field: "unknown"})
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
        for row in await work.fetch(sql.HERE, work.workspace_id, list({variant for variant, _, _ in counts}))
    }
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
