"""Lines that are held open: news are pulled at once, by one process, and polling goes on without them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from app.core.clock import HeldClock
from app.domain.connections.listening import ask_now
from app.pipeline.house import House
from app.pipeline.listen import listen_round, telling
from connectors.base.contract import Listening
from connectors.base.errors import ChannelError, NotSupported
from connectors.registry import manifests
from tests.connectors.rig import connector_alone
from tests.pipeline.belt import CHANNEL, Belt, Channel, Played
from tests.waiting import until

FEEDS = [(CHANNEL, "messages")]


@dataclass
class Telling(Channel):
    """Tells of news whenever the test rings."""

    bell: asyncio.Queue[ChannelError | None] = field(default_factory=asyncio.Queue)
    held: int = 0
    taken: int = 0

    async def listen(self, feed: str) -> AsyncGenerator[None]:
        self.held += 1
        self.taken += 1
        try:
            while True:
                rung = await self.bell.get()
                if rung is not None:
                    raise rung
                yield
        finally:
            self.held -= 1


@pytest.fixture
def channel(belt: Belt, played: Played) -> Telling:
    made = Telling(manifest=belt.channel.manifest)
    played.channels[belt.connection] = made
    return made


@asynccontextmanager
async def lines(house: House, processes: int = 1) -> AsyncIterator[None]:
    rounds = [asyncio.create_task(listen_round(house, FEEDS)) for _ in range(processes)]
    try:
        yield
    finally:
        for one in rounds:
            one.cancel()
        for one in rounds:
            with suppress(asyncio.CancelledError):
                await one


async def feed_of(belt: Belt) -> UUID:
    found: UUID = await belt.value("select id from feed where workspace_id = $1 and name = 'messages'")
    return found


async def put_off(belt: Belt, clock: HeldClock, *, leased: bool = False) -> None:
    """Due in an hour; with `leased`, being pulled right now."""
    async with belt.db.unit(belt.workspace) as work:
        later = clock.now() + timedelta(hours=1)
        await work.execute(
            "update feed set due_at = $2, lease_until = $3 where workspace_id = $1 and name = 'messages'",
            belt.workspace, later, later if leased else None,
        )  # fmt: skip


async def is_due(belt: Belt, clock: HeldClock) -> bool:
    return bool(await belt.value("select due_at <= $2 from feed where workspace_id = $1 and name = 'messages'", clock.now()))


async def eventually(truth: Callable[[], object]) -> None:
    await until(truth, 10)


def test_what_a_manifest_promises_its_connector_can() -> None:
    assert telling() != []
    for key, _ in telling():
        assert isinstance(connector_alone(key), Listening), key
    silent = [key for key in manifests() if key not in dict(telling())]
    assert [key for key in silent if isinstance(connector_alone(key), Listening)] == []


async def test_news_make_the_feed_due_at_once(belt: Belt, channel: Telling, clock: HeldClock) -> None:
    await put_off(belt, clock)
    async with lines(belt.house):
        await eventually(lambda: channel.held)
        assert not await is_due(belt, clock)
        channel.bell.put_nowait(None)
        channel.bell.put_nowait(None)
        await eventually(channel.bell.empty)
    assert await is_due(belt, clock)
    assert (channel.held, channel.taken) == (0, 1)


async def test_two_processes_hold_one_line_and_the_other_takes_over(belt: Belt, channel: Telling) -> None:
    async with lines(belt.house, processes=2):
        await eventually(lambda: channel.held)
        channel.bell.put_nowait(None)
        await eventually(channel.bell.empty)
        assert (channel.held, channel.taken) == (1, 1)
    async with lines(belt.house):
        await eventually(lambda: channel.taken == 2)


async def test_a_feed_that_is_being_pulled_is_asked_again_afterwards(belt: Belt, clock: HeldClock) -> None:
    await put_off(belt, clock, leased=True)
    feed = await feed_of(belt)
    async with belt.db.unit(belt.workspace) as work:
        assert await ask_now(work, feed) is False
    assert not await is_due(belt, clock)
    await put_off(belt, clock)
    async with belt.db.unit(belt.workspace) as work:
        assert await ask_now(work, feed) is True
    assert await is_due(belt, clock)


@pytest.mark.parametrize("why", [NotSupported("no such thing here"), ChannelError("gone", code="gone")])
async def test_a_line_that_is_refused_rests_and_breaks_nothing(belt: Belt, channel: Telling, why: ChannelError) -> None:
    async with lines(belt.house):
        await eventually(lambda: channel.held)
        channel.bell.put_nowait(why)
        await eventually(lambda: not channel.held)
        assert channel.taken == 1
    assert (await belt.connection_state())[0] == "ready"


async def test_a_connection_that_is_not_ready_is_not_listened_to(belt: Belt, channel: Telling) -> None:
    await belt.change("state = 'paused'")
    async with lines(belt.house), asyncio.timeout(5):
        await belt.house.db.learn_time()
        assert channel.taken == 0
