"""A warehouse at work: reserve, release, ship, transfer and bundles by 16 callers at once, then every number held to the ledger.

`python -m tests.bench mixed --minutes 10`; a quarter of a minute otherwise."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

import asyncpg

from app.core.errors import AppError
from app.core.ids import new_id
from app.domain.inventory.errors import OutOfStock
from app.domain.inventory.floor_schemas import ComponentsWrite, ComponentWrite, IncomingCreate, LineWrite, ReceiptCreate
from app.domain.inventory.schemas import Demand
from app.domain.inventory.service import arriving, moving, placing, reserving
from app.domain.inventory.service.auditing import audit_stock
from tests.bench.place import Line, Place

SKUS, BUNDLES, CALLERS = 200, 20, 16
LEDGER = 1_000_000
PLACES = ("Front", "Back")
WORK = {"reserve": 40, "bundle": 10, "ship": 20, "release": 15, "transfer": 8, "receive": 7}
"""How often each is done, of a hundred."""
OLD = """
insert into movement (workspace_id, created_at, variant_id, location_id, kind, on_hand, source, source_ref)
select $1, $2, ($3::uuid[])[1 + n / 2 % $4::int], $5, 'adjust', case when n % 2 = 0 then 1 else -1 end, 'old', 'old' || n
from generate_series(0, $6::int - 1) n
"""
WRONG = "select count(*) from balance where workspace_id = $1 and (on_hand - reserved - unavailable < 0 or reserved < 0)"


@dataclass
class Warehouse:
    place: Place
    variants: list[UUID]
    bundles: list[UUID]
    location: UUID
    open: list[str] = field(default_factory=list)
    skus: dict[UUID, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    async def one(self, chance: random.Random) -> None:
        name = chance.choices(list(WORK), list(WORK.values()))[0]
        with suppress(OutOfStock):
            await getattr(self, name)(chance)
        self.done[name] += 1

    async def reserve(self, chance: random.Random) -> None:
        await self._take(chance.choice(self.variants), chance.randint(1, 3))

    async def bundle(self, chance: random.Random) -> None:
        await self._take(chance.choice(self.bundles), 1)

    async def _take(self, variant: UUID, units: int) -> None:
        ref = str(new_id())
        await self.place.house.reserver.reserve(
            self.place.workspace_id, Demand(variant_id=variant, quantity=units, source="mixed", source_ref=ref)
        )
        self.open.append(ref)

    async def ship(self, chance: random.Random) -> None:
        await self._settle(chance, "shipped")

    async def release(self, chance: random.Random) -> None:
        await self._settle(chance, "released")

    async def _settle(self, chance: random.Random, outcome: str) -> None:
        if not self.open:
            return
        ref = self.open.pop(chance.randrange(len(self.open)))
        async with self.place.house.db.unit(self.place.workspace_id) as work:
            await reserving.settle(work, [("mixed", ref, outcome)])

    async def transfer(self, chance: random.Random) -> None:
        """Half of them leave and arrive at once, the others stay on the way until somebody receives them."""
        there, back = chance.sample(PLACES, 2)
        line = LineWrite(sku=self.skus[chance.choice(self.variants)], quantity=1)
        with suppress(AppError):
            async with self.place.house.db.unit(self.place.workspace_id) as work:
                made = await arriving.create_incoming(
                    work, IncomingCreate(key=str(new_id()), lines=[line], location=there, from_location=back)
                )
                if chance.random() < 0.5:
                    await arriving.receive(work, made.id, ReceiptCreate(key="all", lines=[line]))

    async def receive(self, chance: random.Random) -> None:
        """New goods, so that it never runs dry."""
        variant = chance.choice(self.variants)
        async with self.place.house.db.unit(self.place.workspace_id) as work:
            move = moving.Move(
                variant_id=variant,
                location_id=self.location,
                kind="receive",
                on_hand=20,
                source="mixed",
                source_ref=str(new_id()),
            )
            await moving.move_many(work, [move])

    async def run(self, seconds: float) -> float:
        """Acts a second."""
        before, until = sum(self.done.values()), monotonic() + seconds

        async def call(number: int) -> None:
            chance = random.Random(number)
            while monotonic() < until:
                await self.one(chance)

        await asyncio.gather(*(call(number) for number in range(CALLERS)))
        return (sum(self.done.values()) - before) / seconds


async def open_warehouse(place: Place) -> Warehouse:
    variants, bundles = [new_id() for _ in range(SKUS)], [new_id() for _ in range(BUNDLES)]
    skus = {variant: f"M-{number}" for number, variant in enumerate([*variants, *bundles])}
    async with place.house.db.unit(place.workspace_id) as work:
        await work.execute(
            "insert into variant (workspace_id, id, created_at, sku, title) select $1, v, $2, s, s from unnest($3::uuid[], $4::text[]) as k(v, s)",
            place.workspace_id, work.now, list(skus), list(skus.values()),
        )  # fmt: skip
        shelves = [await moving.add_location(work, name, rank=10 + rank) for rank, name in enumerate(PLACES)]
        await moving.count_stock(
            work, [(variant, shelf, 40) for variant in variants for shelf in shelves], source_ref="mixed", reason=""
        )
        for number, bundle in enumerate(bundles):
            parts = [variants[number * 2], variants[number * 2 + 1]]
            await placing.make_bundle(
                work,
                bundle,
                ComponentsWrite(lines=[ComponentWrite(sku=skus[part], quantity=1 + at) for at, part in enumerate(parts)]),
            )
    return Warehouse(place, variants, bundles, shelves[0], skus=skus)


async def run(place: Place, seconds: float = 15.0) -> list[Line]:
    house = await open_warehouse(place)
    conn = await asyncpg.connect(place.admin_url)
    try:
        await house.run(min(seconds, 5))
        empty = await house.run(min(seconds, 60))
        await conn.execute(OLD, place.workspace_id, place.house.db.clock.now(), house.variants, SKUS, house.location, LEDGER)
        await conn.execute("analyze movement")
        full = await house.run(seconds)
        return [
            Line(f"mixed stock work, {LEDGER:,} ledger rows", full, empty, "acts/s", full / empty, ">= 0.9 of the empty ledger", full >= 0.9 * empty),
            *await _proofs(place, conn, sum(house.done.values())),
        ]  # fmt: skip
    finally:
        await conn.close()


async def _proofs(place: Place, conn: asyncpg.Connection, acts: int) -> list[Line]:
    async with place.house.db.unit(place.workspace_id) as work:
        lies = len(await audit_stock(work))
    oversold = await conn.fetchval(WRONG, place.workspace_id)
    deadlocks = await conn.fetchval("select deadlocks from pg_stat_database where datname = current_database()")
    return [
        Line(f"mixed: {name} in {acts:,} acts", float(count), 0.0, "", float(count), "0", count == 0)
        for name, count in (("numbers that lie", lies), ("oversold balances", oversold), ("deadlocks", deadlocks))
    ]
