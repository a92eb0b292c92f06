"""What only eBay has: wishes to cancel, the older calls, both models of listings, and subscriptions that were bent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connectors.base.commands import OrderAct
from connectors.base.contract import Connector, Offering
from connectors.base.events import Handle, MessageReceived
from connectors.ebay.connector import EbayConnector
from tests.connectors.ebay.line import with_settings
from tests.connectors.rig import Rig


async def beyond(rig: Rig) -> None:
    await _answer_wishes(rig)
    await _count_both_models(rig)
    await _talk_the_old_way(rig)
    await _mend_subscriptions(rig)
    rig.sandbox.shop.lacking.add("commerce.identity")  # type: ignore[attr-defined]
    await _with(rig).check()
    rig.sandbox.shop.lacking.clear()  # type: ignore[attr-defined]


def _with(rig: Rig, **settings: str) -> EbayConnector:
    assert isinstance(rig.connector, EbayConnector)
    return EbayConnector(with_settings(rig.connector._client.context, settings))


def _order(rig: Rig) -> Any:
    return rig.world.place_order(rig.channel, next(iter(rig.world.state.buyers)), [(rig.plenty(3)[0], 1)])


async def _answer_wishes(rig: Rig) -> None:
    """One is approved, the other declined."""
    assert isinstance(rig.connector, Offering)
    for position, text in ((0, ""), (1, "JX12345")):
        order = _order(rig)
        rig.sandbox.cases.ask_cancel(order)  # type: ignore[attr-defined]
        offer = (await rig.connector.offers(order.id, {}))[position]
        command = OrderAct(key=offer.name, name=offer.name, order_id=order.id, text=text)
        await rig.connector.execute(command)
        await rig.connector.look_up(command)


async def _count_both_models(rig: Rig) -> None:
    seen = await rig.listings()
    by_model = {listing.model: sku for sku, listing in seen.items()}
    command = rig.stock_command(dict.fromkeys((by_model["inventory"], by_model["trading"]), 2), seen, key="both")
    assert {line.outcome for line in (await rig.connector.execute(command)).lines} == {"accepted"}
    assert await rig.connector.look_up(command) is not None
    rig.clock.moment += timedelta(minutes=30)
    cursor = await _read(rig.connector, "listings", "")
    await _read(rig.connector, "listings", cursor)
    await _read(_with(rig, unpaid_orders="hold"), "orders", "")


async def _read(connector: Connector, feed: str, cursor: str) -> str:
    more = True
    while more:
        batch = await connector.pull(feed, cursor)
        cursor, more = batch.cursor, batch.more
    return cursor


async def _talk_the_old_way(rig: Rig) -> None:
    """An answer to a question, and a first word about an order, both found again."""
    sku = next(iter(rig.world.shelf(rig.channel).listings))
    rig.buyer_writes("Shipping to Ireland?", sku=sku)
    connector = _with(rig, messages="trading")
    batch = await connector.pull("messages", "")
    asked = next(
        each for delivery in batch.deliveries for each in connector.normalise(delivery)
        if isinstance(each, MessageReceived) and each.text == "Shipping to Ireland?"
    )  # fmt: skip
    answer = rig.reply_to(asked, "Yes, in two days.", key="old")
    await connector.execute(answer)
    assert await connector.look_up(answer) is not None
    buyer = next(iter(rig.world.state.buyers.values()))
    refs = {"model": "trading", "item_id": rig.world.shelf(rig.channel).listings[sku].id}
    customer = Handle(kind=asked.customer.kind, value=buyer.user, label=buyer.user)
    bare = MessageReceived(thread="", external_id="", direction="in", sent_at=rig.clock.now(), customer=customer, refs=refs)
    first = rig.reply_to(bare, "It left today.", key="older")
    await connector.execute(first)
    assert await connector.look_up(first) is not None


async def _mend_subscriptions(rig: Rig) -> None:
    """Another place, another word, and one that was switched off."""
    notices = rig.sandbox.notices  # type: ignore[attr-defined]
    await rig.connector.subscribe(rig.hook_url)
    for destination in notices.destinations.values():
        destination["status"] = "DISABLED"
    first, second, *_ = notices.subscriptions.values()
    first["destinationId"], second["status"] = "another", "DISABLED"
    await rig.connector.subscribe(rig.hook_url)
    await rig.connector.unsubscribe(rig.hook_url)
