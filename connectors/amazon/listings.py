"""Feeds of listings (Listings Items API) and of goods in Amazon's warehouses (FBA Inventory API).

https://developer-docs.amazon.com/sp-api/docs/listings-items-api and /docs/fba-inventory-api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from connectors.amazon.client import Client, piece
from connectors.amazon.looks import Looks
from connectors.base.client import decode
from connectors.base.contract import Batch, Delivery
from connectors.base.errors import Malformed, Refused
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, items, mapping, text

LISTINGS = "/listings/2021-08-01/items"
SUMMARIES = "/fba/inventory/v1/summaries"
INCLUDED = "summaries,attributes,issues,offers,fulfillmentAvailability"
PAGE = 20
# searchListingsItems shows the first thousand only; beyond it the search starts anew after the last one seen.
DEEPEST = 1000


class ListingCursor(Struct):
    """`after` is the creation time from which the search goes on; `seen` counts items of this search; `looks` see there."""

    page: str = ""
    after: str = ""
    seen: int = 0
    newest: str = ""
    looks: str = ""


Place = TypeVar("Place", bound=Struct)


def _place(cursor: str, kind: type[Place]) -> Place:
    try:
        return msgspec.json.decode(cursor, type=kind) if cursor else kind()
    except msgspec.MsgspecError as error:
        raise Malformed(f"the cursor of listings: {error}", code="bad_cursor") from error


async def pull_listings(client: Client, cursor: str) -> Batch:
    place = _place(cursor, ListingCursor)
    params = {
        "marketplaceIds": client.marketplace,
        "includedData": INCLUDED,
        "pageSize": str(PAGE),
        "sortBy": "createdDate",
        "sortOrder": "ASC",
    }
    params |= {"createdAfter": place.after} if place.after else {}
    answer = await _search(client, {**params, "pageToken": place.page} if place.page else params)
    found = [mapping(entry) for entry in items(answer.get("items"))]
    place.page = text(mapping(answer.get("pagination")).get("nextToken"))
    place.seen += len(found)
    place.newest = max([place.newest, *(_created(item) for item in found)])
    looks = Looks(place.looks)
    deliveries = tuple(item_delivery(client, item, looks) for item in found)
    if not place.page and place.seen >= DEEPEST and place.newest > place.after:
        after = ListingCursor(after=place.newest, looks=looks.packed())
    elif place.page and found:
        place.looks, after = looks.packed(), place
    else:
        after = ListingCursor(looks=looks.packed())
    more = bool(after.page or after.after)
    about = None if "createdAfter" in params else integer(answer.get("numberOfResults")) or None
    return Batch(deliveries=deliveries, cursor=msgspec.json.encode(after).decode(), more=more, about=about)


def _created(item: Mapping[str, Any]) -> str:
    return text(mapping(next(iter(items(item.get("summaries"))), None)).get("createdDate"))


async def _search(client: Client, params: Mapping[str, str]) -> Mapping[str, Any]:
    path = f"{LISTINGS}/{piece(client.seller)}"
    return mapping(decode(await client.call("GET", path, operation="read_listings", params=params)))


def item_delivery(client: Client, item: Mapping[str, Any], looks: Looks) -> Delivery:
    told = {"marketplaceId": client.marketplace, "item": item}
    key = looks.key(text(item.get("sku")), msgspec.json.encode(told))
    return Delivery(kind="listing", key=key, body=msgspec.json.encode({**told, "readAt": client.context.now().isoformat()}))


async def read_item(client: Client, sku: str) -> Mapping[str, Any] | None:
    path = f"{LISTINGS}/{piece(client.seller)}/{piece(sku)}"
    params = {"marketplaceIds": client.marketplace, "includedData": INCLUDED}
    response = await client.call("GET", path, operation="read_item", params=params, accept=(404,))
    return mapping(decode(response)) if response.status_code == 200 else None


async def read_items(client: Client, skus: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """By SKU, twenty a call; a SKU Amazon does not know is missing. A comma would part a SKU in two: such are read alone."""
    found: dict[str, Mapping[str, Any]] = {}
    for sku in (sku for sku in skus if "," in sku):
        item = await read_item(client, sku)
        found |= {sku: item} if item else {}
    plain = [sku for sku in dict.fromkeys(skus) if "," not in sku]
    for start in range(0, len(plain), PAGE):
        params = {
            "marketplaceIds": client.marketplace,
            "includedData": INCLUDED,
            "identifiersType": "SKU",
            "identifiers": ",".join(plain[start : start + PAGE]),
            "pageSize": str(PAGE),
        }
        for item in items((await _search(client, params)).get("items")):
            found[text(mapping(item).get("sku"))] = mapping(item)
    return found


async def fetch_listing(client: Client, sku: str) -> Delivery | None:
    """Asked for by a notice, so it is news whatever it looks like: its key is the moment."""
    item = await read_item(client, sku)
    if item is None:
        return None
    found = item_delivery(client, item, Looks(""))
    return replace(found, key=f"{found.key}:{fingerprint(client.context.now().isoformat())[:8]}")


class FbaCursor(Struct):
    """The page token dies after 30 seconds: one that is refused starts the reading anew."""

    page: str = ""
    looks: str = ""


async def pull_fba(client: Client, cursor: str) -> Batch:
    """Each summary goes along with its listing: Amazon keeps summaries of SKUs that left its warehouses long ago."""
    place = _place(cursor, FbaCursor)
    answer = await _summaries(client, place.page)
    found = [mapping(entry) for entry in items(mapping(answer.get("payload")).get("inventorySummaries"))]
    listed = await read_items(client, [text(one.get("sellerSku")) for one in found if text(one.get("sellerSku"))])
    looks = Looks(place.looks)
    paired = [(one, listed[text(one.get("sellerSku"))]) for one in found if text(one.get("sellerSku")) in listed]
    deliveries = tuple(_fba_delivery(client, one, item, looks) for one, item in paired)
    page = text(mapping(answer.get("pagination")).get("nextToken"))
    more = bool(page) and bool(found)
    after = FbaCursor(page=page if more else "", looks=looks.packed())
    return Batch(deliveries=deliveries, cursor=msgspec.json.encode(after).decode(), more=more)


async def fetch_fba(client: Client, sku: str) -> Delivery | None:
    """One SKU, asked for by a notice. Amazon parts `sellerSkus` at commas, so a SKU with one is not asked for."""
    item = await read_item(client, sku)
    if item is None or "," in sku:
        return None
    params = {**_scope(client), "sellerSkus": sku}
    answer = mapping(decode(await client.call("GET", SUMMARIES, operation="read_fba", params=params)))
    found = [mapping(entry) for entry in items(mapping(answer.get("payload")).get("inventorySummaries"))]
    mine = next((one for one in found if text(one.get("sellerSku")) == sku), None)
    if mine is None:
        return None
    made = _fba_delivery(client, mine, item, Looks(""))
    return replace(made, key=f"{made.key}:{fingerprint(client.context.now().isoformat())[:8]}")


def _scope(client: Client) -> dict[str, str]:
    return {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": client.marketplace,
        "marketplaceIds": client.marketplace,
    }


async def _summaries(client: Client, page: str) -> Mapping[str, Any]:
    params = _scope(client)
    try:
        asked = {**params, "nextToken": page} if page else params
        return mapping(decode(await client.call("GET", SUMMARIES, operation="read_fba", params=asked)))
    except Refused as error:
        if not page or error.code != "InvalidInput":
            raise
    return mapping(decode(await client.call("GET", SUMMARIES, operation="read_fba", params=params)))


def _fba_delivery(client: Client, summary: Mapping[str, Any], item: Mapping[str, Any], looks: Looks) -> Delivery:
    told = {"marketplaceId": client.marketplace, "summary": summary, "item": item}
    key = looks.key(text(item.get("sku")), msgspec.json.encode(told))
    return Delivery(kind="fba", key=key, body=msgspec.json.encode({**told, "readAt": client.context.now().isoformat()}))
