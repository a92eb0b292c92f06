"""Proof of the sender over raw bytes, one fact by either way, and subscriptions that heal."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

import msgspec
import pytest

from connectors.base.contract import RawRequest
from connectors.base.errors import BadSignature, Refused
from connectors.base.events import CheckoutSeen, Pointer
from connectors.shopify.sandbox import CREDENTIALS
from connectors.shopify.webhooks import TOPICS
from tests.connectors.shopify.conftest import HOOK

BODY = b'{"id": 5600000000001, "updated_at": "2026-05-04T09:30:15Z", "note": "caf\xc3\xa9"}'
SECRET = CREDENTIALS["client_secret"]


def sign(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, algorithm).digest()).decode()


def request(body: bytes = BODY, **headers: str) -> RawRequest:
    given = {
        "x-shopify-topic": "orders/updated",
        "x-shopify-hmac-sha256": sign(BODY),
        "x-shopify-shop-domain": CREDENTIALS["shop"],
        "x-shopify-event-id": "event-1",
        "x-shopify-webhook-id": "webhook-1",
        "x-shopify-triggered-at": "2026-05-04T09:30:16Z",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return RawRequest(method="POST", url="https://seller.example/hooks/abc", headers=tuple(given.items()), query=(), body=body)


def flipped(body: bytes, position: int) -> bytes:
    return body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]


REENCODED = msgspec.json.encode(msgspec.json.decode(BODY))
MUTATIONS = {
    "first bit": request(flipped(BODY, 0)),
    "middle bit": request(flipped(BODY, len(BODY) // 2)),
    "last bit": request(flipped(BODY, len(BODY) - 1)),
    "cut": request(BODY[:-1]),
    "longer": request(BODY + b" "),
    "with a newline": request(BODY + b"\n"),
    "empty body": request(b""),
    "re-encoded": request(REENCODED),
    "other note": request(BODY.replace(b"caf", b"Caf")),
    "unescaped": request(BODY.replace(b"\xc3\xa9", b"\\u00e9")),
    "no signature": request(x_shopify_hmac_sha256=""),
    "other secret": request(x_shopify_hmac_sha256=sign(BODY, "shpss_other")),
    "empty secret": request(x_shopify_hmac_sha256=sign(BODY, "")),
    "hex": request(x_shopify_hmac_sha256=hmac.new(SECRET.encode(), BODY, "sha256").hexdigest()),
    "sha1": request(x_shopify_hmac_sha256=sign(BODY, algorithm="sha1")),
    "plain hash": request(x_shopify_hmac_sha256=base64.b64encode(hashlib.sha256(BODY).digest()).decode()),
    "cut signature": request(x_shopify_hmac_sha256=sign(BODY)[:-1]),
    "signature in other case": request(x_shopify_hmac_sha256=sign(BODY).swapcase()),
    "signature with a blank": request(x_shopify_hmac_sha256=" " + sign(BODY)),
    "odd letters": request(x_shopify_hmac_sha256="ü" * 44),
    "two signatures": request(shopify_hmac_sha256=sign(BODY, "shpss_other")),
    "other shop": request(x_shopify_shop_domain="someone-else.myshopify.com"),
}


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS.keys())
async def test_a_changed_request_is_refused(desk, mutation):
    with pytest.raises(BadSignature):
        await desk.connector.receive(mutation)


async def test_a_proven_request_is_kept_byte_for_byte(desk):
    received = await desk.connector.receive(request())
    assert received.status == 200
    assert [(kept.kind, kept.key, kept.body, kept.account) for kept in received.deliveries] == [
        ("orders/updated", "orders/updated:event-1", BODY, CREDENTIALS["shop"])
    ]


async def test_the_newer_header_names_are_read_too(desk):
    given = request()
    newer = tuple((name.removeprefix("x-"), value) for name, value in given.headers)
    assert (await desk.connector.receive(replace(given, headers=newer))).deliveries == (
        await desk.connector.receive(given)
    ).deliveries


async def test_a_retry_has_the_same_key_and_another_topic_of_the_event_has_not(desk):
    keys = [
        (await desk.connector.receive(each)).deliveries[0].key
        for each in (request(), request(x_shopify_webhook_id="webhook-2"), request(x_shopify_topic="orders/paid"))
    ]
    assert keys[0] == keys[1]
    assert keys[2] != keys[0]


async def test_without_ids_the_bytes_name_the_delivery(desk):
    bare = request(x_shopify_event_id="", x_shopify_webhook_id="")
    once, twice = [(await desk.connector.receive(bare)).deliveries[0].key for _ in range(2)]
    assert once == twice != "orders/updated:"


async def test_an_unset_secret_proves_nothing_and_the_former_one_counts_while_rotating(desk, reconnect):
    unset = reconnect({**desk.vault, "client_secret": ""})
    with pytest.raises(BadSignature):
        await unset.receive(request(x_shopify_hmac_sha256=sign(BODY, "")))
    rotating = reconnect({**desk.vault, "client_secret": "shpss_new", "previous_client_secret": SECRET})
    assert len((await rotating.receive(request())).deliveries) == 1


async def _facts(desk, posts):
    """(from webhooks, from the pull) of the newest state of each order."""
    told = [desk.read((await desk.connector.receive(post)).deliveries[0])[0] for post in posts]
    pulled, _ = await desk.everything("orders")
    return told, [desk.read(delivery)[0] for delivery in pulled]


async def test_webhook_and_pull_tell_the_same_order(desk, hook):
    await desk.connector.subscribe(hook)
    first, second = desk.skus()[:2]
    order = desk.world.place_order("shopify", "ayu", [(first, 2), (second, 1)])
    told, pulled = await _facts(desk, desk.posts.of("orders/create"))
    assert told == pulled
    assert [(line.external_sku, line.quantity) for line in told[0].lines] == [(first, 2), (second, 1)]
    desk.clock.forward(minutes=3)
    desk.world.change_order("shopify", order.id, "shipped", tracking="1Z2345", carrier="UPS")
    told, pulled = await _facts(desk, desk.posts.of("orders/updated"))
    assert told == pulled
    assert (told[0].status, told[0].tracking, told[0].carrier) == ("shipped", "1Z2345", "UPS")
    desk.clock.forward(minutes=3)
    desk.world.change_order("shopify", order.id, "delivered")
    told, pulled = await _facts(desk, desk.posts.of("orders/updated")[-1:])
    assert told == pulled
    assert told[0].status == "delivered"


async def test_webhook_and_pull_tell_the_same_cancellation(desk, hook):
    await desk.connector.subscribe(hook)
    order = desk.world.place_order("shopify", "sam", [(desk.skus()[0], 2)])
    desk.clock.forward(minutes=3)
    desk.world.cancel_order("shopify", order.id)
    told, pulled = await _facts(desk, desk.posts.of("orders/cancelled"))
    assert told == pulled
    assert (told[0].status, told[0].lines[0].quantity, told[0].lines[0].cancelled, told[0].total_minor) == ("cancelled", 0, 2, 0)


async def test_a_stock_webhook_only_points_and_the_count_is_read(desk, hook, stock_line):
    await desk.connector.subscribe(hook)
    sku = desk.skus()[0]
    item = (await desk.listings())[sku].refs["inventory_item_id"]
    desk.world.set_quantity("shopify", sku, 6, ours=False)
    desk.world.set_quantity("shopify", sku, 5, ours=False)
    post = desk.posts.of("inventory_levels/update")[0]
    outcomes = desk.read((await desk.connector.receive(post)).deliveries[0])
    assert outcomes == [Pointer(kind="inventory_item", id=item)]
    assert [seen.quantity for seen in desk.read(await desk.connector.fetch(outcomes[0]))] == [5]


async def test_subscribing_again_changes_nothing_and_a_moved_address_is_corrected(desk, hook):
    await desk.connector.subscribe(hook)
    first = {gid: dict(entry) for gid, entry in desk.store.subscriptions.items()}
    await desk.connector.subscribe(hook)
    assert desk.store.subscriptions == first
    assert sorted(entry["topic"] for entry in first.values()) == sorted(TOPICS)
    await desk.connector.subscribe("https://moved.example/hooks/abc")
    assert set(desk.store.subscriptions) == set(first)
    assert {entry["uri"] for entry in desk.store.subscriptions.values()} == {"https://moved.example/hooks/abc"}


async def test_a_subscription_that_shopify_removed_is_made_again(desk, hook):
    await desk.connector.subscribe(hook)
    desk.store.subscriptions.pop(next(iter(desk.store.subscriptions)))
    await desk.connector.subscribe(hook)
    assert sorted(entry["topic"] for entry in desk.store.subscriptions.values()) == sorted(TOPICS)


async def test_a_refused_topic_is_told_and_the_others_are_made(desk):
    for topic in ("ORDERS_CREATE", "PRODUCTS_CREATE"):
        desk.store.withheld.add(topic)
    with pytest.raises(Refused):
        await desk.connector.subscribe(HOOK)
    made = {entry["topic"] for entry in desk.store.subscriptions.values()}
    assert made == set(TOPICS) - {"ORDERS_CREATE", "PRODUCTS_CREATE"}


async def test_unsubscribing_leaves_what_is_not_ours(desk, hook):
    await desk.connector.subscribe(hook)
    desk.store.subscriptions["other"] = {"id": "other", "topic": "ORDERS_PAID", "uri": "https://else.example/"}
    await desk.connector.unsubscribe(hook)
    assert list(desk.store.subscriptions) == ["other"]


async def test_a_basket_left_behind_is_told(desk, hook):
    await desk.connector.subscribe(hook)
    sku = desk.skus()[0]
    desk.store.leave_basket("b001", [(sku, 2)])
    (request,) = desk.posts.of("checkouts/create")
    (delivery,) = (await desk.connector.receive(request)).deliveries
    (seen,) = desk.read(delivery)
    assert isinstance(seen, CheckoutSeen)
    assert [(line.external_sku, line.quantity) for line in seen.lines] == [(sku, 2)]
    assert (seen.recovered, seen.total_minor) == (False, 2 * desk.world.shelf("shopify").listings[sku].price_minor)


async def test_a_subscription_the_store_dropped_is_made_again(desk, hook):
    await desk.connector.subscribe(hook)
    before = {entry["topic"] for entry in desk.store.subscriptions.values()}
    desk.store.subscriptions.pop(next(iter(desk.store.subscriptions)))
    await desk.connector.subscribe(hook)
    assert sorted(entry["topic"] for entry in desk.store.subscriptions.values()) == sorted(before)
