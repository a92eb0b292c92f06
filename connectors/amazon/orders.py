"""Feed of orders: Orders API 2026-01-01 by change time. https://developer-docs.amazon.com/sp-api/docs/orders-api-migration-guide"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from connectors.amazon.client import Client, piece
from connectors.amazon.manifest import ORDERS_OVERLAP_S
from connectors.base.client import decode
from connectors.base.contract import Batch, Delivery
from connectors.base.errors import Malformed, Refused
from connectors.base.signing import fingerprint
from connectors.base.wire import items, mapping, text, when

ORDERS = "/orders/2026-01-01/orders"
INCLUDED = "BUYER,RECIPIENT,PROCEEDS,CANCELLATION,FULFILLMENT,PACKAGES"
PAGE = 100
# Orders older than two years are not given.
OLDEST = timedelta(days=729)
# A first import reads these days before the rest: pages rise by their change, and searches are rationed.
NEWEST = timedelta(days=7)


class OrderCursor(Struct):
    """`page` is Amazon's token while a window is read, `began` when that window was opened: the next one counts from there. `first`:
    the past before this window follows it. That one ends at `until`, and after it `then` opens the next."""

    since: str = ""
    began: str = ""
    page: str = ""
    first: bool = False
    until: str = ""
    then: str = ""


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def read_cursor(cursor: str) -> OrderCursor:
    try:
        return msgspec.json.decode(cursor, type=OrderCursor) if cursor else OrderCursor()
    except msgspec.MsgspecError as error:
        raise Malformed(f"the cursor of orders: {error}", code="bad_cursor") from error


async def pull_orders(client: Client, cursor: str) -> Batch:
    """The upper end of the window is left to Amazon (two minutes ago); the overlap reads what it held back."""
    now, place = client.context.now(), read_cursor(cursor)
    oldest = stamp(max(now - timedelta(days=client.context.first_import_days), now - OLDEST))
    place.first = place.first or not place.since
    place.since = max(place.since or stamp(now - NEWEST), oldest)
    place.began = place.began or stamp(now)
    answer = await _search(client, place)
    deliveries = tuple(order_delivery(mapping(entry)) for entry in items(answer.get("orders")))
    page = text(mapping(answer.get("pagination")).get("nextToken"))
    if page and deliveries:
        place.page = page
    else:
        place = _following(place, when(answer.get("lastUpdatedBefore")), oldest)
    return Batch(deliveries=deliveries, cursor=msgspec.json.encode(place).decode(), more=bool(place.page or place.until))


def _following(place: OrderCursor, covered: datetime | None, oldest: str) -> OrderCursor:
    if place.until:
        return OrderCursor(since=place.then)
    began = when(place.began) or covered
    start = min(filter(None, (covered, began)), default=None)
    since = stamp(start - timedelta(seconds=ORDERS_OVERLAP_S)) if start else place.since
    if place.first and oldest < place.since:
        return OrderCursor(since=oldest, until=place.since, then=since)
    return OrderCursor(since=since)


async def _search(client: Client, place: OrderCursor) -> Mapping[str, object]:
    params = {
        "marketplaceIds": client.marketplace,
        "lastUpdatedAfter": place.since,
        "includedData": INCLUDED,
        "maxResultsPerPage": str(PAGE),
    }
    params |= {"lastUpdatedBefore": place.until} if place.until else {}
    page = place.page
    try:
        response = await client.call(
            "GET", ORDERS, operation="read_orders", params={**params, "paginationToken": page} if page else params
        )
    except Refused as error:
        if not page or error.code != "InvalidInput":
            raise
        # A page token lives 24 hours: the window is read from its start.
        response = await client.call("GET", ORDERS, operation="read_orders", params=params)
    return mapping(decode(response))


async def fetch_order(client: Client, order_id: str) -> Delivery | None:
    order = await read_order(client, order_id)
    return order_delivery(order) if order else None


async def read_order(client: Client, order_id: str) -> Mapping[str, Any] | None:
    path = f"{ORDERS}/{piece(order_id)}"
    response = await client.call("GET", path, params={"includedData": INCLUDED}, operation="read_order", accept=(404,))
    if response.status_code == 404:
        return None
    return mapping(mapping(decode(response)).get("order"))


def order_delivery(order: Mapping[str, object]) -> Delivery:
    body = msgspec.json.encode(order)
    return Delivery(
        kind="order", key=f"{text(order.get('orderId'))}:{text(order.get('lastUpdatedTime'))}:{fingerprint(body)}", body=body
    )
