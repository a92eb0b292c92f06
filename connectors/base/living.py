"""The pretend shop goes on living: buyers write, buy, cancel, ask again and complain, as fast as the visitor wants."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from connectors.base.faults import Faults
from connectors.base.talk import ASKS_AGAIN, COMPLAINS, fill, pick
from connectors.base.world import Short, Thread, World

PACE_S = 12.0
FIRST_S = 1.5
ACTS: tuple[Literal["write", "buy", "again", "complain", "cancel"], ...] = ("write", "buy", "again", "complain", "cancel")
WEIGHTS = (38, 30, 22, 5, 5)


class Act(Struct, frozen=True, kw_only=True):
    """What happens next, all chosen: carrying it out needs no chance."""

    kind: Literal["write", "buy", "again", "complain", "cancel", "rest"]
    channel: str = ""
    buyer: str = ""
    text: str = ""
    subject: str = ""
    order: str = ""
    sku: str = ""
    quantity: int = 1


REST = Act(kind="rest")


def next_act(world: World, rng: random.Random, *, first: bool = False) -> Act:
    """Pure: reads the world, changes nothing."""
    kind = "write" if first else rng.choices(ACTS, WEIGHTS)[0]
    if kind == "buy":
        return _buy(world, rng)
    if kind == "cancel":
        return _cancel(world, rng)
    if kind in ("again", "complain"):
        return _again(world, rng, COMPLAINS if kind == "complain" else ASKS_AGAIN, kind)
    return _write(world, rng)


def _channels(world: World, *, sells: bool) -> list[str]:
    return [key for key in world.state.shelves if (world.naming(key).sells if sells else world.naming(key).talks)]


def _write(world: World, rng: random.Random) -> Act:
    channels = _channels(world, sells=False)
    if not channels:
        return REST
    channel = rng.choice(channels)
    recent = list(world.shelf(channel).orders.values())[-40:]
    order = rng.choice(recent) if recent and rng.random() < 0.5 else None
    buyer = world.state.buyers[order.buyer if order else rng.choice(list(world.state.buyers))]
    good = world.state.goods[order.lines[0].sku if order else rng.choice(list(world.state.goods))]
    topic, turns = pick(rng, buyer.language, has_order=order is not None, is_coffee=good.brand == "Kopi Tepi")
    slots = {"title": good.title, "order": order.id if order else "", "city": buyer.city, "name": buyer.name}
    return Act(
        kind="write", channel=channel, buyer=buyer.key, text=fill(turns[0], **slots), subject=fill(topic.subjects[buyer.language], **slots),
        order=order.id if order else "", sku=good.sku,
    )  # fmt: skip


def _again(world: World, rng: random.Random, words: Mapping[str, tuple[str, ...]], kind: Literal["again", "complain"]) -> Act:
    """Somebody goes on in a thread: after our answer, or because there was none."""
    talks: list[tuple[str, Thread]] = [
        (channel, thread)
        for channel in _channels(world, sells=False)
        for thread in list(world.shelf(channel).threads.values())[-25:]
    ]
    if not talks:
        return REST
    channel, thread = rng.choice(talks)
    buyer = world.state.buyers[thread.buyer]
    text = fill(rng.choice(words[buyer.language]), order=thread.order or thread.subject)
    return Act(kind=kind, channel=channel, buyer=buyer.key, text=text, order=thread.order, sku=thread.sku)


def _buy(world: World, rng: random.Random) -> Act:
    """Only what the channel shows enough of: the shop is never emptied by chance."""
    channels = _channels(world, sells=True)
    if not channels:
        return REST
    channel = rng.choice(channels)
    quantity = rng.choices((1, 2, 3), (8, 2, 1))[0]
    shown = [listing for listing in world.shelf(channel).listings.values() if listing.quantity >= quantity + 2]
    if not shown:
        return REST
    listing = rng.choices(shown, [one.quantity for one in shown])[0]
    return Act(kind="buy", channel=channel, buyer=rng.choice(list(world.state.buyers)), sku=listing.sku, quantity=quantity)


def _cancel(world: World, rng: random.Random) -> Act:
    found = [
        (channel, order.id)
        for channel in _channels(world, sells=True)
        for order in list(world.shelf(channel).orders.values())[-30:]
        if order.status == "open"
    ]
    if not found:
        return REST
    channel, order_id = rng.choice(found)
    return Act(kind="cancel", channel=channel, order=order_id)


def carry_out(world: World, act: Act) -> None:
    if act.kind in ("write", "again", "complain"):
        world.message(act.channel, act.buyer, act.text, order=act.order, sku=act.sku, subject=act.subject)
    elif act.kind == "buy":
        with contextlib.suppress(Short):
            world.place_order(act.channel, act.buyer, [(act.sku, act.quantity)])
    elif act.kind == "cancel":
        world.cancel_order(act.channel, act.order)


class Living:
    """`speed` 1 is about an event every PACE_S seconds, 0 holds the world; a change is felt at once."""

    def __init__(self, world: World, faults: Mapping[str, Faults], seed: int) -> None:
        self._world = world
        self._rng = random.Random(seed + 1)
        self._speed = 1.0
        self._changed = asyncio.Event()

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._speed = min(max(value, 0.0), 60.0)
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        first = True
        while True:
            if await self._pause(FIRST_S if first else self._rng.expovariate(1 / PACE_S)):
                carry_out(self._world, next_act(self._world, self._rng, first=first))
                first = False

    async def _pause(self, seconds: float) -> bool:
        """True when the time passed; False when the speed changed meanwhile."""
        self._changed.clear()
        wait = seconds / self._speed if self._speed else None
        try:
            await asyncio.wait_for(self._changed.wait(), wait)
        except TimeoutError:
            return True
        return False
