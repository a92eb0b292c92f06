"""What buyers write appears by itself; the list is driven by keys; two people at one conversation see each other."""

from __future__ import annotations

import re
from functools import partial

from playwright.async_api import StorageState, expect

from tests.journeys.browser.desk import OUT, SENT_WITHIN_MS, Desk, OpenDesk, once, written_by
from tests.journeys.conftest import Shop, wait_for


async def has_status(shop: Shop, conversation_id: str, status: str) -> bool:
    return bool((await shop.get(f"conversations/{conversation_id}"))["status"] == status)


async def test_a_message_appears_in_list_and_thread_without_a_reload(desk: Desk, live_shop: Shop) -> None:
    await desk.go("/inbox?queue=all")
    await expect(desk.page.get_by_text("Live", exact=True)).to_be_visible()
    await desk.mark()
    first, second = once("Do you ship to Oslo?"), once("By Friday, please.")
    conversation = await written_by(live_shop, "telegram", "Kari Lie", first)
    row = desk.row(conversation)
    await expect(row).to_contain_text(first)
    await expect(row.get_by_role("img", name="Unread")).to_be_visible()
    await row.click()
    await expect(desk.said(first)).to_be_visible()
    await written_by(live_shop, "telegram", "Kari Lie", second)
    await expect(desk.said(second)).to_be_visible()
    await expect(desk.said(second)).to_have_count(1)
    await expect(row).to_contain_text(second)
    assert await desk.was_not_reloaded()
    threads = (await live_shop.holds("telegram"))["threads"]
    assert sum(one["text"] == second for thread in threads for one in thread["messages"]) == 1


async def test_a_lost_webhook_is_made_good_by_reading(desk: Desk, live_shop: Shop) -> None:
    await desk.go("/inbox?queue=all")
    await live_shop.act("ebay/faults", {"kind": "drop_webhook", "count": 5})
    text = once("Nobody told you about this one.")
    said = await live_shop.act("ebay/messages", {"customer": "Rune Dal", "text": text})
    await live_shop.post(f"connections/{live_shop.connections['ebay']['id']}/pull", {}, status=202)
    conversation = await live_shop.conversation(said["thread"])
    await expect(desk.row(conversation)).to_contain_text(text)
    await live_shop.act("ebay/faults", {"kind": "drop_webhook"})


async def test_the_list_is_driven_by_keys(desk: Desk, live_shop: Shop) -> None:
    older = await written_by(live_shop, "telegram", "Aud Moen", once("Older"))
    newer = await written_by(live_shop, "telegram", "Bo Strand", once("Newer"))
    await desk.go("/inbox?queue=all")
    await expect(desk.row(newer)).to_be_visible()
    await desk.page.keyboard.press("j")
    opened = desk.page.locator('[data-conversation][aria-current="true"]')
    first = await opened.get_attribute("data-conversation")
    await desk.page.keyboard.press("j")
    await expect(desk.page.locator(f'[data-conversation="{first}"]')).not_to_have_attribute("aria-current", "true")
    await desk.page.keyboard.press("k")
    await expect(desk.page.locator(f'[data-conversation="{first}"]')).to_have_attribute("aria-current", "true")
    await desk.row(older).focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.page).to_have_url(re.compile(older["id"]))
    await desk.page.keyboard.press("r")
    await expect(desk.composer).to_be_focused()
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("e")
    await expect(desk.row(older)).to_have_count(0)
    await expect(desk.page.get_by_role("status")).to_contain_text("Closed Aud Moen")
    await wait_for(partial(has_status, live_shop, older["id"], "closed"))
    await desk.page.keyboard.press("z")
    await expect(desk.row(older)).to_be_visible()
    await wait_for(partial(has_status, live_shop, older["id"], "open"))


async def test_two_at_one_conversation_see_each_other_and_do_not_answer_twice(
    desk: Desk, open_desk: OpenDesk, colleague: StorageState, live_shop: Shop
) -> None:
    conversation = await written_by(live_shop, "telegram", "Siv Aas", "Which size fits?")
    other = await open_desk(state=colleague)
    await desk.open(conversation)
    await other.open(conversation)
    header = desk.page.get_by_role("main", name="Conversation")
    await expect(header.get_by_role("img", name="Putu Mahendra is reading")).to_be_visible()
    await expect(other.page.get_by_role("img", name=re.compile("Dewi Anjani is")).first).to_be_visible()
    mine, theirs = once("Take the large one."), once("The medium one fits.")
    await desk.composer.fill(mine)
    await expect(other.page.get_by_role("img", name="Dewi Anjani is replying")).to_be_visible()
    await other.write(theirs)
    await expect(desk.said(theirs)).to_be_visible()
    desk.bears.append("status of 409")
    await desk.composer.press("Control+Enter")
    guarded = desk.said(mine)
    await expect(guarded).to_contain_text("wrote since you began")
    await expect(desk.said(theirs)).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    assert await live_shop.said("telegram", mine) == 0
    await guarded.get_by_role("button", name="Send anyway").click()
    await expect(guarded).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    assert await live_shop.said("telegram", mine) == 1
    assert await live_shop.said("telegram", theirs) == 1
