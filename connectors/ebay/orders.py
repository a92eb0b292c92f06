"""Feed of orders: Fulfillment API by change time; unpaid purchases by Trading GetOrders when the seller wants them held.

https://developer.ebay.com/api-docs/sell/fulfillment/resources/order/methods/getOrders
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec
from msgspec import Struct

from connectors.base.client import decode
from connectors.base.contract import Batch, Delivery
from connectors.base.errors import Malformed, Refused
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, items, mapping, text, when
from connectors.ebay.cases import read_cases
from connectors.ebay.client import Client
from connectors.ebay.manifest import OVERLAP_S
from connectors.ebay.markup import serialise, text_at
from connectors.ebay.messages import has_more, stamp

ORDERS = "/sell/fulfillment/v1/order"
PAGE = 100
OLDEST = timedelta(days=729)
CASES_EVERY = timedelta(minutes=10)
# GetOrders takes a change window of at most 30 days.
UNPAID_OLDEST = timedelta(days=29)


class OrderCursor(Struct):
    """`until` is set while a window is being paged; `unpaid` while its second half, the unpaid ones, is read; `cases_at` is
    when returns, inquiries and cancellations were last read."""

    since: str
    until: str = ""
    page: int = 0
    unpaid: bool = False
    cases_at: str = ""


async def pull_orders(client: Client, cursor: str) -> Batch:
    now = client.context.now()
    try:
        place = msgspec.json.decode(cursor, type=OrderCursor) if cursor else OrderCursor(since="")
    except msgspec.MsgspecError as error:
        raise Malformed(f"the cursor of orders: {error}", code="bad_cursor") from error
    if not place.since:
        place.since = stamp(max(now - timedelta(days=client.context.first_import_days), now - OLDEST))
    place.until = place.until or stamp(now)
    deliveries, more, about = await (_pull_unpaid(client, place) if place.unpaid else _pull_paid(client, place))
    if more:
        place.page += 1
    elif not place.unpaid and client.context.settings.get("unpaid_orders") == "hold":
        place.page, place.unpaid, more = 0, True, True
    else:
        until = when(place.until) or now
        cases_at = place.cases_at
        if (when(cases_at) or now - CASES_EVERY) <= now - CASES_EVERY:
            deliveries += await read_cases(client)
            cases_at = stamp(now)
        place = OrderCursor(since=stamp(until - timedelta(seconds=OVERLAP_S)), cases_at=cases_at)
    return Batch(deliveries=tuple(deliveries), cursor=msgspec.json.encode(place).decode(), more=more, about=about)


Part = tuple[list[Delivery], bool, int | None]
"""Deliveries, whether more follow, and how many the whole window holds where eBay says it."""


async def _pull_paid(client: Client, place: OrderCursor) -> Part:
    window = f"lastmodifieddate:[{place.since}..{place.until}]"
    try:
        answer = await _page(client, place, window)
    except Refused as error:
        if error.code != "30850":
            raise
        # Our clock is ahead of eBay's, whose windows may not end in the future.
        answer = await _page(client, place, f"lastmodifieddate:[{place.since}..]")
    orders = [mapping(entry) for entry in items(answer.get("orders"))]
    more = bool(orders) and has_more(answer, read=(place.page + 1) * PAGE)
    about = integer(answer.get("total"), -1)
    return [order_delivery(await _whole(client, order)) for order in orders], more, about if about >= 0 else None


async def _page(client: Client, place: OrderCursor, window: str) -> Mapping[str, object]:
    params = {"filter": window, "limit": str(PAGE), "offset": str(place.page * PAGE)}
    return mapping(decode(await client.rest("GET", ORDERS, operation="read_orders", params=params)))


async def _whole(client: Client, order: Mapping[str, object]) -> Mapping[str, object]:
    """The list never carries the cancel requests; the single order does."""
    state = text(mapping(order.get("cancelStatus")).get("cancelState"))
    if state in ("", "NONE_REQUESTED"):
        return order
    found = await _one(client, text(order.get("orderId")))
    return order if found is None else found


async def _one(client: Client, order_id: str) -> Mapping[str, object] | None:
    response = await client.rest("GET", f"{ORDERS}/{order_id}", operation="read_orders", accept=(404, 400))
    return mapping(decode(response)) if response.status_code == 200 else None


async def fetch_order(client: Client, order_id: str) -> Delivery | None:
    found = await _one(client, order_id)
    return None if found is None else order_delivery(found)


def order_delivery(order: Mapping[str, object]) -> Delivery:
    body = msgspec.json.encode(order)
    return Delivery(
        kind="order",
        key=f"{text(order.get('orderId'))}:{text(order.get('lastModifiedDate'))}:{fingerprint(body)}",
        body=body,
    )


async def _pull_unpaid(client: Client, place: OrderCursor) -> Part:
    oldest = stamp(client.context.now() - UNPAID_OLDEST)
    root = await client.trading(
        "GetOrders",
        {
            "DetailLevel": "ReturnAll",
            "OrderRole": "Seller",
            "OrderStatus": "Active",
            "Pagination": {"EntriesPerPage": PAGE, "PageNumber": place.page + 1},
            "ModTimeFrom": max(place.since, oldest),
            "ModTimeTo": place.until,
        },
    )
    deliveries = []
    for node in root.findall("OrderArray/Order"):
        body = serialise(node)
        changed = text_at(node, "CheckoutStatus/LastModifiedTime")
        deliveries.append(
            Delivery(kind="unpaid_order", key=f"{text_at(node, 'OrderID')}:{changed}:{fingerprint(body)}", body=body)
        )
    return deliveries, text_at(root, "HasMoreOrders") == "true" and bool(deliveries), None
