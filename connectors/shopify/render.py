"""Commands into GraphQL variables. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from uuid import UUID, uuid5

import msgspec

from connectors.base.commands import StockLine
from connectors.base.wire import integer
from connectors.shopify.client import gid

KEYS = UUID("5f0d2f0e-7d0b-5c86-9f5e-3a0c6f1f6d11")
REFERENCE = "gid://onecounter/Push/"


def place(line: StockLine) -> tuple[str, str]:
    """(inventory item, location) as global ids; empty where the listing was never read whole."""
    item, location = line.refs.get("inventory_item_id", ""), line.refs.get("location_id", "")
    return (gid("InventoryItem", item) if item else "", gid("Location", location) if location else "")


def elsewhere(line: StockLine) -> int:
    """Units the store sells from other locations; they stay, so ours holds the rest of what buyers shall see."""
    return integer(line.refs.get("elsewhere"))


def target(line: StockLine) -> int:
    return max(line.quantity - elsewhere(line), 0)


def set_quantities(key: str, lines: Sequence[StockLine]) -> dict[str, object]:
    """`changeFromQuantity` must be there even when null (no check). The idempotency key is made from the content too:
    Shopify refuses a known key with other content, and replays its answer for the same.

    https://shopify.dev/docs/api/admin-graphql/2026-04/mutations/inventorySetQuantities
    """
    given = {
        "name": "available",
        "reason": "correction",
        "referenceDocumentUri": REFERENCE + quote(key, safe=""),
        "quantities": [
            {
                "inventoryItemId": place(line)[0],
                "locationId": place(line)[1],
                "quantity": target(line),
                "changeFromQuantity": None if line.expected is None else line.expected - elsewhere(line),
            }
            for line in lines
        ],
    }
    return {"input": given, "key": str(uuid5(KEYS, f"{key}\n{msgspec.json.encode(given).decode()}"))}
