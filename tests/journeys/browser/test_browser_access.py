"""Every main page, in light, dark and on a phone, as axe-core sees it: nothing stands between it and anybody."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.chromium import PHONE, WIDE
from tests.journeys.browser.conftest import Scheme
from tests.journeys.browser.desk import Desk, OpenDesk, written_by
from tests.journeys.conftest import ROOT, Shop, stock_up

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
LOOKS: dict[str, tuple[tuple[int, int], Scheme]] = {
    "light": (WIDE, "light"),
    "dark": (WIDE, "dark"),
    "phone": (PHONE, "light"),
}


async def barriers(page: Page) -> list[str]:
    """What axe-core finds, as rule and place."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()[:160]})"
        for one in found["violations"]
        for node in one["nodes"]
    ]


async def pages_of(shop: Shop) -> dict[str, str]:
    """A path for each page, and words that stand there once it is whole."""
    await stock_up(shop, "KT-GAY-250", 68)
    conversation = await written_by(shop, "telegram", "Aino Laine", "Is the coffee ground?")
    return {
        "/inbox?queue=all": "Aino Laine",
        f"/inbox/{conversation['id']}?queue=all": "Is the coffee ground?",
        "/stock": "KT-GAY-250",
        "/orders?view=all": "Orders",
        "/incidents": "Incidents",
        "/replies": "Saved replies",
        "/start": "Onecounter",
        "/inbox?queue=mentions": "Mentions",
        "/inbox?queue=handed": "Handed to me",
        "/inbox?queue=all&status=snoozed": "All open",
        "/inbox?queue=all&find=1&q=coffee": "Is the coffee ground?",
        "/no-such-page": "Inbox",
        "/connections": "Connect a channel",
        f"/connections?open={shop.connections['ebay']['id']}": "What it may send",
        "/connections?add=any": "Needs only a key",
        "/connections?add=telegram": "Save and try",
    }


async def visit(desk: Desk, path: str, words: str) -> list[str]:
    await desk.page.goto(f"{desk.url}{path}")
    await expect(desk.page.get_by_text(words).locator("visible=true").first).to_be_visible()
    await expect(desk.page.locator("[aria-busy=true]")).to_have_count(0)
    return [f"{path} {one}" for one in await barriers(desk.page)]


@pytest.mark.parametrize("look", LOOKS)
async def test_no_page_shuts_anybody_out(open_desk: OpenDesk, live_shop: Shop, look: str) -> None:
    size, scheme = LOOKS[look]
    desk = await open_desk(size=size, scheme=scheme)
    found = [one for path, words in (await pages_of(live_shop)).items() for one in await visit(desk, path, words)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("look", LOOKS)
async def test_the_sign_in_shuts_nobody_out(open_desk: OpenDesk, look: str) -> None:
    size, scheme = LOOKS[look]
    desk = await open_desk(state=None, size=size, scheme=scheme)
    desk.bears.append("status of 401")
    assert await visit(desk, "/sign-in", "Sign in to your counter") == []
