"""What is typed in the composer reaches the buyer once, and the screen says at every moment what became of it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.journeys.browser.desk import OUT, SENT_WITHIN_MS, Desk, once, written_by
from tests.journeys.conftest import Shop, wait_for


@pytest.mark.parametrize("away", [0, 2])
async def test_a_reply_is_held_then_sent_and_reaches_the_buyer_once(desk: Desk, live_shop: Shop, away: int) -> None:
    conversation = await written_by(live_shop, "telegram", f"Ines Roth {away}", "Do you gift-wrap?")
    if away:
        await live_shop.act("telegram/faults", {"kind": "unavailable", "count": away, "on": "send"})
    text = once("We do, at no cost.")
    await desk.open(conversation)
    await desk.write(text)
    await expect(desk.composer).to_have_value("")
    bubble = desk.said(text)
    await expect(bubble).to_contain_text("Held a moment")
    assert await live_shop.said("telegram", text) == 0
    await expect(bubble).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    await expect(bubble).to_have_count(1)
    assert await live_shop.said("telegram", text) == 1


async def test_a_swallowed_answer_says_unknown_and_a_look_settles_it(desk: Desk, live_shop: Shop) -> None:
    """Nothing can be read back for a while, or the answer would be found before anybody saw the doubt."""
    conversation = await written_by(live_shop, "ebay", "Jonas Falk", "Is the scarf silk?")
    text = once("Silk, through and through.")
    await desk.open(conversation)
    await expect(desk.said("Is the scarf silk?")).to_be_visible()
    await live_shop.act("ebay/faults", {"kind": "swallow_reply", "count": 1})
    await live_shop.act("ebay/faults", {"kind": "drop_webhook", "rate": 1})
    await live_shop.act("ebay/faults", {"kind": "unavailable", "rate": 1, "on": "read"})
    try:
        await desk.write(text)
        bubble = desk.said(text)
        await expect(bubble).to_contain_text("Unknown. eBay did not answer", timeout=60_000)
        assert await live_shop.said("ebay", text) == 1
    finally:
        await live_shop.act("ebay/faults", {"kind": "unavailable"})
        await live_shop.act("ebay/faults", {"kind": "drop_webhook"})
    await bubble.get_by_role("button", name="Check now").click()
    await expect(bubble).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    await expect(bubble).to_have_count(1)
    assert await live_shop.said("ebay", text) == 1


async def test_undo_puts_the_text_back_and_nothing_leaves(desk: Desk, live_shop: Shop) -> None:
    conversation = await written_by(live_shop, "telegram", "Lena Kurz", "Can I change the colour?")
    text = once("No, not any more.")
    await desk.open(conversation)
    await desk.write(text)
    await desk.page.get_by_role("status").get_by_role("button", name="Undo").click()
    await expect(desk.composer).to_have_value(text)
    await expect(desk.said(text)).to_have_count(0)
    other = once("Of course you can.")
    await desk.write(other)
    await expect(desk.said(other)).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    assert await live_shop.said("telegram", other) == 1
    assert await live_shop.said("telegram", text) == 0


async def test_a_note_is_for_the_house(desk: Desk, live_shop: Shop) -> None:
    conversation = await written_by(live_shop, "telegram", "Mats Brodin", "Still waiting")
    text = once("He wrote twice on eBay already.")
    await desk.open(conversation)
    await desk.page.keyboard.press("n")
    field = desk.page.get_by_role("textbox", name="Note")
    await expect(field).to_be_focused()
    await field.fill(text)
    await field.press("Control+Enter")
    await expect(desk.said(text)).to_contain_text("Note, only your team")

    async def stored() -> bool:
        return [one["kind"] for one in await live_shop.messages(conversation["id"]) if one["text"] == text] == ["note"]

    await wait_for(stored)
    follow = once("It is on its way.")
    body = {"client_msg_id": str(uuid4()), "kind": "reply", "text": follow}
    await live_shop.post(f"conversations/{conversation['id']}/messages", body)
    await expect(desk.said(follow)).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    assert await live_shop.said("telegram", follow) == 1
    assert await live_shop.said("telegram", text) == 0
