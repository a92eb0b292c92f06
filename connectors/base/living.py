"""The pretend shop goes on living: buyers write, buy, cancel, answer us and ask again, as fast as the visitor wants."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from connectors.base.crowd import choose_buyer, choose_good, choose_occasion
from connectors.base.talk import answer_words, nudge_words
from connectors.base.world import Message, Short, Thread, World

log = logging.getLogger(__name__)

PACE_S = 12.0
FIRST_S = 1.5
FASTEST = 60.0
Kind = Literal["write", "buy", "answer", "nudge", "cancel", "rest"]
WEIGHTS: dict[Kind, int] = {"write": 34, "buy": 34, "answer": 25, "nudge": 5, "cancel": 2}
UNITS, UNIT_WEIGHTS = (1, 2, 3), (8, 2, 1)
# A reply of ours is answered within this time or never, by so many of a hundred buyers, and no talk grows beyond so much.
ANSWERS_AFTER, ANSWERS_WITHIN = timedelta(seconds=8), timedelta(hours=3)
ANSWERING_PERCENT = 65
LONGEST_TALK = 14
NUDGES_AFTER, NUDGES_WITHIN = timedelta(minutes=15), timedelta(days=2)
REGRETS_WITHIN = timedelta(hours=6)
RECENT_THREADS = 60
# Life alone leaves at least this much of a good on every channel; the last ones are for the visitor's stories.
KEPT, KEPT_PART = 2, 4


class Act(Struct, frozen=True, kw_only=True):
    """What happens next, all chosen: carrying it out needs no chance."""

    kind: Kind
    channel: str = ""
    buyer: str = ""
    text: str = ""
    subject: str = ""
    order: str = ""
    sku: str = ""
    quantity: int = 1


REST = Act(kind="rest")
Choose = Callable[[World, random.Random, datetime], Act | None]


def next_act(world: World, rng: random.Random, now: datetime) -> Act:
    """Reads the world, changes nothing. When what was drawn has no occasion, somebody writes instead."""
    kind = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    return CHOOSERS[kind](world, rng, now) or first_act(world, rng, now)


def first_act(world: World, rng: random.Random, now: datetime) -> Act:
    """A visitor does not wait long for the first message."""
    return choose_writing(world, rng, now) or choose_buying(world, rng, now) or REST


def choose_writing(world: World, rng: random.Random, now: datetime) -> Act | None:
    channels = [key for key in world.channels if world.naming(key).talks]
    if not channels:
        return None
    found = choose_occasion(world, rng, rng.choice(channels))
    return Act(
        kind="write",
        channel=found.channel,
        buyer=found.buyer.key,
        text=found.opening(rng),
        subject=found.subject,
        order=found.order_id,
        sku=found.good.sku,
    )


def choose_buying(world: World, rng: random.Random, now: datetime) -> Act | None:
    """Only what the channel shows enough of: the shop is never emptied by chance."""
    channels = [key for key in world.channels if world.naming(key).sells]
    if not channels:
        return None
    channel, units = rng.choice(channels), rng.choices(UNITS, UNIT_WEIGHTS)[0]
    good = choose_good(world, rng)
    listing = world.shelf(channel).listings.get(good.sku)
    if listing is None or listing.quantity - units < max(KEPT, good.opening // KEPT_PART):
        return None
    return Act(kind="buy", channel=channel, buyer=choose_buyer(world, rng, channel).key, sku=good.sku, quantity=units)


def choose_answering(world: World, rng: random.Random, now: datetime) -> Act | None:
    """A buyer answers our reply after a while. Whether one does is settled by the reply itself, not drawn again and again."""
    found = [
        (channel, thread)
        for channel, thread, last in _recent(world)
        if last.side == "seller"
        and ANSWERS_AFTER <= now - last.at <= ANSWERS_WITHIN
        and len(thread.messages) < LONGEST_TALK
        and zlib.crc32(last.id.encode()) % 100 < ANSWERING_PERCENT
    ]
    if not found:
        return None
    channel, thread = rng.choice(found)
    buyer = world.state.buyers[thread.buyer]
    return _go_on("answer", channel, thread, answer_words(rng, buyer, thread.messages[-1].text))


def choose_nudging(world: World, rng: random.Random, now: datetime) -> Act | None:
    """A buyer who was not answered asks again, once."""
    found = [
        (channel, thread)
        for channel, thread, last in _recent(world)
        if last.side == "buyer"
        and NUDGES_AFTER <= now - last.at <= NUDGES_WITHIN
        and (len(thread.messages) == 1 or thread.messages[-2].side == "seller")
    ]
    if not found:
        return None
    channel, thread = rng.choice(found)
    return _go_on("nudge", channel, thread, nudge_words(rng, world.state.buyers[thread.buyer]))


def choose_cancelling(world: World, rng: random.Random, now: datetime) -> Act | None:
    found = [
        (channel, order.id)
        for channel in world.channels
        for order in list(world.shelf(channel).orders.values())[-30:]
        if order.status == "open" and now - order.placed_at <= REGRETS_WITHIN
    ]
    if not found:
        return None
    channel, order_id = rng.choice(found)
    return Act(kind="cancel", channel=channel, order=order_id)


CHOOSERS: dict[Kind, Choose] = {
    "write": choose_writing,
    "buy": choose_buying,
    "answer": choose_answering,
    "nudge": choose_nudging,
    "cancel": choose_cancelling,
}


def _recent(world: World) -> Iterator[tuple[str, Thread, Message]]:
    for channel in world.channels:
        for thread in sorted(world.shelf(channel).threads.values(), key=lambda one: one.messages[-1].number)[-RECENT_THREADS:]:
            yield channel, thread, thread.messages[-1]


def _go_on(kind: Kind, channel: str, thread: Thread, text: str) -> Act:
    return Act(kind=kind, channel=channel, buyer=thread.buyer, text=text, order=thread.order, sku=thread.sku)


def carry_out(world: World, act: Act) -> None:
    if act.text:
        world.message(act.channel, act.buyer, act.text, order=act.order, sku=act.sku, subject=act.subject)
    elif act.kind == "buy":
        with contextlib.suppress(Short):
            world.place_order(act.channel, act.buyer, [(act.sku, act.quantity)])
    elif act.kind == "cancel":
        world.cancel_order(act.channel, act.order)


class Living:
    """`speed` 1 is about an event every PACE_S seconds, 0 holds the world; a change is felt at once."""

    def __init__(self, world: World, seed: int = 1) -> None:
        self._world = world
        self._rng = random.Random(seed + 1)
        self._speed = 1.0
        self._changed = asyncio.Event()

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._speed = min(max(value, 0.0), FASTEST)
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled. An act that a channel cannot bear is told to the log, and life goes on."""
        choose, wait = first_act, FIRST_S
        while True:
            if await self._pause(wait):
                act = choose(self._world, self._rng, self._world.now())
                try:
                    carry_out(self._world, act)
                except Exception:
                    log.exception("%s of a buyer failed on %s", act.kind, act.channel)
                choose = next_act
            if choose is next_act:
                wait = self._rng.expovariate(1 / PACE_S)

    async def _pause(self, seconds: float) -> bool:
        """True when the time passed; False when the speed changed meanwhile."""
        self._changed.clear()
        wait = seconds / self._speed if self._speed else None
        try:
            await asyncio.wait_for(self._changed.wait(), wait)
        except TimeoutError:
            return True
        return False
