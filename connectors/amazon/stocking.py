"""Counts: a patch for each of a few SKUs, a feed for many. No count of Amazon's own warehouses is ever written: a write would turn
the offer into one the seller ships, and strand the goods. https://developer-docs.amazon.com/sp-api/docs/building-listings-management-workflows-guide
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.amazon import render
from connectors.amazon.client import Client, piece
from connectors.amazon.feeds import Feeds
from connectors.amazon.listings import LISTINGS, read_items
from connectors.amazon.normalise import FBA, is_fba
from connectors.base.client import decode
from connectors.base.commands import LineReceipt, Receipt, SetStock, StockLine
from connectors.base.errors import ChannelError, RateLimited, Refused
from connectors.base.wire import integer, items, mapping, text

# More lines than this go as one feed.
PATCHED = 20

Item = Mapping[str, Any]


async def set_stock(client: Client, feeds: Feeds, command: SetStock) -> Receipt:
    """Every listing is read before it is written, because a seller may have moved it to Amazon's warehouse since. `ACCEPTED`
    means taken, not shown yet."""
    receipts = {line.listing_id: _refused(line, FBA) for line in command.lines if line.model == FBA}
    ours = [line for line in command.lines if line.model != FBA]
    found = await read_items(client, [line.external_sku for line in ours]) if ours else {}
    ready: list[tuple[StockLine, str]] = []
    for line in ours:
        item = found.get(line.external_sku)
        reason = _reason_against(item)
        if item is None or reason:
            receipts[line.listing_id] = _refused(line, reason)
        else:
            ready.append((line, product_type(item, client.marketplace) or line.refs.get("product_type", "PRODUCT")))
    sent = await (_feed(client, feeds, command.key, ready) if len(ready) > PATCHED else _patch_all(client, ready))
    receipts |= {receipt.listing_id: receipt for receipt in sent}
    return Receipt(key=command.key, lines=tuple(receipts[line.listing_id] for line in command.lines))


async def _feed(client: Client, feeds: Feeds, key: str, ready: Sequence[tuple[StockLine, str]]) -> list[LineReceipt]:
    """Feeds are rationed to one in two minutes: while there is none to be had, the first lines go one by one."""
    try:
        return await feeds.push(key, ready)
    except RateLimited as error:
        return await _patch_all(client, ready[:PATCHED]) + [_again(line, error) for line, _ in ready[PATCHED:]]


def _reason_against(item: Item | None) -> str:
    if item is None:
        return "unknown_sku"
    return FBA if is_fba(item) else ""


def _refused(line: StockLine, code: str) -> LineReceipt:
    words = {
        FBA: "Amazon holds and counts these goods; a count of ours would strand them.",
        "unknown_sku": "Amazon has no listing of this SKU in this marketplace.",
    }
    return LineReceipt(listing_id=line.listing_id, outcome="refused", detail=words[code], code=code)


def product_type(item: Item, marketplace: str) -> str:
    summaries = [mapping(one) for one in items(item.get("summaries"))]
    mine = next((one for one in summaries if text(one.get("marketplaceId")) == marketplace), {})
    return text(mine.get("productType"))


async def _patch_all(client: Client, ready: Sequence[tuple[StockLine, str]]) -> list[LineReceipt]:
    """The first call's failure is the command's failure; a later one leaves its line, and all that follow, to be tried again."""
    receipts: list[LineReceipt] = []
    failure: ChannelError | None = None
    for line, kind in ready:
        if failure is not None:
            receipts.append(_again(line, failure))
            continue
        try:
            receipts.append(await _patch(client, line, kind))
        except Refused as error:
            receipts.append(LineReceipt(listing_id=line.listing_id, outcome="refused", detail=error.detail, code=error.code))
        except ChannelError as error:
            if not any(receipt.outcome == "accepted" for receipt in receipts):
                raise
            failure = error
            receipts.append(_again(line, error))
    return receipts


def _again(line: StockLine, error: ChannelError) -> LineReceipt:
    return LineReceipt(listing_id=line.listing_id, outcome="retry", detail=error.detail, code=error.code)


async def _patch(client: Client, line: StockLine, kind: str) -> LineReceipt:
    path = f"{LISTINGS}/{piece(client.seller)}/{piece(line.external_sku)}"
    params = {"marketplaceIds": client.marketplace, "issueLocale": "en_US"}
    response = await client.call("PATCH", path, write=True, operation="stock", params=params, json=render.item_patch(line, kind))
    told = mapping(decode(response, write=True))
    if text(told.get("status")) == "ACCEPTED":
        return LineReceipt(listing_id=line.listing_id, outcome="accepted")
    return refusal(line, [mapping(one) for one in items(told.get("issues"))], text(told.get("status")))


def refusal(line: StockLine, issues: Sequence[Mapping[str, Any]], status: str) -> LineReceipt:
    first = next((one for one in issues if text(one.get("severity")) == "ERROR"), issues[0] if issues else {})
    detail = text(first.get("message")) or f"Amazon answered {status or 'without a status'}"
    return LineReceipt(
        listing_id=line.listing_id, outcome="refused", detail=detail, code=text(first.get("code")) or status or "refused"
    )


async def find_stock(client: Client, command: SetStock) -> Receipt | None:
    """None when Amazon shows none of the counts. Right after a push it may still show the old one."""
    found = await read_items(client, [line.external_sku for line in command.lines])
    receipts = []
    for line in command.lines:
        count = _shown(found.get(line.external_sku, {}))
        outcome = "accepted" if count == line.quantity else "retry"
        receipts.append(LineReceipt(listing_id=line.listing_id, outcome=outcome, observed=count))
    return Receipt(key=command.key, lines=tuple(receipts)) if any(one.outcome == "accepted" for one in receipts) else None


def _shown(item: Item) -> int | None:
    counted = [mapping(one) for one in items(item.get("fulfillmentAvailability"))]
    own = next((one for one in counted if text(one.get("fulfillmentChannelCode")) == render.CHANNEL_CODE), {})
    return integer(own.get("quantity")) if text(own.get("quantity")) else None
