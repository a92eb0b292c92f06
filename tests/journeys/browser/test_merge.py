"""One person writes to the marketplace and to the shop by chat: two customers, made one by a click, and two again."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Locator, expect

from connectors.registry import manifests
from tests.journeys.browser.desk import Desk, once, written_by
from tests.journeys.conftest import Shop, wait_for

MARKETS = [key for key, one in manifests().items() if one.sending and one.sending.keeps_buyers]
CHAT = "whatsapp"


@pytest.fixture(params=MARKETS)
async def two(request: pytest.FixtureRequest, live_shop: Shop) -> tuple[Any, Any]:
    """Conversations of a buyer who orders and writes on the marketplace, and names that order in a chat under another name."""
    market, name = request.param, f"Mira Holt {uuid4().hex[:6]}"
    order = await live_shop.act(
        f"{market}/orders", {"customer": name, "lines": [{"sku": "SB-PRG-IND-M", "quantity": 1}], "force": True}
    )

    async def known() -> bool:
        return bool((await live_shop.get("orders", external_id=order["id"]))["items"])

    await live_shop.post(f"connections/{live_shop.connections[market]['id']}/pull", {}, 202)
    await wait_for(known, 40)
    said_text = once("Where is my parcel?")
    await live_shop.act(f"{market}/messages", {"customer": name, "text": said_text, "order": order["id"]})
    letter = await live_shop.saying(said_text)
    chat = await written_by(live_shop, CHAT, f"Mira {uuid4().hex[:6]}", f"Hello, it is about order {order['id']} again")
    assert letter["customer"]["id"] != chat["customer"]["id"]
    return letter, chat


def pane(desk: Desk) -> Locator:
    return desk.page.get_by_role("complementary", name="Customer")


async def test_two_become_one_customer_by_a_click_and_two_again_by_another(
    desk: Desk, live_shop: Shop, two: tuple[Any, Any]
) -> None:
    letter, chat = two
    await desk.open(chat)
    card = pane(desk).get_by_role("region", name="Same person?")
    await expect(card).to_contain_text(letter["customer"]["name"])
    await expect(card).to_contain_text("Wrote the order number")
    await card.get_by_role("button", name="Merge").click()
    await expect(card).to_have_count(0)
    await expect(pane(desk)).to_contain_text("1 order")
    before = pane(desk).get_by_role("region", name="Merged before")
    await expect(before).to_contain_text(letter["customer"]["name"])
    await expect(desk.thread).to_contain_text("merged the customer")
    merged = await live_shop.get(f"customers/{chat['customer']['id']}")
    assert {one["kind"] for one in merged["handles"]} >= {"phone"}
    assert merged["order_count"] == 1
    assert (await live_shop.get(f"customers/{letter['customer']['id']}"))["id"] == merged["id"]
    stops = (await live_shop.get(f"customers/{merged['id']}/timeline"))["items"]
    assert {(one["kind"], one["channel"]) for one in stops} == {
        ("conversation", CHAT),
        ("conversation", letter["channel"]),
        ("order", letter["channel"]),
    }
    await before.get_by_role("button", name="Undo").click()
    await expect(card).to_be_visible()
    await expect(before).to_have_count(0)
    await expect(pane(desk)).to_contain_text("no orders")
    assert (await live_shop.get(f"customers/{letter['customer']['id']}"))["id"] == letter["customer"]["id"]
    assert (await live_shop.get(f"customers/{chat['customer']['id']}"))["order_count"] == 0


async def test_their_conversations_are_merged_and_undone_in_the_timeline(
    desk: Desk, live_shop: Shop, two: tuple[Any, Any]
) -> None:
    letter, chat = two
    await live_shop.post(f"customers/{chat['customer']['id']}/merge", {"absorb_id": letter["customer"]["id"]}, 200)
    (question,) = (one["text"] for one in await live_shop.messages(letter["id"]) if one["kind"] == "message")
    await desk.open(chat)
    await desk.page.get_by_role("button", name="More", exact=True).click()
    await desk.page.get_by_role("menuitem", name=f"#{letter['number']}").click()
    await expect(desk.said(question)).to_be_visible()
    await expect(desk.row(letter)).to_have_count(0)
    line = desk.thread.locator(".sys").filter(has_text="merged into this")
    await expect(line).to_contain_text(f"#{letter['number']}")
    await line.get_by_role("button", name="Undo").click()
    await expect(desk.said(question)).to_have_count(0)
    await expect(desk.row(letter)).to_be_visible()
    await expect(line.get_by_role("button", name="Undo")).to_have_count(0)
    assert [one["text"] for one in await live_shop.messages(letter["id"]) if one["kind"] == "message"] == [question]


async def test_not_the_same_is_remembered(desk: Desk, live_shop: Shop, two: tuple[Any, Any]) -> None:
    letter, chat = two
    await desk.open(letter)
    card = pane(desk).get_by_role("region", name="Same person?")
    await card.get_by_role("button", name="Not the same").click()
    await expect(card).to_have_count(0)
    for one in (letter, chat):
        assert (await live_shop.get(f"customers/{one['customer']['id']}/suggestions"))["items"] == []
