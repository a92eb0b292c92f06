"""Access, orders and subscriptions against the sandbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base.errors import AuthExpired, Refused
from connectors.base.events import AccessWithdrawn, AccountErased, OrderSeen, Pointer
from connectors.ebay.connector import EbayConnector
from connectors.ebay.subscriptions import TOPICS, is_reachable
from tests.connectors.ebay.line import open_line, with_settings
from tests.connectors.rig import Rig, context_for

each_rig = pytest.mark.parametrize("rig", ["ebay"], indirect=True)


def _buyer(rig: Rig) -> str:
    return next(iter(rig.world.state.buyers))


async def _orders(connector: EbayConnector) -> list[OrderSeen]:
    cursor, found = "", []
    while True:
        batch = await connector.pull("orders", cursor)
        cursor = batch.cursor
        found += [each for one in batch.deliveries for each in connector.normalise(one) if isinstance(each, OrderSeen)]
        if not batch.more:
            return found


@each_rig
async def test_tokens_are_kept_and_minted_once(rig: Rig) -> None:
    for _ in range(3):
        await rig.connector.pull("orders", "")
    assert rig.sandbox.shop.minted == 1  # type: ignore[attr-defined]
    assert rig.secrets["access_token"]
    again = EbayConnector(replace(rig.connector._client.context, secrets=dict(rig.secrets)))  # type: ignore[attr-defined]
    await again.pull("orders", "")
    assert rig.sandbox.shop.minted == 1  # type: ignore[attr-defined]


@each_rig
async def test_a_token_is_renewed_before_its_end_and_after_a_refusal(rig: Rig) -> None:
    await rig.connector.pull("orders", "")
    rig.clock.moment += timedelta(seconds=7150)
    await rig.connector.pull("orders", "")
    assert rig.sandbox.shop.minted == 2  # type: ignore[attr-defined]
    rig.strike("expire_token")
    await rig.connector.pull("orders", "")
    rig.strike("expire_token")
    await rig.connector.pull("stock", "")
    assert rig.sandbox.shop.minted == 4  # type: ignore[attr-defined]


@each_rig
async def test_a_withdrawn_grant_is_believed_only_when_ebay_refuses_us(rig: Rig) -> None:
    pointer = Pointer(kind="access", id="someone_else")
    assert await rig.connector.fetch(pointer) is None
    rig.secrets["refresh_token"] = "revoked"
    delivery = await rig.connector.fetch(pointer)
    assert delivery is not None
    (event,) = rig.connector.normalise(delivery)
    assert isinstance(event, AccessWithdrawn)
    rig.strike("expire_token")
    with pytest.raises(AuthExpired):
        await rig.connector.pull("orders", "")


@each_rig
async def test_a_cancelled_order_is_read_whole_and_has_nothing_left_to_supply(rig: Rig) -> None:
    sku, *_ = rig.plenty(3)
    order = rig.world.place_order("ebay", _buyer(rig), [(sku, 2)])
    rig.world.cancel_order("ebay", order.id)
    batch = await rig.connector.pull("orders", "")
    assert b'"cancelRequestId"' in batch.deliveries[0].body
    (event,) = rig.connector.normalise(batch.deliveries[0])
    assert isinstance(event, OrderSeen)
    assert (event.status, [(line.quantity, line.cancelled) for line in event.lines]) == ("cancelled", [(0, 2)])


@each_rig
async def test_a_first_import_says_how_many_orders_there_are(rig: Rig) -> None:
    sku, buyer = rig.plenty(9)[0], next(iter(rig.world.state.buyers))
    for _ in range(3):
        rig.world.place_order(rig.channel, buyer, [(sku, 1)])
    assert (await rig.connector.pull("orders", "")).about == 3


@each_rig
async def test_versions_grow_as_the_order_changes(rig: Rig) -> None:
    sku, *_ = rig.plenty(3)
    order = rig.world.place_order("ebay", _buyer(rig), [(sku, 1)])
    (before,) = await _orders(rig.connector)  # type: ignore[arg-type]
    rig.world.change_order("ebay", order.id, "shipped", tracking="JX123", carrier="USPS")
    (after,) = await _orders(rig.connector)  # type: ignore[arg-type]
    assert (before.status, after.status, after.tracking) == ("open", "shipped", "JX123")
    assert before.version < after.version


@each_rig
async def test_unpaid_purchases_are_held_only_when_wanted(rig: Rig) -> None:
    sku, *_ = rig.plenty(3)
    order = rig.world.place_order("ebay", _buyer(rig), [(sku, 1)])
    rig.world.change_order("ebay", order.id, "pending")
    assert await _orders(rig.connector) == []  # type: ignore[arg-type]
    context = rig.connector._client.context  # type: ignore[attr-defined]
    (held,) = await _orders(EbayConnector(with_settings(context, {"unpaid_orders": "hold"})))
    assert (held.external_id, held.status, held.lines[0].external_id) == (order.id, "pending", order.lines[0].id)
    rig.world.change_order("ebay", order.id, "open")
    (paid,) = await _orders(EbayConnector(with_settings(context, {"unpaid_orders": "hold"})))
    assert (paid.external_id, paid.status) == (held.external_id, "open")
    assert paid.version > held.version


async def test_a_clock_ahead_of_ebays_still_reads_orders() -> None:
    async with open_line() as (line, client):
        line.say('{"errors": [{"errorId": 30850, "message": "future"}]}', "400 Bad Request", "application/json")
        line.say('{"orders": [], "total": 0}', media_type="application/json")
        batch = await EbayConnector(client.context).pull("orders", "")
        assert (batch.deliveries, batch.more) == ((), False)
        assert b"..%5D" in line.asked[1].split(b"\r\n")[0] or b"..]" in line.asked[1].split(b"\r\n")[0]


def _active(rig: Rig) -> dict[str, str]:
    notices = rig.sandbox.notices  # type: ignore[attr-defined]
    return {
        one["topicId"]: notices.destinations[one["destinationId"]]["deliveryConfig"]["endpoint"]
        for one in notices.subscriptions.values()
        if one["status"] == "ENABLED"
    }


@each_rig
async def test_subscribing_is_repeatable_and_mends_what_was_broken(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    assert _active(rig) == dict.fromkeys(TOPICS, rig.hook_url)
    assert [one.method for one in rig.hooks] == ["GET"]
    notices = rig.sandbox.notices  # type: ignore[attr-defined]
    first = next(iter(notices.subscriptions.values()))
    first["status"] = "DISABLED"
    writes = len([one for one in rig.exchanges if one.method != "GET"])
    await rig.connector.subscribe(rig.hook_url)
    assert _active(rig) == dict.fromkeys(TOPICS, rig.hook_url)
    made = [(one.method, one.path) for one in rig.exchanges if one.method != "GET"][writes:]
    assert made == [("POST", f"/commerce/notification/v1/subscription/{first['subscriptionId']}/enable")]


@each_rig
async def test_another_address_takes_the_subscriptions_over(rig: Rig) -> None:
    await rig.connector.subscribe("https://old.invalid/hooks/t")
    await rig.connector.subscribe(rig.hook_url)
    assert _active(rig) == dict.fromkeys(TOPICS, rig.hook_url)
    await rig.connector.unsubscribe("https://old.invalid/hooks/t")
    assert _active(rig) == dict.fromkeys(TOPICS, rig.hook_url)
    await rig.connector.unsubscribe(rig.hook_url)
    assert _active(rig) == {}
    assert rig.sandbox.notices.destinations == {}  # type: ignore[attr-defined]


@each_rig
async def test_an_address_ebay_cannot_reach_is_left_alone(rig: Rig) -> None:
    await rig.connector.subscribe("http://192.168.1.5:8000/hooks/t")
    assert rig.exchanges == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/hooks/t", True),
        ("http://127.0.0.1:8000/hooks/t", True),
        ("http://[::1]:8000/hooks/t", True),
        ("http://localhost:8000/hooks/t", True),
        ("http://shop.example/hooks/t", False),
        ("http://10.0.0.7/hooks/t", False),
        ("", False),
    ],
)
def test_which_addresses_can_be_reached(url: str, expected: bool) -> None:
    assert is_reachable(url) is expected


@each_rig
async def test_a_wrong_verification_token_is_told(rig: Rig) -> None:
    context = rig.connector._client.context  # type: ignore[attr-defined]
    secrets = {**rig.secrets, "verification_token": "z" * 40}
    wrong = EbayConnector(context_for("ebay", rig.http, context.reroute, secrets, rig.clock))
    with pytest.raises(Refused) as raised:
        await wrong.subscribe(rig.hook_url)
    assert raised.value.code == "195020"


@each_rig
async def test_the_notice_of_a_left_buyer_names_both_identities(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    ordinal = len(rig.received)
    rig.sandbox.notices.post("MARKETPLACE_ACCOUNT_DELETION", {"username": "gone_user", "userId": "gOnE1"})  # type: ignore[attr-defined]
    events = await rig.outcomes(await rig.posted(ordinal))
    assert [event.handle.value for event in events if isinstance(event, AccountErased)] == ["gOnE1", "gone_user"]
