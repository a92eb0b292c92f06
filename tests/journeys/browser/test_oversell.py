"""An oversell, from the incident that opens by itself to the buyer who is told."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.browser.desk import SENT_WITHIN_MS, Desk, written_by
from tests.journeys.browser.test_browser_access import barriers
from tests.journeys.conftest import Shop, stock_up, wait_for

SKU = "SB-TRS-RSE"


async def test_an_oversell_ends_as_one_message_to_the_buyer_it_was_suggested_to_ask(desk: Desk, live_shop: Shop) -> None:
    await stock_up(live_shop, SKU, 1)
    talk = await written_by(live_shop, "ebay", "Alma Vold", "is the rose scarf still there?")
    for customer in ("Tuva Eide", "Alma Vold"):
        order = {"customer": customer, "lines": [{"sku": SKU, "quantity": 1}], "force": True}
        await live_shop.act("ebay/orders", order)
    found: list[dict[str, str]] = []

    async def is_open() -> bool:
        items = (await live_shop.get("incidents", state="open"))["items"]
        found[:] = [one for one in items if one["sku"] == SKU]
        return bool(found)

    await wait_for(is_open)
    detail = await live_shop.get(f"incidents/{found[0]['id']}")
    assert {one["penalty"]["cost"] for one in detail["suggestions"]} == {"defect"}
    await desk.go(f"/incidents?incident={found[0]['id']}")
    await desk.mark()
    pane = desk.page.get_by_role("main")
    await pane.get_by_role("radio", name="Alma Vold").check()
    await pane.get_by_role("radio", name="Cancel and refund").check()
    message = pane.get_by_role("textbox", name="Message to Alma Vold")
    await expect(message).to_have_value(
        f"Hello Alma, we are sorry: {detail['incident']['title']} in your order "
        f"{next(one['number'] for one in detail['suggestions'] if one['customer'] == 'Alma Vold')} "
        "was sold elsewhere moments before. We will cancel it and refund you in full."
    )
    await expect(pane.get_by_role("listitem").first).to_have_text(
        f"The message goes to Alma Vold in conversation #{talk['number']}"
    )
    assert await barriers(desk.page) == []
    said = await message.input_value()
    assert await live_shop.said("ebay", said) == 0
    await pane.get_by_role("button", name="Confirm and send").click()
    await expect(pane.get_by_role("region", name="Decided so far")).to_contain_text("Cancel and refund, by")

    async def is_told() -> bool:
        return await live_shop.said("ebay", said) == 1

    await wait_for(is_told, SENT_WITHIN_MS / 1000)
    assert await desk.was_not_reloaded()
    after = (await live_shop.get(f"incidents/{found[0]['id']}"))["incident"]
    assert [(one["offer"], one["units"]) for one in after["decisions"]] == [("cancel", 1)]
