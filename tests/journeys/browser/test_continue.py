"""A live chat goes on by e-mail: a visitor on the shop's page, an agent at the counter, a letter, and one conversation."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from connectors.registry import manifests
from tests.journeys.browser.desk import SENT_WITHIN_MS, Desk, once
from tests.journeys.conftest import Demo, Shop, wait_for

CHAT = next(key for key, one in manifests().items() if one.sending and one.sending.proof == "own")
LETTERS = next(key for key, one in manifests().items() if one.sending and one.sending.letters)
KEEPS = next(key for key, one in manifests().items() if one.sending and one.sending.keeps_buyers and one.hook != "none")


@pytest.fixture
async def page(browser: Browser, demo: Demo, live_shop: Shop) -> AsyncIterator[Page]:
    """A stranger's window on the shop's page, its chat open."""
    context = await browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860})
    page = await context.new_page()
    token = live_shop.connections[CHAT]["hook_url"].rpartition("/")[2]
    await page.goto(f"{demo.url}/shop/{token}")
    await page.get_by_role("button", name="Open chat").click()
    yield page
    await context.close()


def chat_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=Chat]")


async def say(page: Page, text: str) -> None:
    box = chat_of(page).get_by_role("textbox", name="Write a message")
    await expect(box).to_be_visible(timeout=20_000)
    await box.fill(text)
    await box.press("Enter")


async def hears(page: Page, text: str) -> None:
    await expect(chat_of(page).get_by_role("log", name="Messages").get_by_text(text)).to_be_visible(timeout=SENT_WITHIN_MS)


async def letters_to(shop: Shop, address: str) -> list[str]:
    threads = (await shop.holds(LETTERS))["threads"]
    return [said["text"] for one in threads if one["customer"] == address for said in one["messages"] if said["side"] == "seller"]


async def test_a_live_chat_is_continued_by_e_mail_in_the_same_conversation(live_shop: Shop, page: Page, desk: Desk) -> None:
    question, answer = once("Is the blue scarf there?"), once("Two are left. Where shall I send the pictures?")
    pictures, thanks, late = once("Here are the pictures."), once("Lovely, I take one."), once("And one for my sister")
    address = f"{once('siti').replace(' ', '.')}@mail.example"
    await say(page, question)
    found: list[dict[str, object]] = []

    async def there() -> bool:
        items = (await live_shop.get("conversations", queue="all", channel=CHAT))["items"]
        found[:] = [one for one in items if one["preview"] == question]
        return bool(found)

    await wait_for(there)
    await desk.open(found[0])
    await desk.write(answer)
    await hears(page, answer)

    await desk.page.get_by_role("button", name=re.compile("^Web chat")).click()
    await desk.page.get_by_role("menuitem", name=re.compile("^E-mail.*no address known")).click()
    dialog = desk.page.get_by_role("dialog", name="Continue on E-mail")
    await dialog.get_by_label("Their e-mail address").fill(address)
    await dialog.get_by_role("button", name="Continue").click()
    await expect(dialog).to_be_hidden()
    await expect(desk.page.get_by_role("textbox", name="Reply over E-mail")).to_be_visible()
    await expect(desk.thread.get_by_text("continues on E-mail with")).to_be_visible()
    await desk.write(pictures)

    async def mailed() -> bool:
        return len(await letters_to(live_shop, address)) == 1

    await wait_for(mailed, 45)
    (letter,) = await letters_to(live_shop, address)
    assert letter.startswith(f"{pictures}\n\nWhat we wrote before:\n> ")
    assert f"> {question}" in letter
    assert f"> {answer}" in letter
    await expect(chat_of(page).get_by_text(pictures)).to_have_count(0)

    await live_shop.act(f"{LETTERS}/messages", {"customer": address, "text": thanks})
    await live_shop.post(f"connections/{live_shop.connections[LETTERS]['id']}/pull", {}, status=202)
    await expect(desk.said(thanks)).to_be_visible(timeout=SENT_WITHIN_MS)
    await say(page, late)
    await expect(desk.said(late)).to_be_visible(timeout=SENT_WITHIN_MS)
    texts = [one["text"] for one in await live_shop.messages(str(found[0]["id"])) if one["kind"] == "message"]
    assert sorted(texts) == sorted([question, answer, pictures, thanks, late])


async def test_a_marketplace_buyer_is_not_led_away(live_shop: Shop, desk: Desk) -> None:
    said = await live_shop.act(f"{KEEPS}/messages", {"customer": "Hannah Whitlock", "text": once("Is it there?")})
    await desk.open(await live_shop.conversation(said["thread"]))
    await desk.page.get_by_role("button", name=re.compile(f"^{manifests()[KEEPS].name}")).click()
    entry = desk.page.get_by_role("menuitem", name=re.compile("^E-mail"))
    await expect(entry).to_contain_text("the rules of this channel forbid leading buyers elsewhere")
    await expect(entry).to_have_attribute("aria-disabled", "true")
