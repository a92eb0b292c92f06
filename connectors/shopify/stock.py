"""Pushing counts. The mutation is all or nothing: a faulty line is taken out and the rest is sent again at once."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base.commands import LineReceipt, Receipt, SetStock, StockLine
from connectors.base.errors import Ambiguous, ChannelError, Refused
from connectors.base.wire import integer, items, mapping, text
from connectors.shopify.client import Admin
from connectors.shopify.normalise import available
from connectors.shopify.queries import BATCH, LEVELS, SET_QUANTITIES
from connectors.shopify.render import elsewhere, place, set_quantities, target

ROUNDS = 3
STALE = ("CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE")
AGAIN = ("NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",)


async def push(admin: Admin, command: SetStock) -> Receipt:
    """Raises only when nothing of the command is known to be done."""
    waiting, receipts = _sort_out(command.lines)
    for _ in range(ROUNDS):
        if not waiting:
            break
        faulty = await _send(admin, command.key, waiting)
        for line in waiting:
            if not faulty:
                receipts[line.listing_id] = _taken(line)
            elif line.listing_id in faulty:
                receipts[line.listing_id] = faulty[line.listing_id]
        waiting = [line for line in waiting if line.listing_id not in receipts]
    receipts |= {line.listing_id: _later(line, "the batch held faulty lines") for line in waiting}
    await _add_observed(admin, command.lines, receipts)
    return Receipt(key=command.key, lines=tuple(receipts[line.listing_id] for line in command.lines))


async def find(admin: Admin, command: SetStock) -> Receipt | None:
    """Every line stands as commanded, or None; sending the same key again is harmless then."""
    if not all(all(place(line)) for line in command.lines):
        return None
    seen = await observe(admin, command.lines)
    if any(seen.get(place(line)) != target(line) for line in command.lines):
        return None
    return Receipt(key=command.key, lines=tuple(_taken(line) for line in command.lines))


async def observe(admin: Admin, lines: Sequence[StockLine]) -> dict[tuple[str, str], int]:
    """What stands at each (item, location) now."""
    seen: dict[tuple[str, str], int] = {}
    for location in sorted({place(line)[1] for line in lines}):
        ids = sorted({place(line)[0] for line in lines if place(line)[1] == location})
        for start in range(0, len(ids), BATCH):
            data = await admin.query(LEVELS, ids=ids[start : start + BATCH], location=location)
            for node in map(mapping, items(data.get("nodes"))):
                quantity = available(mapping(node.get("inventoryLevel")))
                if quantity is not None:
                    seen[text(node.get("id")), location] = quantity
    return seen


def _sort_out(lines: Sequence[StockLine]) -> tuple[list[StockLine], dict[str, LineReceipt]]:
    """Lines that can go now, and answers for those that cannot."""
    waiting: list[StockLine] = []
    receipts: dict[str, LineReceipt] = {}
    taken = set()
    for line in lines:
        if not all(place(line)):
            words = "the listing has not been read from the store with its inventory item and location"
            receipts[line.listing_id] = _refused(line, words, "no_inventory_item")
        elif line.quantity < 0:
            receipts[line.listing_id] = _refused(line, "a count below zero cannot be shown", "negative")
        elif place(line) in taken:
            receipts[line.listing_id] = _later(line, "another line of this batch writes the same inventory item")
        elif len(waiting) >= BATCH:
            receipts[line.listing_id] = _later(line, f"a call takes {BATCH} lines")
        else:
            taken.add(place(line))
            waiting.append(line)
    return waiting, receipts


async def _send(admin: Admin, key: str, lines: Sequence[StockLine]) -> dict[str, LineReceipt]:
    """Answers of the faulty lines; empty when the store took them all."""
    data = await admin.mutate(SET_QUANTITIES, operation="stock", **set_quantities(key, lines))
    faulty: dict[str, LineReceipt] = {}
    for entry in map(mapping, items(mapping(data.get("inventorySetQuantities")).get("userErrors"))):
        code, words = text(entry.get("code")).upper(), text(entry.get("message"))
        if code == "IDEMPOTENCY_CONCURRENT_REQUEST":
            raise Ambiguous(words, code=code.lower())
        line = _named_line(entry.get("field"), lines)
        if line is None:
            raise Refused(words, code=code.lower() or "user_error")
        faulty.setdefault(line.listing_id, _line_receipt(line, code, words))
    return faulty


def _named_line(field: object, lines: Sequence[StockLine]) -> StockLine | None:
    """`field` reads like ["input", "quantities", "3", "quantity"]."""
    path = [text(part) for part in items(field)]
    if "quantities" in path[:-1]:
        position = integer(path[path.index("quantities") + 1], -1)
        if 0 <= position < len(lines):
            return lines[position]
    return lines[0] if "quantities" in path and len(lines) == 1 else None


def _line_receipt(line: StockLine, code: str, words: str) -> LineReceipt:
    if code in STALE:
        return LineReceipt(listing_id=line.listing_id, outcome="stale", detail=words, code=code.lower())
    if code in AGAIN:
        return _later(line, words)
    return _refused(line, words, code.lower() or "user_error")


def _taken(line: StockLine) -> LineReceipt:
    """Our location is at zero and others still sell: the buyer sees more than was asked for."""
    others = elsewhere(line)
    if line.quantity >= others:
        return LineReceipt(listing_id=line.listing_id, outcome="accepted")
    words = f"Other locations of the store still sell {others}; ours is at zero."
    return LineReceipt(listing_id=line.listing_id, outcome="refused", detail=words, code="sold_elsewhere", floor=others)


def _refused(line: StockLine, words: str, code: str) -> LineReceipt:
    return LineReceipt(listing_id=line.listing_id, outcome="refused", detail=words, code=code)


def _later(line: StockLine, words: str) -> LineReceipt:
    return LineReceipt(listing_id=line.listing_id, outcome="retry", detail=words)


async def _add_observed(admin: Admin, lines: Sequence[StockLine], receipts: dict[str, LineReceipt]) -> None:
    """A stale line learns what stood there; when that cannot be read now it stays unknown."""
    stale = [line for line in lines if receipts[line.listing_id].outcome == "stale"]
    if not stale:
        return
    try:
        seen = await observe(admin, stale)
    except ChannelError:
        return
    for line in stale:
        before = receipts[line.listing_id]
        receipts[line.listing_id] = LineReceipt(
            listing_id=line.listing_id,
            outcome="stale",
            detail=before.detail,
            code=before.code,
            observed=None if seen.get(place(line)) is None else seen[place(line)] + elsewhere(line),
        )
