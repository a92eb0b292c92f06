"""The pretend shop's truth: what it sells, who buys, and what acts change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.base.buyers import BUYERS
from connectors.base.goods import GOODS
from connectors.base.world import Happening, Short, World
from tests.connectors.base.shop import NOW, naming, open_shop

SKU = "KT-GAY-250"


@pytest.fixture
def world() -> World:
    return open_shop()


def quantity(world: World, channel: str, sku: str = SKU) -> int:
    return world.shelf(channel).listings[sku].quantity


def test_thirty_goods_have_valid_barcodes_and_prices() -> None:
    skus = {row["sku"] for row in GOODS}
    assert (len(GOODS), len(skus), {row["brand"] for row in GOODS}) == (30, 30, {"Sekar Batik", "Kopi Tepi"})
    assert {"SB-PRG-IND-M", "KT-GAY-250"} <= skus
    assert len({row["barcode"] for row in GOODS}) == 30
    for row in GOODS:
        digits = [int(digit) for digit in row["barcode"]]
        weighted = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits))
        assert (len(digits), weighted % 10) == (13, 0)
        assert row["prices"]["USD"] > 0
        assert row["prices"]["IDR"] % 1000 == 0


def test_buyers_are_many_told_apart_and_unreal() -> None:
    assert 130 <= len(BUYERS) <= 150
    for name in ("key", "name", "user", "email", "phone"):
        assert len({row[name] for row in BUYERS}) == len(BUYERS), name
    assert all(row["email"].endswith("@mail.example") for row in BUYERS)
    assert all(row["phone"].startswith(("+62812555", "+447700900")) for row in BUYERS)
    home = sum(row["language"] == "id" for row in BUYERS)
    assert 0.4 < home / len(BUYERS) < 0.6


def test_an_order_lowers_only_the_count_of_its_channel(world: World) -> None:
    before = quantity(world, "market")
    order = world.place_order("market", "b001", [(SKU, 2)])
    assert (quantity(world, "market"), quantity(world, "store")) == (before - 2, before)
    assert (order.lines[0].price_minor, order.currency, order.status) == (1600, "USD", "open")


def test_a_short_order_changes_nothing(world: World) -> None:
    before = quantity(world, "market")
    with pytest.raises(Short):
        world.place_order("market", "b001", [("SB-PRG-IND-M", 1), (SKU, before + 1)])
    assert (quantity(world, "market"), world.shelf("market").orders) == (before, {})


def test_a_cancelled_order_returns_its_units_once(world: World) -> None:
    before = quantity(world, "market")
    order = world.place_order("market", "b001", [(SKU, 3)])
    world.cancel_order("market", order.id)
    world.cancel_order("market", order.id)
    assert (quantity(world, "market"), order.status, order.lines[0].cancelled) == (before, "cancelled", 3)


def test_a_shipped_order_is_not_cancelled(world: World) -> None:
    order = world.place_order("market", "b001", [(SKU, 1)])
    world.change_order("market", order.id, "shipped", tracking="JX1", carrier="JNE")
    world.cancel_order("market", order.id)
    assert (order.status, order.tracking, order.cancel_reason) == ("shipped", "JX1", "")


def test_talk_goes_on_in_the_thread_about_the_same_thing(world: World) -> None:
    world.message("market", "b001", "Hi", sku=SKU)
    world.message("market", "b001", "Still there?", sku=SKU)
    world.message("market", "b001", "And this one?", sku="KT-MUG-01")
    assert [len(thread.messages) for thread in world.shelf("market").threads.values()] == [2, 1]
    world.message("chat", "b001", "Hi", sku=SKU)
    world.message("chat", "b001", "Hi again", sku="KT-MUG-01")
    assert [len(thread.messages) for thread in world.shelf("chat").threads.values()] == [2]


def test_our_side_may_open_a_talk(world: World) -> None:
    thread = world.begin("market", "b001", subject="Your parcel")
    said = world.reply("market", thread.id, "It is on its way.")
    assert (thread.buyer, thread.subject, thread.messages) == ("b001", "Your parcel", [said])
    assert world.begin("market", "b001").id != thread.id


def test_an_unknown_customer_is_made_once(world: World) -> None:
    first = world.buyer("Somebody New")
    assert (world.buyer("Somebody New").key, first.email.endswith("@mail.example")) == (first.key, True)


def test_a_quiet_past_tells_nobody_and_keeps_counts(world: World) -> None:
    told: list[Happening] = []
    world.watch("market", told.append)
    with world.quiet():
        world.place_order("market", "b001", [(SKU, 5)], at=NOW - timedelta(days=3))
        world.message("market", "b001", "Hi")
    assert (told, quantity(world, "market")) == ([], 68)
    world.message("market", "b001", "Hi again")
    assert [happening.kind for happening in told] == ["message"]


def test_a_reset_gives_no_id_twice(world: World) -> None:
    before = world.place_order("market", "b001", [(SKU, 5)]).id
    world.reset("market")
    assert (quantity(world, "market"), world.shelf("market").orders) == (68, {})
    assert world.place_order("market", "b001", [(SKU, 5)]).id != before


def test_a_saved_world_opens_again_and_stocks_a_new_channel(world: World) -> None:
    world.place_order("market", "b001", [(SKU, 2)])
    world.message("chat", "b002", "Halo")
    saved = world.dump()
    later = open_shop(seed=9)
    later.open("bazaar", naming("b"))
    assert later.load(saved) == ("bazaar",)
    assert later.shelf("market") == world.shelf("market")
    assert later.shelf("chat") == world.shelf("chat")
    assert (later.state.seed, quantity(later, "bazaar")) == (1, 68)
