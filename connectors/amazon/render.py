"""Counts as Amazon wants them: one patch for one SKU, one message of a feed for many.

https://developer-docs.amazon.com/sp-api/docs/listings-items-api-v2021-08-01-use-case-guide
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.base.commands import StockLine

CHANNEL_CODE = "DEFAULT"


def quantity_patch(quantity: int) -> list[dict[str, Any]]:
    value = [{"fulfillment_channel_code": CHANNEL_CODE, "quantity": quantity}]
    return [{"op": "replace", "path": "/attributes/fulfillment_availability", "value": value}]


def item_patch(line: StockLine, product_type: str) -> dict[str, Any]:
    return {"productType": product_type, "patches": quantity_patch(line.quantity)}


def listings_feed(seller: str, lines: Sequence[tuple[StockLine, str]]) -> dict[str, Any]:
    """`lines` with their product types; messages are numbered from 1 in this order."""
    messages = [
        {
            "messageId": number,
            "sku": line.external_sku,
            "operationType": "PATCH",
            "productType": product_type,
            "patches": quantity_patch(line.quantity),
        }
        for number, (line, product_type) in enumerate(lines, start=1)
    ]
    return {"header": {"sellerId": seller, "version": "2.0", "issueLocale": "en_US"}, "messages": messages}
