"""What its webhooks prove, and how the pretend shop behaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from connectors.base.client import open_http
from connectors.base.contract import RawRequest
from connectors.base.errors import BadSignature, NotSupported
from connectors.base.events import ListingSeen, MessageReceived, OrderSeen
from connectors.base.faults import Faults
from connectors.base.reroute import Reroute
from connectors.base.signing import digest_base64
from connectors.base.world import World
from connectors.registry import load
from connectors.woocommerce.sandbox import CREDENTIALS, PretendShop
from connectors.woocommerce.sandbox_hooks import Courier, Hook
from tests.connectors.rig import Clock, Rig, context_for
from tests.connectors.woocommerce.scripted import KEY, Script, only_here

# Webhooks


def request(body: bytes, signed: str, topic: str = "order.updated") -> RawRequest:
    headers = (("x-wc-webhook-signature", signed), ("x-wc-webhook-topic", topic), ("x-wc-webhook-delivery-id", "91"))
    return RawRequest(method="POST", url="https://us.example/hooks/x", headers=headers, query=(), body=body)


async def test_the_knock_at_the_door_is_answered_and_kept_nowhere() -> None:
    connector = Script().connector()
    received = await connector.receive(request(b"webhook_id=142", ""))
    assert (received.status, received.deliveries) == (200, ())
    for body in (b"webhook_id=142&id=1", b'{"id": 1}', b"", b"webhook_id="):
        with pytest.raises(BadSignature):
            await connector.receive(request(body, ""))


async def test_the_raw_body_is_signed() -> None:
    secret, body = CREDENTIALS["webhook_secret"], b'{"id":  1}'
    connector = Script().connector()
    received = await connector.receive(request(body, digest_base64(secret, body)))
    assert (received.deliveries[0].kind, received.deliveries[0].body) == ("order.updated", body)
    with pytest.raises(BadSignature):
        await connector.receive(request(b'{"id": 1}', digest_base64(secret, body)))
    with pytest.raises(BadSignature):
        await Script().connector(webhook_secret="").receive(request(body, digest_base64("", body)))


@only_here
async def test_a_webhook_that_the_shop_switched_off_is_switched_on_again(rig: Rig) -> None:
    right, rig.secrets["webhook_secret"] = rig.secrets["webhook_secret"], "another-secret-for-now"
    await rig.connector.subscribe(rig.hook_url)
    rig.secrets["webhook_secret"] = right
    hooks = _hooks_of(rig)
    sku, buyer = rig.plenty(9)[0], next(iter(rig.world.state.buyers))
    for _ in range(6):
        rig.world.place_order(KEY, buyer, [(sku, 1)])
        await rig.posted()
    assert {hook.status for hook in hooks.values() if hook.topic == "order.created"} == {"disabled"}
    assert rig.refused > 5
    await rig.connector.subscribe(rig.hook_url)
    assert {hook.status for hook in hooks.values()} == {"active"}
    before = len(rig.received)
    rig.world.place_order(KEY, buyer, [(sku, 1)])
    assert "order.created" in [delivery.kind for delivery in await rig.posted(before)]


@only_here
async def test_of_two_webhooks_for_one_topic_one_remains(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    hooks = _hooks_of(rig)
    count, first = len(hooks), next(iter(hooks.values()))
    hooks[999] = type(first)(999, first.topic, first.url, first.secret)
    hooks[1000] = type(first)(1000, first.topic, "https://other.example/hook", "x")
    await rig.connector.subscribe(rig.hook_url)
    assert (len(hooks), 1000 in hooks) == (count + 1, True)
    await rig.connector.unsubscribe(rig.hook_url)
    assert list(hooks) == [1000]


def _hooks_of(rig: Rig) -> dict[int, Hook]:
    assert isinstance(rig.sandbox.poster, Courier)
    return rig.sandbox.poster.hooks


# The sandbox


async def test_a_shop_that_drops_the_header_or_hides_its_api_is_met() -> None:
    shop = PretendShop(World(7), Faults())
    client = open_http(Reroute(), httpx.ASGITransport(cast(Any, shop.box)))
    connector = load(KEY)(context_for(KEY, client, Reroute(), dict(CREDENTIALS), Clock()))
    shop.takes_header = False
    assert (await connector.check()).ok
    shop.writes = False
    assert (await connector.check()).missing == ("write",)
    shop.pretty = False
    assert "Permalinks" in (await connector.check()).fix
    await client.aclose()


@pytest.mark.parametrize("place", ["binned", "deleted"])
async def test_an_order_thrown_away_without_a_word_is_cancelled(place: str) -> None:
    world, clock = World(7), Clock()
    shop = PretendShop(world, Faults())
    client = open_http(Reroute(), httpx.ASGITransport(cast(Any, shop.box)))
    connector = load(KEY)(context_for(KEY, client, Reroute(), dict(CREDENTIALS), clock))
    buyer, sku = next(iter(world.state.buyers)), next(sku for sku, one in world.shelf(KEY).listings.items() if one.quantity > 1)
    order = world.place_order(KEY, buyer, [(sku, 1)])
    cursor, more = "", True
    while more:
        batch = await connector.pull("orders", cursor)
        cursor, more = batch.cursor, batch.more
    getattr(shop, place).add(order.id)
    clock.moment += timedelta(minutes=6)
    batch = await connector.pull("orders", cursor)
    seen = [event for one in batch.deliveries for event in connector.normalise(one) if isinstance(event, OrderSeen)]
    assert [(one.external_id, one.status) for one in seen if one.external_id == order.id] == [(order.id, "cancelled")]
    assert {one.external_id for one in seen if one.status == "cancelled"} == {order.id}
    await client.aclose()


@only_here
async def test_a_wrong_key_is_refused(rig: Rig) -> None:
    rig.secrets["consumer_secret"] = "cs_00000000000000000000"
    health = await load(KEY)(context_for(KEY, rig.http, Reroute(), rig.secrets, rig.clock)).check()
    assert (health.ok, "Read/Write" in health.fix) == (False, True)


@only_here
async def test_a_checkout_note_opens_a_talk_about_its_order(rig: Rig) -> None:
    sku, buyer = rig.plenty(4)[0], next(iter(rig.world.state.buyers))
    placed = rig.world.place_order(KEY, buyer, [(sku, 1)])
    rig.world.message(KEY, buyer, "Please ring twice", order=placed.id)
    found = await rig.outcomes(await rig.pull_all("messages"))
    (said,) = [each for each in found if isinstance(each, MessageReceived)]
    assert (said.thread, said.order_ids, said.text) == (placed.id, (placed.id,), "Please ring twice")
    receipt = await rig.connector.execute(rig.reply_to(said, "We will & do <3"))
    both = [each for each in await rig.outcomes(await rig.pull_all("messages")) if isinstance(each, MessageReceived)]
    assert [(each.direction, each.text) for each in both] == [("in", "Please ring twice"), ("out", "We will & do <3")]
    assert both[1].external_id == receipt.external_id
    assert not both[1].automated


@only_here
async def test_sizes_of_one_shirt_are_variations_of_one_product(rig: Rig) -> None:
    found = [each for each in await rig.outcomes(await rig.pull_all("listings")) if isinstance(each, ListingSeen)]
    shirts = [each for each in found if each.external_sku.startswith("SB-PRG-IND-")]
    assert len({each.refs["product_id"] for each in shirts}) == 1
    assert len({each.external_id for each in found}) == len(found)
    wanted = {each.external_sku: place for place, each in enumerate(found)}
    receipt = await rig.connector.execute(rig.stock_command(wanted, await rig.listings()))
    assert {each.outcome for each in receipt.lines} == {"accepted"}
    assert {sku: each.quantity for sku, each in rig.world.shelf(KEY).listings.items()} == wanted


async def test_there_is_nothing_else_to_do_on_an_order() -> None:
    with pytest.raises(NotSupported):
        await Script().connector().fetch_media("x")
