"""Units set aside and units that come back, each one ledger row."""

from __future__ import annotations

from uuid import UUID

from app.core.db import UnitOfWork
from app.domain.inventory import rules
from app.domain.inventory.errors import BelowZero, ReturnedAlready, SameState, UnknownOrder
from app.domain.inventory.floor_schemas import HoldCreate, ReturnCreate
from app.domain.inventory.schemas import StockRead
from app.domain.inventory.service import moving
from app.domain.inventory.store import move as sql


async def hold(work: UnitOfWork, data: HoldCreate) -> StockRead:
    """Raises UnknownSku, UnknownLocation, SameState, KeyReused, or BelowZero when fewer are in that state."""
    if data.taken_from == data.put_to:
        raise SameState("the units are in that state already", fields={"put_to": "the same as taken_from"})
    variant_id = await moving.find_variant(work, data.sku)
    location_id = await moving.find_location(work, data.location)
    damaged, quality, safety = rules.set_aside(data.units, data.taken_from, data.put_to)
    move = moving.Move(
        variant_id=variant_id, location_id=location_id, kind="hold", damaged=damaged, quality=quality, safety=safety,
        source="hold", source_ref=data.key, reason=data.reason,
    )  # fmt: skip
    told = await moving.move_once(work, move)
    if any(place.unavailable > place.on_hand for place in told):
        raise BelowZero("more would be set aside than there is on hand", fields={"units": "more than there is"})
    return await moving.read_place(work, variant_id, location_id)


async def take_back(work: UnitOfWork, data: ReturnCreate) -> StockRead:
    """Raises UnknownSku, UnknownLocation, UnknownOrder, KeyReused, or ReturnedAlready when the order did not sell as many."""
    variant_id = await moving.find_variant(work, data.sku)
    location_id = await moving.find_location(work, data.location)
    came = 0 if data.condition == "missing" else data.units
    reason = data.reason if came else f"{data.units} missing. {data.reason}".strip()
    move = moving.Move(
        variant_id=variant_id, location_id=location_id, kind="return", on_hand=came,
        damaged=came if data.condition == "damaged" else 0, source="return", source_ref=data.key, reason=reason,
        order_id=data.order_id,
    )  # fmt: skip
    if data.order_id is not None:
        await _sold_as_many(work, data.order_id, variant_id, came, data.key)
    await moving.move_once(work, move)
    return await moving.read_place(work, variant_id, location_id)


async def _sold_as_many(work: UnitOfWork, order_id: UUID, variant_id: UUID, came: int, key: str) -> None:
    """Holds the order, so that two returns of it are judged one after the other."""
    row = await work.row(sql.SOLD, work.workspace_id, order_id, variant_id)
    if row is None:
        raise UnknownOrder("no such order", fields={"order_id": "unknown"})
    known = await work.row(sql.KNOWN, work.workspace_id, "return", key, "return")
    if known is None and row["returned"] + came > row["sold"]:
        raise ReturnedAlready(
            f"the order sold {row['sold']} and {row['returned']} came back already", fields={"units": "more than was sold"}
        )
