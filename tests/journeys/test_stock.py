"""One count: a sale on one channel moves the others, and what cannot be covered becomes one incident."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.journeys.conftest import Shop, stock_up, wait_for


async def shown(shop: Shop, sku: str, units: int) -> None:
    async def everywhere() -> bool:
        return await shop.quantity("ebay", sku) == units and await shop.quantity("shopify", sku) == units

    await wait_for(everywhere)


async def reserved(shop: Shop, sku: str) -> int:
    return sum(row["reserved"] for row in (await shop.get("stock", sku=sku))["items"])


async def test_the_last_unit_sold_on_one_channel_leaves_the_other_and_comes_back(live_shop: Shop) -> None:
    await stock_up(live_shop, "KT-V60-02", 1)
    order = await live_shop.act("shopify/orders", {"customer": "Ana Sol", "lines": [{"sku": "KT-V60-02", "quantity": 1}]})
    await shown(live_shop, "KT-V60-02", 0)
    assert await reserved(live_shop, "KT-V60-02") == 1
    await live_shop.act(f"shopify/orders/{order['id']}/cancel", {}, status=200)
    await shown(live_shop, "KT-V60-02", 1)
    assert await reserved(live_shop, "KT-V60-02") == 0


async def test_fifty_forced_orders_on_twenty_units(live_shop: Shop) -> None:
    sku = "KT-IJN-250"
    await stock_up(live_shop, sku, 20)

    async def buy(number: int) -> str:
        channel = ("ebay", "shopify")[number % 2]
        made = await live_shop.act(
            f"{channel}/orders", {"customer": f"Buyer {number}", "lines": [{"sku": sku, "quantity": 1}], "force": True}
        )
        return str(made["id"])

    placed = set(await asyncio.gather(*(buy(number) for number in range(50))))

    async def all_in() -> bool:
        return await reserved(live_shop, sku) == 50

    await wait_for(all_in, 60)
    incidents = [one for one in (await live_shop.get("incidents", state="open"))["items"] if one["sku"] == sku]
    assert [one["units"] for one in incidents] == [30]
    uncovered = incidents[0]["orders"]
    assert sum(one["uncovered"] for one in uncovered) == 30
    assert {one["external_id"] for one in uncovered} <= placed
    rows = (await live_shop.get("stock", sku=sku))["items"]
    variant = rows[0]["variant_id"]
    ledger: list[Any] = []
    cursor = None
    while True:
        page = await live_shop.get(f"variants/{variant}/movements", limit=200, **({"cursor": cursor} if cursor else {}))
        ledger += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sum(row["reserved"] for row in ledger) == 50
    assert sum(row["on_hand"] for row in ledger) == sum(row["on_hand"] for row in rows)
    orders = [row["order_id"] for row in ledger if row["kind"] == "reserve"]
    assert len(orders) == len(set(orders)) >= 50
    await shown(live_shop, sku, 0)


async def test_a_hand_edit_at_the_channel_is_put_right(live_shop: Shop) -> None:
    sku = "KT-MUG-01"
    await stock_up(live_shop, sku, 9)
    await live_shop.act(f"shopify/listings/{sku}", {"quantity": 77}, status=200)
    await shown(live_shop, sku, 9)
    assert await reserved(live_shop, sku) == 0


async def test_an_order_by_hand_is_guarded(live_shop: Shop) -> None:
    sku = "KT-FLT-40"
    await stock_up(live_shop, sku, 3)
    body = {"key": "till-1", "lines": [{"sku": sku, "quantity": 2}]}
    first = await live_shop.post("orders", body)
    assert (await live_shop.post("orders", body))["id"] == first["id"]
    assert await reserved(live_shop, sku) == 2
    short = await live_shop.api.post("/api/v1/orders", json={"key": "till-2", "lines": [{"sku": sku, "quantity": 2}]})
    assert (short.status_code, short.json()["code"]) == (409, "out_of_stock")
    assert await reserved(live_shop, sku) == 2
    await shown(live_shop, sku, 1)
