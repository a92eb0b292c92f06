"""Somebody writes by one channel and then by another: each channel is heard and answered in its own place, whatever goes wrong
beside it. Asked of every channel that tells us of messages, with the next one as the second."""

from __future__ import annotations

from uuid import uuid4

import pytest

from connectors.base.faults import Faults
from connectors.base.world import World
from connectors.registry import load_sandbox, manifests
from tests.journeys.conftest import Shop, wait_for
from tests.journeys.test_messages import becomes, reply


def talks(key: str) -> bool:
    """Buyers write there whenever they like, and we are told at once."""
    described, world = manifests()[key], World()
    load_sandbox(key)[0](world, Faults(1))
    told = described.sending is not None and described.sending.proof != "own" and described.hook != "none"
    return told and world.naming(key).talks


TALKING = tuple(filter(talks, manifests()))
PAIRS = tuple(zip(TALKING, (*TALKING[1:], TALKING[0]), strict=True))
SENT = ("sent", "delivered", "read")

each_pair = pytest.mark.parametrize(("first", "second"), PAIRS)


async def writes(shop: Shop, channel: str, customer: str, text: str) -> str:
    """The conversation it came into."""
    said = await shop.act(f"{channel}/messages", {"customer": customer, "text": text})
    conversation = await shop.conversation(said["thread"])

    async def is_there() -> bool:
        return any(one["text"] == text for one in await shop.messages(conversation["id"]))

    await wait_for(is_there)
    return str(conversation["id"])


@each_pair
async def test_each_is_answered_where_they_wrote(live_shop: Shop, first: str, second: str) -> None:
    person, mark = f"Tamu {uuid4().hex[:8]}", uuid4().hex[:6]
    here = await writes(live_shop, first, person, f"Do you have it in M? {mark}")
    there = await writes(live_shop, second, person, f"Asking here as well. {mark}")
    assert here != there
    for channel, other, conversation in ((first, second, here), (second, first, there)):
        text = f"Yes, in M and L: {channel} {mark}"
        sent = await reply(live_shop, conversation, text)
        await becomes(live_shop, sent["id"], *SENT)
        assert (await live_shop.said(channel, text), await live_shop.said(other, text)) == (1, 0)
        assert (await live_shop.get(f"conversations/{conversation}"))["waiting_on"] == "customer"


@each_pair
async def test_a_channel_that_is_away_keeps_no_other_waiting(live_shop: Shop, first: str, second: str) -> None:
    person, mark = f"Tamu {uuid4().hex[:8]}", uuid4().hex[:6]
    here = await writes(live_shop, first, person, f"Is it in stock? {mark}")
    there = await writes(live_shop, second, person, f"Is it in stock? {mark}")
    await live_shop.act(f"{first}/faults", {"kind": "unavailable", "count": 2, "on": "send"})
    late = await reply(live_shop, here, f"Late but once {mark}")
    prompt = await reply(live_shop, there, f"At once {mark}")
    await becomes(live_shop, prompt["id"], *SENT)
    await becomes(live_shop, late["id"], *SENT, within_s=45)
    assert await live_shop.said(first, f"Late but once {mark}") == 1
    assert await live_shop.said(second, f"At once {mark}") == 1
