"""What an order asks of the stock, pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

Wish = Literal["hold", "pending", "release", "ship"]
WISHES: Mapping[str, Wish] = {
    "pending": "pending",
    "open": "hold",
    "shipped": "ship",
    "delivered": "ship",
    "cancelled": "release",
}


class Held(Struct, frozen=True, kw_only=True):
    """One reservation made for a line; `ref` is its key, `state` pending, held, shipped or released."""

    ref: str
    quantity: int
    state: str


class Need(Struct, frozen=True, kw_only=True):
    """What to do for one line: reserve `more` units under `ref`, cut `shrink_ref` to `shrink_to`, end `ends` as `outcome`."""

    more: int = 0
    ref: str = ""
    shrink_ref: str = ""
    shrink_to: int = 0
    ends: tuple[str, ...] = ()
    outcome: str = ""


NOTHING = Need()


def need_of_line(base: str, status: str, quantity: int, known: Iterable[Held]) -> Need:
    """`base` is the key of the line's first reservation. An order first seen when it had left asks for nothing: its units
    were gone before anybody counted here. A line that shipped once is never reserved again."""
    held = list(known)
    open_ones = [one for one in held if one.state in ("pending", "held")]
    wish = WISHES[status]
    if wish in ("release", "ship") or quantity <= 0:
        outcome = "shipped" if wish == "ship" and quantity > 0 else "released"
        return Need(ends=tuple(one.ref for one in open_ones), outcome=outcome) if open_ones else NOTHING
    if any(one.state == "shipped" for one in held):
        return NOTHING
    standing = sum(one.quantity for one in open_ones)
    if standing < quantity:
        ref = base if not held else f"{base}|again{len(held)}"
        return Need(more=quantity - standing, ref=ref)
    if standing > quantity:
        surplus = standing - quantity
        largest = max(open_ones, key=lambda one: one.quantity)
        if largest.quantity > surplus:
            return Need(shrink_ref=largest.ref, shrink_to=largest.quantity - surplus)
        rest = [one.ref for one in open_ones]
        return Need(ends=tuple(rest), outcome="released", more=quantity, ref=f"{base}|again{len(held)}")
    return NOTHING
