"""Goods on their way: ordered or sent, received in parts, closed. Every step is ledger rows whose keys make a repeat harmless."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import lock_objects, next_numbers
from app.core.paging import page, read_cursor
from app.domain.inventory.errors import KeyReused, OutOfStock, SameLocation, Settled, TooManyReceived, UnknownIncoming, UnknownSku
from app.domain.inventory.floor_schemas import IncomingClose, IncomingCreate, IncomingPage, IncomingRead, LineWrite, ReceiptCreate
from app.domain.inventory.service import moving
from app.domain.inventory.service.moving import Move
from app.domain.inventory.store import arrive as sql


async def create_incoming(work: UnitOfWork, data: IncomingCreate) -> IncomingRead:
    """Raises UnknownSku, SkuTwice, IsBundle, UnknownLocation, SameLocation, KeyReused, or OutOfStock when the units that
    should leave are promised or not there."""
    await lock_objects(work, [f"incoming:{data.key}"])
    known = await work.value(sql.BY_KEY, work.workspace_id, data.key)
    variants = await moving.find_variants(work, [line.sku for line in data.lines])
    to_id = await moving.find_location(work, data.location)
    from_id = await moving.find_location(work, data.from_location, field="from_location") if data.from_location else None
    if from_id == to_id:
        raise SameLocation("it is there already; name another location", fields={"from_location": "the same as location"})
    units = [line.quantity for line in data.lines]
    if known is not None:
        return await _same(work, known, from_id, to_id, dict(zip(variants, units, strict=True)))
    made, kind = new_id(), "transfer" if from_id else "purchase"
    await work.execute(
        sql.CREATE, work.workspace_id, made, work.now, kind, await next_numbers(work, "incoming", 1), data.key,
        data.supplier.strip(), data.reference.strip(), from_id, to_id, data.arrives_at,
    )  # fmt: skip
    await work.execute(sql.LINES, work.workspace_id, made, variants, units)
    moves = [_move(made, "begun", kind, variant, to_id, incoming=count) for variant, count in zip(variants, units, strict=True)]
    if from_id is not None:
        moves += [
            _move(made, "begun", kind, variant, from_id, on_hand=-count) for variant, count in zip(variants, units, strict=True)
        ]
    told = await moving.move_many(work, moves)
    if any(place.location_id == from_id and place.free < 0 for place in told):
        raise OutOfStock("fewer are free there than should leave; the rest is promised to orders or set aside",
                         fields={"lines": "not enough"})  # fmt: skip
    work.touch(sql.INCOMING_CHANGE, [made])
    return await read_incoming(work, made)


async def _same(work: UnitOfWork, known: UUID, from_id: UUID | None, to_id: UUID, lines: dict[UUID, int]) -> IncomingRead:
    found = await read_incoming(work, known)
    if (found.from_location_id, found.location_id) != (from_id, to_id) or {
        line.variant_id: line.quantity for line in found.lines
    } != lines:
        raise KeyReused("the key stands for other goods", fields={"key": "already used"})
    return found


def _move(incoming_id: UUID, step: str, kind: str, variant: UUID, location: UUID, *, on_hand: int = 0, incoming: int = 0) -> Move:
    """`begun` and `ended` purchases move no units, they are only expected."""
    named = "transfer" if kind == "transfer" else "expect" if on_hand == 0 else "receive"
    return Move(
        variant_id=variant, location_id=location, kind=named, on_hand=on_hand, incoming=incoming, source="incoming",
        source_ref=f"{incoming_id}|{step}",
    )  # fmt: skip


async def receive(work: UnitOfWork, incoming_id: UUID, data: ReceiptCreate) -> IncomingRead:
    """Raises UnknownIncoming, Settled, UnknownSku, SkuTwice, KeyReused, or TooManyReceived for a transfer that would bring
    more than was sent."""
    row = await _held(work, incoming_id)
    lines = {line["sku"]: line for line in await work.fetch(sql.OPEN_LINES, work.workspace_id, incoming_id)}
    came = await _part_of(work, lines, data.lines)
    step = f"in|{data.key}"
    told = {one["variant_id"]: one["on_hand"] for one in await work.fetch(sql.TOLD, work.workspace_id, f"{incoming_id}|{step}")}
    if told:
        if told != came:
            raise KeyReused("the key stands for another receipt", fields={"key": "already used"})
        return await read_incoming(work, incoming_id)
    _still_open(row)
    by_variant = {line["variant_id"]: line for line in lines.values()}
    rest = {variant: line["quantity"] - line["received"] for variant, line in by_variant.items()}
    for variant, units in came.items():
        if row["kind"] == "transfer" and units > rest[variant]:
            raise TooManyReceived(
                f"{by_variant[variant]['sku']}: {rest[variant]} are on their way, not {units}",
                fields={"lines": "more than was sent"},
            )
    await moving.move_many(
        work,
        [
            _move(
                incoming_id, step, row["kind"], variant, row["location_id"], on_hand=units,
                incoming=-min(units, max(rest[variant], 0)),
            )
            for variant, units in came.items()
        ],
    )  # fmt: skip
    await work.execute(sql.RECEIVED, work.workspace_id, incoming_id, list(came), list(came.values()))
    return await _settled(work, incoming_id, None)


async def _part_of(work: UnitOfWork, lines: dict[str, Any], named: Sequence[LineWrite]) -> dict[UUID, int]:
    variants = await moving.find_variants(work, [line.sku for line in named])
    known = {line["variant_id"] for line in lines.values()}
    for variant, line in zip(variants, named, strict=True):
        if variant not in known:
            raise UnknownSku(f"{line.sku} is not among these goods", fields={"lines": f"{line.sku} is not among them"})
    return dict(zip(variants, (line.quantity for line in named), strict=True))


async def close_incoming(work: UnitOfWork, incoming_id: UUID, data: IncomingClose) -> IncomingRead:
    """Raises UnknownIncoming. Closing again changes nothing."""
    row = await _held(work, incoming_id)
    if row["state"] == "closed":
        return await read_incoming(work, incoming_id)
    _still_open(row)
    moves = []
    for line in await work.fetch(sql.OPEN_LINES, work.workspace_id, incoming_id):
        rest = line["quantity"] - line["received"]
        if rest > 0:
            moves.append(_move(incoming_id, "ended", row["kind"], line["variant_id"], row["location_id"], incoming=-rest))
        if rest > 0 and row["from_location_id"] and data.rest == "returned":
            moves.append(_move(incoming_id, "ended", row["kind"], line["variant_id"], row["from_location_id"], on_hand=rest))
    await moving.move_many(work, moves)
    return await _settled(work, incoming_id, "closed")


async def _held(work: UnitOfWork, incoming_id: UUID) -> Any:
    row = await work.row(sql.LOCK, work.workspace_id, incoming_id)
    if row is None:
        raise UnknownIncoming("no such goods on their way")
    return row


def _still_open(row: Any) -> None:
    if row["state"] != "open":
        raise Settled(f"these goods are {row['state']} already")


async def _settled(work: UnitOfWork, incoming_id: UUID, state: str | None) -> IncomingRead:
    await work.execute(sql.SETTLE, work.workspace_id, incoming_id, work.now, state)
    work.touch(sql.INCOMING_CHANGE, [incoming_id])
    return await read_incoming(work, incoming_id)


async def read_incoming(work: UnitOfWork, incoming_id: UUID) -> IncomingRead:
    found = await work.shapes(IncomingRead, sql.INCOMING_CHANGE.one(), work.workspace_id, [incoming_id])
    if not found:
        raise UnknownIncoming("no such goods on their way")
    return found[0]


async def list_incoming(work: UnitOfWork, *, state: str | None, cursor: str | None, limit: int) -> IncomingPage:
    """Newest first."""
    before = read_cursor(cursor, tuple[UUID])[0] if cursor else None
    rows = await work.fetch(sql.LIST, work.workspace_id, state, before, limit + 1)
    found = [msgspec.json.decode(row["row"], type=IncomingRead) for row in rows if row["row"]]
    kept, next_cursor = page(found, limit, "id")
    return IncomingPage(items=kept, next_cursor=next_cursor, as_of_seq=rows[0]["as_of"])
