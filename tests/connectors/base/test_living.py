"""The shop's life: what buyers do next, and the clock that lets them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from connectors.base.living import (
    KEPT,
    NUDGES_AFTER,
    Living,
    carry_out,
    choose_answering,
    choose_cancelling,
    choose_nudging,
    next_act,
)
from connectors.base.world import Happening, World
from tests.connectors.base.shop import NOW, naming, open_shop


@pytest.fixture
def world() -> World:
    return open_shop()


def live(world: World, acts: int, *, seed: int = 3) -> Counter[str]:
    rng, done = random.Random(seed), Counter[str]()
    for number in range(acts):
        moment = NOW + timedelta(seconds=12 * number)
        world.now = lambda moment=moment: moment
        act = next_act(world, rng, moment)
        done[act.kind] += 1
        carry_out(world, act)
    return done


def test_choosing_changes_nothing(world: World) -> None:
    live(world, 60)
    before = world.dump()
    acts = [next_act(world, random.Random(seed), world.now()) for seed in range(40)]
    assert world.dump() == before
    assert acts == [next_act(world, random.Random(seed), world.now()) for seed in range(40)]


def test_all_kinds_of_things_happen(world: World) -> None:
    done = live(world, 900)
    assert set(done) >= {"write", "buy", "nudge", "cancel"}
    assert done["buy"] > done["cancel"] * 4


def test_life_alone_never_empties_a_channel(world: World) -> None:
    live(world, 4000)
    quantities = [one.quantity for key in ("market", "store") for one in world.shelf(key).listings.values()]
    assert min(quantities) >= KEPT
    assert sum(quantities) < 2 * sum(good.opening for good in world.state.goods.values())


def test_nothing_happens_where_nobody_can_write_or_buy() -> None:
    assert next_act(World(), random.Random(1), NOW).kind == "rest"


def test_a_shop_that_only_sells_is_bought_from() -> None:
    world = World(1, now=lambda: NOW)
    world.open("store", naming("s", talks=False))
    assert set(live(world, 60)) <= {"buy", "cancel", "rest"}


def test_a_buyer_answers_our_reply_after_a_while_in_the_same_thread(world: World) -> None:
    for number in range(20):
        world.message("market", f"b{number + 1:03d}", "Is it there?", sku="KT-GAY-250")
    threads = list(world.shelf("market").threads.values())
    for thread in threads:
        world.reply("market", thread.id, "It is. Shall I put one aside?", at=NOW)
    assert choose_answering(world, random.Random(1), NOW + timedelta(seconds=2)) is None
    act = choose_answering(world, random.Random(1), NOW + timedelta(seconds=30))
    assert act is not None
    carry_out(world, act)
    assert len(world.shelf("market").threads) == 20
    assert sorted(len(thread.messages) for thread in threads) == [2] * 19 + [3]
    assert choose_answering(world, random.Random(1), NOW + timedelta(hours=5)) is None


def test_a_buyer_who_waits_asks_again_once(world: World) -> None:
    world.message("market", "b001", "Where is it?", at=NOW)
    assert choose_nudging(world, random.Random(1), NOW + timedelta(minutes=5)) is None
    act = choose_nudging(world, random.Random(1), NOW + NUDGES_AFTER)
    assert act is not None
    world.now = lambda: NOW + NUDGES_AFTER
    carry_out(world, act)
    (thread,) = world.shelf("market").threads.values()
    assert [message.side for message in thread.messages] == ["buyer", "buyer"]
    assert choose_nudging(world, random.Random(1), NOW + NUDGES_AFTER * 3) is None


def test_only_fresh_open_orders_are_cancelled(world: World) -> None:
    order = world.place_order("market", "b001", [("KT-GAY-250", 1)], at=NOW)
    assert choose_cancelling(world, random.Random(1), NOW + timedelta(days=1)) is None
    act = choose_cancelling(world, random.Random(1), NOW + timedelta(hours=1))
    assert act is not None
    carry_out(world, act)
    assert order.status == "cancelled"
    assert choose_cancelling(world, random.Random(1), NOW + timedelta(hours=1)) is None


async def first_happening(world: World) -> Happening:
    told: asyncio.Queue[Happening] = asyncio.Queue()
    for key in world.channels:
        world.watch(key, told.put_nowait)
    return await told.get()


async def test_the_clock_brings_a_message_first_and_soon(world: World) -> None:
    life = Living(world)
    waiting = asyncio.create_task(first_happening(world))
    running = asyncio.create_task(life.run())
    async with asyncio.timeout(2):
        happening = await waiting
    running.cancel()
    assert (happening.kind, (await asyncio.gather(running, return_exceptions=True))[0].__class__) == (
        "message",
        asyncio.CancelledError,
    )


async def test_a_held_world_stands_still_until_it_is_let_go(world: World) -> None:
    life = Living(world)
    life.speed = 0
    waiting = asyncio.create_task(first_happening(world))
    running = asyncio.create_task(life.run())
    done, _ = await asyncio.wait([waiting], timeout=0.2)
    assert done == set()
    life.speed = 60
    async with asyncio.timeout(1):
        assert (await waiting).kind == "message"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_speed_has_bounds(world: World) -> None:
    life = Living(world)
    life.speed = 500
    assert life.speed == 60
    life.speed = -3
    assert life.speed == 0
