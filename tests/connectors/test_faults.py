"""Bad luck at every channel, and what each kind must turn into. What a channel can do is read from its manifest."""

from __future__ import annotations

from contextlib import suppress

import pytest

from connectors.base.commands import Receipt, SendReply, SetStock
from connectors.base.contract import Delivery
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, NotSupported, RateLimited, Unavailable
from connectors.base.events import MessageReceived
from connectors.registry import manifest
from tests.connectors.rig import HOOKED, KEYS, SENDING, STOCKING, Rig

READING = tuple(key for key in KEYS if manifest(key).feeds)
TALKING_HOOKED = tuple(key for key in HOOKED if manifest(key).sending)

each_reading = pytest.mark.parametrize("rig", READING, indirect=True)
each_sending = pytest.mark.parametrize("rig", SENDING, indirect=True)
each_stocking = pytest.mark.parametrize("rig", STOCKING, indirect=True)
each_talking_hooked = pytest.mark.parametrize("rig", TALKING_HOOKED, indirect=True)


async def _read(rig: Rig) -> None:
    await rig.connector.pull(rig.manifest.feeds[0].name, "")


async def _reply(rig: Rig) -> SendReply:
    message = await rig.buyer_message("Is the L still there?")
    return rig.reply_to(message, "Yes, two are left.")


async def _push(rig: Rig) -> tuple[SetStock, str, int]:
    """A push of 9, the SKU it is about and what the channel shows before."""
    seen = await rig.listings()
    sku = next(sku for sku in rig.plenty(1) if sku in seen and seen[sku].quantity != 9)
    return rig.stock_command({sku: 9}, seen), sku, rig.world.shelf(rig.channel).listings[sku].quantity


# Reading


@each_reading
async def test_a_read_while_the_channel_is_down_may_be_tried_again(rig: Rig) -> None:
    rig.strike("unavailable", "read")
    with pytest.raises(Unavailable):
        await _read(rig)
    await _read(rig)


@each_reading
async def test_a_read_too_many_waits_as_long_as_asked(rig: Rig) -> None:
    rig.strike("rate_limited", "read")
    with pytest.raises(RateLimited) as limited:
        await _read(rig)
    assert limited.value.after >= 1
    await _read(rig)


@each_reading
async def test_a_read_without_answer_did_nothing(rig: Rig) -> None:
    rig.strike("timeout", "read")
    with pytest.raises(Unavailable):
        await _read(rig)


@each_reading
async def test_a_token_that_ends_is_renewed_or_asked_for(rig: Rig) -> None:
    await _read(rig)
    rig.strike("expire_token")
    with suppress(AuthExpired):
        await _read(rig)
    rig.faults.clear()
    assert (await rig.connector.check()).ok


# Sending


@each_sending
@pytest.mark.parametrize(("kind", "error"), [("unavailable", Unavailable), ("rate_limited", RateLimited)])
async def test_a_send_that_was_turned_away_did_nothing(rig: Rig, kind: str, error: type[ChannelError]) -> None:
    command = await _reply(rig)
    rig.strike(kind, "send")
    with pytest.raises(error):
        await rig.connector.execute(command)
    assert rig.said_by_us("two are left") == []
    receipt = await rig.connector.execute(command)
    assert len(rig.said_by_us("two are left")) == 1
    assert receipt.external_id


@each_sending
async def test_a_send_without_answer_is_in_doubt(rig: Rig) -> None:
    command = await _reply(rig)
    rig.strike("timeout", "send")
    with pytest.raises(Ambiguous):
        await rig.connector.execute(command)
    assert rig.said_by_us("two are left") == []
    if _proof(rig) == "readable":
        assert await rig.connector.look_up(command) is None


@each_sending
async def test_a_send_whose_answer_was_lost_is_settled_by_the_proof_the_channel_has(rig: Rig) -> None:
    command = await _reply(rig)
    rig.strike("swallow_reply", "send")
    with pytest.raises(Ambiguous):
        await rig.connector.execute(command)
    assert len(rig.said_by_us("two are left")) == 1
    receipt = await _settle(rig, command)
    assert len(rig.said_by_us("two are left")) == 1
    assert (receipt is None) == (_proof(rig) == "blind")
    if receipt:
        assert receipt.key == command.key
        assert receipt.external_id


async def _settle(rig: Rig, command: SendReply) -> Receipt | None:
    """As the pipeline does: repeat under the same key, read back, or leave it to a person."""
    if _proof(rig) == "keyed":
        return await rig.connector.execute(command)
    if _proof(rig) == "readable":
        return await rig.connector.look_up(command)
    with pytest.raises(NotSupported):
        await rig.connector.look_up(command)
    return None


def _proof(rig: Rig) -> str:
    assert rig.manifest.sending is not None
    return rig.manifest.sending.proof


# Stock


@each_stocking
@pytest.mark.parametrize(("kind", "error"), [("unavailable", Unavailable), ("rate_limited", RateLimited)])
async def test_a_push_that_was_turned_away_did_nothing(rig: Rig, kind: str, error: type[ChannelError]) -> None:
    command, sku, before = await _push(rig)
    rig.strike(kind, "stock")
    try:
        receipt = await rig.connector.execute(command)
    except error:
        pass
    else:
        assert [line.outcome for line in receipt.lines] == ["retry"]
    assert rig.world.shelf(rig.channel).listings[sku].quantity == before
    await rig.connector.execute(command)
    assert rig.world.shelf(rig.channel).listings[sku].quantity == 9


@each_stocking
async def test_a_push_without_answer_is_in_doubt_and_may_be_repeated(rig: Rig) -> None:
    command, sku, before = await _push(rig)
    rig.strike("timeout", "stock")
    with pytest.raises(Ambiguous):
        await rig.connector.execute(command)
    assert rig.world.shelf(rig.channel).listings[sku].quantity == before
    receipt = await rig.connector.execute(command)
    assert [line.outcome for line in receipt.lines] == ["accepted"]
    assert rig.world.shelf(rig.channel).listings[sku].quantity == 9


@each_stocking
async def test_a_push_that_was_silently_dropped_shows_when_read(rig: Rig) -> None:
    command, sku, before = await _push(rig)
    rig.strike("silent_drop", "stock")
    receipt = await rig.connector.execute(command)
    assert [line.outcome for line in receipt.lines] == ["accepted"]
    assert (await rig.listings())[sku].quantity == before


# Webhooks


async def _written(rig: Rig, *texts: str) -> list[Delivery]:
    """Buyers write, one after another, with the hook open; the deliveries that came of it."""
    await rig.connector.subscribe(rig.hook_url)
    await rig.posted()
    start = len(rig.received)
    for buyer, text in enumerate(texts):
        rig.buyer_writes(text, buyer=buyer)
    return await rig.posted(start)


async def _texts(rig: Rig, deliveries: list[Delivery]) -> list[str]:
    seen = [each for each in await rig.outcomes(deliveries) if isinstance(each, MessageReceived)]
    return [each.text for each in seen]


@each_talking_hooked
async def test_a_webhook_that_came_twice_counts_once(rig: Rig) -> None:
    rig.strike("duplicate")
    deliveries = await _written(rig, "Halo kak")
    assert len(deliveries) == 2
    assert deliveries[0].key == deliveries[1].key
    assert set(await _texts(rig, deliveries)) == {"Halo kak"}


@each_talking_hooked
async def test_webhooks_out_of_order_tell_the_same(rig: Rig) -> None:
    rig.strike("reorder")
    deliveries = await _written(rig, "first", "second")
    assert len({each.key for each in deliveries}) == 2
    assert sorted(await _texts(rig, deliveries)) == ["first", "second"]


@each_talking_hooked
async def test_what_a_lost_webhook_told_is_found_again(rig: Rig) -> None:
    """By the feed, or because the channel brings it again once we ask for webhooks anew."""
    rig.strike("drop_webhook")
    assert await _texts(rig, await _written(rig, "Is the L still there?")) == []
    await rig.connector.subscribe(rig.hook_url)
    deliveries = await rig.posted()
    if rig.manifest.feed("messages"):
        deliveries += await rig.pull_all("messages")
    assert set(await _texts(rig, deliveries)) == {"Is the L still there?"}
