"""Counts: pushed by the model of each listing, every entry of the answer read, and read back.

https://developer.ebay.com/api-docs/sell/inventory/resources/inventory_item/methods/bulkUpdatePriceQuantity
https://developer.ebay.com/Devzone/XML/docs/Reference/eBay/ReviseInventoryStatus.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from xml.etree.ElementTree import Element

import msgspec

from connectors.base.client import decode
from connectors.base.commands import LineReceipt, Receipt, SetStock, StockLine
from connectors.base.errors import ChannelError, Refused
from connectors.base.wire import integer, items, mapping, text
from connectors.ebay import render
from connectors.ebay.client import Client
from connectors.ebay.errors import Fault, rest_fault, trading_faults
from connectors.ebay.listings import INVENTORY, inventory_item, listing_id, offers_of
from connectors.ebay.markup import text_at
from connectors.ebay.normalise_trading import live_quantity, sku_of

INVENTORY_LINES = 25
WHOLE_REQUEST = ("25002", "25709", "http_400")

Push = Callable[[list[StockLine]], Awaitable[list[LineReceipt]]]


async def set_stock(client: Client, command: SetStock) -> Receipt:
    """The first call's failure is the command's failure; a later one leaves its lines, and all that follow, to be retried."""
    lines = [await _placed(client, line) for line in command.lines]
    refused = [_refused(line, "an auction's quantity cannot be set", "auction") for line in lines if line.model == "auction"]
    inventory = [line for line in lines if line.model == "inventory"]
    trading = [line for line in lines if line.model == "trading"]
    calls: list[tuple[Push, list[StockLine]]] = [
        *((_inventory_pusher(client), part) for part in render.rounds(inventory, size=INVENTORY_LINES, by_sku=True)),
        *((_trading_pusher(client), part) for part in render.rounds(trading, size=render.STATUS_NODES, by_sku=False)),
    ]
    receipts, failure = list(refused), None
    for push, part in calls:
        if failure is not None:
            receipts += [_again(line, failure) for line in part]
            continue
        try:
            receipts += await push(part)
        except Refused as error:
            receipts += [_refused(line, error.detail, error.code) for line in part]
        except ChannelError as error:
            if not any(receipt.outcome == "accepted" for receipt in receipts):
                raise
            failure = error
            receipts += [_again(line, error) for line in part]
    by_listing = {receipt.listing_id: receipt for receipt in receipts}
    return Receipt(key=command.key, lines=tuple(by_listing[line.listing_id] for line in command.lines))


def _refused(line: StockLine, detail: str, code: str) -> LineReceipt:
    return LineReceipt(listing_id=line.listing_id, outcome="refused", detail=detail, code=code)


def _again(line: StockLine, error: ChannelError) -> LineReceipt:
    return LineReceipt(listing_id=line.listing_id, outcome="retry", detail=error.detail, code=error.code)


async def _placed(client: Client, line: StockLine) -> StockLine:
    """With its model, and with its offer where the model has one."""
    if line.model in ("trading", "auction") or (line.model == "inventory" and line.refs.get("offer_id")):
        return line
    offers = await offers_of(client, line.external_sku) if line.external_sku else []
    mine = next((offer for offer in offers if listing_id(offer) == line.external_id), None)
    if mine is None:
        return msgspec.structs.replace(line, model=line.model or "trading")
    return msgspec.structs.replace(line, model="inventory", refs={**line.refs, "offer_id": text(mine.get("offerId"))})


def _inventory_pusher(client: Client) -> Push:
    async def push(part: list[StockLine]) -> list[LineReceipt]:
        """The contract promises 25 SKUs in one place and one SKU in another: refused together, they go one by one."""
        try:
            return await _push_inventory(client, part)
        except Refused as error:
            if len(part) == 1 or error.code not in WHOLE_REQUEST:
                raise
        single: list[LineReceipt] = []
        for line in part:
            try:
                single += await _push_inventory(client, [line])
            except Refused as error:
                single.append(_refused(line, error.detail, error.code))
        return single

    return push


async def _push_inventory(client: Client, part: list[StockLine]) -> list[LineReceipt]:
    path = f"{INVENTORY}/bulk_update_price_quantity"
    response = await client.rest("POST", path, write=True, operation="stock", json=render.price_quantity(part))
    entries = [mapping(entry) for entry in items(mapping(decode(response, write=True)).get("responses"))]
    receipts = []
    for line in part:
        mine = [entry for entry in entries if _is_about(entry, line)]
        failed = next((entry for entry in mine if not 200 <= integer(entry.get("statusCode"), 200) < 300), None)
        if failed is not None:
            receipts.append(
                _failed(line, integer(failed.get("statusCode")), [rest_fault(one) for one in items(failed.get("errors"))])
            )
        elif mine:
            receipts.append(LineReceipt(listing_id=line.listing_id, outcome="accepted"))
        else:
            receipts.append(
                LineReceipt(listing_id=line.listing_id, outcome="retry", detail="eBay did not mention it", code="missing")
            )
    return receipts


def _is_about(entry: object, line: StockLine) -> bool:
    found = mapping(entry)
    offer = text(found.get("offerId"))
    return text(found.get("sku")) == line.external_sku if text(found.get("sku")) else offer == line.refs.get("offer_id")


def _failed(line: StockLine, status: int, faults: Sequence[Fault]) -> LineReceipt:
    first = faults[0] if faults else Fault(f"http_{status}", "eBay gave no reason")
    passing = status >= 500 or status == 429 or first.is_internal
    return LineReceipt(
        listing_id=line.listing_id,
        outcome="retry" if passing else "refused",
        detail=f"eBay {first.code}: {first.words}",
        code=first.code,
    )


def _trading_pusher(client: Client) -> Push:
    async def push(part: list[StockLine]) -> list[LineReceipt]:
        nameless = [line for line in part if line.refs.get("variation") and ("=" in line.external_sku or not line.external_sku)]
        receipts = [_refused(line, "this variation has no SKU; give it one on eBay", "no_sku") for line in nameless]
        named = [line for line in part if line not in nameless]
        if not named:
            return receipts
        root = await client.trading("ReviseInventoryStatus", render.inventory_status(named), write=True)
        faults = [fault for fault in trading_faults(root) if not fault.is_warning]
        return receipts + [_outcome(root, faults, line, is_alone=len(named) == 1) for line in named]

    return push


def _outcome(root: Element, faults: Sequence[Fault], line: StockLine, *, is_alone: bool) -> LineReceipt:
    """Of a partial failure: what is listed was taken, what an error names was not, the rest is tried again."""
    for node in root.findall("InventoryStatus"):
        if text_at(node, "ItemID") == line.external_id and text_at(node, "SKU") in ("", line.external_sku):
            return LineReceipt(listing_id=line.listing_id, outcome="accepted")
    mine = [
        fault for fault in faults if line.external_id in fault.values or (line.external_sku and line.external_sku in fault.values)
    ]
    if mine or (faults and is_alone):
        return _failed(line, 400, mine or faults)
    if faults:
        return LineReceipt(listing_id=line.listing_id, outcome="retry", detail=faults[0].words, code=faults[0].code)
    return LineReceipt(listing_id=line.listing_id, outcome="accepted")


async def find_stock(client: Client, command: SetStock) -> Receipt | None:
    """None when eBay shows none of the counts."""
    placed = [await _placed(client, line) for line in command.lines]
    shown = [(line, await _shown(client, line)) for line in placed]
    receipts = tuple(
        LineReceipt(listing_id=line.listing_id, outcome="accepted" if count == line.quantity else "retry", observed=count)
        for line, count in shown
    )
    return Receipt(key=command.key, lines=receipts) if any(one.outcome == "accepted" for one in receipts) else None


async def _shown(client: Client, line: StockLine) -> int | None:
    if line.model == "inventory":
        item = await inventory_item(client, line.external_sku)
        total = mapping(mapping(mapping(item).get("availability")).get("shipToLocationAvailability")).get("quantity")
        offers = [offer for offer in await offers_of(client, line.external_sku) if listing_id(offer) == line.external_id]
        counts = [integer(value) for value in (total, *(offer.get("availableQuantity") for offer in offers)) if text(value)]
        return min(counts) if counts else None
    root = await client.trading("GetItem", {"DetailLevel": "ReturnAll", "ItemID": line.external_id})
    item_node = root.find("Item")
    if item_node is None:
        return None
    faces = item_node.findall("Variations/Variation")
    face = next((one for one in faces if sku_of(one) == line.external_sku), None) if faces else item_node
    return live_quantity(face) if face is not None else None
