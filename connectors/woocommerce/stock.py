"""Setting counts, up to 100 in a call, and reading back what the shop made of them.
https://woocommerce.github.io/woocommerce-rest-api-docs/#batch-update-products"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.base.commands import LineReceipt, Receipt, SetStock, StockLine
from connectors.base.errors import ChannelError
from connectors.base.wire import integer, items, mapping, text
from connectors.woocommerce.client import Shop
from connectors.woocommerce.manifest import BATCH
from connectors.woocommerce.normalise import PARENT, quantity

# A push over many products is many calls; what does not fit in this goes with the next one.
LONGEST = timedelta(seconds=20)
# Where a batch goes: the product whose variations it holds, or "" for products themselves.
Place = str
Targets = dict[Place, dict[int, list[StockLine]]]


@dataclass(frozen=True, slots=True)
class Found:
    """What the shop says of one thing after a write: its count, or why not."""

    count: int | None
    code: str = ""
    words: str = ""


async def push(shop: Shop, command: SetStock, now: Callable[[], datetime]) -> Receipt:
    """Raises only when nothing of the command is known to be done. The same count may be set again without harm."""
    targets, receipts = sort_out(command.lines)
    until, done = now() + LONGEST, False
    for place, things in targets.items():
        for ids in _pieces(list(things)):
            lines = [line for number in ids for line in things[number]]
            if done and now() > until:
                receipts |= {line.listing_id: _later(line, "many products at once; the rest follows") for line in lines}
                continue
            try:
                found = await _write(shop, place, {number: wanted(things[number]) for number in ids})
            except ChannelError as error:
                if not done:
                    raise
                receipts |= {line.listing_id: _later(line, error.detail) for line in lines}
                continue
            done = True
            for number in ids:
                receipts |= {
                    line.listing_id: _receipt(line, wanted(things[number]), found.get(number)) for line in things[number]
                }
    return Receipt(key=command.key, lines=tuple(receipts[line.listing_id] for line in command.lines))


async def find(shop: Shop, command: SetStock) -> Receipt | None:
    """Every line stands as commanded, or None; sending it again is harmless then."""
    targets, receipts = sort_out(command.lines)
    if receipts:
        return None
    for place, things in targets.items():
        for ids in _pieces(list(things)):
            seen = await _observe(shop, place, ids)
            if any(seen.get(number) != wanted(things[number]) for number in ids):
                return None
    lines = tuple(LineReceipt(listing_id=line.listing_id, outcome="accepted") for line in command.lines)
    return Receipt(key=command.key, lines=lines)


def sort_out(lines: Sequence[StockLine]) -> tuple[Targets, dict[str, LineReceipt]]:
    """Lines by the thing whose count they set, and answers for those that cannot go. Variations that share their parent's stock
    are one thing."""
    targets: Targets = {}
    receipts: dict[str, LineReceipt] = {}
    for line in lines:
        product, variation = integer(line.refs.get("product_id")), integer(line.refs.get("variation_id"))
        if product <= 0:
            words = "the product has not been read from the shop yet"
            receipts[line.listing_id] = LineReceipt(listing_id=line.listing_id, outcome="refused", detail=words, code="not_read")
        elif line.quantity < 0:
            words = "a count below zero cannot be shown"
            receipts[line.listing_id] = LineReceipt(listing_id=line.listing_id, outcome="refused", detail=words, code="negative")
        elif variation > 0 and line.refs.get("stock_of") != PARENT:
            targets.setdefault(str(product), {}).setdefault(variation, []).append(line)
        else:
            targets.setdefault("", {}).setdefault(product, []).append(line)
    return targets, receipts


def wanted(lines: Sequence[StockLine]) -> int:
    """Where several variations share one count, the most careful one decides."""
    return min(line.quantity for line in lines)


def _pieces(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


async def _write(shop: Shop, place: Place, counts: Mapping[int, int]) -> dict[int, Found]:
    """A batch answers 200 with an error inside each thing that was refused."""
    body = {"update": [{"id": number, "manage_stock": True, "stock_quantity": count} for number, count in counts.items()]}
    answer = mapping(await shop.write("POST", f"{_path(place)}/batch", body, operation="stock"))
    found: dict[int, Found] = {}
    for entry in map(mapping, items(answer.get("update"))):
        error = mapping(entry.get("error"))
        if error:
            words = text(error.get("message")) or "the shop refused it"
            found[integer(entry.get("id"))] = Found(None, text(error.get("code")) or "refused", words)
        else:
            found[integer(entry.get("id"))] = Found(quantity(entry))
    return found


async def _observe(shop: Shop, place: Place, ids: Sequence[int]) -> dict[int, int | None]:
    page = await shop.page(_path(place), include=",".join(map(str, ids)), per_page=str(BATCH), status="any")
    return {integer(row.get("id")): quantity(row) for row in page.rows}


def _path(place: Place) -> str:
    return f"products/{place}/variations" if place else "products"


def _receipt(line: StockLine, count: int, found: Found | None) -> LineReceipt:
    """The answer shows the thing as it was stored, so it is the read-back."""
    if found is None:
        return _later(line, "the shop's answer leaves this product out")
    if found.code:
        return LineReceipt(listing_id=line.listing_id, outcome="refused", detail=found.words, code=found.code)
    if found.count != count:
        words = f"the shop shows {found.count} after {count} was set: a plugin holds this count"
        return LineReceipt(listing_id=line.listing_id, outcome="refused", detail=words, code="not_taken", observed=found.count)
    return LineReceipt(listing_id=line.listing_id, outcome="accepted", observed=found.count)


def _later(line: StockLine, words: str) -> LineReceipt:
    return LineReceipt(listing_id=line.listing_id, outcome="retry", detail=words)
