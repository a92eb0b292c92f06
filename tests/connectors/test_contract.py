"""What the pipeline relies on, asked of every channel folder."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import connectors
from connectors.base.contract import Delivery, RawRequest
from connectors.base.errors import BadSignature, ChannelError, NotSupported
from connectors.base.events import ListingSeen, MessageReceived, OrderSeen
from connectors.base.manifest import Manifest
from connectors.registry import icon, load_sandbox, manifest, readme
from tests.connectors.rig import FEEDS, HOOKED, KEYS, SENDING, STOCKING, Rig, connector_alone

ROOT = Path(connectors.__file__).parent
PARTS = ("__init__", "manifest", "client", "errors", "normalise", "render", "webhooks", "connector", "sandbox")
LANGUAGES = ("en", "id")
PLAIN_HEADERS = ("host", "content-type", "content-length", "accept", "accept-encoding", "connection", "user-agent")

each_folder = pytest.mark.parametrize("key", KEYS)
each_hooked = pytest.mark.parametrize("rig", HOOKED, indirect=True)
each_sending = pytest.mark.parametrize("rig", SENDING, indirect=True)
each_stocking = pytest.mark.parametrize("rig", STOCKING, indirect=True)
each_feed = pytest.mark.parametrize(("rig", "feed"), FEEDS, indirect=["rig"])


# The folder


@each_folder
def test_folder_is_complete(key: str) -> None:
    found = {path.stem for path in (ROOT / key).glob("*.py")}
    needed = {part for part in PARTS if not (part == "render" and not manifest(key).sending)}
    assert needed <= found
    assert list((ROOT / key / "fixtures").glob("*.out.json")) != []


@each_folder
def test_guide_and_icon_are_ours_to_show(key: str) -> None:
    english, indonesian, drawing = readme(key, "en"), readme(key, "id"), icon(key)
    assert english.startswith(f"# {manifest(key).name}")
    assert indonesian.startswith("# ")
    assert indonesian != english
    assert "currentColor" in drawing
    assert "<script" not in drawing
    assert 'viewBox="0 0 16 16"' in drawing


@each_folder
def test_manifest_is_whole(key: str) -> None:
    found = manifest(key)
    assert found.key == key.removeprefix("_")
    assert re.fullmatch(r"[a-z][a-z0-9]{2,30}", found.key)
    assert found.name
    assert found.glyph
    assert 0 <= found.hue < 360
    assert set(LANGUAGES) <= set(found.sentence)
    for secret in found.secrets:
        assert set(LANGUAGES) <= set(secret.label), secret.name
        assert not secret.help or set(LANGUAGES) <= set(secret.help), secret.name
        assert all(secret.label.values()), secret.name
        re.compile(secret.pattern)


@each_folder
def test_every_operation_has_a_bucket(key: str) -> None:
    found = manifest(key)
    missing = {operation for operation in _operations(found) if found.bucket(operation) is None}
    assert missing == set()
    assert all(bucket.per_s > 0 and bucket.burst >= 1 for bucket in found.buckets)


def _operations(found: Manifest) -> set[str]:
    operations = {feed.operation for feed in found.feeds}
    operations |= {found.sending.operation} if found.sending else set()
    return operations | ({found.stocking.operation} if found.stocking else set())


@each_folder
def test_credentials_of_the_sandbox_fit_the_form(key: str) -> None:
    _, credentials = load_sandbox(key)
    declared = {secret.name: secret for secret in manifest(key).secrets}
    assert set(credentials) <= set(declared)
    assert {name for name, secret in declared.items() if not secret.optional} <= set(credentials)
    for name, value in credentials.items():
        assert not declared[name].pattern or re.fullmatch(declared[name].pattern, value), name


# Reading


async def test_check_is_well_on_the_sandbox(rig: Rig) -> None:
    health = await rig.connector.check()
    assert health.ok
    assert health.account
    assert health.missing == ()


async def test_a_feed_that_is_not_declared_is_refused(rig: Rig) -> None:
    declared = {feed.name for feed in rig.manifest.feeds}
    for feed in {"messages", "orders", "listings", "stock", "weather"} - declared:
        with pytest.raises(NotSupported):
            await rig.connector.pull(feed, "")


@each_feed
async def test_a_feed_ends_and_each_thing_is_a_fact(rig: Rig, feed: str) -> None:
    _fill(rig)
    deliveries = await rig.pull_all(feed)
    assert deliveries != []
    assert all(delivery.key and delivery.kind for delivery in deliveries)
    assert len({delivery.key for delivery in deliveries}) == len(deliveries)
    assert await rig.outcomes(deliveries) != []


@each_feed
async def test_a_read_feed_brings_only_what_is_new(rig: Rig, feed: str) -> None:
    """From its last cursor a feed may show old things again under the same keys, never under new ones."""
    _fill(rig)
    cursor, keys = "", set[str]()
    for _ in range(2):
        more = True
        while more:
            batch = await rig.connector.pull(feed, cursor)
            cursor, more = batch.cursor, batch.more
            keys |= {delivery.key for delivery in batch.deliveries}
    known = set(keys)
    batch = await rig.connector.pull(feed, cursor)
    assert {delivery.key for delivery in batch.deliveries} <= known


@each_feed
async def test_normalise_is_pure(rig: Rig, feed: str) -> None:
    _fill(rig)
    for delivery in await rig.pull_all(feed):
        assert rig.connector.normalise(delivery) == rig.connector.normalise(_copy(delivery))


def _copy(delivery: Delivery) -> Delivery:
    return replace(delivery, body=bytes(bytearray(delivery.body)))


def _fill(rig: Rig) -> None:
    """Something in every room of the pretend channel."""
    if rig.world.naming(rig.channel).talks:
        rig.buyer_writes("Is the L still there?")
        rig.buyer_writes("Halo, ready kak?", buyer=1)
    if rig.manifest.feed("orders"):
        skus = rig.plenty(4)[:2]
        rig.world.place_order(rig.channel, next(iter(rig.world.state.buyers)), [(sku, 2) for sku in skus])


@pytest.mark.parametrize("rig", [key for key in KEYS if manifest(key).feed("orders")], indirect=True)
async def test_an_order_says_what_was_bought(rig: Rig) -> None:
    first, second = rig.plenty(4)[:2]
    buyer = next(iter(rig.world.state.buyers))
    order = rig.world.place_order(rig.channel, buyer, [(first, 2), (second, 1)])
    seen = [each for each in await rig.outcomes(await rig.pull_all("orders")) if isinstance(each, OrderSeen)]
    newest = max((each for each in seen if each.external_id == order.id), key=lambda each: each.version)
    assert sorted((line.external_sku, line.quantity) for line in newest.lines) == sorted([(first, 2), (second, 1)])
    assert newest.status in ("open", "pending")
    assert newest.currency == order.currency
    assert {line.external_sku: line.price_minor for line in newest.lines} == {line.sku: line.price_minor for line in order.lines}


@pytest.mark.parametrize("rig", [key for key in KEYS if manifest(key).feed("orders")], indirect=True)
async def test_a_cancelled_order_asks_for_nothing_more(rig: Rig) -> None:
    sku = rig.plenty(4)[0]
    order = rig.world.place_order(rig.channel, next(iter(rig.world.state.buyers)), [(sku, 2)])
    before = await _newest(rig, order.id)
    rig.world.cancel_order(rig.channel, order.id)
    after = await _newest(rig, order.id)
    assert after.status == "cancelled"
    assert sum(line.quantity for line in after.lines) == 0
    assert after.version > before.version


async def _newest(rig: Rig, order_id: str) -> OrderSeen:
    seen = [each for each in await rig.outcomes(await rig.pull_all("orders")) if isinstance(each, OrderSeen)]
    return max((each for each in seen if each.external_id == order_id), key=lambda each: each.version)


@pytest.mark.parametrize("rig", [key for key in KEYS if manifest(key).feed("listings")], indirect=True)
async def test_every_listing_shows_the_count_of_the_channel(rig: Rig) -> None:
    found = await rig.outcomes(await rig.pull_all("listings"))
    seen = {each.external_sku: each.quantity for each in found if isinstance(each, ListingSeen)}
    shown = {sku: listing.quantity for sku, listing in rig.world.shelf(rig.channel).listings.items()}
    assert seen == shown


@each_sending
async def test_a_buyer_message_arrives_whole(rig: Rig) -> None:
    message = await rig.buyer_message("Halo kak, ukuran L masih ready? ☕")
    assert message.text == "Halo kak, ukuran L masih ready? ☕"
    assert message.direction == "in"
    assert not message.automated
    assert message.customer.value
    assert message.thread
    assert message.external_id
    assert message.sent_at.utcoffset() is not None


# Webhooks


async def _hook_news(rig: Rig) -> None:
    """Something this channel tells by webhook."""
    await rig.connector.subscribe(rig.hook_url)
    _fill(rig)
    await rig.posted()


@each_hooked
async def test_webhooks_arrive_after_subscribe_and_are_proven(rig: Rig) -> None:
    await _hook_news(rig)
    deliveries = await rig.posted()
    assert rig.refused == 0
    assert deliveries != []
    assert await rig.outcomes(deliveries) != []


@each_hooked
async def test_a_webhook_repeated_has_the_same_keys(rig: Rig) -> None:
    await _hook_news(rig)
    for request in list(rig.hooks):
        once, twice = await rig.connector.receive(request), await rig.connector.receive(request)
        assert [each.key for each in once.deliveries] == [each.key for each in twice.deliveries]


@each_hooked
async def test_a_webhook_without_proof_is_refused(rig: Rig) -> None:
    await _hook_news(rig)
    posts = [request for request in rig.hooks if request.method == "POST"]
    assert posts != []
    for request in posts:
        bare = tuple((name, value) for name, value in request.headers if name in PLAIN_HEADERS)
        with pytest.raises(BadSignature):
            await rig.connector.receive(replace(request, headers=bare))


@each_hooked
async def test_a_forged_proof_is_refused_and_nothing_else_is_raised(rig: Rig) -> None:
    await _hook_news(rig)
    request = next(request for request in rig.hooks if request.method == "POST")
    refused = [
        name for name, _ in request.headers if name not in PLAIN_HEADERS and await _is_refused(rig, _forged(request, name))
    ]
    assert refused != []


def _forged(request: RawRequest, name: str) -> RawRequest:
    headers = tuple(
        (each, f"{value[:-1]}{'A' if value[-1:] != 'A' else 'B'}" if each == name else value) for each, value in request.headers
    )
    return replace(request, headers=headers)


async def _is_refused(rig: Rig, request: RawRequest) -> bool:
    try:
        await rig.connector.receive(request)
    except BadSignature:
        return True
    return False


@each_hooked
async def test_empty_secrets_prove_nothing(rig: Rig) -> None:
    await _hook_news(rig)
    request = next(request for request in rig.hooks if request.method == "POST")
    unset = connector_alone(rig.key, dict.fromkeys(rig.secrets, ""))
    with pytest.raises(ChannelError):
        await unset.receive(request)


@each_hooked
async def test_subscribe_and_unsubscribe_may_be_repeated(rig: Rig) -> None:
    for _ in range(2):
        await rig.connector.subscribe(rig.hook_url)
    for _ in range(2):
        await rig.connector.unsubscribe(rig.hook_url)
    before = len(rig.hooks)
    _fill(rig)
    assert await rig.posted(before) == []


# Acting


@each_sending
async def test_a_reply_lands_once_in_the_buyers_thread(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    receipt = await rig.connector.execute(rig.reply_to(message, "Yes, two are left."))
    said = rig.said_by_us("Yes, two are left.")
    assert len(said) == 1
    assert said[0].text == "Yes, two are left."
    assert receipt.key == "key-1"
    assert receipt.external_id
    thread = next(each for each in rig.world.shelf(rig.channel).threads.values() if said[0] in each.messages)
    assert [each.text for each in thread.messages] == ["Is the L still there?", "Yes, two are left."]


@each_sending
async def test_our_own_reply_comes_back_as_ours(rig: Rig) -> None:
    """Where the feed shows our side, it is the message of the receipt and not a second one."""
    message = await rig.buyer_message("Is the L still there?")
    receipt = await rig.connector.execute(rig.reply_to(message, "Yes, two are left."))
    deliveries = await rig.pull_all("messages") if rig.manifest.feed("messages") else await rig.posted()
    seen = [each for each in await rig.outcomes(deliveries) if isinstance(each, MessageReceived)]
    ours = [each for each in seen if "two are left" in each.text]
    assert all(each.direction == "out" for each in ours)
    assert {each.external_id for each in ours} <= {receipt.external_id}
    assert {each.thread for each in ours} <= {message.thread}


@each_stocking
async def test_counts_are_set_exactly(rig: Rig) -> None:
    seen = await rig.listings()
    skus = [sku for sku in rig.plenty(1) if sku in seen][:2]
    wanted = dict(zip(skus, (7, 0), strict=True))
    others = {sku: each.quantity for sku, each in rig.world.shelf(rig.channel).listings.items() if sku not in wanted}
    for sku, quantity in wanted.items():
        command = rig.stock_command({sku: quantity}, seen, key=f"push-{sku}")
        receipt = await rig.connector.execute(command)
        assert [(line.listing_id, line.outcome) for line in receipt.lines] == [(f"listing-{sku}", "accepted")]
    shown = {sku: each.quantity for sku, each in rig.world.shelf(rig.channel).listings.items()}
    assert shown == {**others, **wanted}
    assert {sku: each.quantity for sku, each in (await rig.listings()).items() if sku in wanted} == wanted


@each_stocking
async def test_the_same_push_again_changes_nothing(rig: Rig) -> None:
    seen = await rig.listings()
    sku = next(sku for sku in rig.plenty(1) if sku in seen)
    command = rig.stock_command({sku: 5}, seen)
    await rig.connector.execute(command)
    again = await rig.connector.execute(command)
    assert rig.world.shelf(rig.channel).listings[sku].quantity == 5
    assert [line.outcome for line in again.lines] in (["accepted"], ["stale"])


@each_stocking
async def test_a_full_batch_is_taken(rig: Rig) -> None:
    assert rig.manifest.stocking is not None
    seen = await rig.listings()
    skus = [sku for sku in rig.plenty(1) if sku in seen]
    if rig.manifest.stocking.within == "item":
        skus = [sku for sku in skus if seen[sku].external_id == seen[skus[0]].external_id]
    wanted = {sku: position + 1 for position, sku in enumerate(skus[: rig.manifest.stocking.batch])}
    receipt = await rig.connector.execute(rig.stock_command(wanted, seen))
    assert {line.listing_id: line.outcome for line in receipt.lines} == {f"listing-{sku}": "accepted" for sku in wanted}
    shelf = rig.world.shelf(rig.channel).listings
    assert {sku: shelf[sku].quantity for sku in wanted} == wanted


@pytest.mark.parametrize("rig", [key for key in KEYS if not manifest(key).stocking], indirect=True)
async def test_a_channel_without_stock_says_so(rig: Rig) -> None:
    with pytest.raises(NotSupported):
        await rig.connector.execute(rig.stock_command({}, {}))
