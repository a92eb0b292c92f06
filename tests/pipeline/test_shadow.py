"""In shadow a connection reads everything and says nothing, whatever waits; each of the two doors is opened by itself.

Over every channel by its manifest: the real connector, its sandbox, a real database. What counts as saying something is told by
`tests/connectors/<key>/wire.py`: `SENDS` and `PUSHES`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Actor, Database
from app.core.vault import Vault
from app.domain.catalog.schemas import VariantCreate
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate, ConnectionUpdate
from app.domain.inbox.errors import ReplyBlocked
from app.domain.inbox.schemas import MessageCreate
from app.domain.inbox.service import replying
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import moving
from app.domain.inventory.service.reserving import Reserver
from app.domain.orders.service import add_variant
from app.live.hub import MemoryHub
from app.pipeline.execute import send_round
from app.pipeline.house import House
from app.pipeline.ingest import ingest_round
from app.pipeline.intake import Arrived, Intake
from app.pipeline.opening import Connectors
from app.pipeline.outbound import open_outbound
from app.pipeline.pull import pull_round
from app.pipeline.push import push_round
from app.pipeline.watch import hook_url, watch_round
from connectors.registry import manifests
from tests.conftest import NOON, Shop
from tests.connectors.conftest import gate
from tests.connectors.day import open_day, wire_of
from tests.connectors.rig import Gate, Rig

__all__ = ["gate"]

TALKING = [key for key, one in manifests().items() if one.sending and one.sending.proof != "own"]
STOCKING = [key for key, one in manifests().items() if one.stocking]
ROUNDS = (watch_round, pull_round, ingest_round, send_round, push_round)
MOST_ROUNDS = 60
COUNTED, ANSWER, QUIET = 7, "Yes, two are left.", timedelta(minutes=2)


@dataclass
class Counter:
    """A shop with one connection, in shadow until it is told otherwise."""

    house: House
    rig: Rig
    shop: Shop
    clock: HeldClock
    connection: UUID
    read: int = 0

    async def rounds(self) -> None:
        """Everything that is due now, until nothing is."""
        for _ in range(MOST_ROUNDS):
            deliveries = await self.rig.posted(self.read)
            self.read = len(self.rig.received)
            await self.house.intake.keep([self._arrived(each) for each in deliveries])
            if not sum([await each(self.house) for each in ROUNDS]):
                return
        raise AssertionError("there is always something due")

    def _arrived(self, delivery: Any) -> Arrived:
        return Arrived(
            workspace_id=self.shop.workspace_id, connection_id=self.connection, channel=self.rig.channel, delivery=delivery
        )

    async def later(self, wait: timedelta = QUIET) -> None:
        self.clock.at += wait
        self.rig.clock.moment = self.clock.at
        await self.rounds()

    async def answer(self, text: str) -> None:
        async with self.house.db.unit(self.shop.workspace_id, Actor(self.shop.owner_id, "Ayu")) as work:
            talk = await work.value(
                "select id from conversation where workspace_id = $1 order by created_at limit 1", work.workspace_id
            )
            sending = self.rig.manifest.sending
            await replying.write_message(work, talk, MessageCreate(client_msg_id=text, text=text), lambda _: sending)

    async def count(self) -> str:
        """A first count of something the channel shows in another number; its SKU."""
        async with self.house.db.unit(self.shop.workspace_id) as work:
            rows = await work.fetch("select external_sku from listing where workspace_id = $1", work.workspace_id)
            listed = {row["external_sku"] for row in rows}
            shelf = self.rig.world.shelf(self.rig.channel).listings
            sku = next(each for each in self.rig.plenty(1) if each in listed and shelf[each].quantity != COUNTED)
            await add_variant(work, VariantCreate(sku=sku, title=sku))
            await moving.move_stock(work, MovementCreate(sku=sku, delta=COUNTED, key="first count"))
        return sku

    async def set_doors(self, doors: ConnectionUpdate) -> None:
        async with self.house.db.unit(self.shop.workspace_id) as work:
            await connections.update_connection(work, self.house.vault, self.connection, doors)

    def said(self) -> list[str]:
        return self._met("SENDS")

    def pushed(self) -> list[str]:
        return self._met("PUSHES")

    def _met(self, which: str) -> list[str]:
        wire = wire_of(self.rig.key)
        named = {name: wire.OPERATIONS[name] for name in getattr(wire, which)}
        return [name for each in self.rig.all_exchanges() for name, is_one in named.items() if is_one(each)]


def house_of(settings: Settings, db: Database, rig: Rig, gate: Gate) -> House:
    known = replace(settings, sandbox=True, reroute=rig.reroute, public_url=gate.base)
    vault, http, hub = Vault(known.secret_keys), open_outbound(rig.reroute), MemoryHub()
    db.on_wake = hub.wake
    return House(known, db, hub, vault, http, Connectors(db, vault, http, rig.reroute), Intake(db), Reserver(db))


@pytest_asyncio.fixture(params=list(manifests()), loop_scope="session")
async def counter(
    request: pytest.FixtureRequest, settings: Settings, db: Database, clock: HeldClock, shop: Shop, gate: Gate
) -> AsyncIterator[Counter]:
    """With what a buyer said, goods on the channel's shelf, and an answer of ours that is due: the door was shut again behind it."""
    clock.at = NOON
    rig = open_day(request.param, gate)
    rig.clock.moment = NOON
    house = house_of(settings, db, rig, gate)
    found = Counter(house, rig, shop, clock, await _connect(house, rig, shop))
    await found.rounds()
    if rig.manifest.sending:
        rig.buyer_writes("Is the L still there?")
    await found.later(timedelta(minutes=20))
    if rig.manifest.sending:
        with pytest.raises(ReplyBlocked):
            await found.answer("While it only reads.")
        await found.set_doors(ConnectionUpdate(sends_replies=True))
        await found.answer(ANSWER)
        await found.set_doors(ConnectionUpdate(sends_replies=False))
    yield found
    await _at_rest(found)


async def _connect(house: House, rig: Rig, shop: Shop) -> UUID:
    declared = {secret.name for secret in rig.manifest.secrets}
    secrets = {name: value for name, value in rig.secrets.items() if name in declared}
    async with house.db.unit(shop.workspace_id) as work:
        data = ConnectionCreate(channel=rig.channel, name="Main", secrets=secrets)
        connection = await connections.create_connection(work, house.vault, data)
        token = await work.value(
            "select hook_token from connection where workspace_id = $1 and id = $2", work.workspace_id, connection
        )
    rig.hook_url = hook_url(house.settings.public_url, token)
    return connection


async def _at_rest(found: Counter) -> None:
    """Nothing of this shop is due in the next test, whose sandbox is another."""
    async with found.house.db.unit(found.shop.workspace_id) as work:
        await work.execute("update connection set state = 'paused' where workspace_id = $1", work.workspace_id)
        for table in ("message", "feed", "delivery"):
            await work.execute(f"update {table} set due_at = null where workspace_id = $1", work.workspace_id)
        await work.execute("update listing_state set dirty_at = null where workspace_id = $1", work.workspace_id)
    await found.rig.sandbox.poster.drain()
    await found.rig.http.aclose()
    await found.house.http.aclose()


async def test_in_shadow_nothing_leaves_not_even_after_a_restart(
    counter: Counter, settings: Settings, db: Database, gate: Gate
) -> None:
    sku = await counter.count() if counter.rig.manifest.stocking else ""
    shown = {each.sku: each.quantity for each in counter.rig.world.shelf(counter.rig.channel).listings.values()}
    await counter.later()
    assert counter.rig.all_exchanges() != []
    await counter.house.http.aclose()
    counter.house = house_of(settings, db, counter.rig, gate)
    for wait in (QUIET, timedelta(minutes=20), timedelta(hours=3)):
        await counter.later(wait)
    assert (counter.said(), counter.pushed()) == ([], [])
    assert counter.rig.said_by_us("") == []
    assert {each.sku: each.quantity for each in counter.rig.world.shelf(counter.rig.channel).listings.values()} == shown
    assert not sku or shown[sku] != COUNTED


@pytest.mark.parametrize("counter", TALKING, indirect=True)
async def test_with_the_door_of_replies_open_only_replies_leave(counter: Counter) -> None:
    sku = await counter.count() if counter.rig.manifest.stocking else ""
    await counter.later()
    assert counter.said() == []
    await counter.set_doors(ConnectionUpdate(sends_replies=True))
    await counter.later()
    assert [each.text for each in counter.rig.said_by_us("")] == [ANSWER]
    assert len(counter.said()) == 1
    assert counter.pushed() == []
    assert not sku or counter.rig.world.shelf(counter.rig.channel).listings[sku].quantity != COUNTED


@pytest.mark.parametrize("counter", STOCKING, indirect=True)
async def test_with_the_door_of_stock_open_only_counts_leave(counter: Counter) -> None:
    sku = await counter.count()
    await counter.later()
    assert counter.pushed() == []
    await counter.set_doors(ConnectionUpdate(pushes_stock=True))
    await counter.later()
    assert counter.rig.world.shelf(counter.rig.channel).listings[sku].quantity == COUNTED
    assert counter.pushed() != []
    assert counter.said() == []
    assert counter.rig.said_by_us("") == []
