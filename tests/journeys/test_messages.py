"""What a buyer writes reaches the inbox once; what a member answers reaches the buyer once, whatever the channel does."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.conftest import Shop, wait_for

TALKING = ("ebay", "telegram")


async def reply(shop: Shop, conversation_id: str, text: str, **more: Any) -> Any:
    body = {"client_msg_id": str(uuid4()), "kind": "reply", "text": text, **more}
    return await shop.post(f"conversations/{conversation_id}/messages", body)


async def becomes(shop: Shop, message_id: str, *states: str, within_s: float = 20.0) -> Any:
    seen: dict[str, Any] = {}

    async def there() -> bool:
        seen.update(await shop.get(f"messages/{message_id}"))
        return seen["state"] in states

    await wait_for(there, within_s)
    return seen


@pytest.mark.parametrize("channel", TALKING)
async def test_a_message_comes_in_and_its_answer_goes_out_once(live_shop: Shop, channel: str) -> None:
    said = await live_shop.act(f"{channel}/messages", {"customer": "Mira Tanaka", "text": f"Do you ship to Osaka? ({channel})"})
    conversation = await live_shop.conversation(said["thread"])
    assert conversation["channel"] == channel
    assert conversation["preview"] == f"Do you ship to Osaka? ({channel})"
    assert conversation["waiting_on"] == "us"
    text = f"We do, four to six days. {uuid4().hex[:6]}"
    sent = await reply(live_shop, conversation["id"], text)
    assert sent["state"] == "queued"
    done = await becomes(live_shop, sent["id"], "sent", "delivered", "read")
    assert done["external_id"]
    assert await live_shop.said(channel, text) == 1
    again = await live_shop.get(f"conversations/{conversation['id']}")
    assert again["waiting_on"] == "customer"


async def test_lost_webhooks_are_found_by_pulling(live_shop: Shop) -> None:
    await live_shop.act("ebay/faults", {"kind": "drop_webhook", "count": 5})
    said = await live_shop.act("ebay/messages", {"customer": "Nils Holm", "text": "Is anybody there?"})
    await live_shop.post(f"connections/{live_shop.connections['ebay']['id']}/pull", {}, status=202)
    conversation = await live_shop.conversation(said["thread"])
    assert conversation["preview"] == "Is anybody there?"
    await live_shop.act("ebay/faults", {"kind": "drop_webhook"})


@pytest.mark.parametrize("channel", TALKING)
async def test_a_channel_that_is_away_twice_gets_the_reply_once(live_shop: Shop, channel: str) -> None:
    said = await live_shop.act(f"{channel}/messages", {"customer": "Ida Berg", "text": f"Away test {channel}"})
    conversation = await live_shop.conversation(said["thread"])
    await live_shop.act(f"{channel}/faults", {"kind": "unavailable", "count": 2, "on": "send"})
    text = f"Here in the end {uuid4().hex[:6]}"
    sent = await reply(live_shop, conversation["id"], text)
    await becomes(live_shop, sent["id"], "sent", within_s=40)
    assert await live_shop.said(channel, text) == 1


async def test_a_swallowed_answer_is_unknown_then_found_and_not_doubled(live_shop: Shop) -> None:
    said = await live_shop.act("ebay/messages", {"customer": "Otto Lind", "text": "Swallow test"})
    conversation = await live_shop.conversation(said["thread"])
    await live_shop.act("ebay/faults", {"kind": "swallow_reply", "count": 1})
    text = f"Did you get this? {uuid4().hex[:6]}"
    sent = await reply(live_shop, conversation["id"], text)
    doubt = await becomes(live_shop, sent["id"], "unknown", "sent", within_s=45)
    if doubt["state"] == "unknown":
        assert doubt["error"]["code"] == "no_answer"
        await live_shop.post(f"messages/{sent['id']}/resolve", {"act": "check"}, status=200)
    done = await becomes(live_shop, sent["id"], "sent", within_s=60)
    assert done["external_id"]
    assert await live_shop.said("ebay", text) == 1


async def test_one_client_msg_id_is_one_message(live_shop: Shop) -> None:
    said = await live_shop.act("telegram/messages", {"customer": "Tora Vik", "text": "Double click test"})
    conversation = await live_shop.conversation(said["thread"])
    text = f"Once only {uuid4().hex[:6]}"
    body = {"client_msg_id": str(uuid4()), "kind": "reply", "text": text}
    path = f"/api/v1/conversations/{conversation['id']}/messages"
    answers = await asyncio.gather(*(live_shop.api.post(path, json=body) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    await becomes(live_shop, answers[0].json()["id"], "sent")
    assert await live_shop.said("telegram", text) == 1
    other = await live_shop.api.post(path, json={**body, "text": "something else"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_a_reply_can_be_taken_back_while_it_is_held(live_shop: Shop) -> None:
    said = await live_shop.act("telegram/messages", {"customer": "Pia Moe", "text": "Undo test"})
    conversation = await live_shop.conversation(said["thread"])
    text = f"Too early {uuid4().hex[:6]}"
    held = await reply(live_shop, conversation["id"], text, hold_ms=30_000)
    answer = await live_shop.api.delete(f"/api/v1/messages/{held['id']}")
    assert (answer.status_code, answer.json()) == (200, {"text": text})
    assert (await live_shop.api.get(f"/api/v1/messages/{held['id']}")).status_code == 404
    assert await live_shop.said("telegram", text) == 0
    assert (await live_shop.get(f"conversations/{conversation['id']}"))["waiting_on"] == "us"


async def test_a_reply_to_a_thread_that_moved_on_is_refused_with_what_is_new(live_shop: Shop) -> None:
    said = await live_shop.act("telegram/messages", {"customer": "Uma Dahl", "text": "First"})
    conversation = await live_shop.conversation(said["thread"])
    seen = (await live_shop.get(f"conversations/{conversation['id']}/messages"))["as_of_seq"]

    async def second_is_in() -> bool:
        return (await live_shop.get(f"conversations/{conversation['id']}"))["in_count"] == 2

    await live_shop.act("telegram/messages", {"customer": "Uma Dahl", "text": "Second, forget the first"})
    await wait_for(second_is_in)
    body = {"client_msg_id": str(uuid4()), "kind": "reply", "text": "About your first", "if_last_seq": seen}
    answer = await live_shop.api.post(f"/api/v1/conversations/{conversation['id']}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "newer_reply")
    assert [one["text"] for one in answer.json()["newer"]] == ["Second, forget the first"]
    assert await live_shop.said("telegram", "About your first") == 0


async def test_a_note_stays_in_the_house(live_shop: Shop) -> None:
    said = await live_shop.act("ebay/messages", {"customer": "Vera Sund", "text": "Note test"})
    conversation = await live_shop.conversation(said["thread"])
    text = f"Between us {uuid4().hex[:6]}"
    note = await live_shop.post(
        f"conversations/{conversation['id']}/messages", {"client_msg_id": str(uuid4()), "kind": "note", "text": text}
    )
    assert note["kind"] == "note"
    follow = await reply(live_shop, conversation["id"], f"For you {uuid4().hex[:6]}")
    await becomes(live_shop, follow["id"], "sent")
    assert await live_shop.said("ebay", text) == 0


async def test_closing_and_a_new_word_open_it_again(live_shop: Shop) -> None:
    said = await live_shop.act("telegram/messages", {"customer": "Wim Bos", "text": "Close test"})
    conversation = await live_shop.conversation(said["thread"])
    closed = await live_shop.api.patch(f"/api/v1/conversations/{conversation['id']}", json={"status": "closed"})
    assert closed.json()["status"] == "closed"
    await live_shop.act("telegram/messages", {"customer": "Wim Bos", "text": "One more thing"})

    async def open_again() -> bool:
        return bool((await live_shop.get(f"conversations/{conversation['id']}"))["status"] == "open")

    await wait_for(open_again)
    kinds = [(one["kind"], (one["event"] or {}).get("code")) for one in await live_shop.messages(conversation["id"])]
    assert ("event", "closed") in kinds
