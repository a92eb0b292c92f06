"""One box: what is pasted into the palette opens as what it is, before any command; words in messages are found behind them."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.journeys.browser.desk import Desk, once, written_by
from tests.journeys.conftest import Shop, wait_for


async def ask(desk: Desk, typed: str) -> Locator:
    """What the palette offers for it, best first."""
    await desk.page.keyboard.press("ControlOrMeta+k")
    await desk.page.get_by_role("combobox", name="Commands").fill(typed)
    return desk.page.get_by_role("listbox", name="Commands").get_by_role("option")


async def test_a_pasted_order_is_the_first_hit_and_enter_opens_it(desk: Desk, live_shop: Shop) -> None:
    made = await live_shop.act("shopify/orders", {"customer": "Ana Sol", "lines": [{"sku": "KT-GAY-1000", "quantity": 1}]})

    async def came() -> bool:
        return bool((await live_shop.get("orders", external_id=made["id"]))["items"])

    await wait_for(came)
    (order,) = (await live_shop.get("orders", external_id=made["id"]))["items"]
    await desk.go("/inbox")
    offered = await ask(desk, f" {made['id']} ")
    await expect(offered.first).to_contain_text(order["number"] or made["id"])
    await expect(offered.first).to_have_attribute("aria-selected", "true")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page).to_have_url(re.compile(f"/orders.*order={order['id']}"))
    await expect(desk.page.get_by_role("listbox", name="Commands")).to_have_count(0)


async def test_enter_at_once_waits_for_what_was_pasted(desk: Desk, live_shop: Shop) -> None:
    sku = once("KETTLE").replace(" ", "-")
    await live_shop.post("variants", {"sku": sku, "title": "Gooseneck kettle"})
    await desk.go("/inbox")
    await ask(desk, sku)
    await desk.page.keyboard.press("Enter")
    await expect(desk.page).to_have_url(re.compile(f"/stock.*sku={sku}"))


async def test_words_stand_behind_commands_and_open_their_conversation(desk: Desk, live_shop: Shop) -> None:
    text = once("snooze the zirconium kettle")
    conversation = await written_by(live_shop, "telegram", "Mira Holm", text)
    await desk.go("/inbox")
    offered = await ask(desk, text)
    await expect(offered).to_have_count(1)
    await expect(offered).to_contain_text("Mira Holm")
    await offered.click()
    await expect(desk.page).to_have_url(re.compile(f"/inbox/{conversation['id']}"))
    await expect(desk.said(text)).to_be_visible()
    offered = await ask(desk, "no such thing anywhere")
    await expect(desk.page.get_by_text("Nothing has that name or number.")).to_be_visible()
    await expect(offered).to_have_count(0)
