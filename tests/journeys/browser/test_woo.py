"""A sale in the seller's own web shop: every other channel shows one less, and one more again when it is called off."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.browser.desk import Desk
from tests.journeys.browser.test_browser_stock import AVAILABLE, RESERVED, SHOWN_WITHIN_MS, cell_under, row_of
from tests.journeys.conftest import Shop, stock_up, wait_for

OTHERS = ("amazon", "ebay", "shopify")
WITHIN_S = 60.0


async def everywhere(shop: Shop, sku: str, units: int) -> None:
    async def shown() -> bool:
        held = (await shop.door.get("/_world")).json()
        counts = [one["quantity"] for name in (*OTHERS, "woocommerce") for one in held[name]["listings"] if one["sku"] == sku]
        return len(counts) == len(OTHERS) + 1 and set(counts) == {units}

    await wait_for(shown, WITHIN_S)


async def test_an_order_in_the_web_shop_lowers_the_marketplaces_and_its_cancellation_brings_all_back(
    desk: Desk, live_shop: Shop
) -> None:
    sku = "KT-TOR-250"
    await stock_up(live_shop, sku, 5)
    row = await row_of(desk, sku)
    figures = row.get_by_role("gridcell")
    await expect(figures.nth(AVAILABLE)).to_have_text("5", timeout=SHOWN_WITHIN_MS)
    await desk.mark()
    bought = {"customer": "Livia Norn", "lines": [{"sku": sku, "quantity": 2}]}
    order = await live_shop.act("woocommerce/orders", bought)
    await everywhere(live_shop, sku, 3)
    await expect(figures.nth(RESERVED)).to_have_text("2", timeout=SHOWN_WITHIN_MS)
    await expect(figures.nth(AVAILABLE)).to_have_text("3")
    await expect(await cell_under(desk, row, "Amazon")).to_have_text("3", timeout=SHOWN_WITHIN_MS)
    known = (await live_shop.get("orders", external_id=order["id"]))["items"]
    assert [(one["channel"], one["status"], [each["quantity"] for each in one["lines"]]) for one in known] == [
        ("woocommerce", "open", [2])
    ]
    await live_shop.act(f"woocommerce/orders/{order['id']}/cancel", {}, status=200)
    await everywhere(live_shop, sku, 5)
    await expect(figures.nth(AVAILABLE)).to_have_text("5", timeout=SHOWN_WITHIN_MS)
    await expect(figures.nth(RESERVED)).to_have_text("0")
    assert await desk.was_not_reloaded()
    assert (await live_shop.get(f"orders/{known[0]['id']}"))["status"] == "cancelled"


async def test_a_new_shop_s_listings_become_variants_in_one_click_and_what_was_sold_is_reserved(
    desk: Desk, live_shop: Shop
) -> None:
    sku = "KT-BAJ-250"
    bought = {"customer": "Livia Norn", "lines": [{"sku": sku, "quantity": 2}]}
    sold = await live_shop.act("ebay/orders", bought)

    async def is_in() -> bool:
        return bool((await live_shop.get("orders", external_id=sold["id"]))["items"])

    await wait_for(is_in, WITHIN_S)
    assert (await live_shop.get("stock", sku=sku))["items"] == []
    shop = live_shop.connections["woocommerce"]
    await desk.go("/stock?view=unlinked")
    offer = desk.page.get_by_role("group", name=shop["name"])
    await expect(offer).to_contain_text("SKUs that no variant stands for")
    await offer.get_by_role("button", name="Make").click()
    await expect(desk.page.get_by_text("variants made")).to_be_visible()
    await expect(offer).to_have_count(0)
    row = await row_of(desk, sku)
    await expect(row.get_by_role("gridcell").nth(RESERVED)).to_have_text("2")
    faces = (await live_shop.get("listings", sku=sku))["items"]
    assert {one["channel"] for one in faces} == {*OTHERS, "woocommerce"}
    assert {one["mapping"] for one in faces} == {"confirmed"}
    assert await live_shop.quantity("woocommerce", sku) > 0
