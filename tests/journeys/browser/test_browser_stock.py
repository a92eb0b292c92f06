"""The stock grid: a count typed there is the count everywhere, and a sale elsewhere moves the grid by itself."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.journeys.browser.desk import Desk
from tests.journeys.conftest import Shop, stock_up, wait_for

ON_HAND, RESERVED, _, AVAILABLE = range(4)
SHOWN_WITHIN_MS = 30_000


async def row_of(desk: Desk, sku: str) -> Locator:
    await desk.go(f"/stock?q={sku}")
    row = desk.page.get_by_role("row").filter(has_text=sku)
    await expect(row).to_be_visible()
    return row


async def cell_under(desk: Desk, row: Locator, head: str) -> Locator:
    """The cell of the row below a column's name."""
    heads = await desk.page.get_by_role("columnheader").all_inner_texts()
    return row.get_by_role("gridcell").nth(heads.index(head) - 1)


async def test_a_cell_is_edited_and_both_channels_show_it(desk: Desk, live_shop: Shop) -> None:
    sku = "SB-TAB-IND"
    await stock_up(live_shop, sku, 12)
    row = await row_of(desk, sku)
    await row.get_by_role("gridcell").nth(ON_HAND).dblclick()
    field = desk.page.get_by_role("textbox", name=f"On hand of {sku}")
    await field.fill("seven")
    await field.press("Enter")
    await expect(desk.page.get_by_role("alert")).to_contain_text("Write a count such as 24")
    await field.fill("7")
    await field.press("Enter")
    bar = desk.page.get_by_role("form", name="1 change")
    await expect(bar).to_contain_text("−5 units")
    assert await live_shop.quantity("ebay", sku) == 12
    await bar.get_by_role("textbox", name="Reason").fill("found wet")
    await bar.get_by_role("button", name="Apply").click()
    await expect(bar).to_have_count(0)
    await expect(row.get_by_role("gridcell").nth(AVAILABLE)).to_have_text("7")
    await expect(await cell_under(desk, row, "eBay")).to_have_text("7", timeout=SHOWN_WITHIN_MS)
    await expect(await cell_under(desk, row, "Shopify")).to_have_text("7", timeout=SHOWN_WITHIN_MS)
    assert await live_shop.quantity("ebay", sku) == 7
    assert await live_shop.quantity("shopify", sku) == 7


async def test_a_sale_elsewhere_moves_the_grid_and_the_ledger_says_why(desk: Desk, live_shop: Shop) -> None:
    sku = "SB-TRS-IND"
    await stock_up(live_shop, sku, 6)
    row = await row_of(desk, sku)
    figures = row.get_by_role("gridcell")
    await expect(figures.nth(AVAILABLE)).to_have_text("6")
    await desk.mark()
    order = await live_shop.act("shopify/orders", {"customer": "Tuva Eide", "lines": [{"sku": sku, "quantity": 2}]})
    await expect(figures.nth(RESERVED)).to_have_text("2", timeout=SHOWN_WITHIN_MS)
    await expect(figures.nth(AVAILABLE)).to_have_text("4")
    await expect(figures.nth(ON_HAND)).to_have_text("6")
    await expect(await cell_under(desk, row, "eBay")).to_have_text("4", timeout=SHOWN_WITHIN_MS)
    assert await desk.was_not_reloaded()
    assert await live_shop.quantity("ebay", sku) == 4
    number = (await live_shop.get("orders", external_id=order["id"]))["items"][0]["number"]
    await row.get_by_role("rowheader").click()
    drawer = desk.page.get_by_role("complementary").filter(has_text=sku)
    await drawer.get_by_role("tab", name="Ledger").click()
    entry = drawer.get_by_role("listitem").filter(has_text="Reserved").first
    await expect(entry).to_contain_text("−2")
    await expect(entry.get_by_role("link", name=number)).to_be_visible()
    await entry.get_by_role("link", name=number).click()
    await expect(desk.page.get_by_role("heading", name=number)).to_be_visible()


async def test_an_order_appears_and_its_cancellation_follows(desk: Desk, live_shop: Shop) -> None:
    sku = "SB-TRS-RSE"
    await stock_up(live_shop, sku, 9)
    await desk.go("/orders")
    await desk.mark()
    made = await live_shop.act("ebay/orders", {"customer": "Alma Vold", "lines": [{"sku": sku, "quantity": 3}]})

    async def is_in() -> bool:
        return bool((await live_shop.get("orders", external_id=made["id"]))["items"])

    await wait_for(is_in)
    order = (await live_shop.get("orders", external_id=made["id"]))["items"][0]
    line = desk.page.get_by_role("button").filter(has_text=order["number"] or made["id"])
    await expect(line).to_contain_text("Alma Vold")
    await expect(line).to_contain_text("× 3")
    await line.click()
    pane = desk.page.get_by_role("main")
    await expect(pane.get_by_role("row").filter(has_text=sku)).to_contain_text("6 available, 3 reserved")
    await live_shop.act(f"ebay/orders/{made['id']}/cancel", {}, status=200)
    await expect(pane.get_by_role("row").filter(has_text=sku)).to_contain_text("9 available", timeout=SHOWN_WITHIN_MS)
    await expect(pane.locator("header")).to_contain_text("Cancelled")
    assert await desk.was_not_reloaded()
    assert (await live_shop.get(f"orders/{order['id']}"))["status"] == "cancelled"
