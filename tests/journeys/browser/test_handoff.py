"""One buyer, two channels, three agents: the conversation changes hands and nobody asks or types anything twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, StorageState, expect

from tests.journeys.browser.desk import OUT, SENT_WITHIN_MS, Desk, OpenDesk, once, written_by
from tests.journeys.conftest import Demo, Shop, wait_for

LANGUAGE: Any = {"name": "onecounter-language", "value": '{"state":{"language":"en","chosen":true},"version":0}'}


async def session_of(browser: Browser, demo: Demo, email: str) -> StorageState:
    """A session of its own for a member who chose to read English."""
    context = await browser.new_context()
    given = {"email": email, "password": str(demo.access["password"])}
    answer = await context.request.post(f"{demo.url}/api/v1/session", data=given)
    assert answer.ok, await answer.text()
    state = await context.storage_state()
    await context.close()
    return {**state, "origins": [{"origin": demo.url, "localStorage": [LANGUAGE]}]}


@pytest.fixture(scope="module")
async def bystander(browser: Browser, demo: Demo) -> StorageState:
    """Sinta, a third agent of the shop."""
    return await session_of(browser, demo, "sinta@nusagoods.example")


async def hand_over(desk: Desk, *, to: str, note: str, promise: str = "") -> None:
    """By keys and fields of the sheet, as a person does."""
    await desk.composer.press("Escape")
    await desk.page.keyboard.press("Shift+H")
    sheet = desk.page.get_by_role("dialog", name="Hand over")
    await sheet.get_by_role("combobox", name="To", exact=True).select_option(label=to)
    await sheet.get_by_label("Your words to them").fill(note)
    if promise:
        await sheet.get_by_label("What was promised").fill(promise)
        await sheet.get_by_label("Due", exact=True).fill("2030-01-04T17:00")
        await sheet.get_by_role("button", name="Add").click()
    await sheet.get_by_role("button", name="Hand over").click()
    await expect(sheet).to_have_count(0)


async def bought(shop: Shop, customer: str) -> Any:
    """An order of this buyer, once it is in."""
    sku = (await shop.holds("ebay"))["listings"][0]["sku"]
    order = await shop.act("ebay/orders", {"customer": customer, "lines": [{"sku": sku, "quantity": 1}], "force": True})
    return order["id"] if "id" in order else order["order"]


async def test_a_conversation_changes_hands_and_nothing_is_said_twice(
    open_desk: OpenDesk, live_shop: Shop, colleague: StorageState, bystander: StorageState
) -> None:
    giver, receiver, third = await open_desk(), await open_desk(state=colleague), await open_desk(state=bystander)
    order = await bought(live_shop, "Hannah Whitlock")
    asked = once("It came in L instead of M.")
    conversation = await written_by(live_shop, "ebay", "Hannah Whitlock", asked)
    answer = once("All set, Hannah. Your refund is on its way.")
    promise = once("Refund by Friday")

    await receiver.go("/inbox?queue=handed")
    await receiver.mark()
    await giver.open(conversation)
    await giver.composer.fill(answer)
    await hand_over(giver, to="Putu Mahendra", note="She flies on Friday evening.", promise=promise)
    await expect(giver.page.get_by_text("Offered to Putu. It is yours until it is taken.")).to_be_visible()

    await expect(receiver.row(conversation)).to_be_visible(timeout=5_000)
    await receiver.row(conversation).click()
    brief = receiver.page.get_by_role("region", name="Handed to you")
    await expect(brief.get_by_role("heading", name="Dewi hands this to you")).to_be_visible()
    for words in ("Hannah Whitlock", asked, promise, answer, "She flies on Friday evening."):
        await expect(brief).to_contain_text(words)
    await expect(brief.get_by_role("link", name=order)).to_be_visible()
    customer = receiver.page.get_by_role("complementary", name="Customer")
    await expect(customer).to_contain_text(order)
    assert await live_shop.said("ebay", answer) == 0

    await receiver.page.keyboard.press("a")
    await expect(giver.page.get_by_role("status").get_by_text("Putu took Hannah Whitlock")).to_be_visible(timeout=5_000)
    await expect(receiver.composer).to_have_value(answer)
    await expect(giver.composer).to_have_value("")
    now = await live_shop.get(f"conversations/{conversation['id']}")
    assert now["assignee_id"] != conversation["assignee_id"]
    await receiver.composer.press("Control+Enter")
    await expect(receiver.said(answer)).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    assert await live_shop.said("ebay", answer) == 1
    assert await receiver.was_not_reloaded()

    elsewhere = once("Hannah from eBay here, is this quicker?")
    other = await written_by(live_shop, "telegram", "Hannah W", elsewhere)
    await live_shop.post(f"customers/{now['customer']['id']}/merge", {"absorb_id": other["customer"]["id"]}, status=200)
    await live_shop.post(f"conversations/{conversation['id']}/merge", {"absorb_ids": [other["id"]]}, status=200)
    await receiver.open(conversation)
    await expect(receiver.said(elsewhere)).to_be_visible()
    await expect(receiver.said(answer)).to_be_visible()

    third.bears.append("409")
    await third.open(conversation)
    await expect(third.page.get_by_label("Putu Mahendra is reading")).to_be_visible()
    late = once("Let me look into it.")
    await third.composer.fill(late)
    first = once("Much quicker.")
    await receiver.write(first)
    await expect(third.said(first)).to_be_visible()
    await third.composer.press("Control+Enter")
    await expect(third.said(late)).to_contain_text("Not sent. Putu Mahendra wrote since you began.", timeout=SENT_WITHIN_MS)
    for channel in ("ebay", "telegram"):
        assert await live_shop.said(channel, late) == 0


async def test_declined_it_is_the_givers_still_and_says_why(
    open_desk: OpenDesk, live_shop: Shop, colleague: StorageState
) -> None:
    giver, receiver = await open_desk(), await open_desk(state=colleague)
    conversation = await written_by(live_shop, "telegram", "Oskar Brandt", once("Can you do 40 kg?"))
    await giver.open(conversation)
    await giver.page.keyboard.press("i")
    await hand_over(giver, to="Putu Mahendra", note="Wholesale.")
    await receiver.go(f"/inbox/{conversation['id']}?queue=handed")
    await expect(receiver.page.get_by_role("heading", name="Dewi hands this to you")).to_be_visible()
    await receiver.page.keyboard.press("d")
    await receiver.page.get_by_label("Why not").fill("needs a price")
    await receiver.page.keyboard.press("Enter")
    await expect(giver.page.get_by_role("status").get_by_text("Putu declined Oskar Brandt: needs a price")).to_be_visible()
    kept = await live_shop.get(f"conversations/{conversation['id']}")
    assert kept["assignee_id"] == (await live_shop.get("me"))["member"]["id"]


async def test_closing_over_a_promise_asks_first(desk: Desk, live_shop: Shop) -> None:
    conversation = await written_by(live_shop, "telegram", "Mara Lind", once("When is my money back?"))
    await live_shop.post(f"conversations/{conversation['id']}/promises", {"text": "Refund by Friday", "kind": "refund"})
    await desk.open(conversation)
    await expect(desk.page.get_by_text("Refund by Friday").first).to_be_visible()
    await desk.composer.press("Escape")
    await desk.page.keyboard.press("e")
    desk.bears.append("409")
    question = desk.page.get_by_role("dialog", name="Something is still promised here")
    await expect(question).to_contain_text("Refund by Friday")
    assert (await live_shop.get(f"conversations/{conversation['id']}"))["status"] == "open"
    await question.get_by_role("button", name="All kept, close").click()
    await expect(question).to_have_count(0)

    async def kept() -> bool:
        (promise,) = (await live_shop.get(f"conversations/{conversation['id']}/promises"))["items"]
        return bool(promise["state"] == "kept")

    await wait_for(kept)
    assert (await live_shop.get(f"conversations/{conversation['id']}"))["status"] == "closed"


async def test_the_visitor_hands_it_over_and_is_the_receiver(
    browser: Browser, demo: Demo, open_desk: OpenDesk, live_shop: Shop
) -> None:
    """The demo's story, from its bar."""
    desk = await open_desk(state=await session_of(browser, demo, "tara@nusagoods.example"))
    await written_by(live_shop, "telegram", "Greta Vang", once("Is my parcel moving?"))
    await desk.go("/inbox?queue=all")
    await desk.page.get_by_role("button", name="Stories").click()
    await desk.page.get_by_role("menuitem", name="Hand it over").click()
    await expect(desk.composer).to_have_value(re.compile("."))
    begun = await desk.composer.input_value()
    await hand_over(desk, to="Putu Mahendra", note="Over to you.")
    await desk.page.get_by_role("button", name="Be Putu").click()
    await expect(desk.page.get_by_role("heading", name="Tara hands this to you")).to_be_visible()
    await expect(desk.composer).to_have_value("")
    await desk.page.keyboard.press("a")
    await expect(desk.composer).to_have_value(begun)
