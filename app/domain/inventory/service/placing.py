"""Locations, the connections that sell from them, and bundles. What changes a promise makes its listings dirty."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import UNSET

from app.core.db import UnitOfWork
from app.core.keys import audit
from app.domain.catalog.service import LISTING_CHANGE
from app.domain.inventory.errors import (
    LastLocation,
    NameTaken,
    NotABundle,
    UnknownConnection,
    UnknownLocation,
    UnknownSku,
)
from app.domain.inventory.floor_schemas import (
    BundleRead,
    ComponentRead,
    ComponentsWrite,
    LocationCreate,
    LocationUpdate,
    SellsFrom,
)
from app.domain.inventory.schemas import LocationRead
from app.domain.inventory.service import moving
from app.domain.inventory.store import places as sql


async def create_location(work: UnitOfWork, data: LocationCreate) -> LocationRead:
    name = data.name.strip()
    await _free_name(work, name, None)
    made = await moving.add_location(work, name, rank=data.rank)
    await _stir(work)
    work.touch(sql.LOCATION_CHANGE, [made])
    return await read_location(work, made)


async def update_location(work: UnitOfWork, location_id: UUID, data: LocationUpdate) -> LocationRead:
    """Raises UnknownLocation (also for a channel's own warehouse), NameTaken, LastLocation."""
    name = None if data.name is UNSET else data.name.strip()
    rank = None if data.rank is UNSET else data.rank
    sellable = None if data.sellable is UNSET else data.sellable
    if name is not None:
        await _free_name(work, name, location_id)
    if sellable is False:
        await _not_the_last(work, location_id)
    if await work.value(sql.WRITE, work.workspace_id, location_id, name, rank, sellable, work.now) is None:
        raise UnknownLocation("no such location of ours")
    if sellable is not None:
        await _stir(work)
    work.touch(sql.LOCATION_CHANGE, [location_id])
    return await read_location(work, location_id)


async def _free_name(work: UnitOfWork, name: str, location_id: UUID | None) -> None:
    if await work.value(sql.NAME_TAKEN, work.workspace_id, name, location_id):
        raise NameTaken(f"another location is called {name!r}", fields={"name": "taken"})


async def _not_the_last(work: UnitOfWork, location_id: UUID) -> None:
    for_sale = [row["id"] for row in await work.fetch(sql.FOR_SALE, work.workspace_id)]
    if for_sale == [location_id]:
        raise LastLocation("this is the only location for sale; open another one first", fields={"sellable": "the last one"})
    if await work.fetch(sql.SERVED, work.workspace_id, location_id):
        raise LastLocation("a connection sells from here alone; let it sell from elsewhere first", fields={"sellable": "in use"})


async def read_location(work: UnitOfWork, location_id: UUID) -> LocationRead:
    (row,) = await work.shapes(LocationRead, sql.LOCATION_CHANGE.one(), work.workspace_id, [location_id])
    return row


async def sells_from(work: UnitOfWork, connection_id: UUID) -> SellsFrom:
    """Raises UnknownConnection."""
    await _connection(work, connection_id)
    return await _map(work, connection_id)


async def sell_from(work: UnitOfWork, connection_id: UUID, data: SellsFrom) -> SellsFrom:
    """New orders reserve there and listings show what is there. Raises UnknownConnection, UnknownLocation."""
    await _connection(work, connection_id)
    wanted = list(dict.fromkeys(data.location_ids))
    known = {row["id"] for row in await work.fetch(sql.OWN, work.workspace_id, wanted)}
    missing = [location for location in wanted if location not in known]
    if missing:
        raise UnknownLocation(f"{missing[0]} is no location for sale", fields={"location_ids": "not for sale"})
    changed = await work.fetch(sql.MAPPED, work.workspace_id, connection_id, wanted)
    work.touch(sql.LOCATION_CHANGE, [row["location_id"] for row in changed])
    await _stir(work, connection_id=connection_id)
    await audit(work, "connection.locations", connection_id, {"location_ids": [str(one) for one in wanted]})
    return await _map(work, connection_id)


async def _connection(work: UnitOfWork, connection_id: UUID) -> None:
    if await work.value(sql.CONNECTION, work.workspace_id, connection_id) is None:
        raise UnknownConnection("no such connection")


async def _map(work: UnitOfWork, connection_id: UUID) -> SellsFrom:
    rows = await work.fetch(sql.MAP, work.workspace_id, connection_id)
    return SellsFrom(location_ids=[row["location_id"] for row in rows])


async def read_bundle(work: UnitOfWork, variant_id: UUID) -> BundleRead:
    """Raises UnknownSku."""
    if await work.row(sql.VARIANT, work.workspace_id, variant_id) is None:
        raise UnknownSku("no such variant", fields={"variant_id": "unknown"})
    lines = await work.shapes(ComponentRead, sql.COMPONENTS, work.workspace_id, variant_id)
    told = bool(lines) and all(line.counted for line in lines)
    return BundleRead(
        variant_id=variant_id, lines=lines, available=min(line.available // line.quantity for line in lines) if told else None
    )


async def make_bundle(work: UnitOfWork, variant_id: UUID, data: ComponentsWrite) -> BundleRead:
    """From now on one sale takes all parts or none. Raises UnknownSku, SkuTwice, IsBundle for a part that is a bundle itself,
    NotABundle when the variant has units of its own or is itself a part."""
    row = await work.row(sql.VARIANT, work.workspace_id, variant_id)
    if row is None:
        raise UnknownSku("no such variant", fields={"variant_id": "unknown"})
    parts = await moving.find_variants(work, [line.sku for line in data.lines])
    if variant_id in parts:
        raise NotABundle("a bundle cannot be a part of itself", fields={"lines": "names the bundle itself"})
    if parts and row["has_stock"]:
        raise NotABundle("it has units of its own; count them to none first", fields={"lines": "has stock"})
    if parts and row["is_part"]:
        raise NotABundle("it is a part of another bundle", fields={"lines": "is a part"})
    await work.execute(sql.PARTS, work.workspace_id, variant_id, parts, [line.quantity for line in data.lines])
    await _stir(work, variants=[variant_id])
    told = {"lines": [f"{line.quantity} x {line.sku}" for line in data.lines]}
    await audit(work, "variant.components", variant_id, told)
    return await read_bundle(work, variant_id)


async def _stir(work: UnitOfWork, *, connection_id: UUID | None = None, variants: Sequence[UUID] | None = None) -> None:
    rows = await work.fetch(sql.STIR, work.workspace_id, work.now, connection_id, variants)
    work.touch(LISTING_CHANGE, [row["listing_id"] for row in rows])
    work.wake("push")
