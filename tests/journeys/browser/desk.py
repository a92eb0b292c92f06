"""A browser window at the counter, and what a person does and sees there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from playwright.async_api import ConsoleMessage, Locator, Page, expect

from tests.journeys.conftest import Shop

SENT_WITHIN_MS = 45_000
OUT = "Sent|Delivered|Read"


@dataclass
class Desk:
    """One window. `complaints` is what the console said; `bears` are the parts of it a test brings about itself."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    bears: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    @property
    def unborne(self) -> list[str]:
        return [one for one in self.complaints if not any(part in one for part in self.bears)]

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.url}{path}")
        await expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    async def mark(self) -> None:
        """Lost as soon as the page is loaded anew."""
        await self.page.evaluate("window.neverLoadedAnew = true")

    async def was_not_reloaded(self) -> bool:
        return await self.page.evaluate("window.neverLoadedAnew === true") is True

    def row(self, conversation: dict[str, Any]) -> Locator:
        return self.page.locator(f'[data-conversation="{conversation["id"]}"]')

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("log", name="Messages")

    def said(self, text: str) -> Locator:
        """What stands in the open thread with these words: message, note or kept reply."""
        return self.thread.get_by_role("article").filter(has_text=text)

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Reply over")

    async def open(self, conversation: dict[str, Any]) -> None:
        await self.go(f"/inbox/{conversation['id']}?queue=all")
        await expect(self.composer).to_be_visible()

    async def write(self, text: str) -> None:
        """Types a reply and sends it by key."""
        await self.composer.fill(text)
        await self.composer.press("Control+Enter")


OpenDesk = Callable[..., Awaitable[Desk]]


def once(words: str) -> str:
    """Words nobody has said before."""
    return f"{words} {uuid4().hex[:8]}"


async def written_by(shop: Shop, channel: str, customer: str, text: str) -> Any:
    """A buyer writes; the conversation it came to."""
    said = await shop.act(f"{channel}/messages", {"customer": customer, "text": text})
    return await shop.conversation(said["thread"])
