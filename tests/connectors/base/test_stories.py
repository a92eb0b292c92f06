"""What the stories set up, and what they say of it."""

from __future__ import annotations

import pytest

from connectors.base.faults import Fault, Faults
from connectors.base.manifest import Manifest, Sending
from connectors.base.stories import sell_last_unit, swallow_reply
from connectors.base.world import World
from tests.connectors.base.shop import open_shop


def manifest(key: str, proof: str | None = None) -> Manifest:
    sending = Sending(text_limit=100, proof=proof) if proof else None
    return Manifest(key=key, name=key.title(), glyph="", hue=0, hosts=(), secrets=(), feeds=(), buckets=(), sending=sending)


CHANNELS = {"market": manifest("market", "readable"), "store": manifest("store"), "chat": manifest("chat", "blind")}


@pytest.fixture
def world() -> World:
    return open_shop()


@pytest.fixture
def faults() -> dict[str, Faults]:
    return {key: Faults() for key in CHANNELS}


def shown(world: World, sku: str) -> dict[str, int]:
    return {key: world.shelf(key).listings[sku].quantity for key in ("market", "store")}


def test_the_last_unit_is_sold_by_honest_orders_on_one_channel(world: World) -> None:
    scarce = min(world.state.goods.values(), key=lambda good: good.opening)
    told = sell_last_unit(world, CHANNELS)
    other = "store" if told.channel == "market" else "market"
    assert (told.sku, told.units) == (scarce.sku, scarce.opening)
    assert shown(world, told.sku) == {told.channel: 0, other: scarce.opening}
    orders = list(world.shelf(told.channel).orders.values())
    assert [order.id for order in orders] == told.orders
    assert [order.lines[0].quantity for order in orders] == [scarce.opening - 1, 1]
    assert len({order.buyer for order in orders}) == 2
    assert scarce.title in told.words["en"]
    assert scarce.title in told.words["id"]
    assert told.customer in told.words["en"]


def test_a_last_unit_that_is_there_is_sold_in_one_order(world: World) -> None:
    for key in ("market", "store"):
        world.set_quantity(key, "KT-GAY-250", 1)
    told = sell_last_unit(world, CHANNELS)
    assert (told.sku, told.units, len(told.orders)) == ("KT-GAY-250", 1, 1)


def test_the_visitor_may_name_the_good(world: World) -> None:
    assert sell_last_unit(world, CHANNELS, sku="SB-PRG-IND-M").sku == "SB-PRG-IND-M"


def test_a_story_without_goods_says_so_and_sells_nothing(world: World) -> None:
    for sku in world.state.goods:
        world.set_quantity("store", sku, 0)
    told = sell_last_unit(world, CHANNELS)
    assert (told.sku, told.orders, set(told.words)) == ("", [], {"en", "id"})
    assert world.shelf("market").orders == {}
    assert sell_last_unit(world, CHANNELS, sku="NOTHING").orders == []


def test_the_next_reply_to_who_waits_is_swallowed_once(world: World, faults: dict[str, Faults]) -> None:
    world.message("market", "b001", "Hello?")
    world.message("market", "b002", "Is it there?")
    world.reply("market", next(reversed(world.shelf("market").threads)), "Yes")
    world.message("chat", "b003", "Halo")
    for _ in range(2):
        told = swallow_reply(world, faults, CHANNELS)
    assert faults["market"].open == [Fault(kind="swallow_reply", count=1, on="send")]
    assert (faults["chat"].open, faults["store"].open) == ([], [])
    assert (told.channel, told.customer) == ("market", world.state.buyers["b001"].name)
    assert world.shelf("market").threads[told.thread].buyer == "b001"


def test_the_visitor_may_name_the_thread(world: World, faults: dict[str, Faults]) -> None:
    world.message("market", "b001", "Hello?")
    (thread,) = world.shelf("market").threads
    world.message("market", "b002", "Is it there?")
    assert swallow_reply(world, faults, CHANNELS, thread=thread).thread == thread


def test_nothing_is_ordered_where_nobody_waits(world: World, faults: dict[str, Faults]) -> None:
    world.message("chat", "b003", "Halo")
    told = swallow_reply(world, faults, CHANNELS)
    assert (told.channel, faults["chat"].open, faults["market"].open) == ("", [], [])
    assert swallow_reply(world, faults, CHANNELS, thread="none").channel == ""
