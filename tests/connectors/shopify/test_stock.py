"""Pushing counts: keyed, compared, all or nothing, and never pretended."""

from __future__ import annotations

import msgspec
import pytest

from connectors.base.commands import SendReply, SetStock
from connectors.base.errors import Ambiguous, AuthExpired, NotSupported, RateLimited, Refused, Unavailable
from connectors.base.events import Handle, StockSeen
from connectors.shopify.render import set_quantities


async def test_a_push_sets_the_count_and_names_our_key(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    receipt = await desk.connector.execute(push(stock_line(listing, 3, listing.quantity), key="v7:a b"))
    assert [(found.listing_id, found.outcome) for found in receipt.lines] == [(f"L-{sku}", "accepted")]
    shown = desk.world.shelf("shopify").listings[sku]
    assert (shown.quantity, shown.pushes, shown.key) == (3, 1, "gid://onecounter/Push/v7%3Aa%20b")


async def test_the_same_command_twice_is_written_once(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    command = push(stock_line(listing, 3, None))
    await desk.connector.execute(command)
    desk.world.set_quantity("shopify", sku, 8, ours=False)
    receipt = await desk.connector.execute(command)
    assert receipt.lines[0].outcome == "accepted"
    assert desk.quantity(sku) == 8
    assert desk.world.shelf("shopify").listings[sku].pushes == 1


async def test_one_key_never_goes_out_with_other_content(desk, stock_line):
    listing = (await desk.listings())[desk.skus()[0]]
    first, second = (set_quantities("k", [stock_line(listing, count, None)]) for count in (3, 4))
    again = set_quantities("k", [stock_line(listing, 3, None)])
    assert first["key"] == again["key"]
    assert first["key"] != second["key"]


async def test_a_stale_line_is_told_what_stands_there_and_the_others_go(desk, push, stock_line):
    stale, good = desk.skus()[:2]
    listings = await desk.listings()
    desk.world.place_order("shopify", "ayu", [(stale, 2)])
    left = desk.quantity(stale)
    command = push(
        stock_line(listings[stale], 1, listings[stale].quantity), stock_line(listings[good], 4, listings[good].quantity)
    )
    receipt = await desk.connector.execute(command)
    assert [(found.outcome, found.observed, found.code) for found in receipt.lines] == [
        ("stale", left, "change_from_quantity_stale"),
        ("accepted", None, ""),
    ]
    assert (desk.quantity(stale), desk.quantity(good)) == (left, 4)


async def test_lines_that_cannot_go_are_answered_without_a_call(desk, push, stock_line):
    listing = (await desk.listings())[desk.skus()[0]]
    bare = msgspec.structs.replace(stock_line(listing, 3, None), refs={})
    calls = len(desk.store.calls)
    receipt = await desk.connector.execute(push(bare))
    assert [(found.outcome, found.code) for found in receipt.lines] == [("refused", "no_inventory_item")]
    assert len(desk.store.calls) == calls


async def test_two_lines_on_one_inventory_item_do_not_fight(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    twin = msgspec.structs.replace(stock_line(listing, 5, None), listing_id="L-twin")
    receipt = await desk.connector.execute(push(stock_line(listing, 3, None), twin))
    assert [found.outcome for found in receipt.lines] == ["accepted", "retry"]
    assert desk.quantity(sku) == 3


async def test_an_unknown_place_is_refused_and_the_rest_goes(desk, push, stock_line):
    first, second = desk.skus()[:2]
    listings = await desk.listings()
    moved = stock_line(listings[first], 3, None)
    moved = msgspec.structs.replace(moved, refs={**moved.refs, "location_id": "999"})
    receipt = await desk.connector.execute(push(moved, stock_line(listings[second], 2, None)))
    assert [(found.outcome, found.code) for found in receipt.lines] == [
        ("refused", "item_not_stocked_at_location"),
        ("accepted", ""),
    ]
    assert desk.quantity(second) == 2


async def test_a_lost_answer_is_ambiguous_and_looking_settles_it(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    command = push(stock_line(listing, 3, listing.quantity))
    desk.fault("swallow_reply", on="stock")
    with pytest.raises(Ambiguous):
        await desk.connector.execute(command)
    found = await desk.connector.look_up(command)
    assert found is not None
    assert [(entry.listing_id, entry.outcome) for entry in found.lines] == [(f"L-{sku}", "accepted")]


async def test_silence_before_the_write_is_found_undone(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    command = push(stock_line(listing, 3, listing.quantity))
    desk.fault("timeout", on="stock")
    with pytest.raises(Ambiguous):
        await desk.connector.execute(command)
    assert await desk.connector.look_up(command) is None
    assert desk.quantity(sku) == listing.quantity


async def test_throttling_says_when_to_come_back_and_writes_nothing(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    desk.fault("rate_limited", on="stock")
    with pytest.raises(RateLimited) as limited:
        await desk.connector.execute(push(stock_line(listing, 3, None)))
    assert (limited.value.after, limited.value.code) == (1.0, "throttled")
    assert desk.quantity(sku) == listing.quantity


async def test_an_empty_cost_bucket_throttles_until_it_refills(desk, push, stock_line):
    listing = (await desk.listings())[desk.skus()[0]]
    desk.store.bucket.spend(100_000)
    with pytest.raises(RateLimited):
        await desk.connector.execute(push(stock_line(listing, 3, None)))
    desk.clock.forward(seconds=1)
    receipt = await desk.connector.execute(push(stock_line(listing, 3, None)))
    assert receipt.lines[0].outcome == "accepted"


async def test_unavailable_is_no_doubt(desk, push, stock_line):
    listing = (await desk.listings())[desk.skus()[0]]
    desk.fault("unavailable", on="stock")
    with pytest.raises(Unavailable):
        await desk.connector.execute(push(stock_line(listing, 3, None)))
    assert desk.quantity(listing.external_sku) == listing.quantity


async def test_a_write_that_was_dropped_in_silence_shows_in_the_next_sweep(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    before, _ = await desk.everything("stock")
    desk.fault("silent_drop", on="stock")
    receipt = await desk.connector.execute(push(stock_line(listing, 3, listing.quantity)))
    assert receipt.lines[0].outcome == "accepted"
    desk.clock.forward(minutes=15)
    after, _ = await desk.everything("stock")
    seen = [entry for delivery in after for entry in desk.read(delivery) if isinstance(entry, StockSeen)]
    assert [entry.quantity for entry in seen if entry.external_sku == sku] == [listing.quantity]
    assert {delivery.key for delivery in before}.isdisjoint(delivery.key for delivery in after)


async def test_an_expired_token_is_renewed_once_and_saved(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    before = dict(desk.vault)
    desk.fault("expire_token", on="stock")
    receipt = await desk.connector.execute(push(stock_line(listing, 3, None)))
    assert receipt.lines[0].outcome == "accepted"
    assert desk.vault["access_token"] != before["access_token"]
    assert desk.vault["refresh_token"] != before["refresh_token"]
    assert desk.world.shelf("shopify").listings[sku].pushes == 1


async def test_a_second_process_uses_the_token_the_first_one_renewed(desk, reconnect):
    old = dict(desk.vault)
    desk.fault("expire_token")
    await desk.connector.check()
    grants = sum(call.path == "/admin/oauth/access_token" for call in desk.store.calls)
    other = reconnect({**desk.vault, "access_token": old["access_token"]})
    assert grants == 1
    assert (await other.check()).ok
    assert (await reconnect(desk.vault).check()).ok


async def test_a_spent_refresh_token_asks_for_the_owner(desk, reconnect):
    desk.fault("expire_token")
    await desk.connector.check()
    stranded = reconnect({**desk.vault, "access_token": "shpat_sandbox", "refresh_token": "shprt_sandbox"})
    with pytest.raises(AuthExpired):
        await stranded.pull("orders", "")
    health = await stranded.check()
    assert (health.ok, bool(health.fix)) == (False, True)


async def test_an_app_of_the_owners_own_needs_only_its_key_and_secret(desk, reconnect):
    own = {name: desk.vault[name] for name in ("shop", "client_id", "client_secret")}
    connector = reconnect(own)
    assert (await connector.check()).ok
    desk.fault("expire_token")
    assert (await connector.check()).ok
    granted = [call.form()["grant_type"] for call in desk.store.calls if call.path == "/admin/oauth/access_token"]
    assert granted == ["client_credentials", "client_credentials"]
    assert not (await reconnect({**own, "client_secret": "wrong"}).check()).ok


async def test_there_is_nothing_to_reply_to(desk):
    reply = SendReply(key="m", thread="t", text="hello", customer=Handle(kind="email", value="a@b.example"))
    with pytest.raises(NotSupported):
        await desk.connector.execute(reply)
    with pytest.raises(NotSupported):
        await desk.connector.look_up(reply)


async def test_a_strange_store_address_is_refused_before_any_socket(desk, reconnect):
    for shop in ("evil.example", "evil.example/x.myshopify.com", "a.myshopify.com.evil.example", ""):
        with pytest.raises(Refused):
            await reconnect({**desk.vault, "shop": shop}).pull("orders", "")
    assert not desk.store.calls


async def test_a_batch_larger_than_a_call_takes_leaves_the_rest_for_later(desk, stock_line):
    listing = (await desk.listings())[desk.skus()[0]]
    lines = tuple(
        msgspec.structs.replace(
            stock_line(listing, 3, None), listing_id=f"L{number}", refs={**listing.refs, "inventory_item_id": str(number)}
        )
        for number in range(260)
    )
    receipt = await desk.connector.execute(SetStock(key="many", lines=lines))
    outcomes = [found.outcome for found in receipt.lines]
    assert (outcomes.count("refused"), outcomes.count("retry")) == (250, 10)


def elsewhere(listing, units):
    return msgspec.structs.replace(listing, refs={**listing.refs, "elsewhere": str(units)})


async def test_our_location_holds_what_the_others_do_not(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    desk.world.set_quantity("shopify", sku, 6, ours=False)
    command = push(stock_line(elsewhere(listing, 9), 12, 15))
    receipt = await desk.connector.execute(command)
    assert (receipt.lines[0].outcome, desk.quantity(sku)) == ("accepted", 3)
    assert (await desk.connector.look_up(command)) == receipt


async def test_what_other_locations_sell_cannot_be_taken_off_from_here_and_is_said(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = elsewhere((await desk.listings())[sku], 9)
    (line,) = (await desk.connector.execute(push(stock_line(listing, 0, None)))).lines
    assert (line.outcome, line.code, line.floor, desk.quantity(sku)) == ("refused", "sold_elsewhere", 9, 0)


async def test_a_stale_line_is_told_what_all_locations_show(desk, push, stock_line):
    sku = desk.skus()[0]
    listing = elsewhere((await desk.listings())[sku], 9)
    desk.world.set_quantity("shopify", sku, 5, ours=False)
    (line,) = (await desk.connector.execute(push(stock_line(listing, 12, 20)))).lines
    assert (line.outcome, line.observed) == ("stale", 14)
