"""Words under a post of a page: told at once, answered in private once and within a week, never doubled."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from connectors.base.errors import Ambiguous, Refused
from connectors.base.events import MessageReceived
from connectors.base.graph_render import COMMENT
from connectors.registry import manifests
from tests.connectors.rig import Rig

KEYS = tuple(key for key, one in manifests().items() if one.sending and one.sending.answers_comment_once)
pytestmark = pytest.mark.parametrize("rig", KEYS, indirect=True)
RINA = 0


async def heard(rig: Rig, text: str, *, parent: str = "") -> MessageReceived:
    await rig.connector.subscribe(rig.hook_url)
    before = len(rig.received)
    rig.world.comment(rig.channel, list(rig.world.state.buyers)[RINA], text, parent=parent)
    found = [each for each in await rig.outcomes(await rig.posted(before)) if isinstance(each, MessageReceived)]
    (said,) = [each for each in found if each.kind == "comment"]
    return said


async def test_a_comment_is_a_public_word_of_the_one_who_also_writes_in_private(rig: Rig) -> None:
    said = await heard(rig, "Is the red one left?")
    private = await rig.buyer_message("Hello, about the red one")
    assert (said.text, said.direction, private.kind) == ("Is the red one left?", "in", "message")
    assert (said.customer.kind, said.customer.value) == (private.customer.kind, private.customer.value)
    assert said.thread != private.thread
    assert said.thread.startswith(COMMENT)


async def test_words_below_a_comment_belong_to_its_talk(rig: Rig) -> None:
    first = await heard(rig, "Is the red one left?")
    below = await heard(rig, "Anyone?", parent=first.external_id)
    assert below.thread == first.thread
    assert below.refs["comment_id"] == below.external_id != first.external_id


async def test_its_answer_is_private_and_there_is_one(rig: Rig) -> None:
    said = await heard(rig, "Is the red one left?")
    receipt = await rig.connector.execute(rig.reply_to(said, "Yes, two."))
    (sent,) = rig.said_by_us("Yes, two.")
    assert sent.id == receipt.external_id
    assert rig.world.shelf(rig.channel).comments[said.external_id].answer == sent.id
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(rig.reply_to(said, "And a blue one.", key="key-2"))
    assert (refused.value.code, "Wait" in refused.value.fix) == ("already_answered", True)
    assert len(rig.said_by_us("")) == 1
    (call, _) = [each for each in rig.exchanges if each.path.endswith("/messages") and each.method == "POST"]
    assert json.loads(call.body) == {"recipient": {"comment_id": said.external_id}, "message": {"text": "Yes, two."}}


async def test_its_echo_is_the_message_we_know(rig: Rig) -> None:
    """Told in the private talk, under the id that our call was given: so it is no second message."""
    said = await heard(rig, "Is the red one left?")
    before = len(rig.received)
    receipt = await rig.connector.execute(rig.reply_to(said, "Yes, two."))
    (echo,) = [each for each in await rig.outcomes(await rig.posted(before)) if isinstance(each, MessageReceived)]
    assert (echo.direction, echo.external_id) == ("out", receipt.external_id)


async def test_a_lost_answer_is_found_in_the_private_talk(rig: Rig) -> None:
    said = await heard(rig, "Is the red one left?")
    command = rig.reply_to(said, "Yes, two.")
    rig.strike("swallow_reply", on="send")
    with pytest.raises(Ambiguous):
        await rig.connector.execute(command)
    found = await rig.connector.look_up(command)
    (sent,) = rig.said_by_us("Yes, two.")
    assert found is not None
    assert found.external_id == sent.id


async def test_after_a_week_nothing_is_sent(rig: Rig) -> None:
    said = await heard(rig, "Is the red one left?")
    rig.clock.moment += timedelta(days=7, minutes=1)
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(rig.reply_to(said, "Yes, two."))
    assert refused.value.code == "window_closed"
    assert [each for each in rig.exchanges if each.path.endswith("/messages")] == []


async def test_a_comment_nobody_took_comes_again(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    rig.strike("drop_webhook")
    rig.world.comment(rig.channel, list(rig.world.state.buyers)[RINA], "Is the red one left?")
    assert await rig.posted() == []
    await rig.connector.subscribe(rig.hook_url)
    (again,) = [each for each in await rig.outcomes(await rig.posted()) if isinstance(each, MessageReceived)]
    assert again.text == "Is the red one left?"
