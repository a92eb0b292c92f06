"""The first import of a large catalogue: one bulk operation writes every variant into a file, instead of a thousand pages.

https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.base.client import ChannelHttp
from connectors.base.errors import ChannelError, Malformed
from connectors.base.wire import integer, items, mapping, text
from connectors.shopify.client import Admin
from connectors.shopify.queries import BULK_RUN, BULK_STATUS, BULKS, VARIANTS_COUNT, bulk_listings

# Below this, pages are quicker than waiting for a file.
WORTH_IT = 1_000
UNDER_WAY = ("CREATED", "RUNNING", "CANCELING")


async def begin(admin: Admin) -> str:
    """The id of our operation, an earlier one of the same content too; "" where pages are better: a small catalogue, another
    program's operation under way, or a token that may not run any."""
    try:
        counted = mapping((await admin.query(VARIANTS_COUNT)).get("productVariantsCount"))
        if integer(counted.get("count")) <= WORTH_IT:
            return ""
        document = bulk_listings(await admin.location())
        standing = mapping((await admin.query(BULKS)).get("bulkOperations"))
        for entry in map(mapping, items(standing.get("nodes"))):
            if text(entry.get("status")) in UNDER_WAY and text(entry.get("query")) == document:
                return text(entry.get("id"))
        made = mapping((await admin.mutate(BULK_RUN, query=document)).get("bulkOperationRunQuery"))
    except ChannelError as error:
        if error.code in ("unauthorised", "throttled", "rate_limited"):
            raise
        return ""
    return "" if items(made.get("userErrors")) else text(mapping(made.get("bulkOperation")).get("id"))


async def file_of(admin: Admin, operation: str) -> str | None:
    """Where the finished file is; "" while it is written, None when it never will be. An operation without a single object
    ends without a file too: then pages find nothing as well."""
    found = mapping((await admin.query(BULK_STATUS, id=operation)).get("bulkOperation"))
    status = text(found.get("status"))
    if status in UNDER_WAY:
        return ""
    return (text(found.get("url")) or None) if status == "COMPLETED" else None


async def variants(http: ChannelHttp, url: str) -> list[dict[str, Any]] | None:
    """As a page would bring them; None when the file cannot be had (too large, or expired)."""
    try:
        response = await http.request("GET", url, operation="read")
        return join(response.content)
    except ChannelError:
        return None


def join(lines: bytes) -> list[dict[str, Any]]:
    """Each line is an object; a nested one names its parent and follows it."""
    found: dict[str, dict[str, Any]] = {}
    owners: dict[str, dict[str, Any]] = {}
    for line in filter(None, lines.splitlines()):
        try:
            entry = mapping(msgspec.json.decode(line))
        except msgspec.DecodeError as error:
            raise Malformed(f"a line of the bulk file: {error}", code="not_json") from error
        parent = text(entry.get("__parentId"))
        if parent:
            level = {name: value for name, value in entry.items() if name != "__parentId"}
            if owner := owners.get(parent):
                owner["inventoryLevels"]["nodes"].append(level)
            continue
        item: dict[str, Any] = {**mapping(entry.get("inventoryItem")), "inventoryLevels": {"nodes": []}}
        number = text(entry.get("id"))
        found[number] = {**entry, "inventoryItem": item}
        owners[number] = owners[text(item.get("id"))] = item
    return list(found.values())
