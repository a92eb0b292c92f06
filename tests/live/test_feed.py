"""A feed hears everything once and in order, whatever happens to the hub's words, and nobody hears what is not theirs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from app.core.db import Database
from app.core.ids import new_id
from app.core.security import token_hash
from app.domain.workspaces import service
from app.domain.workspaces.guards import Caller
from app.domain.workspaces.schemas import MemberUpdate
from app.live import outlet as outlets
from app.live.feed import Feeds, WorkspaceFeed
from app.live.hub import MemoryHub
from app.live.outlet import Outlet
from app.live.protocol import StampedBatch, changes_topic
from tests.conftest import Shop, open_shop
from tests.live.stamping import Stamper
from tests.waiting import until

ROOMS = ("inbox", "orders", "stock", "connections", "workspace")


@dataclass(slots=True)
class Ear:
    """A socket's end: keeps what it was given."""

    caller: Caller
    conn: UUID = field(default_factory=new_id)
    outlet: Outlet = field(default_factory=Outlet)
    frames: list[dict[str, object]] = field(default_factory=list)
    start: int = -1
    feed: WorkspaceFeed | None = None
    task: asyncio.Task[None] | None = None

    async def join(self, feeds: Feeds) -> None:
        self.feed, self.start = await feeds.join(self.conn, self.outlet, self.caller)
        self.task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        while (frame := await self.outlet.next()) is not None:
            self.frames.append(msgspec.json.decode(frame))

    def leave(self, feeds: Feeds) -> None:
        if self.feed is not None:
            feeds.leave(self.feed, self.conn)
        if self.task is not None:
            self.task.cancel()

    def seqs(self) -> list[object]:
        return [frame["seq"] for frame in self.frames if frame["type"] == "change"]


def caller_in(shop: Shop, role: str = "admin") -> Caller:
    return Caller(shop.workspace_id, shop.owner_id, role, "Ayu", token_hash(shop.key), is_key=True)


@asynccontextmanager
async def listening(db: Database, hub: MemoryHub, *callers: Caller) -> AsyncIterator[list[Ear]]:
    feeds = Feeds(db, hub, silent_s=0.05)
    ears = [Ear(caller) for caller in callers]
    for ear in ears:
        await ear.join(feeds)
    try:
        yield ears
    finally:
        for ear in ears:
            ear.leave(feeds)
        await feeds.close()


async def test_a_change_reaches_those_whose_room_it_is(db: Database, shop: Shop) -> None:
    hub, stamper = MemoryHub(), Stamper(db, shop.workspace_id)
    async with listening(db, hub, caller_in(shop), caller_in(shop, "stock")) as (admin, keeper):
        hub.publish(changes_topic(shop.workspace_id), await stamper.stamp(["inbox", "stock", "inbox", "orders"]))
        await until(lambda: len(admin.seqs()) == 4)
        assert admin.seqs() == [1, 2, 3, 4]
        assert keeper.seqs() == [2, 4]
        first = admin.frames[0]
        assert first["data"] == msgspec.json.decode(stamper.told[0].payload)
        assert (first["kind"], first["id"], first["version"]) == ("thing", str(stamper.told[0].id), 1)


async def test_silence_is_mended_from_the_outbox(db: Database, shop: Shop) -> None:
    stamper = Stamper(db, shop.workspace_id)
    async with listening(db, MemoryHub(), caller_in(shop)) as (ear,):
        await stamper.stamp(["inbox"] * 3)
        await until(lambda: ear.seqs() == [1, 2, 3])


async def test_a_batch_told_without_changes_is_read_at_once(db: Database, shop: Shop) -> None:
    hub, stamper = MemoryHub(), Stamper(db, shop.workspace_id)
    async with listening(db, hub, caller_in(shop)) as (ear,):
        await stamper.stamp(["inbox"] * 700)
        hub.publish(changes_topic(shop.workspace_id), msgspec.json.encode(StampedBatch(1, 700)))
        await until(lambda: len(ear.seqs()) == 700)
        assert ear.seqs() == list(range(1, 701))
        assert ear.outlet.code is None


async def test_a_large_batch_does_not_overflow_a_socket_that_keeps_up(db: Database, shop: Shop) -> None:
    hub, stamper = MemoryHub(), Stamper(db, shop.workspace_id)
    async with listening(db, hub, caller_in(shop)) as (ear,):
        hub.publish(changes_topic(shop.workspace_id), await stamper.stamp(["stock"] * 500))
        await until(lambda: len(ear.seqs()) == 500)
        assert ear.outlet.code is None


async def test_forgotten_changes_mean_reset(db: Database, shop: Shop) -> None:
    hub, stamper = MemoryHub(), Stamper(db, shop.workspace_id)
    async with listening(db, hub, caller_in(shop)) as (ear,):
        await stamper.stamp(["inbox"] * 3, keep=False)
        hub.publish(changes_topic(shop.workspace_id), await stamper.stamp(["inbox"]))
        await until(lambda: ear.frames)
        assert ear.frames[0] == {"type": "reset"}
        hub.publish(changes_topic(shop.workspace_id), await stamper.stamp(["inbox"]))
        await until(lambda: ear.seqs() == [5])


async def test_nonsense_on_the_hub_changes_nothing(db: Database, shop: Shop) -> None:
    hub, stamper = MemoryHub(), Stamper(db, shop.workspace_id)
    async with listening(db, hub, caller_in(shop)) as (ear,):
        for word in (b"", b"{", b'{"first":"x"}', b"[]"):
            hub.publish(changes_topic(shop.workspace_id), word)
        hub.publish(changes_topic(shop.workspace_id), await stamper.stamp(["inbox"]))
        await until(lambda: ear.seqs() == [1])


async def test_a_slow_socket_is_closed_and_the_others_go_on(db: Database, shop: Shop) -> None:
    hub, stamper = MemoryHub(), Stamper(db, shop.workspace_id)
    async with listening(db, hub, caller_in(shop), caller_in(shop)) as (slow, quick):
        assert slow.task is not None
        slow.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await slow.task
        for _ in range(3):
            hub.publish(changes_topic(shop.workspace_id), await stamper.stamp(["inbox"] * 100))
            await until(lambda: len(quick.seqs()) == stamper.seq)
        assert slow.outlet.code == 1013
        assert quick.outlet.code is None
        assert quick.seqs() == list(range(1, 301))


def test_an_outlet_is_bounded_by_its_bytes_too() -> None:
    outlet = Outlet()
    assert outlet.offer("x" * outlets.CHARS_MOST)
    assert not outlet.offer("y")


async def test_a_member_who_may_no_longer_listen_is_closed(db: Database) -> None:
    shop = await open_shop(db)
    agent_id = await service.add_member(db, shop.workspace_id, name="Sari", email="sari@feed.test")
    key = await service.create_api_key(db, shop.workspace_id, name="k", role="agent", member_id=agent_id)
    agent = Caller(shop.workspace_id, agent_id, "agent", "Sari", token_hash(key), is_key=True)
    async with listening(db, MemoryHub(), caller_in(shop), agent) as (owner, sari):
        assert sari.feed is not None
        await sari.feed.check_welcome()
        assert sari.outlet.code is None
        async with db.unit(shop.workspace_id) as work:
            await service.update_member(work, agent_id, MemberUpdate(disabled=True))
        await until(lambda: sari.outlet.code == 4401, within_s=5)
        assert owner.outlet.code is None


async def test_the_feed_closes_with_its_last_socket(db: Database, shop: Shop) -> None:
    feeds = Feeds(db, MemoryHub())
    first, second = Ear(caller_in(shop)), Ear(caller_in(shop))
    await first.join(feeds)
    await second.join(feeds)
    assert first.feed is second.feed
    feed = first.feed
    assert feed is not None
    first.leave(feeds)
    assert not feed.is_closed
    second.leave(feeds)
    assert feed.is_closed
    third = Ear(caller_in(shop))
    await third.join(feeds)
    assert third.feed is not feed
    third.leave(feeds)


Fate = st.sampled_from(["told", "dropped", "doubled", "late"])
Batch = st.tuples(st.integers(0, 1), st.lists(st.sampled_from(ROOMS), min_size=1, max_size=4), Fate)


@bounds(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(Batch, min_size=1, max_size=12))
async def test_whatever_the_hub_does_every_socket_hears_its_own_in_order(
    db: Database, batches: list[tuple[int, list[str], str]]
) -> None:
    shops = [await open_shop(db), await open_shop(db)]
    hub = MemoryHub()
    stampers = [Stamper(db, shop.workspace_id) for shop in shops]
    callers = [caller_in(shop, role) for shop in shops for role in ("agent", "stock")]
    async with listening(db, hub, *callers) as ears:
        late: list[tuple[str, bytes]] = []
        for which, rooms, fate in batches:
            topic, payload = changes_topic(shops[which].workspace_id), await stampers[which].stamp(rooms)
            if fate == "late":
                late.append((topic, payload))
            for _ in range({"told": 1, "doubled": 2}.get(fate, 0)):
                hub.publish(topic, payload)
        for topic, payload in reversed(late):
            hub.publish(topic, payload)
        wanted = [stampers[0 if ear.caller.workspace_id == shops[0].workspace_id else 1].seqs(ear.caller.rooms) for ear in ears]
        await until(lambda: [ear.seqs() for ear in ears] == wanted)
        assert [ear.outlet.code for ear in ears] == [None] * 4
        ids = {str(change.id): stamper.workspace_id for stamper in stampers for change in stamper.told}
        for ear in ears:
            assert {ids[str(frame["id"])] for frame in ear.frames} <= {ear.caller.workspace_id}
