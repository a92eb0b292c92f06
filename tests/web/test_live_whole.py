"""From a write to another screen: API, outbox, relay, hub, feed, socket, all real."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
import time
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
import uvicorn
from websockets.asyncio.client import connect

from app.core.config import Settings
from app.core.db import open_database
from app.domain.workspaces.schemas import TeamRead
from app.web.main import create_app
from tests.conftest import Shop, open_shop
from tests.waiting import until


@pytest.fixture(scope="module")
async def address(settings: Settings) -> AsyncIterator[str]:
    with sockets.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings), ws="websockets-sansio", lifespan="on", log_config=None, loop="none")
        )
        task = asyncio.create_task(server.serve(sockets=[bound]))
        await until(lambda: server.started or task.done())
        yield f"127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        await task


@pytest.fixture
async def live_shop(settings: Settings) -> Shop:
    db = await open_database(settings.database_url, size=2)
    shop = await open_shop(db)
    await db.close()
    return shop


async def test_a_write_is_on_another_screen_in_half_a_second(address: str, live_shop: Shop) -> None:
    async with (
        connect(f"ws://{address}/live", additional_headers=live_shop.bearer) as wire,
        httpx.AsyncClient(base_url=f"http://{address}", headers=live_shop.bearer, trust_env=False) as client,
    ):
        hello = json.loads(await wire.recv())
        await wire.send(json.dumps({"type": "resume", "cursor": hello["latest"]}))
        while json.loads(await wire.recv())["type"] != "caught_up":
            pass
        waits = []
        for number in range(5):
            started = time.perf_counter()
            made = (await client.post("/api/v1/teams", json={"name": f"Team {number}"})).json()
            frame: dict[str, object] = {"kind": "member"}
            while frame["kind"] == "member":
                frame = json.loads(await asyncio.wait_for(wire.recv(), 5))
            waits.append(time.perf_counter() - started)
            assert frame["kind"] == "team"
            assert msgspec.convert(frame["data"], TeamRead) == msgspec.convert(made, TeamRead)
        assert sorted(waits)[2] < 0.5, waits
