"""Changes get their place without gaps, in the order of their commits; and no socket opens inside a unit of work."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from app.core.clock import HeldClock
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import working
from app.pipeline.budget import block, come_back, take_budget
from app.pipeline.outbound import NetworkInUnit, open_outbound
from app.pipeline.relay import KEPT_DAYS, forget_old, relay_round
from connectors.base.manifest import Bucket, Manifest
from connectors.base.reroute import Reroute
from tests.conftest import NOON
from tests.pipeline.belt import Belt, told


async def conversations(belt: Belt, count: int) -> list[object]:
    await belt.deliver(*(told(f"q{n}", thread=f"t{n}", name=f"b{n}") for n in range(count)))
    await belt.ingest()
    await relay_round(belt.house)
    return [row[0] for row in await belt.rows("select id from conversation where workspace_id = $1 order by number")]


async def seqs(belt: Belt) -> list[int]:
    return [row[0] for row in await belt.rows("select seq from outbox where workspace_id = $1 order by id")]


async def retag(belt: Belt, conversation: object, tag: str) -> None:
    async with belt.db.unit(belt.workspace) as work:
        await working.update_conversation(work, conversation, ConversationUpdate(tags=[tag]))  # type: ignore[arg-type]


async def test_many_writers_and_relays_at_once_leave_no_gap_and_no_repeat(belt: Belt) -> None:
    ids = await conversations(belt, 8)
    done = asyncio.Event()

    async def relay() -> None:
        while not done.is_set():
            await relay_round(belt.house)
            await asyncio.wait({asyncio.ensure_future(done.wait())}, timeout=0.002)

    async def write() -> None:
        await asyncio.gather(*(retag(belt, ids[n % 8], f"tag {n}") for n in range(64)))
        done.set()

    await asyncio.gather(relay(), relay(), write())
    while await relay_round(belt.house):
        continue
    given = sorted(await seqs(belt))
    assert given == list(range(1, len(given) + 1))
    assert await belt.value("select seq from outbox_head where workspace_id = $1") == len(given)


async def test_a_change_committed_late_comes_after_those_a_reader_has_seen(belt: Belt) -> None:
    slow, quick = await conversations(belt, 2)
    written, go_on = asyncio.Event(), asyncio.Event()

    async def dawdle() -> None:
        async with belt.db.unit(belt.workspace) as work:
            await work.execute(
                "insert into outbox (workspace_id, kind, room, entity_id, version, created_at) "
                "values ($1, 'conversation', 'inbox', $2, 99, $3)", belt.workspace, slow, work.now,
            )  # fmt: skip
            written.set()
            await go_on.wait()

    task = asyncio.create_task(dawdle())
    await written.wait()
    await retag(belt, quick, "first to commit")
    await relay_round(belt.house)
    seen = await belt.value("select seq from outbox_head where workspace_id = $1")
    go_on.set()
    await task
    await relay_round(belt.house)
    late = await belt.value("select seq from outbox where workspace_id = $1 and version = 99")
    assert late == seen + 1
    assert sorted(await seqs(belt)) == list(range(1, late + 1))


async def test_workspaces_count_for_themselves(belt: Belt) -> None:
    await conversations(belt, 1)
    assert sorted(await seqs(belt))[0] == 1


async def test_old_changes_are_forgotten_and_the_oldest_kept_is_known(belt: Belt, clock: HeldClock) -> None:
    (one,) = await conversations(belt, 1)
    last = len(await seqs(belt))
    clock.advance(days=KEPT_DAYS, seconds=1)
    await retag(belt, one, "fresh")
    await relay_round(belt.house)
    await forget_old(belt.house)
    assert await belt.rows("select oldest from outbox_head where workspace_id = $1") == [(last,)]
    assert min(await seqs(belt)) == last + 1


async def test_no_socket_opens_inside_a_unit_of_work(belt: Belt) -> None:
    heard: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readline()).decode())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    reroute = Reroute.parse(f"channel.test=http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    url = "http://channel.test/x"
    async with server, open_outbound(reroute) as http:
        async with belt.db.unit(belt.workspace):
            with pytest.raises(NetworkInUnit):
                await http.get(url)
        async with belt.db.across():
            with pytest.raises(NetworkInUnit):
                await http.get(url)
        assert heard == []
        answer: httpx.Response = await http.get(url)
    assert (answer.status_code, len(heard)) == (200, 1)


BUCKET = Bucket(operation="stock", per_s=1.0, burst=10.0, per_day=15, day_starts_utc_h=8.0)
MANIFEST = Manifest(key="x", name="X", glyph="X", hue=0, hosts=(), secrets=(), feeds=(), buckets=(BUCKET,))


async def take(belt: Belt, wanted: int, *, urgent: bool = True, operation: str = "stock") -> tuple[int, float]:
    async with belt.db.across() as conn:
        return await take_budget(
            conn, belt.workspace, belt.connection, manifest=MANIFEST, operation=operation, now=belt.db.clock.now(), wanted=wanted,
            urgent=urgent,
        )  # fmt: skip


async def test_a_budget_fills_by_the_second_and_ends_with_the_vendors_day(belt: Belt, clock: HeldClock) -> None:
    assert await take(belt, 20) == (10, 0.0)
    assert await take(belt, 1) == (0, 1.0)
    clock.advance(seconds=60)
    assert await take(belt, 20) == (5, 0.0)
    granted, wait = await take(belt, 1)
    assert (granted, clock.now() + timedelta(seconds=wait)) == (0, (NOON + timedelta(days=1)).replace(hour=8))
    clock.at = NOON.replace(hour=8) + timedelta(days=1)
    assert await take(belt, 20) == (10, 0.0)
    assert await take(belt, 7, operation="unlimited") == (7, 0.0)


async def test_a_share_is_kept_for_what_is_urgent(belt: Belt) -> None:
    assert await take(belt, 20, urgent=False) == (7, 0.0)
    assert (await take(belt, 1, urgent=False))[0] == 0
    assert (await take(belt, 20))[0] == 3


async def test_takers_at_once_never_get_more_than_there_is(belt: Belt) -> None:
    assert (await take(belt, 2))[0] == 2
    assert sum(granted for granted, _ in await asyncio.gather(*(take(belt, 1) for _ in range(30)))) == 8


async def test_nothing_goes_before_the_channel_said_so(belt: Belt, clock: HeldClock) -> None:
    await take(belt, 1)
    async with belt.db.across() as conn:
        await block(conn, belt.workspace, belt.connection, operation="stock", until=come_back(clock.now(), 30.0))
        await block(conn, belt.workspace, belt.connection, operation="stock", until=come_back(clock.now(), 5.0))
    assert await take(belt, 1) == (0, 30.0)
    clock.advance(seconds=30)
    assert (await take(belt, 1))[0] == 1
    assert [come_back(NOON, after) - NOON for after in (0.0, 1e9)] == [timedelta(seconds=1), timedelta(hours=1)]
