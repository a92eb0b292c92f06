"""Pulling and fetching: nothing skipped, nothing new invented, restartable at every page."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from connectors.base.errors import AuthExpired, NotSupported, RateLimited, Unavailable
from connectors.base.events import ListingSeen, OrderSeen, Pointer, StockSeen


async def _orders(desk, cursor=""):
    deliveries, cursor = await desk.everything("orders", cursor)
    return [desk.read(delivery)[0] for delivery in deliveries], cursor


async def test_orders_over_many_pages_come_once_each_and_in_order(desk):
    sku = desk.skus()[0]
    placed = []
    for _ in range(23):
        placed.append(desk.world.place_order("shopify", "ayu", [(sku, 1)], force=True).id)
        desk.clock.forward(seconds=7)
    seen, _ = await _orders(desk)
    assert [order.external_id for order in seen] == placed
    assert desk.documents("query Orders(") == 4


async def test_a_changed_order_comes_again_and_an_unchanged_one_keeps_its_key(desk):
    sku = desk.skus()[0]
    first = desk.world.place_order("shopify", "ayu", [(sku, 1)])
    desk.clock.forward(hours=2)
    desk.world.place_order("shopify", "sam", [(sku, 1)])
    before, cursor = await desk.everything("orders")
    again, cursor = await desk.everything("orders", cursor)
    assert [delivery.key for delivery in again] == [before[1].key]
    desk.clock.forward(hours=1)
    desk.world.cancel_order("shopify", first.id)
    later, _ = await _orders(desk, cursor)
    assert [(order.external_id, order.status) for order in later][-1] == (first.id, "cancelled")


async def test_two_changes_in_one_second_are_two_deliveries_and_the_later_wins(desk):
    order = desk.world.place_order("shopify", "ayu", [(desk.skus()[0], 2)])
    before, cursor = await desk.everything("orders")
    desk.world.cancel_order("shopify", order.id)
    after, _ = await desk.everything("orders", cursor)
    assert before[0].key != after[0].key
    assert desk.read(after[0])[0].version > desk.read(before[0])[0].version


async def test_an_order_with_more_lines_than_a_page_is_whole(desk):
    wanted = [(sku, 1) for sku in (desk.skus() * 25)[:25]]
    desk.world.place_order("shopify", "ayu", wanted, force=True)
    seen, _ = await _orders(desk)
    assert [(line.external_sku, line.quantity) for line in seen[0].lines] == wanted
    assert desk.documents("query OrderLines(") == 1


async def test_a_cursor_that_shopify_forgot_starts_its_window_again(desk):
    for _ in range(12):
        desk.world.place_order("shopify", "ayu", [(desk.skus()[0], 1)], force=True)
    batch = await desk.connector.pull("orders", "")
    assert batch.more
    lost = msgspec.json.encode({**msgspec.json.decode(batch.cursor), "after": "bm8gc3VjaA=="}).decode()
    again = await desk.connector.pull("orders", lost)
    assert [delivery.key for delivery in again.deliveries] == [delivery.key for delivery in batch.deliveries]


async def test_an_unreadable_cursor_starts_anew(desk):
    desk.world.place_order("shopify", "ayu", [(desk.skus()[0], 1)])
    assert len((await desk.connector.pull("orders", "{broken")).deliveries) == 1


async def test_listings_carry_what_a_push_needs(desk):
    sku = desk.skus()[0]
    found = (await desk.listings())[sku]
    assert found.quantity == desk.quantity(sku)
    assert set(found.refs) == {"inventory_item_id", "location_id", "product_id"}
    assert found.external_id == desk.world.shelf("shopify").listings[sku].id
    assert (found.state, found.fulfilment, found.currency, found.problem) == ("active", "merchant", "USD", "")


async def test_a_listing_sweep_reads_all_then_only_what_changed_then_all_again_next_day(desk):
    desk.clock.forward(hours=1)
    everything, cursor = await desk.everything("listings")
    assert len(everything) == len(desk.skus())
    desk.clock.forward(minutes=15)
    nothing, cursor = await desk.everything("listings", cursor)
    assert nothing == []
    desk.world.set_quantity("shopify", desk.skus()[3], 1, ours=False)
    desk.clock.forward(minutes=15)
    changed, cursor = await desk.everything("listings", cursor)
    assert [desk.read(delivery)[0].external_sku for delivery in changed] == [desk.skus()[3]]
    desk.clock.forward(days=1)
    whole, _ = await desk.everything("listings", cursor)
    assert len(whole) == len(desk.skus())


async def test_stock_sweeps_read_every_count_each_time(desk):
    for _ in range(2):
        deliveries, cursor = await desk.everything("stock")
        seen = [entry for delivery in deliveries for entry in desk.read(delivery)]
        assert cursor == ""
        assert {entry.external_sku: entry.quantity for entry in seen} == {sku: desk.quantity(sku) for sku in desk.skus()}
        assert all(isinstance(entry, StockSeen) and entry.seen_at == desk.clock.at for entry in seen)
        desk.clock.forward(minutes=15)


async def test_pointers_are_followed_to_what_stands_now(desk):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    desk.world.set_quantity("shopify", sku, 2, ours=False)
    delivery = await desk.connector.fetch(Pointer(kind="inventory_item", id=listing.refs["inventory_item_id"]))
    assert [(seen.external_id, seen.quantity) for seen in desk.read(delivery)] == [(listing.external_id, 2)]
    product = await desk.connector.fetch(Pointer(kind="product", id=listing.refs["product_id"]))
    variants = [seen for seen in desk.read(product) if isinstance(seen, ListingSeen)]
    item = desk.world.state.goods[sku].item
    assert {seen.external_sku for seen in variants} == {good.sku for good in desk.world.state.goods.values() if good.item == item}
    order = desk.world.place_order("shopify", "ayu", [(sku, 1)])
    fetched = desk.read(await desk.connector.fetch(Pointer(kind="order", id=order.id)))[0]
    assert isinstance(fetched, OrderSeen)
    assert fetched.external_id == order.id


async def test_pointers_to_what_is_gone_give_nothing(desk):
    for kind in ("order", "product", "inventory_item"):
        assert await desk.connector.fetch(Pointer(kind=kind, id="1")) is None
    with pytest.raises(NotSupported):
        await desk.connector.fetch(Pointer(kind="weather", id="1"))


async def test_a_chosen_location_that_stocks_nothing_falls_back_to_the_one_that_does(desk, reconnect):
    elsewhere = reconnect(desk.vault, location_id="555")
    batch = await elsewhere.pull("listings", "")
    seen = elsewhere.normalise(batch.deliveries[0])[0]
    assert (seen.refs["location_id"], seen.quantity) == ("74000000001", desk.quantity(seen.external_sku))


async def test_a_first_import_reads_the_newest_week_before_the_rest(desk):
    placed = {}
    for days in (80, 8, 6, 1):
        order = desk.world.place_order(
            "shopify", "ayu", [(desk.skus()[0], 1)], force=True, at=desk.clock.at - timedelta(days=days)
        )
        placed[order.id] = days
    desk.world.place_order("shopify", "ayu", [(desk.skus()[0], 1)], force=True, at=desk.clock.at - timedelta(days=91))
    cursor, told, more, searches = "", [], True, []
    while more:
        batch = await desk.connector.pull("orders", cursor)
        told.append([placed[desk.read(one)[0].external_id] for one in batch.deliveries])
        searches.append(msgspec.json.decode(desk.store.calls[-1].body)["variables"]["search"])
        cursor, more = batch.cursor, batch.more
    assert told == [[6, 1], [80, 8]]
    week = searches[0].removeprefix("updated_at:>=")
    assert searches[1] == f"updated_at:>='2026-02-03T09:30:15Z' AND updated_at:<{week}"
    late = desk.world.place_order("shopify", "ayu", [(desk.skus()[0], 1)], force=True)
    batch = await desk.connector.pull("orders", cursor)
    assert ([desk.read(one)[0].external_id for one in batch.deliveries][-1], batch.more) == (late.id, False)


@pytest.mark.parametrize(
    ("kind", "error"), [("unavailable", Unavailable), ("rate_limited", RateLimited), ("timeout", Unavailable)]
)
async def test_a_pull_that_fails_says_what_to_do(desk, kind, error):
    desk.fault(kind)
    with pytest.raises(error):
        await desk.connector.pull("orders", "")


async def test_a_token_nobody_can_renew_asks_for_the_owner(desk, reconnect):
    secrets = {name: desk.vault[name] for name in ("shop", "access_token", "client_secret")}
    desk.fault("expire_token")
    with pytest.raises(AuthExpired):
        await reconnect(secrets).pull("orders", "")


async def test_check_names_the_store(desk):
    health = await desk.connector.check()
    assert (health.ok, health.account, health.detail, health.missing) == (True, "kawung-demo.myshopify.com", "Kawung Demo", ())
