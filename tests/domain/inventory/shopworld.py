"""A shop on two channels, for the invariants: the real rooms on a real database, channels that keep their own counts, and acts
that die at any await."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.clock import HeldClock
from app.core.db import Database, UnitOfWork, in_unit
from app.core.ids import new_id
from app.domain.catalog.schemas import VariantCreate
from app.domain.catalog.service import see_listings
from app.domain.inventory import rules
from app.domain.inventory.floor_schemas import ComponentsWrite, ComponentWrite, LocationCreate, SellsFrom
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import exposing, moving, placing, pushing
from app.domain.inventory.store.show import sellable
from app.domain.orders.service import add_variant, take_orders
from connectors.base.commands import LineReceipt, SetStock
from connectors.base.events import ListingSeen, OrderLine, OrderSeen
from connectors.base.manifest import Stocking

CHANNEL = "played"
STOCKING = Stocking(batch=50)
SKUS = ("CUP", "POT", "SET")
PARTS = {"CUP": {"CUP": 1}, "POT": {"POT": 1}, "SET": {"CUP": 2, "POT": 1}}
NEW_CONNECTION = """
insert into connection (workspace_id, id, created_at, updated_at, channel, name, state, pushes_stock, hook_token, hook_token_hash)
values ($1, $2, $3, $3, $4, $5, 'ready', true, $6, $7)
"""
LISTINGS = f"""
select s.listing_id, l.external_sku, l.connection_id, l.fulfilment, s.expected, s.dirty_at, s.lease_until, s.acked_version,
  s.sent_version, t.available, t.counted
from listing_state s join listing l on l.workspace_id = s.workspace_id and l.id = s.listing_id
left join lateral {sellable("s.workspace_id", "s.variant_id", "s.connection_id")} t on s.variant_id is not null
where s.workspace_id = $1
"""


@dataclass
class Channel:
    """`counts` are its own: lowered by its own sales, set by us. `log` holds every message it ever sent."""

    connection_id: UUID
    counts: dict[str, int] = field(default_factory=dict)
    log: list[OrderSeen] = field(default_factory=list)
    newest: dict[str, OrderSeen] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)

    def sell(self, sku: str, quantity: int, at: datetime) -> None:
        self.counts[sku] -= quantity
        self._say(f"{self.connection_id}-{len(self.log)}", "1", "open", sku, quantity, at)

    def change(self, order: OrderSeen, status: str, quantity: int) -> None:
        line = order.lines[0]
        self._say(order.external_id, str(int(order.version) + 1), status, line.external_sku, quantity, order.placed_at)

    def _say(self, ref: str, version: str, status: Any, sku: str, quantity: int, at: datetime) -> None:
        line = OrderLine(external_id="1", external_sku=sku, quantity=quantity, listing_id=f"L-{sku}")
        told = OrderSeen(external_id=ref, version=version, status=status, placed_at=at, lines=(line,), currency="USD")
        self.log.append(told)
        self.newest[ref] = told


class Dying:
    """Awaits a coroutine and cancels the task at its n-th stop; 0 never. What a stop raises is handed on to the coroutine."""

    def __init__(self, work: Coroutine[Any, Any, Any], after: int) -> None:
        self._work, self._after = work, after

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        thrown: BaseException | None = None
        for stop in itertools.count(1):
            try:
                waited = steps.send(None) if thrown is None else steps.throw(thrown)
            except StopIteration as end:
                return end.value
            task, thrown = asyncio.current_task(), None
            if stop == self._after and task is not None:
                task.cancel()
            try:
                yield waited
            except BaseException as error:
                thrown = error


async def survive(act: Callable[[], Coroutine[Any, Any, Any]], crash: int) -> None:
    """Does the act; when `crash` kills it on its way, does it again, as a restarted process would."""

    async def run() -> None:
        await Dying(act(), crash)

    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.create_task(run())
        return
    await act()


class ShopWorld:
    def __init__(self, db: Database, workspace_id: UUID, clock: HeldClock) -> None:
        self.db, self.workspace_id, self.clock = db, workspace_id, clock
        self.variants: dict[str, UUID] = {}
        self.channels: list[Channel] = []

    async def furnish(self) -> None:
        """Two places; the second channel sells from the far one alone. The marketplace's own stock of CUP is read only."""
        async with self.unit() as work:
            near = await moving.find_location(work, None)
            far = (await placing.create_location(work, LocationCreate(name="Far", rank=2))).id
            for sku in SKUS:
                self.variants[sku] = (await add_variant(work, VariantCreate(sku=sku, title=sku))).id
            lines = [ComponentWrite(sku=part, quantity=units) for part, units in PARTS["SET"].items()]
            await placing.make_bundle(work, self.variants["SET"], ComponentsWrite(lines=lines))
            for number in range(2):
                made = new_id()
                await work.execute(
                    NEW_CONNECTION, self.workspace_id, made, work.now, CHANNEL, f"Channel {number}", f"token-{made}", made.bytes
                )
                self.channels.append(Channel(made, dict.fromkeys(SKUS, 0)))
                await self._list(work, made)
            await placing.sell_from(work, self.channels[1].connection_id, SellsFrom(location_ids=[far]))
            for sku in ("CUP", "POT"):
                for place, units in ((near, 6), (far, 4)):
                    data = MovementCreate(sku=sku, delta=units, key=f"first {sku} {place}", location=str(place))
                    await moving.move_stock(work, data)

    async def _list(self, work: UnitOfWork, connection_id: UUID) -> None:
        faces = [ListingSeen(external_id=f"L-{sku}", external_sku=sku, title=sku, seen_at=work.now, quantity=0) for sku in SKUS]
        faces.append(
            ListingSeen(
                external_id="L-theirs", external_sku="CUP-THEIRS", title="CUP", seen_at=work.now, quantity=7, fulfilment="channel"
            )
        )
        await exposing.link_listings(work, await see_listings(work, connection_id, CHANNEL, faces))

    def unit(self) -> contextlib.AbstractAsyncContextManager[UnitOfWork]:
        return self.db.unit(self.workspace_id)

    async def act(self, do: Callable[[UnitOfWork], Awaitable[Any]], crash: int) -> None:
        async def once() -> None:
            async with self.unit() as work:
                await do(work)

        await survive(once, crash)

    async def deliver(self, channel: Channel, messages: list[OrderSeen], crash: int = 0) -> None:
        async def take(work: UnitOfWork) -> None:
            await take_orders(work, connection_id=channel.connection_id, channel=CHANNEL, seen=messages)

        await self.act(take, crash)

    async def push(self, channel: Channel, outcome: str, crash: int = 0) -> int:
        """One round; how many listings were written to. A dead round's lease runs out."""

        async def once() -> int:
            async with self.db.across() as conn:
                token, _ = await pushing.take_listings(
                    conn, self.workspace_id, channel.connection_id, now=self.clock.now(), limit=50, every=True
                )
            async with self.unit() as work:
                command = await pushing.prepare_push(work, token, STOCKING)
            if command is None:
                return 0
            told = self._write(channel, command, outcome)
            async with self.unit() as work:
                await pushing.record_push(work, token, told, attempt=1)
                if outcome == "twice":
                    await pushing.record_push(work, token, told, attempt=1)
            return len(command.lines)

        sent = 0

        async def run() -> None:
            nonlocal sent
            sent = await Dying(once(), crash)

        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.create_task(run())
        self.clock.advance(minutes=6)
        return sent

    @staticmethod
    def _write(channel: Channel, command: SetStock, outcome: str) -> list[LineReceipt]:
        """`lost` was accepted and never applied; `unknown` was applied and never answered."""
        assert not in_unit.get(), "I13: a channel was called inside a transaction"
        for line in command.lines:
            channel.written.append(line.external_sku)
            if outcome != "lost":
                channel.counts[line.external_sku] = line.quantity
        told = "unknown" if outcome == "unknown" else "accepted"
        return [LineReceipt(listing_id=line.listing_id, outcome=told) for line in command.lines]

    async def read_back(self, channel: Channel) -> None:
        self.clock.advance(seconds=1)
        now = self.clock.now()
        async with self.unit() as work:
            seen = [(f"L-{sku}", sku, units, now) for sku, units in channel.counts.items()]
            await exposing.see_stock(work, channel.connection_id, seen)
        self.clock.advance(seconds=10)

    async def listings(self) -> list[Any]:
        async with self.unit() as work:
            return await work.fetch(LISTINGS, self.workspace_id)

    @staticmethod
    def wanted(row: Any) -> int:
        return rules.exposure(row["available"], largest=STOCKING.largest).quantity
