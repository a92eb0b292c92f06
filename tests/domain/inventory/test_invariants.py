"""I1-I10, I13, I14 and I16 of field/inventory.md as one state machine on a real database: messages doubled, reordered and held
back, writes lost and unanswered, acts that die at any await. ONECOUNTER_SEEDS and ONECOUNTER_STEPS make it longer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Database, UnitOfWork, open_database
from app.core.errors import AppError
from app.core.ids import new_id
from app.domain.inventory import rules
from app.domain.inventory.floor_schemas import (
    CountCreate,
    CountLinesWrite,
    CountLineWrite,
    HoldCreate,
    IncomingClose,
    IncomingCreate,
    LineWrite,
    ReceiptCreate,
)
from app.domain.inventory.schemas import Demand, MovementCreate
from app.domain.inventory.service import arriving, auditing, counting, holding, moving, reserving
from tests.conftest import NOON, open_shop
from tests.domain.inventory.shopworld import PARTS, SKUS, Channel, ShopWorld

SEEDS = int(os.environ.get("ONECOUNTER_SEEDS", "4"))
STEPS = int(os.environ.get("ONECOUNTER_STEPS", "20"))
ROUNDS = 2
FREE = """
select b.variant_id, sum(b.on_hand - b.reserved - b.unavailable)::int as free from balance b where b.workspace_id = $1 group by 1
"""
BUNDLES = """
select r.source, r.source_ref, count(*)::int as parts, count(distinct r.quantity / r.per)::int as sizes,
  count(distinct r.state)::int as states
from reservation r where r.workspace_id = $1 and r.bundle_id is not null group by 1, 2
"""
RESERVED = """
select v.sku, coalesce(sum(b.reserved), 0)::int as units from variant v
left join balance b on b.workspace_id = v.workspace_id and b.variant_id = v.id
where v.workspace_id = $1 group by 1
"""
OWN_LEDGER = "select count(*)::int from movement where workspace_id = $1"

skus = st.sampled_from(SKUS)
goods = st.sampled_from(("CUP", "POT"))
places = st.sampled_from(("Main", "Far"))
units = st.integers(1, 4)
crashes = st.integers(0, 9)
"""The stop at which an act dies; 0 and those it never reaches let it live."""


class Stock(RuleBasedStateMachine):
    """`runner` and `db` are the thread's; every run has a workspace of its own."""

    runner: asyncio.Runner
    db: Database
    clock: HeldClock

    def run_(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.clock.at = NOON
        shop = self.run_(open_shop(self.db))
        self.shop = ShopWorld(self.db, shop.workspace_id, self.clock)
        self.run_(self.shop.furnish())
        self.held: dict[str, tuple[str, int]] = {}
        self.sent: list[UUID] = []
        self.versions: dict[UUID, tuple[int, int]] = {}

    def act(self, do: Callable[[UnitOfWork], Coroutine[Any, Any, Any]], crash: int) -> bool:
        """False when a rule of the room said no; then nothing has changed."""
        try:
            self.run_(self.shop.act(do, crash))
        except AppError:
            return False
        return True

    # What people and programs do ------------------------------------------------------------------------------------

    @rule(sku=skus, quantity=units, ref=st.integers(0, 5), crash=crashes)
    def reserve(self, sku: str, quantity: int, ref: int, crash: int) -> None:
        """I4: a guarded reserve never makes available negative. I6: it raises no listing."""
        demand = Demand(variant_id=self.shop.variants[sku], quantity=quantity, source="till", source_ref=f"{sku}{ref}")
        before, shown = self.free(), self.shown()
        answers: list[UUID | None] = []

        async def do(work: UnitOfWork) -> None:
            answers[:] = await reserving.reserve_many(work, [demand, demand])

        self.act(do, crash)
        assert answers[0] == answers[1], "I3: asked twice, reserved once"
        after = self.free()
        for variant, free in after.items():
            assert free >= min(before[variant], 0), "I4"
            assert free == before[variant] or free >= 0, "I4"
        assert all(self.shown()[listing] <= count for listing, count in shown.items()), "I6"
        if answers[0] is not None:
            self.held.setdefault(f"{sku}{ref}", (sku, quantity))

    @rule(sku=skus, ref=st.integers(0, 5), outcome=st.sampled_from(("released", "shipped")), crash=crashes)
    def settle(self, sku: str, ref: int, outcome: str, crash: int) -> None:
        async def do(work: UnitOfWork) -> None:
            await reserving.settle(work, [("till", f"{sku}{ref}", outcome)])

        self.act(do, crash)
        if f"{sku}{ref}" in self.held:
            self.held[f"{sku}{ref}"] = (sku, 0)

    @rule(sku=goods, place=places, delta=st.integers(-3, 5), crash=crashes)
    def adjust(self, sku: str, place: str, delta: int, crash: int) -> None:
        key = f"{new_id()}"
        self.act(lambda work: moving.move_stock(work, MovementCreate(sku=sku, delta=delta, key=key, location=place)), crash)

    @rule(
        sku=goods, place=places, count=units, states=st.permutations(("available", "damaged", "quality", "safety")), crash=crashes
    )
    def hold(self, sku: str, place: str, count: int, states: list[Any], crash: int) -> None:
        data = HoldCreate(sku=sku, units=count, taken_from=states[0], put_to=states[1], key=f"{new_id()}", location=place)
        self.act(lambda work: holding.hold(work, data), crash)

    @rule(sku=goods, count=units, supplier=st.booleans(), crash=crashes)
    def send(self, sku: str, count: int, supplier: bool, crash: int) -> None:
        data = IncomingCreate(
            key=f"{new_id()}",
            location="Far",
            from_location=None if supplier else "Main",
            lines=[LineWrite(sku=sku, quantity=count)],
        )

        async def do(work: UnitOfWork) -> None:
            made = await arriving.create_incoming(work, data)
            if made.id not in self.sent:
                self.sent.append(made.id)

        if not self.act(do, crash):
            self.sent = [one for one in self.sent if self.is_there(one)]

    @rule(pick=st.integers(0, 99), sku=goods, count=units, again=st.booleans(), crash=crashes)
    def receive(self, pick: int, sku: str, count: int, again: bool, crash: int) -> None:
        if self.sent:
            one = self.sent[pick % len(self.sent)]
            data = ReceiptCreate(key=f"{new_id()}", lines=[LineWrite(sku=sku, quantity=count)])
            for _ in range(1 + again):
                self.act(lambda work: arriving.receive(work, one, data), crash)

    @rule(pick=st.integers(0, 99), rest=st.sampled_from(("lost", "returned")), crash=crashes)
    def close(self, pick: int, rest: Any, crash: int) -> None:
        if self.sent:
            one = self.sent[pick % len(self.sent)]
            self.act(lambda work: arriving.close_incoming(work, one, IncomingClose(rest=rest)), crash)

    @rule(sku=goods, place=places, count=st.integers(0, 12), ago=st.integers(0, 20), crash=crashes)
    def count(self, sku: str, place: str, count: int, ago: int, crash: int) -> None:
        key, at = f"{new_id()}", self.clock.now()

        async def do(work: UnitOfWork) -> None:
            begun = await counting.begin_count(work, CountCreate(key=key, location=place))
            if begun.state == "open":
                await counting.enter_lines(work, begun.id, CountLinesWrite(lines=[CountLineWrite(sku=sku, units=count, at=at)]))
            await counting.apply_count(work, begun.id)

        self.clock.advance(seconds=ago)
        self.act(do, crash)

    # What channels do -----------------------------------------------------------------------------------------------

    @rule(which=st.integers(0, 1), sku=skus, quantity=st.integers(1, 2))
    def channel_sells(self, which: int, sku: str, quantity: int) -> None:
        channel = self.shop.channels[which]
        self.clock.advance(seconds=1)
        if channel.counts[sku] >= quantity:
            channel.sell(sku, quantity, self.clock.now())
            self.clock.advance(seconds=1)

    @rule(
        which=st.integers(0, 1),
        pick=st.integers(0, 99),
        status=st.sampled_from(("open", "shipped", "cancelled")),
        cut=st.booleans(),
    )
    def channel_changes_an_order(self, which: int, pick: int, status: str, cut: bool) -> None:
        channel = self.shop.channels[which]
        alive = [one for one in channel.newest.values() if one.status == "open" and one.lines[0].quantity > 0]
        if alive:
            order = alive[pick % len(alive)]
            channel.change(order, status, max(order.lines[0].quantity - cut, 1))

    @rule(which=st.integers(0, 1), picks=st.lists(st.integers(0, 999), min_size=1, max_size=4), crash=crashes)
    def messages_arrive(self, which: int, picks: list[int], crash: int) -> None:
        """Any of those ever sent, in any order, any number of times; the others are late or lost."""
        channel = self.shop.channels[which]
        if channel.log:
            self.run_(self.shop.deliver(channel, [channel.log[pick % len(channel.log)] for pick in picks], crash))

    @rule(which=st.integers(0, 1), outcome=st.sampled_from(("accepted", "accepted", "lost", "unknown", "twice")), crash=crashes)
    def push(self, which: int, outcome: str, crash: int) -> None:
        """I10: our own push never writes the ledger."""
        before = self.value(OWN_LEDGER)
        self.run_(self.shop.push(self.shop.channels[which], outcome, crash))
        assert self.value(OWN_LEDGER) == before, "I10"

    # What always holds ----------------------------------------------------------------------------------------------

    @invariant()
    def ledger_is_the_truth(self) -> None:
        """I1: balance = fold(ledger). I2: reserved = open reservations. I14: also after a crash at any await."""
        assert self.run_(self._audit()) == [], "I1, I2"

    @invariant()
    def bundles_are_whole(self) -> None:
        for row in self.rows(BUNDLES):
            assert (row["parts"], row["sizes"], row["states"]) == (2, 1, 1), "I5"

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """I7: a listing that should show another number is dirty or in flight. I8: versions only grow. I16: FBA is not written."""
        for row in self.run_(self.shop.listings()):
            sent = (row["sent_version"], row["acked_version"])
            known = self.versions.setdefault(row["listing_id"], sent)
            assert all(new >= old for new, old in zip(sent, known, strict=True)), "I8"
            self.versions[row["listing_id"]] = sent
            if row["fulfilment"] == "merchant" and row["counted"] and row["expected"] != self.shop.wanted(row):
                assert row["dirty_at"] is not None or row["lease_until"] is not None, "I7"
        assert all("CUP-THEIRS" not in channel.written for channel in self.shop.channels), "I16"

    def teardown(self) -> None:
        """I3: whatever the order of arrival, the newest version of each order decides. I9: when all is in, every channel shows
        what it should within two rounds of reading back."""
        if not hasattr(self, "versions"):
            return
        for channel in self.shop.channels:
            if channel.log:
                self.run_(self.shop.deliver(channel, [*channel.log[::-1], *channel.log]))
        assert {row["sku"]: row["units"] for row in self.rows(RESERVED)} == self.reserved(), "I3"
        for _ in range(ROUNDS):
            for channel in self.shop.channels:
                self.drain(channel)
                self.run_(self.shop.read_back(channel))
                self.drain(channel)
        assert self.shown() == self.standing(), "I9"
        self.ledger_is_the_truth()
        self.nothing_is_forgotten()

    def drain(self, channel: Channel) -> None:
        for _ in range(4):
            if not self.run_(self.shop.push(channel, "accepted")):
                return

    def reserved(self) -> dict[str, int]:
        """What the orders and the till hold by their newest word. One that was first seen gone holds nothing."""
        wanted = dict.fromkeys(SKUS, 0)
        open_orders = [
            (one.lines[0].external_sku, one.lines[0].quantity)
            for channel in self.shop.channels
            for one in channel.newest.values()
            if one.status == "open"
        ]
        for sku, quantity in [*self.held.values(), *open_orders]:
            for part, per in PARTS[sku].items():
                wanted[part] += quantity * per
        return wanted

    def shown(self) -> dict[tuple[UUID, str], int]:
        """What each of our listings should show."""
        return {
            (row["connection_id"], row["external_sku"]): self.shop.wanted(row)
            for row in self.run_(self.shop.listings())
            if row["fulfilment"] == "merchant"
        }

    def standing(self) -> dict[tuple[UUID, str], int]:
        return {(channel.connection_id, sku): count for channel in self.shop.channels for sku, count in channel.counts.items()}

    def free(self) -> dict[UUID, int]:
        return {row["variant_id"]: row["free"] for row in self.rows(FREE)}

    def is_there(self, incoming_id: UUID) -> bool:
        return any(row["id"] == incoming_id for row in self.rows("select id from incoming where workspace_id = $1"))

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def rows(self, sql: str) -> list[Any]:
        async def read() -> list[Any]:
            async with self.shop.unit() as work:
                return await work.fetch(sql, self.shop.workspace_id)

        found: list[Any] = self.run_(read())
        return found

    async def _audit(self) -> list[auditing.Lie]:
        async with self.shop.unit() as work:
            return await auditing.audit_stock(work)


def run_machine(url: str) -> None:
    with asyncio.Runner() as runner:
        clock = HeldClock(NOON)
        db = runner.run(open_database(url, size=4, clock=clock))
        machine = type("StockHere", (Stock,), {"runner": runner, "db": db, "clock": clock})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=SEEDS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
                ),
            )  # fmt: skip
        finally:
            runner.run(db.close())


async def test_every_invariant_holds_through_duplicates_reorders_losses_and_crashes(settings: Settings) -> None:
    await asyncio.to_thread(run_machine, settings.database_url)


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 9)), min_size=1, max_size=5), st.integers(0, 4), st.integers(1, 99)
)
def test_one_part_less_never_shows_more(parts: list[tuple[int, int]], which: int, largest: int) -> None:
    """I6 over any counts: the number of a bundle is that of its scarcest part."""

    def shown(of: list[tuple[int, int]]) -> int:
        return rules.exposure(min(free // per for free, per in of), largest=largest).quantity

    place = which % len(parts)
    fewer = [(free - (number == place), per) for number, (free, per) in enumerate(parts)]
    assert shown(fewer) <= shown(parts)
