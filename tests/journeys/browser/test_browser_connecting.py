"""Ways in: by consent at every channel that has one, by a form of keys, and what a new connection may do, one act after the other."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from connectors.registry import manifests
from tests.journeys.browser.desk import Desk, OpenDesk
from tests.journeys.conftest import Shop

CONSENTING = [key for key, one in manifests().items() if one.consent == "oauth"]
KEYED = [key for key, one in manifests().items() if one.consent != "oauth" and one.secrets]


async def opened_form(desk: Desk, channel: str, name: str) -> Locator:
    """The channel's form with what its seller would type, under a name of its own."""
    await desk.go(f"/connections?add={channel}")
    form = desk.page.get_by_role("main")
    await form.get_by_role("button", name="Use the demo's keys").click()
    await expect(form.get_by_role("button", name="Use the demo's keys")).to_have_count(0)
    await form.get_by_label("Name here").fill(name)
    for choice in await form.locator("select").all():
        await choice.select_option(index=1)
    return form


async def made_of(shop: Shop, name: str) -> dict[str, object]:
    items = (await shop.get("connections"))["items"]
    return next(dict(one) for one in items if one["name"] == name)


async def take_away(shop: Shop, connection: dict[str, object]) -> None:
    gone = await shop.api.delete(f"/api/v1/connections/{connection['id']}")
    assert gone.status_code in (200, 202, 204), gone.text
    own = shop.connections.get(str(connection["channel"]))
    if own is not None:
        # The account is the same: its webhooks, which pointed at the one that went, point at the shop's own again
        checked = await shop.api.post(f"/api/v1/connections/{own['id']}/check", json={})
        assert checked.status_code < 300, checked.text


@pytest.mark.parametrize("channel", CONSENTING)
async def test_a_seller_lets_us_in_at_the_channel(desk: Desk, live_shop: Shop, channel: str) -> None:
    page, name = desk.page, f"{channel} by consent"
    label = manifests()[channel].name
    form = await opened_form(desk, channel, name)
    await form.get_by_role("button", name=f"Continue at {label}").click()
    await expect(page.get_by_text("nothing leaves this computer")).to_be_visible()
    assert not page.url.startswith(desk.url)
    await page.get_by_role("link", name="Allow").click()
    told = page.get_by_role("main").get_by_role("status")
    await expect(told).to_contain_text("The channel let us in.")
    assert page.url.startswith(desk.url)
    made = await made_of(live_shop, name)
    assert (made["mode"], made["sends_replies"], made["pushes_stock"]) == ("shadow", False, False)
    assert (made["state"], made["error"]) == ("ready", None)
    await take_away(live_shop, made)


async def test_a_seller_who_cancels_is_told_so_and_nothing_is_made(desk: Desk, live_shop: Shop) -> None:
    page, channel = desk.page, CONSENTING[0]
    before = len((await live_shop.get("connections"))["items"])
    form = await opened_form(desk, channel, "never made")
    await form.get_by_role("button", name=f"Continue at {manifests()[channel].name}").click()
    await page.get_by_role("link", name="Cancel").click()
    verdict = page.get_by_role("main").get_by_role("alert")
    await expect(verdict).to_contain_text("The channel did not let us in. Nothing was changed.")
    await expect(verdict).to_contain_text("press accept at the channel")
    assert len((await live_shop.get("connections"))["items"]) == before


@pytest.mark.parametrize("channel", KEYED)
async def test_right_keys_connect_in_shadow(desk: Desk, live_shop: Shop, channel: str) -> None:
    name = f"{channel} by keys"
    form = await opened_form(desk, channel, name)
    await form.get_by_role("button", name="Save and try").click()
    drawer = desk.page.get_by_role("complementary", name=name)
    await expect(drawer.get_by_text("The channel answers")).to_be_visible()
    made = await made_of(live_shop, name)
    assert (made["mode"], made["state"], made["sends_replies"], made["pushes_stock"]) == ("shadow", "ready", False, False)
    await take_away(live_shop, made)


async def test_replies_are_turned_on_without_stock(desk: Desk, live_shop: Shop) -> None:
    channel = next(key for key, one in manifests().items() if one.sending and one.stocking and one.consent == "oauth")
    connection = live_shop.connections[channel]
    path = f"connections/{connection['id']}"
    stocked = (await live_shop.get(path))["pushes_stock"]
    await desk.go(f"/connections?open={connection['id']}")
    replies = desk.page.get_by_role("complementary").get_by_role("switch", name="Replies")
    await expect(replies).to_have_attribute("aria-checked", "true")
    await replies.click()
    await expect(replies).to_have_attribute("aria-checked", "false")
    shown = await live_shop.get(path)
    assert (shown["sends_replies"], shown["pushes_stock"]) == (False, stocked)
    await replies.click()
    await expect(replies).to_have_attribute("aria-checked", "true")
    shown = await live_shop.get(path)
    assert (shown["sends_replies"], shown["pushes_stock"]) == (True, stocked)


async def test_every_channel_shows_how_it_is(desk: Desk, live_shop: Shop) -> None:
    await desk.go("/connections")
    table = desk.page.get_by_role("table")
    for channel, connection in live_shop.connections.items():
        shown = await live_shop.get(f"connections/{connection['id']}")
        row = table.get_by_role("row").filter(has=desk.page.locator(".co-name", has_text=shown["label"])).first
        cells = row.get_by_role("cell")
        await expect(cells).to_have_count(9)
        await expect(cells.nth(1)).to_contain_text(re.compile("In step|Behind|Starting|Shadow"))
        if shown["feeds"]:
            await expect(cells.nth(2), channel).to_contain_text(re.compile(r"\d"))
            await expect(cells.nth(3), channel).to_contain_text(re.compile(r"\d"))
        await expect(cells.nth(7), channel).to_contain_text(re.compile(r"\d+ %|no limit"))
        await expect(row.get_by_role("button", name=re.compile("^(Actions of|Retry)"))).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "id"])
async def test_every_guide_can_be_read_beside_its_form(open_desk: OpenDesk, live_shop: Shop, language: str) -> None:
    desk = await open_desk()
    await desk.page.add_init_script(
        f"localStorage.setItem('onecounter-language', JSON.stringify({{state: {{language: '{language}', chosen: true}}, version: 0}}))"
    )
    for offer in await live_shop.get("channels"):
        await desk.page.goto(f"{desk.url}/connections?add={offer['key']}")
        guide = desk.page.locator(".guide")
        first = next(line for line in offer["guide"][language].splitlines() if line and not line.startswith(("#", "|", "-", "`")))
        await expect(guide).to_contain_text(re.split(r"[*`\[(]", first)[0].strip()[:40])
        assert await guide.evaluate("node => node.scrollWidth <= node.clientWidth + 1"), offer["key"]
