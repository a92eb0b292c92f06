"""The hub: what is said is heard, here and in other processes, and Redis may come and go."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.live.hub import MemoryHub
from app.live.redis_hub import RedisHub
from tests.waiting import until

NEEDS_REDIS = pytest.mark.skipif(shutil.which("redis-server") is None, reason="this machine has no redis-server")


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@asynccontextmanager
async def two_hubs(url: str) -> AsyncIterator[tuple[RedisHub, RedisHub]]:
    hubs = RedisHub(url), RedisHub(url)
    for hub in hubs:
        await hub.open()
    await until(lambda: all(hub.listening for hub in hubs))
    yield hubs
    for hub in hubs:
        await hub.close()


def test_memory_hub_tells_its_topic_and_stops_when_asked() -> None:
    hub, heard = MemoryHub(), []
    stop = hub.subscribe("changes:a", heard.append)
    hub.publish("changes:a", b"1")
    hub.publish("changes:b", b"2")
    stop()
    stop()
    hub.publish("changes:a", b"3")
    assert heard == [b"1"]


async def told_until(hub: RedisHub, word: bytes, heard: list[bytes]) -> None:
    """A subscription takes effect a moment after it was asked for."""
    for _ in range(200):
        hub.publish("changes:a", word)
        with contextlib.suppress(TimeoutError):
            await until(lambda: word in heard, within_s=0.05)
            return
    raise TimeoutError


def test_memory_hub_wakes_the_dispatcher() -> None:
    hub, woken = MemoryHub(), []
    hub.on_wake = woken.append
    hub.wake("relay")
    assert woken == ["relay"]


@NEEDS_REDIS
async def test_redis_hub_is_heard_once_by_everybody(server: RedisServer) -> None:
    async with two_hubs(server.url) as (near, far):
        here: list[bytes] = []
        there: list[bytes] = []
        near.subscribe("changes:a", here.append)
        stop = far.subscribe("changes:a", there.append)
        await told_until(near, b"\x00probe", there)
        await until(lambda: there[-1:] == here[-1:])
        here.clear()
        there.clear()
        for number in range(50):
            near.publish("changes:a", str(number).encode())
            near.publish("changes:b", b"not asked for")
        await until(lambda: len([word for word in there if word.isdigit()]) == 50)
        assert here == [str(number).encode() for number in range(50)]
        assert [word for word in there if word.isdigit()] == here
        stop()
        near.publish("changes:a", b"last")
        assert b"last" not in there


@NEEDS_REDIS
async def test_redis_hub_wakes_both_processes(server: RedisServer) -> None:
    async with two_hubs(server.url) as (near, far):
        here: list[str] = []
        there: list[str] = []
        near.on_wake = here.append
        far.on_wake = there.append
        near.wake("send")
        await until(lambda: there == ["send"])
        assert here == ["send"]


@NEEDS_REDIS
async def test_redis_hub_outlives_redis(server: RedisServer) -> None:
    async with two_hubs(server.url) as (near, far):
        here: list[bytes] = []
        there: list[bytes] = []
        near.subscribe("changes:a", here.append)
        far.subscribe("changes:a", there.append)
        server.stop()
        near.publish("changes:a", b"while away")
        assert here == [b"while away"]
        await until(lambda: not near.listening and not far.listening)
        server.start()
        await until(lambda: near.listening and far.listening)
        await told_until(near, b"back", there)
        assert b"while away" not in there


async def test_redis_hub_works_alone_without_redis() -> None:
    hub = RedisHub("redis://127.0.0.1:1/0")
    await hub.open()
    heard: list[bytes] = []
    woken: list[str] = []
    hub.on_wake = woken.append
    hub.subscribe("changes:a", heard.append)
    hub.publish("changes:a", b"1")
    hub.wake("relay")
    assert (heard, woken, hub.listening) == ([b"1"], ["relay"], False)
    await hub.close()
