"""The channels, the buyers and one run of one SKU: a discrete-event simulation in seconds.

A channel sells from its own count and tells of a sale later; a push lands later still. What we decide in between is decided by
`rules`, the same functions that preview and pusher use."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from connectors.base.manifest import Manifest

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Channel:
    """Seconds. `poll`: how often sales are asked for; `visible`: how old a sale is before the channel tells of it; `lands`: from a
    push leaving until the channel sells by it."""

    name: str
    poll: float
    visible: float
    lands: float

    @property
    def discovery(self) -> float:
        """The longest a sale stays unknown."""
        return self.poll + self.visible


def channels_of(manifests: Iterable[Manifest]) -> tuple[Channel, ...]:
    """Those whose lags are known."""
    return tuple(Channel(one.key, one.lag.poll_s, one.lag.told_s, one.lag.lands_s) for one in manifests if one.lag is not None)


@dataclass(frozen=True, slots=True)
class Pattern:
    """`units` to sell, bought at `rate` an hour over all channels alike. A run lasts five times what selling out takes."""

    name: str
    units: int
    rate: float

    @property
    def horizon(self) -> float:
        return 5 * self.units / self.rate * HOUR


PATTERNS = (Pattern("slow", 3, 0.2), Pattern("normal", 20, 2), Pattern("flash", 20, 40))


@dataclass(slots=True)
class Run:
    """What one run came to. `refused`: buyers a channel turned away while units were left. `lags`: seconds from each sale until
    every channel sold by it."""

    orders: int = 0
    oversold: int = 0
    unsold: int = 0
    refused: int = 0
    pushes: int = 0
    lags: list[float] = field(default_factory=list)


class World:
    """One SKU. A policy gives `hear` (a sale became known) and may ask for `later`; it changes counts by `push` and `lower`."""

    def __init__(self, pattern: Pattern, channels: tuple[Channel, ...], random_: random.Random) -> None:
        self.pattern = pattern
        self.channels = channels
        self.random = random_
        self.now = 0.0
        self.counts = [pattern.units] * len(channels)
        self.sold: list[tuple[float, int]] = []
        """(when, which channel), in order."""
        self.run = Run()
        self._phases = [random_.uniform(0, channel.poll) for channel in channels]
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0

    def later(self, at: float, act: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (at, self._number, act))

    def known_at(self, channel: int, sold_at: float) -> float:
        """The first poll after the channel tells of it."""
        poll, told = self.channels[channel].poll, sold_at + self.channels[channel].visible
        first = self._phases[channel]
        return first + max(0, math.ceil((told - first) / poll)) * poll

    def push(self, channel: int, quantity: int, landed: Callable[[], None]) -> None:
        """An absolute number on its way."""
        self.run.pushes += 1

        def land() -> None:
            self.counts[channel] = quantity
            landed()

        self.later(self.now + self.channels[channel].lands, land)

    def lower(self, channel: int, units: int) -> None:
        """A difference on its way; a channel never goes below zero."""
        self.run.pushes += 1

        def land() -> None:
            self.counts[channel] = max(0, self.counts[channel] - units)

        self.later(self.now + self.channels[channel].lands, land)

    def play(self, hear: Callable[[int, float], None]) -> Run:
        """Buyers come until the horizon; what is on its way then still lands."""
        rate = self.pattern.rate / HOUR
        at = self.random.expovariate(rate)
        while at < self.pattern.horizon:
            self.later(at, lambda: self._buy(hear))
            at += self.random.expovariate(rate)
        while self._events:
            self.now, _, act = heapq.heappop(self._events)
            if self.now > self.pattern.horizon * 1.2:
                break
            act()
        self.run.orders = len(self.sold)
        self.run.oversold = max(0, len(self.sold) - self.pattern.units)
        self.run.unsold = max(0, self.pattern.units - len(self.sold))
        return self.run

    def _buy(self, hear: Callable[[int, float], None]) -> None:
        channel = self.random.randrange(len(self.channels))
        if self.counts[channel] <= 0:
            self.run.refused += len(self.sold) < self.pattern.units
            return
        self.counts[channel] -= 1
        sold_at = self.now
        self.sold.append((sold_at, channel))
        self.later(self.known_at(channel, sold_at), lambda: hear(channel, sold_at))
