"""Stock arithmetic, pure: what a listing should show, whether to push it, what a read count means."""

from __future__ import annotations

from datetime import datetime
from math import ceil, sqrt
from typing import Literal

from msgspec import Struct


class Shown(Struct, frozen=True, kw_only=True):
    """`steps` explain the number in the fixed order of operations: (name, result)."""

    quantity: int
    steps: tuple[tuple[str, int], ...]


class Exposure(Struct, frozen=True, kw_only=True):
    """How much of what is available a listing shows. The default shows all of it. `scarce` takes the place of the other
    numbers while fewer than `scarce_below` are available; it may show more than they would, because a person said so."""

    buffer: int = 0
    percent: int = 100
    cap: int | None = None
    home_at: int | None = None
    scarce_below: int = 0
    scarce: Exposure | None = None


ALL = Exposure()


def exposure(available: int, rule: Exposure = ALL, *, largest: int, home: bool = True) -> Shown:
    """What a listing should show of what is available, always in this order: buffer, percent rounded down, cap, last units
    for the home channel, never below zero, most the channel takes. Only a step that changes the number is told."""
    used = rule.scarce if rule.scarce is not None and available < rule.scarce_below else rule
    last_units = used.home_at is not None and available <= used.home_at and not home
    steps = [("available", available)]
    shown = available

    def then(name: str, result: int) -> None:
        nonlocal shown
        if result != shown:
            shown = result
            steps.append((name, shown))

    then("buffer", shown - used.buffer)
    then("percent", shown * used.percent // 100 if shown > 0 else shown)
    then("cap", shown if used.cap is None else min(shown, used.cap))
    then("last units at the home channel", min(shown, 0) if last_units else shown)
    then("never below zero", max(shown, 0))
    then("most the channel takes", min(shown, largest))
    return Shown(quantity=shown, steps=tuple(steps))


def home_threshold(sold_per_s: float, discovery_s: float, push_s: float) -> int:
    """At or below so many units a sale elsewhere may overtake the news of the one before: T = ceil(m + 2 sqrt(m)), m what
    is sold while the slowest channel hears and the slowest push lands."""
    mean = sold_per_s * (discovery_s + push_s)
    return ceil(mean + 2 * sqrt(mean))


def needs_push(target: int, *, expected: int | None, in_doubt: bool) -> bool:
    """Fence rule: a push is saved only when we know what stands at the channel and it is right. A sale and a push that
    overlapped leave `expected` unknown, and then the number goes out again."""
    return in_doubt or expected is None or expected != target


def after_sale(
    expected: int | None, quantity: int, *, sold_at: datetime, acked_at: datetime | None, in_flight: bool
) -> int | None:
    """The channel lowered its own count by a sale. Known only when the sale came after our last push was taken."""
    if expected is None or in_flight or acked_at is None or sold_at <= acked_at:
        return None
    return expected - quantity


Meaning = Literal["in_step", "echo", "late", "differs"]


def meaning(
    observed: int,
    *,
    seen_at: datetime,
    target: int | None,
    expected: int | None,
    sent_at: datetime | None,
    acked_at: datetime | None,
) -> Meaning:
    """What a count read at the channel tells. One seen before our last answer is `late` news and means nothing."""
    if sent_at is not None and (acked_at is None or acked_at < sent_at):
        return "late"
    if acked_at is not None and seen_at <= acked_at:
        return "late"
    if target is not None and observed == target:
        return "in_step"
    return "echo" if expected is not None and observed == expected else "differs"


ZERO, DOWN, UP = 0, 1, 2


def urgency(target: int, shown: int | None) -> int:
    """0: on sale but gone; 1: fewer than shown; 2: more than shown."""
    if target == 0 and shown != 0:
        return ZERO
    return DOWN if shown is None or target < shown else UP


def may_revise(target: int, *, per_day: int | None, used: int) -> bool:
    """A fifth of a listing's daily revisions is kept for zeros."""
    if per_day is None or target == 0:
        return per_day is None or used < per_day
    return used < per_day * 4 // 5


def set_aside(units: int, taken_from: str, put_to: str) -> tuple[int, int, int]:
    """Changes of (damaged, quality, safety) when units go from one state to another; `available` is what none of them holds."""
    changes = dict.fromkeys(("damaged", "quality", "safety"), 0) | {taken_from: -units, put_to: units}
    return changes["damaged"], changes["quality"], changes["safety"]
