"""Orders and counts of a shop."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.base.commands import StockLine
from connectors.base.contract import Delivery, RawRequest
from connectors.base.errors import Unavailable
from connectors.base.events import OrderSeen, Pointer
from connectors.base.signing import digest_base64
from connectors.woocommerce.sandbox import CREDENTIALS
from connectors.woocommerce.webhooks import receive
from tests.connectors.rig import Clock
from tests.connectors.woocommerce.scripted import Script, line, order, page, push, refusal, rows, stored

# Orders


async def test_a_window_is_read_from_the_newest_on_and_reaches_back() -> None:
    script = Script(
        rows(order(2, status="completed"), total=2, pages=2), rows(order(1, status="completed"), total=2, pages=2), rows()
    )
    connector = script.connector()
    first = await connector.pull("orders", "")
    second = await connector.pull("orders", first.cursor)
    await connector.pull("orders", second.cursor)
    assert [(each.more, each.about) for each in (first, second)] == [(True, 2), (False, 2)]
    asked = [dict(request.url.params) for request in script.asked]
    assert {(each["orderby"], each["order"], each["dates_are_gmt"], each["status"]) for each in asked} == {
        ("id", "desc", "true", "any")
    }
    assert [each["page"] for each in asked] == ["1", "2", "1"]
    assert asked[0]["modified_after"] == asked[1]["modified_after"] == "2025-12-02T09:00:00"
    assert asked[2]["modified_after"] == "2026-03-02T08:55:00"


async def test_when_rows_vanish_while_paging_the_window_is_read_anew() -> None:
    """A deleted order moves all after it one place up: the first of the next page would never be seen."""
    script = Script(rows(order(1), total=3, pages=2), rows(order(3), total=2, pages=2), rows(order(2), total=2, pages=2))
    connector, cursor, asked = script.connector(), "", []
    for _ in range(3):
        batch = await connector.pull("orders", cursor)
        cursor = batch.cursor
        assert batch.more
    asked = [request.url.params["page"] for request in script.asked]
    assert asked == ["1", "2", "1"]
    assert len({request.url.params["modified_after"] for request in script.asked}) == 1


async def test_refunds_are_fetched_for_the_units_they_took_back() -> None:
    sold = {"id": 5, "product_id": 9, "variation_id": 0, "quantity": 3, "price": 1, "sku": "A", "name": "A"}
    taken = {
        "id": 8,
        "date_created_gmt": "2026-03-02T08:20:00",
        "line_items": [{"product_id": 9, "variation_id": 0, "quantity": -2}],
    }
    script = Script(rows(order(1, line_items=[sold], refunds=[{"id": 8, "total": "-2.00"}])), rows(taken))
    connector = script.connector()
    batch = await connector.pull("orders", "")
    (seen,) = connector.normalise(batch.deliveries[0])
    assert isinstance(seen, OrderSeen)
    assert [(each.quantity, each.cancelled) for each in seen.lines] == [(1, 2)]
    assert script.asked[1].url.path.endswith("/orders/1/refunds")


async def test_a_deleted_order_is_looked_for_and_then_cancelled() -> None:
    script = Script(refusal(404, "woocommerce_rest_shop_order_invalid_id"), httpx.Response(200, json=order(7, status="trash")))
    connector = script.connector()
    for number in ("6", "7"):
        delivery = await connector.fetch(Pointer(kind="order", id=number))
        assert delivery is not None
        seen = connector.normalise(delivery)[0]
        assert isinstance(seen, OrderSeen)
        assert (seen.external_id, seen.status) == (number, "cancelled")
    with pytest.raises(Unavailable):
        await Script(page(status=503)).connector().fetch(Pointer(kind="order", id="6"))


async def test_an_order_that_waits_and_is_shown_no_more_is_looked_for_by_its_id() -> None:
    clock = Clock()
    script = Script(
        rows(order(9), order(8, status="pending"), order(7), order(6, status="completed"), order(5, status="checkout-draft")),
        rows(), rows({"id": 9}), refusal(404, "woocommerce_rest_shop_order_invalid_id"), httpx.Response(200, json=order(8, status="trash")),
        rows(), rows(order(9, status="completed")), rows(),
    )  # fmt: skip
    connector = script.connector(clock)
    batch = await connector.pull("orders", "")
    assert len(batch.deliveries) == 5
    clock.moment += timedelta(minutes=5)
    batch = await connector.pull("orders", batch.cursor)
    told = [connector.normalise(delivery)[0] for delivery in batch.deliveries]
    assert [(seen.external_id, seen.status) for seen in told if isinstance(seen, OrderSeen)] == [
        ("7", "cancelled"),
        ("8", "cancelled"),
    ]
    asked = [request.url.params for request in script.asked[1:3]]
    assert [(each.get("include"), each["status"]) for each in asked] == [(None, "any"), ("7,8,9", "any")]
    soon = await connector.pull("orders", batch.cursor)
    assert soon.deliveries == ()
    for _ in range(2):
        clock.moment += timedelta(minutes=5)
        batch = await connector.pull("orders", batch.cursor)
    assert [request.url.params.get("include") for request in script.asked[5:]] == [None, None, None]


async def test_nothing_is_taken_for_gone_while_the_list_does_not_answer() -> None:
    clock = Clock()
    script = Script(rows(order(9)), rows(), page(status=503))
    connector = script.connector(clock)
    batch = await connector.pull("orders", "")
    clock.moment += timedelta(minutes=5)
    with pytest.raises(Unavailable):
        await connector.pull("orders", batch.cursor)


async def test_a_product_that_is_gone_is_nothing() -> None:
    script = Script(refusal(404, "woocommerce_rest_product_invalid_id"))
    assert await script.connector().fetch(Pointer(kind="product", id="6")) is None


def test_later_within_one_second_is_later() -> None:
    connector = Script().connector()
    versions = []
    for status in ("pending", "processing", "completed", "cancelled"):
        (seen,) = connector.normalise(_hook("order.updated", order(1, status=status)))
        assert isinstance(seen, OrderSeen)
        versions.append(seen.version)
    assert versions == sorted(versions)
    assert len(set(versions)) == 4


def _hook(topic: str, body: Any) -> Delivery:
    from_shop = json.dumps(body).encode()
    headers = (("x-wc-webhook-topic", topic), ("x-wc-webhook-signature", digest_base64(CREDENTIALS["webhook_secret"], from_shop)))
    request = RawRequest(method="POST", url="https://us.example/hooks/x", headers=headers, query=(), body=from_shop)
    return receive(request, CREDENTIALS["webhook_secret"], Clock().now()).deliveries[0]


# Counts


async def test_variations_and_products_go_each_to_their_place() -> None:
    products = httpx.Response(200, json={"update": [stored(93, 7), stored(22, 2)]})
    variations = httpx.Response(200, json={"update": [stored(23, 4)]})
    script = Script(products, variations)
    lines = (line("a", 7, 93), line("b", 4, 40, 23), line("c", 5, 22, 31, "parent"), line("d", 2, 22, 32, "parent"))
    receipt = await script.connector().execute(push(*lines))
    assert [(each.listing_id, each.outcome) for each in receipt.lines] == [(name, "accepted") for name in "abcd"]
    assert [request.url.path.removeprefix("/wp-json/wc/v3/") for request in script.asked] == [
        "products/batch",
        "products/40/variations/batch",
    ]
    counts = [{each["id"]: each["stock_quantity"] for each in body["update"]} for body in script.bodies]
    assert counts == [{93: 7, 22: 2}, {23: 4}]
    assert all(each["manage_stock"] is True for body in script.bodies for each in body["update"])


async def test_an_error_inside_a_200_is_of_its_line_alone() -> None:
    wrong = {
        "id": 94,
        "error": {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": {"status": 400}},
    }
    held = {**stored(95, "3.0"), "manage_stock": True}
    script = Script(httpx.Response(200, json={"update": [stored(93, "7"), wrong, held, stored(97, None)]}))
    lines = [line("a", 7, 93), line("b", 1, 94), line("c", 8, 95), line("d", 2, 96), line("e", 2, 97), line("f", -1, 98)]
    receipt = await script.connector().execute(
        push(*lines, StockLine(listing_id="g", external_id="1", external_sku="g", quantity=1))
    )
    assert [(each.listing_id, each.outcome, each.code) for each in receipt.lines] == [
        ("a", "accepted", ""),
        ("b", "refused", "woocommerce_rest_product_invalid_id"),
        ("c", "refused", "not_taken"),
        ("d", "retry", ""),
        ("e", "refused", "not_taken"),
        ("f", "refused", "negative"),
        ("g", "refused", "not_read"),
    ]
    assert receipt.lines[2].observed == 3


async def test_what_follows_a_failed_call_is_tried_again_and_what_was_done_stays_done() -> None:
    script = Script(httpx.Response(200, json={"update": [stored(93, 7)]}), page(status=502), page(status=503))
    lines = (line("a", 7, 93), line("b", 4, 40, 23), line("c", 4, 41, 24))
    receipt = await script.connector().execute(push(*lines))
    assert [each.outcome for each in receipt.lines] == ["accepted", "retry", "retry"]
    with pytest.raises(Unavailable):
        await Script(page(status=503)).connector().execute(push(line("a", 7, 93)))


async def test_a_lost_push_is_settled_by_reading() -> None:
    command = push(line("a", 7, 93), line("b", 4, 40, 23))
    assert await Script(rows(stored(93, 7)), rows(stored(23, "4"))).connector().look_up(command) is not None
    assert await Script(rows(stored(93, 7)), rows(stored(23, 5))).connector().look_up(command) is None
    assert await Script(rows()).connector().look_up(command) is None


async def test_all_products_are_read_now_and_then_and_changed_ones_between() -> None:
    script = Script(*[rows()] * 3)
    connector = script.connector()
    first = await connector.pull("listings", "")
    await connector.pull("listings", first.cursor)
    stale = json.loads(first.cursor) | {"swept": "2026-03-02T02:00:00Z"}
    await connector.pull("listings", json.dumps(stale))
    assert ["modified_after" in request.url.params for request in script.asked] == [False, True, False]
