"""Ninety days behind the pretend shop: orders that shipped, threads that were answered, some still waiting."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from connectors.base.crowd import Occasion, choose_buyer, choose_good, choose_occasion
from connectors.base.world import Order, World

JAKARTA = timedelta(hours=7)
# Weight of each hour of a Jakarta day.
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 8, 7, 8, 8, 7, 6, 7, 9, 10, 9, 6, 3, 2)
CARRIERS = (("JNE", "JX"), ("SiCepat", "0021"), ("DHL", "JD01"), ("Pos", "P26"))
UNITS, UNIT_WEIGHTS = (1, 2, 3), (8, 2, 1)
WAITING = 25
FRESH = 14
OPEN_ORDERS = 18
CANCELLED = 0.04
TRIES = 40
SHORTEST_GAP = timedelta(seconds=40)

Step = Callable[[datetime], None]


def seed_history(
    world: World,
    *,
    now: datetime,
    days: int = 90,
    threads: int = 400,
    orders: int = 600,
    channels: Sequence[str] | None = None,
) -> None:
    """Fills these channels (all opened ones without a word), oldest first. Nothing is told by webhook and no count changes:
    it is all over. Only what was asked in the last day on a channel that keeps no past still waits to be fetched."""
    keys = list(world.channels if channels is None else channels)
    selling = [key for key in keys if world.naming(key).sells]
    talking = [key for key in keys if world.naming(key).talks and world.naming(key).remembers]
    fresh = [key for key in keys if world.naming(key).talks and not world.naming(key).remembers]
    past = Past(world, now)
    with world.quiet():
        for number, at in enumerate(past.moments(days, orders if selling else 0)):
            past.plan_order(at, selling[past.rng.randrange(len(selling))], still_open=number >= orders - OPEN_ORDERS)
        answered = max(threads - WAITING - (FRESH if fresh else 0), 0)
        for number, at in enumerate(past.moments(days, answered if talking else 0)):
            past.plan_thread(at, talking[number % len(talking)], waits=False)
        for number in range(min(WAITING, threads) if talking else 0):
            past.plan_thread(past.lately(), talking[number % len(talking)], waits=True)
        past.run()
    for number in range(FRESH if fresh else 0):
        past.ask(fresh[number % len(fresh)], now - timedelta(hours=20 * (1 - number / FRESH), minutes=past.rng.randrange(4, 20)))


class Past:
    """Everything that is to have happened, carried out in the order of time: so ids and numbers grow as they would have."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world = world
        self.now = now
        self.rng = random.Random(world.state.seed)
        self._steps: list[tuple[datetime, int, Step]] = []
        self._planned = 0

    def moments(self, days: int, count: int) -> list[datetime]:
        """More in the evening and on weekends, Jakarta time; more lately than long ago. Sorted, none in the last minutes."""
        found: list[datetime] = []
        while len(found) < count:
            day = self.now - timedelta(days=days * self.rng.random() ** 1.25) + JAKARTA
            hour = self.rng.choices(range(24), HOURS)[0]
            at = day.replace(hour=hour, minute=self.rng.randrange(60), second=self.rng.randrange(60)) - JAKARTA
            if at < self.now - timedelta(minutes=4) and (day.weekday() >= 5 or self.rng.random() < 0.8):
                found.append(at)
        return sorted(found)

    def lately(self) -> datetime:
        """When a thread that still waits began."""
        return self.now - timedelta(hours=5 * self.rng.random(), minutes=90)

    def plan(self, at: datetime, step: Step) -> None:
        self._planned += 1
        heapq.heappush(self._steps, (at, self._planned, step))

    def run(self) -> None:
        while self._steps:
            at, _, step = heapq.heappop(self._steps)
            step(at)

    def plan_order(self, at: datetime, channel: str, *, still_open: bool) -> None:
        self.plan(at, lambda moment: self._order(moment, channel, still_open))

    def plan_thread(self, at: datetime, channel: str, *, waits: bool) -> None:
        self.plan(at, lambda moment: self._begin(moment, channel, waits))

    def _order(self, at: datetime, channel: str, still_open: bool) -> None:
        rng = self.rng
        skus = {choose_good(self.world, rng).sku for _ in range(rng.choices(UNITS, UNIT_WEIGHTS)[0])}
        lines = [(sku, rng.choices(UNITS, UNIT_WEIGHTS)[0]) for sku in sorted(skus)]
        order = self.world.place_order(channel, choose_buyer(self.world, rng, channel).key, lines, force=True, at=at)
        if still_open:
            return
        if rng.random() < CANCELLED:
            self._cancel(order)
        else:
            self._ship(order)

    def _cancel(self, order: Order) -> None:
        order.status, order.cancel_reason, order.revision = "cancelled", "buyer asked", order.revision + 1
        order.updated_at = min(order.placed_at + timedelta(hours=self.rng.randrange(1, 30)), self.now - timedelta(minutes=2))
        for line in order.lines:
            line.cancelled = line.quantity

    def _ship(self, order: Order) -> None:
        carrier, prefix = self.rng.choice(CARRIERS)
        shipped = order.placed_at + timedelta(hours=self.rng.randrange(4, 40))
        if shipped >= self.now:
            return
        order.status, order.shipped_at, order.updated_at, order.revision = "shipped", shipped, shipped, order.revision + 1
        order.carrier, order.tracking = carrier, f"{prefix}{self.rng.randrange(10**9, 10**10)}"
        delivered = shipped + timedelta(days=self.rng.randrange(2, 7), hours=self.rng.randrange(12))
        if delivered < self.now:
            order.status, order.updated_at, order.revision = "delivered", delivered, order.revision + 1

    def _begin(self, at: datetime, channel: str, waits: bool) -> None:
        """A story up to where it stands: an old one ends with the seller, a waiting one with the buyer."""
        occasion = self._occasion(channel)
        whole = len(occasion.talk.turns)
        last = self.rng.choice((1, 1, whole - 1)) if waits else self.rng.choice((2, whole, whole))
        said = self.world.message(
            channel,
            occasion.buyer.key,
            occasion.opening(self.rng),
            order=occasion.order_id,
            sku=occasion.good.sku,
            subject=occasion.subject,
            at=at,
        )
        threads = self.world.shelf(channel).threads.values()
        thread_id = next(thread.id for thread in reversed(threads) if thread.messages[-1] is said)
        self._go_on(at, occasion, thread_id, 1, last)

    def _go_on(self, at: datetime, occasion: Occasion, thread_id: str, turn: int, last: int) -> None:
        if turn < last:
            gap = timedelta(minutes=self.rng.randrange(3, 45), seconds=self.rng.randrange(60))
            next_at = min(at + gap, self.now - (last - turn) * SHORTEST_GAP)
            self.plan(next_at, lambda moment: self._say(moment, occasion, thread_id, turn, last))

    def _say(self, at: datetime, occasion: Occasion, thread_id: str, turn: int, last: int) -> None:
        said = occasion.talk.turns[turn]
        text = occasion.words(self.rng.choice(said.ways))
        if said.side == "seller":
            self.world.reply(occasion.channel, thread_id, text, at=at)
        else:
            self.world.message(occasion.channel, occasion.buyer.key, text, order=occasion.order_id, sku=occasion.good.sku, at=at)
        self._go_on(at, occasion, thread_id, turn + 1, last)

    def _occasion(self, channel: str) -> Occasion:
        """One that opens a thread of its own, while the channel has room for it."""
        single = self.world.naming(channel).one_thread_per_buyer
        taken = {
            thread.buyer if single else (thread.buyer, thread.order, thread.sku)
            for thread in self.world.shelf(channel).threads.values()
        }
        for _ in range(TRIES):
            found = choose_occasion(self.world, self.rng, channel)
            if (found.buyer.key if single else (found.buyer.key, found.order_id, found.good.sku)) not in taken:
                break
        return found

    def ask(self, channel: str, at: datetime) -> None:
        """One question, told as it would be today."""
        found = self._occasion(channel)
        self.world.message(
            channel,
            found.buyer.key,
            found.opening(self.rng),
            order=found.order_id,
            sku=found.good.sku,
            subject=found.subject,
            at=at,
        )
