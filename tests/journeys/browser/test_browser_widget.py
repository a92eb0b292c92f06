"""The chat on a shop's page: a stranger writes in the frame, the counter answers, and the page needs nothing it should not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from connectors.registry import load_sandbox, manifests
from tests.journeys.browser.desk import once
from tests.journeys.conftest import Demo, Shop, wait_for

CHANNEL = next(key for key, one in manifests().items() if one.sending and one.sending.proof == "own")
SOON_MS = 20_000


@dataclass
class ShopPage:
    """A stranger's window on the shop's page."""

    page: Page
    url: str
    complaints: list[str]

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe[title=Chat]")

    async def open(self) -> None:
        await self.page.goto(self.url)
        await self.page.get_by_role("button", name="Open chat").click()
        await expect(self.chat.get_by_role("textbox", name="Write a message")).to_be_visible(timeout=SOON_MS)

    async def write(self, text: str) -> None:
        box = self.chat.get_by_role("textbox", name="Write a message")
        await box.fill(text)
        await box.press("Enter")

    async def sees(self, text: str) -> None:
        await expect(self.chat.get_by_role("log", name="Messages").get_by_text(text)).to_be_visible(timeout=SOON_MS)


@pytest.fixture
async def counter(demo: Demo) -> AsyncIterator[Shop]:
    """The demo's shop with its chat connected; no other channel is needed."""
    headers = {"authorization": f"Bearer {demo.access['api_key']}"}
    async with (
        httpx.AsyncClient(base_url=demo.url, headers=headers, timeout=30, trust_env=False) as api,
        httpx.AsyncClient(base_url=demo.world, timeout=30, trust_env=False) as door,
    ):
        yield Shop(api, door, {})


@pytest.fixture
async def chat_token(counter: Shop) -> str:
    """The chat of the shop, connected by the first test that asks."""
    known = [one for one in (await counter.get("connections"))["items"] if one["channel"] == CHANNEL]
    if known:
        return str(known[0]["hook_url"]).rpartition("/")[2]
    body = {"channel": CHANNEL, "name": "Shop chat", "secrets": dict(load_sandbox(CHANNEL)[1]), "settings": {}, "mode": "live"}
    return str((await counter.post("connections", body))["hook_url"]).rpartition("/")[2]


@pytest.fixture
async def shop_page(browser: Browser, demo: Demo, chat_token: str) -> AsyncIterator[ShopPage]:
    context = await browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860})
    page = await context.new_page()
    found = ShopPage(page, f"{demo.url}/shop/{chat_token}", [])
    page.on("console", lambda message: found.complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    yield found
    await context.close()
    assert found.complaints == []


async def _conversation(shop: Shop, preview: str) -> Any:
    found: list[Any] = []

    async def there() -> bool:
        items = (await shop.get("conversations", queue="all", channel=CHANNEL))["items"]
        found[:] = [one for one in items if one["preview"] == preview]
        return bool(found)

    await wait_for(there)
    return found[0]


async def _answer(shop: Shop, conversation: Any, text: str) -> None:
    await shop.post(f"conversations/{conversation['id']}/messages", {"client_msg_id": uuid4().hex, "kind": "reply", "text": text})


async def test_a_stranger_writes_and_is_answered_and_finds_the_talk_again(counter: Shop, shop_page: ShopPage) -> None:
    question, answer = once("Is the dripper still there?"), once("Eight are left.")
    await shop_page.open()
    await shop_page.write(question)
    await shop_page.sees(question)
    conversation = await _conversation(counter, question)
    await _answer(counter, conversation, answer)
    await shop_page.sees(answer)
    await shop_page.page.reload()
    await shop_page.page.get_by_role("button", name="Open chat").click()
    await shop_page.sees(question)
    await shop_page.sees(answer)


async def test_words_are_shown_as_words(shop_page: ShopPage) -> None:
    marked = once("<img src=x onerror=alert(1)>")
    await shop_page.open()
    await shop_page.write(marked)
    await shop_page.sees(marked)
    assert await shop_page.chat.locator("img").count() == 0


async def test_the_page_fetches_one_script_before_anybody_asks_for_the_chat(shop_page: ShopPage) -> None:
    asked: list[str] = []
    shop_page.page.on("request", lambda request: asked.append(request.url))
    await shop_page.page.goto(shop_page.url)
    await expect(shop_page.page.get_by_role("button", name="Open chat")).to_be_visible()
    assert [url for url in asked if "/widget" in url and url.endswith(".js")] == [f"{shop_page.url.split('/shop')[0]}/widget.js"]
    assert [url for url in asked if "/chat/" in url and "availability" not in url] == []
    assert await shop_page.page.context.cookies() == []


async def test_a_pretend_visitor_reads_the_answer_as_a_browser_does(counter: Shop, chat_token: str) -> None:
    question, answer = once("Halo kak, ready?"), once("Ready, kak.")
    assert chat_token
    await counter.act(f"{CHANNEL}/messages", {"customer": "Siti Nurhaliza", "text": question})
    conversation = await _conversation(counter, question)
    await _answer(counter, conversation, answer)

    async def read() -> bool:
        return await counter.said(CHANNEL, answer) == 1

    await wait_for(read)
