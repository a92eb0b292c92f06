"""A channel slower than the shop: what is gone leaves first, what is more waits its turn, and nothing waits for ever."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from app.core.clock import HeldClock
from app.domain.inventory.service.exposing import link_listings
from app.pipeline.push import push_round
from connectors.base.manifest import Bucket
from tests.pipeline.belt import CHANNEL, STOCKING, Belt

LIST = """
insert into listing (workspace_id, id, created_at, updated_at, connection_id, channel, external_id, external_sku, title, variant_id, mapping)
select $1, gen_random_uuid(), $2, $2, $3, $4, $5 || '-' || n, $5 || '-' || n, $5, v.id, 'confirmed'
from generate_series(1, $6::int) n join variant v on v.workspace_id = $1 and v.sku = $5 returning id
"""


async def list_many(belt: Belt, sku: str, count: int) -> None:
    async with belt.db.unit(belt.workspace) as work:
        rows = await work.fetch(LIST, belt.workspace, work.now, belt.connection, CHANNEL, sku, count)
        await link_listings(work, [row["id"] for row in rows])
        await work.execute(
            "update listing_state set state = 'in_step', dirty_at = null, expected = 5, acked = 5, acked_at = $2, acked_version = 1, "
            "wanted = 5, sent = 5, sent_version = 1 where workspace_id = $1 and variant_id = "
            "(select id from variant where workspace_id = $1 and sku = $3)",
            belt.workspace, work.now, sku,
        )  # fmt: skip


def slow(belt: Belt, *, batch: int) -> None:
    belt.channel.manifest = msgspec.structs.replace(
        belt.channel.manifest,
        stocking=msgspec.structs.replace(STOCKING, batch=batch),
        buckets=(Bucket(operation=STOCKING.operation, per_s=5.0, burst=5.0),),
    )


async def tick(belt: Belt, clock: HeldClock, *, times: int) -> None:
    for _ in range(times):
        clock.advance(seconds=0.2)
        await push_round(belt.house)


def sent(belt: Belt) -> list[tuple[str, int]]:
    return [(sku.partition("-")[0], units) for call in belt.pushed() for sku, units in call.items()]


async def test_behind_ten_thousand_every_zero_leaves_in_ten_seconds_and_nothing_starves(belt: Belt, clock: HeldClock) -> None:
    for sku, count in (("MORE", 9_960), ("GONE", 40)):
        await belt.move(sku, 5)
        await list_many(belt, sku, count)
    slow(belt, batch=1)
    await belt.move("MORE", 4)
    clock.advance(seconds=1)
    await belt.move("GONE", -5)
    waiting = "select count(*)::int from listing_state where workspace_id = $1 and dirty_at is not null"
    assert await belt.value(waiting) == 10_000
    await tick(belt, clock, times=50)
    assert sent(belt)[:40] == [("GONE", 0)] * 40
    assert set(sent(belt)[40:]) == {("MORE", 9)}
    gone = await belt.rows(
        "select distinct s.acked, s.dirty_at, max(s.acked_at) over () <= $2 from listing_state s join variant v "
        "on v.workspace_id = s.workspace_id and v.id = s.variant_id where s.workspace_id = $1 and v.sku = 'GONE'",
        clock.now() - timedelta(seconds=1),
    )  # fmt: skip
    assert gone == [(0, None, True)]

    slow(belt, batch=200)
    await tick(belt, clock, times=60)
    assert await belt.value(waiting) == 0
    assert len(sent(belt)) == 10_000
    assert len({sku for call in belt.pushed() for sku in call}) == 10_000


async def test_an_increase_that_waited_ten_minutes_goes_before_a_newer_decrease(belt: Belt, clock: HeldClock) -> None:
    for sku, count in (("MORE", 20), ("LESS", 20)):
        await belt.move(sku, 5)
        await list_many(belt, sku, count)
    slow(belt, batch=5)
    await belt.move("MORE", 4)
    clock.advance(minutes=9)
    await belt.move("LESS", -1)
    await tick(belt, clock, times=2)
    assert sent(belt) == [("LESS", 4)] * 10
    clock.advance(minutes=2)
    await tick(belt, clock, times=6)
    assert sent(belt)[10:] == [("MORE", 9)] * 20 + [("LESS", 4)] * 10
