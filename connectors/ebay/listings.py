"""Feeds of listings and their counts. A listing belongs to one of two models that do not mix: made with the Inventory API, or
with anything else (then only Trading calls may change it). Both are read; each listing is delivered under its own model.

https://developer.ebay.com/api-docs/sell/inventory/overview.html
"""

from __future__ import annotations

import asyncio
import base64
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote
from xml.etree.ElementTree import Element

import msgspec
from msgspec import Struct

from connectors.base.client import decode
from connectors.base.contract import Batch, Delivery
from connectors.base.errors import Malformed, Refused
from connectors.base.signing import fingerprint
from connectors.base.wire import items, mapping, text, when
from connectors.ebay.client import Client
from connectors.ebay.markup import serialise, text_at
from connectors.ebay.messages import stamp
from connectors.ebay.normalise import normalise

INVENTORY = "/sell/inventory/v1"
INVENTORY_PAGE = 25
TRADING_PAGE = 100
SKUS_PER_CALL = 25
TOGETHER = 5
NOT_THERE = ("25710", "25713", "25702", "http_404")
LONGEST_WINDOW = timedelta(days=119)


class ListingCursor(Struct):
    """`phase` inventory, trading, ended, or active; `began` is when this pass began, `last` when the pass before did, `seen`
    what each listing looked like (see `Memory`)."""

    phase: str
    page: int = 0
    began: str = ""
    last: str = ""
    seen: str = ""


class Memory:
    """The look of every listing at its last delivery, kept in the cursor. eBay gives listings no version, so a key is made of
    the look and of how often it changed: a count that returns to an old value is news, an unchanged one is not. `run` tells
    apart cursors that started afresh."""

    def __init__(self, packed: str, began: str) -> None:
        self.run, self.turn, self._looks = _unpack(packed, began[:10])

    def key(self, subject: str, delivery: Delivery) -> str:
        look = _look(delivery)
        known, changes, _ = self._looks.get(subject, (look, 0, 0))
        changes += known != look
        self._looks[subject] = (look, changes, self.turn)
        return f"{subject}:{look}:{self.run}:{changes}"

    def packed(self, *, is_over: bool) -> str:
        """At the end of a pass those that it did not meet are forgotten."""
        kept = {name: entry for name, entry in self._looks.items() if not is_over or entry[2] == self.turn}
        plain = msgspec.json.encode((self.run, self.turn + is_over, kept))
        return base64.b64encode(zlib.compress(plain, 1)).decode()


Looks = dict[str, tuple[str, int, int]]


def _unpack(packed: str, run: str) -> tuple[str, int, Looks]:
    if not packed:
        return run, 0, {}
    try:
        return msgspec.json.decode(zlib.decompress(base64.b64decode(packed)), type=tuple[str, int, Looks])
    except (ValueError, zlib.error) as error:
        raise Malformed(f"the cursor of listings: {error}", code="bad_cursor") from error


def _look(delivery: Delivery) -> str:
    """Of what we make of it, without the time: watchers and remaining time change all day."""
    try:
        facts = [msgspec.to_builtins(outcome) for outcome in normalise(delivery)]
    except Malformed:
        return fingerprint(delivery.body)[:12]
    return fingerprint(msgspec.json.encode([{**fact, "seen_at": ""} for fact in facts]))[:12]


async def pull_listings(client: Client, cursor: str) -> Batch:
    return await _pull(client, cursor, ("inventory", "trading", "ended"))


async def pull_stock(client: Client, cursor: str) -> Batch:
    """Counts of both models in as few calls as there are: eBay's own view of the active listings."""
    return await _pull(client, cursor, ("active",))


async def _pull(client: Client, cursor: str, phases: tuple[str, ...]) -> Batch:
    try:
        place = msgspec.json.decode(cursor, type=ListingCursor) if cursor else ListingCursor(phase=phases[0])
    except msgspec.MsgspecError as error:
        raise Malformed(f"the cursor of listings: {error}", code="bad_cursor") from error
    place.began = place.began or stamp(client.context.now())
    memory = Memory(place.seen, place.began)
    read = {"inventory": _inventory_page, "trading": _trading_page, "ended": _ended_page, "active": _active_page}
    found, more = await read[place.phase](client, place)
    deliveries = tuple(replace(delivery, key=memory.key(delivery.key, delivery)) for delivery in found)
    following = phases.index(place.phase) + 1
    if more:
        place.page += 1
    elif following < len(phases):
        place.phase, place.page, more = phases[following], 0, True
    else:
        place = ListingCursor(phase=phases[0], last=place.began)
    place.seen = memory.packed(is_over=not more)
    return Batch(deliveries=deliveries, cursor=msgspec.json.encode(place).decode(), more=more)


async def _inventory_page(client: Client, place: ListingCursor) -> tuple[list[Delivery], bool]:
    response = await client.rest(
        "GET",
        f"{INVENTORY}/inventory_item",
        operation="read_listings",
        params={"limit": str(INVENTORY_PAGE), "offset": str(place.page)},
        accept=(404,),
    )
    answer = mapping(decode(response)) if response.status_code == 200 else {}
    found = [mapping(entry) for entry in items(answer.get("inventoryItems"))]
    gate = asyncio.Semaphore(TOGETHER)

    async def complete(item: Mapping[str, object]) -> Delivery:
        async with gate:
            return inventory_delivery(item, await offers_of(client, text(item.get("sku"))), place.began)

    return list(await asyncio.gather(*(complete(item) for item in found))), bool(text(answer.get("next"))) and bool(found)


async def offers_of(client: Client, sku: str) -> list[Mapping[str, object]]:
    """Offers of one SKU; none when eBay has no such SKU in its inventory model."""
    try:
        response = await client.rest("GET", f"{INVENTORY}/offer", operation="read_listings", params={"sku": sku})
    except Refused as error:
        if error.code in NOT_THERE:
            return []
        raise
    return [mapping(entry) for entry in items(mapping(decode(response)).get("offers"))]


async def inventory_item(client: Client, sku: str) -> Mapping[str, object] | None:
    path = f"{INVENTORY}/inventory_item/{quote(sku, safe='')}"
    response = await client.rest("GET", path, operation="read_listings", accept=(404,))
    return mapping(decode(response)) if response.status_code == 200 else None


def inventory_delivery(item: Mapping[str, object], offers: list[Mapping[str, object]], began: str) -> Delivery:
    body = msgspec.json.encode({"seen_at": began, "item": item, "offers": offers})
    return Delivery(kind="inventory_listing", key=f"sku {text(item.get('sku'))}", body=body)


async def _active_list(client: Client, page: int) -> Element:
    return await client.trading(
        "GetMyeBaySelling",
        {
            "DetailLevel": "ReturnAll",
            "ActiveList": {"Include": "true", "Pagination": {"EntriesPerPage": TRADING_PAGE, "PageNumber": page + 1}},
        },
    )


def _is_last(root: Element, path: str, page: int) -> bool:
    pages = text_at(root, f"{path}/TotalNumberOfPages")
    return not pages.isdigit() or page + 1 >= int(pages)


async def _active_page(client: Client, place: ListingCursor) -> tuple[list[Delivery], bool]:
    root = await _active_list(client, place.page)
    nodes = root.findall("ActiveList/ItemArray/Item")
    more = not _is_last(root, "ActiveList/PaginationResult", place.page)
    return [trading_delivery(node, "trading_stock", place.began) for node in nodes], more and bool(nodes)


async def _trading_page(client: Client, place: ListingCursor) -> tuple[list[Delivery], bool]:
    root = await _active_list(client, place.page)
    nodes = root.findall("ActiveList/ItemArray/Item")
    theirs = await _made_with_inventory(client, nodes)
    kept = [node for node in nodes if text_at(node, "ItemID") not in theirs]
    more = not _is_last(root, "ActiveList/PaginationResult", place.page)
    return [trading_delivery(node, "trading_listing", place.began) for node in kept], more and bool(nodes)


async def _ended_page(client: Client, place: ListingCursor) -> tuple[list[Delivery], bool]:
    """Listings that ended since the last pass: the active list just stops showing them."""
    last, began = when(place.last), when(place.began)
    if last is None or began is None:
        return [], False
    root = await client.trading(
        "GetSellerList",
        {
            "DetailLevel": "ReturnAll",
            "EndTimeFrom": stamp(max(last, began - LONGEST_WINDOW)),
            "EndTimeTo": place.began,
            "Pagination": {"EntriesPerPage": TRADING_PAGE, "PageNumber": place.page + 1},
            "IncludeVariations": "true",
        },
    )
    nodes = root.findall("ItemArray/Item")
    theirs = await _made_with_inventory(client, nodes)
    kept = [node for node in nodes if text_at(node, "ItemID") not in theirs]
    more = text_at(root, "HasMoreItems") == "true" and bool(nodes)
    return [trading_delivery(node, "trading_listing", place.began) for node in kept], more


def skus_of(item: Element) -> list[str]:
    found = [text_at(item, "SKU"), *(text_at(node, "SKU") for node in item.findall("Variations/Variation"))]
    return [sku for sku in found if sku]


async def _made_with_inventory(client: Client, nodes: list[Element]) -> set[str]:
    """Item ids among these that an offer of the Inventory API stands behind."""
    skus = sorted({sku for node in nodes for sku in skus_of(node)})
    known = [
        sku for start in range(0, len(skus), SKUS_PER_CALL) for sku in await _known(client, skus[start : start + SKUS_PER_CALL])
    ]
    gate = asyncio.Semaphore(TOGETHER)

    async def listing_ids(sku: str) -> list[str]:
        async with gate:
            return [listing_id(offer) for offer in await offers_of(client, sku)]

    return {one for many in await asyncio.gather(*(listing_ids(sku) for sku in known)) for one in many if one}


def listing_id(offer: Mapping[str, object]) -> str:
    return text(mapping(offer.get("listing")).get("listingId"))


async def _known(client: Client, skus: list[str]) -> list[str]:
    response = await client.rest(
        "POST",
        f"{INVENTORY}/bulk_get_inventory_item",
        operation="read_listings",
        json={"requests": [{"sku": sku} for sku in skus]},
        accept=(404,),
    )
    answers = items(mapping(decode(response)).get("responses")) if response.status_code < 300 else ()
    return [text(mapping(entry).get("sku")) for entry in answers if text(mapping(entry).get("statusCode")) == "200"]


def trading_delivery(item: Element, kind: str, began: str) -> Delivery:
    """The item as it came, within an element that says when: normalising knows no clock."""
    seen = Element("Seen", at=began)
    seen.append(item)
    return Delivery(kind=kind, key=f"item {text_at(item, 'ItemID')}", body=serialise(seen))


async def fetch_item(client: Client, item_id: str) -> Delivery | None:
    """One listing, whichever model it belongs to."""
    try:
        root = await client.trading("GetItem", {"DetailLevel": "ReturnAll", "ItemID": item_id})
    except Refused:
        return None
    item = root.find("Item")
    if item is None:
        return None
    now = stamp(client.context.now())
    kind = "trading_stock" if item_id in await _made_with_inventory(client, [item]) else "trading_listing"
    return replace(trading_delivery(item, kind, now), key=f"item {item_id}:{now}")
