"""How a shop may keep its channels in step. The last two are ours, by the pusher's own arithmetic; the others are what is common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.domain.inventory import rules
from app.domain.inventory.simulation.world import Run, World

LARGEST = 1_000_000
EVERY_S = 900.0
LOST, DOUBLED = 0.01, 0.01
"""Of differences sent by one attempt without a number of their own."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def _moment(seconds: float) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def poll_and_overwrite(world: World) -> Run:
    """Every quarter of an hour: read the orders, write what is left everywhere."""
    known = 0

    def hear(_channel: int, _sold_at: float) -> None:
        nonlocal known
        known += 1

    def write() -> None:
        left = max(0, world.pattern.units - known)
        for channel in range(len(world.channels)):
            world.push(channel, left, lambda: None)
        if world.now < world.pattern.horizon:
            world.later(world.now + EVERY_S, write)

    world.later(world.random.uniform(0, EVERY_S), write)
    return world.play(hear)


def delta_push(world: World) -> Run:
    """Each sale lowers the other channels by one; one in a hundred is lost and one arrives twice."""

    def hear(sold_on: int, _sold_at: float) -> None:
        for channel in range(len(world.channels)):
            if channel == sold_on:
                continue
            chance = world.random.random()
            for _ in range(0 if chance < LOST else 2 if chance < LOST + DOUBLED else 1):
                world.lower(channel, 1)

    return world.play(hear)


def fixed_split(world: World) -> Run:
    """Each channel has its own share and nothing is ever sent."""
    each, over = divmod(world.pattern.units, len(world.channels))
    world.counts = [each + (number < over) for number in range(len(world.channels))]
    return world.play(lambda _channel, _sold_at: None)


def push_everything(world: World) -> Run:
    """Each sale that becomes known writes the number left to every channel."""
    return _Hub(world, saves=False).play()


def naive(world: World) -> Run:
    """As ours without the fence: nothing is sent where the number we believe in is already right."""
    return _Hub(world, fence=False).play()


def fenced(world: World) -> Run:
    """Ours, showing everything everywhere."""
    return _Hub(world).play()


def home_channel(world: World) -> Run:
    """Ours, and the last units only where news travels fastest; how many follows from the pattern's rate and the longest lags."""
    slowest = max(channel.discovery for channel in world.channels)
    threshold = rules.home_threshold(world.pattern.rate / 3600, slowest, max(channel.lands for channel in world.channels))
    return _Hub(world, rule=rules.Exposure(home_at=threshold)).play()


class _Hub:
    """One count, listings that are dirty, one push in flight for each."""

    def __init__(self, world: World, *, rule: rules.Exposure = rules.ALL, fence: bool = True, saves: bool = True) -> None:
        size = len(world.channels)
        self.world, self.rule, self.fence, self.saves = world, rule, fence, saves
        self.home = min(range(size), key=lambda number: world.channels[number].discovery + world.channels[number].lands)
        self.available = world.pattern.units
        self.known: list[float] = []
        self.told = [0] * size
        """Of the sales we know of, how many each channel sells by."""
        self.expected: list[int | None] = [self._target(number) for number in range(size)]
        world.counts = [count or 0 for count in self.expected]
        self.acked_at = [_moment(0.0)] * size
        self.in_flight = [False] * size
        self.dirty = [False] * size
        self._done = 0

    def play(self) -> Run:
        return self.world.play(self._hear)

    def _target(self, channel: int) -> int:
        return rules.exposure(self.available, self.rule, largest=LARGEST, home=channel == self.home).quantity

    def _hear(self, channel: int, sold_at: float) -> None:
        self.available -= 1
        self.known.append(sold_at)
        before = self.expected[channel]
        if self.fence:
            self.expected[channel] = rules.after_sale(
                before, 1, sold_at=_moment(sold_at), acked_at=self.acked_at[channel], in_flight=self.in_flight[channel]
            )
        elif before is not None:
            self.expected[channel] = before - 1
        for number in range(len(self.dirty)):
            self.dirty[number] = True
            self._send(number)

    def _send(self, channel: int) -> None:
        if self.in_flight[channel] or not self.dirty[channel]:
            return
        self.dirty[channel] = False
        target, told = self._target(channel), len(self.known)
        if self.saves and not rules.needs_push(target, expected=self.expected[channel], in_doubt=False):
            self._tell(channel, told)
            return
        self.in_flight[channel] = True

        def landed() -> None:
            self.in_flight[channel] = False
            self.expected[channel], self.acked_at[channel] = target, _moment(self.world.now)
            self._tell(channel, told)
            self._send(channel)

        self.world.push(channel, target, landed)

    def _tell(self, channel: int, told: int) -> None:
        self.told[channel] = told
        while self._done < min(self.told):
            self.world.run.lags.append(self.world.now - self.known[self._done])
            self._done += 1


POLICIES: dict[str, Callable[[World], Run]] = {
    "poll and overwrite": poll_and_overwrite,
    "delta push": delta_push,
    "fixed split": fixed_split,
    "push everything": push_everything,
    "absolute, no fence": naive,
    "absolute, fenced": fenced,
    "fenced + home channel": home_channel,
}
OURS = "fenced + home channel"
