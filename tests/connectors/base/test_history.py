"""The shop's past: in order of time, over and told to nobody; lately some still wait."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from connectors.base.history import CARRIERS, FRESH, HOURS, JAKARTA, OPEN_ORDERS, WAITING, Past, seed_history
from connectors.base.world import Happening, World
from tests.connectors.base.shop import NOW, naming, open_shop


def past_shop(seed: int = 1) -> World:
    world = open_shop(seed)
    seed_history(world, now=NOW)
    return world


SHOP = past_shop()


def test_the_same_seed_gives_the_same_past() -> None:
    assert past_shop().dump() == SHOP.dump()
    assert past_shop(seed=2).dump() != SHOP.dump()


def test_threads_and_orders_go_where_they_can() -> None:
    held = {key: (len(SHOP.shelf(key).threads), len(SHOP.shelf(key).orders)) for key in SHOP.channels}
    assert held["market"][1] + held["store"][1] == 600
    assert (held["store"][0], held["chat"][1]) == (0, 0)
    assert 0 < held["chat"][0] <= len(SHOP.state.buyers)
    assert held["market"][0] + held["chat"][0] >= 320


def test_it_is_past_and_the_counts_are_the_opening_ones() -> None:
    for key in SHOP.channels:
        shelf = SHOP.shelf(key)
        moments = [message.at for thread in shelf.threads.values() for message in thread.messages]
        moments += [moment for order in shelf.orders.values() for moment in (order.placed_at, order.updated_at)]
        assert all(NOW - timedelta(days=92) < moment <= NOW for moment in moments)
        assert {listing.sku: listing.quantity for listing in shelf.listings.values()} == {
            sku: SHOP.state.goods[sku].opening for sku in shelf.listings
        }


def test_numbers_grow_with_time() -> None:
    for key in SHOP.channels:
        shelf = SHOP.shelf(key)
        happened = [(message.number, message.at) for thread in shelf.threads.values() for message in thread.messages]
        happened += [(order.number, order.placed_at) for order in shelf.orders.values()]
        happened.sort()
        assert [at for _, at in happened] == sorted(at for _, at in happened)
        assert len({number for number, _ in happened}) == len(happened)


def test_a_thread_has_one_buyer_who_begins_it() -> None:
    for thread in SHOP.shelf("market").threads.values():
        sides = [message.side for message in thread.messages]
        assert sides == (["buyer", "seller"] * 3)[: len(sides)]
        assert all(message.text for message in thread.messages)
        assert thread.subject


def test_only_the_last_hours_wait_for_an_answer() -> None:
    waiting = [
        thread.messages[-1].at
        for key in ("market", "chat")
        for thread in SHOP.shelf(key).threads.values()
        if thread.messages[-1].side == "buyer"
    ]
    assert WAITING - 3 <= len(waiting) <= WAITING
    assert all(NOW - timedelta(hours=7) < at < NOW for at in waiting)


def test_threads_about_an_order_are_of_its_buyer() -> None:
    shelf = SHOP.shelf("market")
    about = [thread for thread in shelf.threads.values() if thread.order]
    assert len(about) > 60
    assert all(shelf.orders[thread.order].buyer == thread.buyer for thread in about)
    assert all(message.at >= shelf.orders[thread.order].placed_at for thread in about for message in thread.messages)


def test_orders_have_left_but_the_newest() -> None:
    orders = sorted(
        [order for key in ("market", "store") for order in SHOP.shelf(key).orders.values()], key=lambda order: order.placed_at
    )
    statuses = Counter(order.status for order in orders)
    assert statuses["open"] >= OPEN_ORDERS
    assert {order.status for order in orders[-OPEN_ORDERS:]} == {"open"}
    assert statuses["delivered"] > 450
    assert 5 <= statuses["cancelled"] <= 50
    for order in orders:
        if order.status in ("shipped", "delivered"):
            assert order.shipped_at is not None
            assert order.placed_at < order.shipped_at <= order.updated_at
            assert (order.carrier in dict(CARRIERS), bool(order.tracking)) == (True, True)
        if order.status == "cancelled":
            assert all(line.cancelled == line.quantity for line in order.lines)


def test_the_day_has_the_rhythm_of_the_shop() -> None:
    moments = Past(open_shop(), NOW).moments(90, 2000)
    hours = Counter((at + JAKARTA).hour for at in moments)
    assert sum(hours[hour] for hour in range(5)) < sum(hours[hour] for hour in range(18, 21)) / 2
    assert len(HOURS) == 24


def test_a_past_posts_nothing_and_only_a_forgetful_channel_is_told() -> None:
    world = open_shop()
    world.open("forgetful", naming("f", sells=False, single=True, remembers=False))
    told: list[Happening] = []
    for key in world.channels:
        world.watch(key, told.append)
    seed_history(world, now=NOW)
    assert Counter((happening.channel, happening.kind) for happening in told) == {("forgetful", "message"): FRESH}
    asked = [message.at for thread in world.shelf("forgetful").threads.values() for message in thread.messages]
    assert all(NOW - timedelta(hours=21) < at < NOW for at in asked)


def test_a_past_can_be_of_one_channel_alone() -> None:
    world = open_shop()
    seed_history(world, now=NOW, channels=["store"], orders=30)
    assert [(len(world.shelf(key).threads), len(world.shelf(key).orders)) for key in world.channels] == [(0, 0), (0, 30), (0, 0)]
