"""A parcel is confirmed to Amazon once, and Amazon is asked to tell the seller's queue what changes."""

from __future__ import annotations

import pytest

from connectors.amazon.shipping import SHIP, carrier_and_number
from connectors.amazon.subscriptions import KINDS, arn_of
from connectors.base.commands import OrderAct
from connectors.base.contract import Connector
from connectors.base.errors import AuthExpired, ChannelError, Refused
from connectors.base.events import OrderSeen, Pointer
from connectors.base.reroute import Reroute
from connectors.registry import load
from tests.connectors.amazon import wire
from tests.connectors.amazon.line import QUEUE, box_of, calls, connector_of, opened
from tests.connectors.rig import Gate, Rig, context_for

UPS = "UPS 1Z999AA10123456784"


def another(rig: Rig, **secrets: str) -> Connector:
    """The same seller with other secrets."""
    changed = {**rig.secrets, **secrets}
    return load("amazon")(context_for("amazon", rig.http, Reroute(), changed, rig.clock))


def hold_to_models(rig: Rig) -> set[str]:
    met = set()
    for exchange in rig.all_exchanges():
        for name, is_one in wire.OPERATIONS.items():
            if is_one(exchange):
                wire.check(name, exchange)
                met.add(name)
    return met


# Shipping


async def test_a_shipment_is_confirmed_once_with_all_that_is_left(gate: Gate) -> None:
    async with opened(gate) as rig:
        order = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 2), ("KT-DRP-10", 1)])
        connector = connector_of(rig)
        act = OrderAct(key="parcel-1", name=SHIP, order_id=order.id, text=UPS)
        assert act.name in [one.name for one in await connector.offers(order.id, {})]
        await connector.execute(act)
        delivery = await connector.fetch(Pointer(kind="order", id=order.id))
        assert delivery is not None
        seen = next(one for one in connector.normalise(delivery) if isinstance(one, OrderSeen))
        assert (seen.status, seen.carrier, seen.tracking) == ("shipped", "UPS", "1Z999AA10123456784")
        assert act.name not in [one.name for one in await connector.offers(order.id, {})]
        with pytest.raises(Refused) as refused:
            await connector.execute(OrderAct(key="parcel-2", name=SHIP, order_id=order.id, text=UPS))
        assert refused.value.code == "nothing_to_ship"
        assert len(calls(rig, "POST", "shipmentConfirmation")) == 1
        assert "ship" in hold_to_models(rig)


async def test_what_cannot_be_shipped_is_not_offered_and_no_call_is_made(gate: Gate) -> None:
    async with opened(gate) as rig:
        connector = connector_of(rig)
        pending = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        rig.world.change_order("amazon", pending.id, "pending")
        gone = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        rig.world.cancel_order("amazon", gone.id)
        for order_id in (pending.id, gone.id, "111-0000000-0000000"):
            assert SHIP not in [one.name for one in await connector.offers(order_id, {})]
            with pytest.raises(Refused):
                await connector.execute(OrderAct(key="p", name=SHIP, order_id=order_id, text=UPS))
        assert calls(rig, "POST", "shipmentConfirmation") == []


@pytest.mark.parametrize("said", ["", "UPS", "1Z999AA10123456784", "by our own van"])
async def test_a_parcel_without_carrier_and_number_asks_amazon_nothing(gate: Gate, said: str) -> None:
    async with opened(gate) as rig:
        order = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        with pytest.raises(Refused) as refused:
            await rig.connector.execute(OrderAct(key="p", name=SHIP, order_id=order.id, text=said))
        assert (refused.value.code, rig.exchanges) == ("no_tracking", [])


def test_a_carrier_may_have_several_words() -> None:
    assert carrier_and_number("  Royal Mail  JX12345 ") == ("Royal Mail", "JX12345")


# Notices


async def test_the_queue_is_subscribed_once_and_mended_when_a_subscription_is_lost(gate: Gate) -> None:
    async with opened(gate, **QUEUE) as rig:
        notices = box_of(rig).notices
        for _ in range(2):
            await rig.connector.subscribe("")
        assert (set(notices.standing), len(notices.destinations)) == (set(KINDS), 1)
        assert len(calls(rig, "POST", "/notifications/")) == len(KINDS) + 1
        del notices.standing["ORDER_CHANGE"]
        await rig.connector.subscribe("")
        assert set(notices.standing) == set(KINDS)
        assert {"destinations", "new_destination", "subscription", "subscribe"} <= hold_to_models(rig)


async def test_a_subscription_that_leads_to_an_older_queue_is_replaced(gate: Gate) -> None:
    older = QUEUE["sqs_url"].replace("harbour-notices", "old-notices")
    async with opened(gate, **QUEUE) as rig:
        await another(rig, sqs_url=older).subscribe("")
        notices = box_of(rig).notices
        assert not notices.leads("ORDER_CHANGE", arn_of(QUEUE["sqs_url"]))
        await rig.connector.subscribe("")
        assert all(notices.leads(kind, arn_of(QUEUE["sqs_url"])) for kind in KINDS)
        await another(rig, sqs_url=older).unsubscribe("")
        assert set(notices.standing) == set(KINDS)
        await rig.connector.unsubscribe("")
        assert notices.standing == {}
        assert "unsubscribe" in hold_to_models(rig)


async def test_a_role_that_is_missing_for_one_kind_keeps_no_other_back(gate: Gate) -> None:
    async with opened(gate, **QUEUE) as rig:
        box_of(rig).shop.lacking.add("/notifications/v1/subscriptions/FBA")
        with pytest.raises(AuthExpired) as refused:
            await rig.connector.subscribe("")
        assert refused.value.missing == ("Amazon Fulfillment",)
        assert set(box_of(rig).notices.standing) == {"ORDER_CHANGE", "LISTINGS_ITEM_MFN_QUANTITY_CHANGE"}


async def test_without_a_queue_nothing_is_subscribed(gate: Gate) -> None:
    async with opened(gate, **dict.fromkeys(QUEUE, "")) as rig:
        await rig.connector.subscribe("https://shop.example/hooks/x")
        await rig.connector.unsubscribe("https://shop.example/hooks/x")
        assert rig.exchanges == []


def test_a_queue_has_one_name_everywhere() -> None:
    assert arn_of(QUEUE["sqs_url"]) == "arn:aws:sqs:us-east-1:444455556666:harbour-notices"
    with pytest.raises(ChannelError):
        arn_of("https://sqs.us-east-1.amazonaws.com/harbour-notices")
