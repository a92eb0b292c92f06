"""Snooze by words, by keyboard alone: what they mean is shown before it is done, and what names no time does nothing."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from tests.journeys.browser.desk import OpenDesk, once, written_by
from tests.journeys.browser.test_browser_access import barriers
from tests.journeys.conftest import Shop, wait_for


async def test_a_conversation_sleeps_until_tomorrow_in_indonesian_words(open_desk: OpenDesk, live_shop: Shop) -> None:
    desk = await open_desk()
    conversation = await written_by(live_shop, "telegram", "Rina Hartono", once("until tomorrow"))
    await desk.open(conversation)
    await desk.composer.press("Escape")
    await desk.page.keyboard.press("h")
    sheet = desk.page.get_by_role("dialog", name="Snooze")
    words, snooze = sheet.get_by_label("Until"), sheet.get_by_role("button", name="Snooze", exact=True)
    await expect(words).to_be_focused()
    assert await barriers(desk.page) == []
    await desk.page.keyboard.type("besok entah")
    await expect(sheet.get_by_text("That names no time to come.")).to_be_visible()
    await expect(snooze).to_be_disabled()
    await words.press("Enter")
    assert (await live_shop.get(f"conversations/{conversation['id']}"))["status"] == "open"
    await words.fill("besok 9")
    await expect(snooze).to_be_enabled()
    await words.press("Enter")
    await expect(sheet).to_have_count(0)

    async def asleep() -> bool:
        return (await live_shop.get(f"conversations/{conversation['id']}"))["status"] == "snoozed"

    await wait_for(asleep)
    zone = ZoneInfo((await live_shop.get("me"))["workspace"]["time_zone"])
    until = datetime.fromisoformat((await live_shop.get(f"conversations/{conversation['id']}"))["snoozed_until"]).astimezone(zone)
    assert until.time() == time(9)
    assert until.date() == (datetime.now(UTC).astimezone(zone) + timedelta(days=1)).date()
    await expect(desk.page.get_by_role("button", name="Wake")).to_be_visible()
