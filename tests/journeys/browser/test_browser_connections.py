"""Connecting a channel with wrong keys: saved in shadow, tried at once, told what to mend, and taken away again."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.browser.desk import Desk
from tests.journeys.conftest import Shop, wait_for

NAME = "eBay, second shop"
FORETOLD = {"not_counted": "not counted", "not_mapped": "not linked", "same": "Right already", "to_zero": "Would go to zero"}


async def test_wrong_keys_are_saved_in_shadow_and_what_to_mend_is_told(desk: Desk, live_shop: Shop) -> None:
    page, form = desk.page, desk.page.get_by_role("main")
    await desk.go("/connections")
    await page.get_by_role("button", name="Connect a channel").click()
    await page.get_by_role("button", name="Connect eBay").click()
    await form.get_by_role("button", name="Type the keys instead").click()
    offer = next(one for one in await live_shop.get("channels") if one["key"] == "ebay")
    for secret in offer["secrets"]:
        await expect(form.locator(f"label[for=secret-{secret['name']}]")).to_contain_text(secret["label"]["en"])
    await form.get_by_role("button", name="Save and try").click()
    await expect(form.get_by_text("It is missing.").first).to_be_visible()
    right = (await live_shop.door.get("/_world/_credentials")).json()["ebay"]
    wrong = {**right, "refresh_token": "revoked by its owner"}
    await form.get_by_text("more field").click()
    for secret in offer["secrets"]:
        await form.locator(f"#secret-{secret['name']}").fill(wrong.get(secret["name"], ""))
    await form.get_by_label("Name here").fill(NAME)
    await form.get_by_role("button", name="Save and try").click()
    drawer = page.get_by_role("complementary", name=NAME)
    verdict = drawer.get_by_role("alert")
    await expect(verdict).to_contain_text("Connect the eBay account again.")
    made = next(one for one in (await live_shop.get("connections"))["items"] if one["name"] == NAME)
    assert (made["mode"], made["state"], made["sends_replies"]) == ("shadow", "broken", False)
    await expect(page.get_by_role("row").filter(has_text=made["error"]["detail"])).to_contain_text(
        "Connect the eBay account again."
    )
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"{NAME} has stopped.")
    await drawer.get_by_role("button", name="Remove this connection").click()
    await drawer.get_by_role("button", name=f"Remove {NAME}").click()
    await expect(drawer).to_have_count(0)
    await expect(page.get_by_role("table")).not_to_contain_text(NAME)

    async def is_gone() -> bool:
        items = (await live_shop.get("connections"))["items"]
        return all(one["id"] != made["id"] or (one["error"] or {}).get("code") == "removed" for one in items)

    await wait_for(is_gone)


async def test_a_connection_that_breaks_says_so_by_itself_and_new_keys_mend_it(desk: Desk, live_shop: Shop) -> None:
    page, connection = desk.page, live_shop.connections["telegram"]
    right = (await live_shop.door.get("/_world/_credentials")).json()["telegram"]["bot_token"]
    await desk.go(f"/connections?open={connection['id']}")
    await desk.mark()
    drawer = page.get_by_role("complementary", name="telegram test")
    await live_shop.act("telegram/faults", {"kind": "expire_token", "rate": 1})
    try:
        await expect(page.get_by_role("heading", level=1)).to_contain_text("telegram test has stopped", timeout=30_000)
        await expect(drawer.get_by_role("alert")).to_contain_text("Ask @BotFather for a new token")
        await page.get_by_role("button", name="Retry").click()
        await expect(page.get_by_role("status")).to_contain_text("Ask @BotFather for a new token")
    finally:
        await live_shop.act("telegram/faults", {"kind": "expire_token"})
    await drawer.locator("#secret-bot_token").fill(right)
    await drawer.get_by_role("button", name="Save and check").click()
    await expect(drawer.get_by_text("The channel answers")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).not_to_contain_text("stopped")
    assert await desk.was_not_reloaded()

    async def is_well() -> bool:
        return bool((await live_shop.get(f"connections/{connection['id']}"))["state"] == "ready")

    await wait_for(is_well)


async def test_stock_is_turned_on_only_after_its_dry_run_was_seen(desk: Desk, live_shop: Shop) -> None:
    page, connection = desk.page, live_shop.connections["ebay"]
    path = f"connections/{connection['id']}"
    await desk.go(f"/connections?open={connection['id']}")
    drawer = page.get_by_role("complementary")
    stock = drawer.get_by_role("switch", name="Stock")
    await stock.click()
    await expect(stock).to_have_attribute("aria-checked", "false")
    assert (await live_shop.get(path))["pushes_stock"] is False
    await stock.click()
    foretold = drawer.get_by_role("region", name="What would change at the channel")
    run = await live_shop.get(f"{path}/dry-run")
    for verdict, words in FORETOLD.items():
        line = foretold.locator("dl > div").filter(has_text=words)
        count = run["sum"][verdict]
        await (expect(line).to_contain_text(str(count)) if count else expect(line).to_have_count(0))
    assert run["sum"]["listings"] > 0
    await expect(stock).to_have_attribute("aria-checked", "false")
    await foretold.get_by_role("button", name="Turn it on").click()
    await expect(stock).to_have_attribute("aria-checked", "true")
    shown = await live_shop.get(path)
    assert (shown["pushes_stock"], shown["sends_replies"]) == (True, True)


async def test_an_answer_that_is_too_late_says_so_and_leads_back(desk: Desk) -> None:
    await desk.go("/connections?consent=consent_expired")
    verdict = desk.page.get_by_role("main").get_by_role("alert")
    await expect(verdict).to_contain_text("more than ten minutes")
    await verdict.get_by_role("button", name="Start again").click()
    await desk.page.get_by_label("Search channels").fill("telegram")
    await expect(desk.page.get_by_role("button", name="Connect Telegram")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="Connect eBay")).to_have_count(0)
