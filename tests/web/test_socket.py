"""The live socket over a real server and a real client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from litestar.exceptions import WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.core.config import Settings
from app.core.db import Database
from app.core.ids import new_id
from app.core.security import token_hash
from app.domain.workspaces import service, sessions
from app.domain.workspaces.guards import Caller
from app.domain.workspaces.schemas import MemberUpdate
from app.live.feed import Feeds
from app.live.hub import MemoryHub
from app.live.protocol import changes_topic
from app.web.shell import build_app
from app.web.socket import ROUTES, Line
from tests.conftest import Shop, open_shop
from tests.live.stamping import Stamper
from tests.waiting import until
from tests.web.conftest import SmallHouse

GOOD = "correct-horse-7-battery"


@pytest.fixture(scope="module")
async def address(settings: Settings, db: Database, hub: MemoryHub) -> AsyncIterator[str]:
    @asynccontextmanager
    async def opening() -> AsyncIterator[SmallHouse]:
        yield SmallHouse(db, hub)

    app = build_app(settings, opening=opening, routes=ROUTES)
    with sockets.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, ws="websockets-sansio", lifespan="on", log_config=None, loop="none")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        await until(lambda: server.started)
        yield f"127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        await task


class Talk:
    """A client that remembers what it was told."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire

    async def say(self, **frame: Any) -> None:
        await self.wire.send(json.dumps(frame))

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next frame, which must be of this kind."""
        async with asyncio.timeout(8):
            frame: dict[str, Any] = json.loads(await self.wire.recv())
        assert frame["type"] == kind, frame
        return frame

    async def resume(self, cursor: int | None = None) -> list[int]:
        """Hello, resume, replay: the seqs replayed."""
        hello = await self.hear("hello")
        await self.say(type="resume", cursor=hello["latest"] if cursor is None else cursor)
        replayed = []
        while True:
            async with asyncio.timeout(8):
                frame = json.loads(await self.wire.recv())
            if frame["type"] == "caught_up":
                return replayed
            replayed.append(frame["seq"] if frame["type"] == "change" else frame["type"])

    async def closed(self) -> int:
        async with asyncio.timeout(8):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.wire.recv()
        assert self.wire.close_code is not None
        return self.wire.close_code


@asynccontextmanager
async def talking(address: str, key: str = "", *, query: str = "", **headers: str) -> AsyncIterator[Talk]:
    if key:
        headers["Authorization"] = f"Bearer {key}"
    async with connect(f"ws://{address}/live{query}", additional_headers=headers, compression=None) as wire:
        yield Talk(wire)


async def test_hello_resume_and_a_change(db: Database, hub: MemoryHub, address: str, shop: Shop) -> None:
    stamper = Stamper(db, shop.workspace_id)
    await stamper.stamp(["inbox", "stock"])
    async with talking(address, shop.key) as talk:
        hello = await talk.hear("hello")
        assert (hello["proto"], hello["latest"], hello["oldest"], hello["heartbeat_s"]) == (1, 2, 0, 25)
        await talk.say(type="resume", cursor=2)
        assert (await talk.hear("caught_up"))["cursor"] == 2
        hub.publish(changes_topic(shop.workspace_id), await stamper.stamp(["inbox"]))
        change = await talk.hear("change")
        assert change["seq"] == 3
        assert change["data"] == json.loads(bytes(stamper.told[2].payload))
        await talk.say(type="ping")
        await talk.hear("pong")
        await talk.say(type="a-word-of-next-year", x=1)
        await talk.say(type="ping")
        await talk.hear("pong")


async def test_resume_replays_what_was_missed_and_only_ones_own_rooms(db: Database, address: str, shop: Shop) -> None:
    stamper = Stamper(db, shop.workspace_id)
    for _ in range(6):
        await stamper.stamp(["inbox", "stock"] * 60)
    keeper = await service.create_api_key(db, shop.workspace_id, name="k", role="stock")
    async with talking(address, shop.key) as talk:
        assert await talk.resume(cursor=3) == list(range(4, 721))
    async with talking(address, keeper) as talk:
        assert await talk.resume(cursor=700) == list(range(702, 721, 2))


async def test_a_cursor_too_old_or_of_another_database_means_reset(db: Database, address: str, shop: Shop) -> None:
    stamper = Stamper(db, shop.workspace_id)
    await stamper.stamp(["inbox"] * 5, keep=False)
    await stamper.stamp(["inbox"])
    for cursor, told in ((4, ["reset"]), (99, ["reset"]), (5, [6]), (6, [])):
        async with talking(address, shop.key) as talk:
            assert await talk.resume(cursor=cursor) == told


async def test_nobody_gets_in_without_a_sign_in(address: str) -> None:
    for headers in ({}, {"Cookie": "onecounter_session=wrong"}, {"Authorization": "Bearer wrong"}):
        async with talking(address, **headers) as talk:
            assert await talk.closed() == 4401


async def test_another_site_and_an_old_protocol_are_told_so(db: Database, address: str, shop: Shop) -> None:
    email = f"sari-{secrets.token_hex(4)}@shop.test"
    await service.add_member(db, shop.workspace_id, name="Sari", email=email, password=GOOD)
    token, _ = await sessions.sign_in(db, email=email, password=GOOD)
    cookie = {"Cookie": f"onecounter_session={token}"}
    async with talking(address, Origin="https://evil.test", **cookie) as talk:
        assert await talk.closed() == 4403
    async with talking(address, query="?proto=0", Origin=f"http://{address}", **cookie) as talk:
        assert await talk.closed() == 4406
    async with talking(address, query="?proto=1", Origin=f"http://{address}", **cookie) as talk:
        assert await talk.resume() == []


@pytest.mark.parametrize("words", ["{", '{"type":"resume","cursor":"x"}', "[]", '{"type":"viewing"}', "x" * 5000])
async def test_nonsense_ends_the_line(address: str, shop: Shop, words: str) -> None:
    async with talking(address, shop.key) as talk:
        assert await talk.resume() == []
        await talk.wire.send(words)
        assert await talk.closed() == 1008
    async with talking(address, shop.key) as talk:
        await talk.hear("hello")
        await talk.wire.send(words)
        assert await talk.closed() == 1008


async def test_viewers_and_typing_are_told_to_the_desk_only(db: Database, address: str, shop: Shop) -> None:
    keys = {}
    for name, role in (("Sari", "agent"), ("Gus", "stock")):
        member_id = await service.add_member(db, shop.workspace_id, name=name, email=f"{name}-{new_id()}@s.test", role=role)
        keys[name] = await service.create_api_key(db, shop.workspace_id, name=name, role=role, member_id=member_id)
    conversation_id = str(new_id())
    async with (
        talking(address, shop.key) as owner,
        talking(address, keys["Sari"]) as sari,
        talking(address, keys["Gus"]) as gus,
    ):
        for talk in (owner, sari, gus):
            assert await talk.resume() == []
        await gus.say(type="viewing", conversation_id=conversation_id)
        await owner.say(type="viewing", conversation_id=conversation_id, replying=True)
        presence = await sari.hear("presence")
        assert presence["conversation_id"] == conversation_id
        assert presence["viewers"] == [{"member_id": str(shop.owner_id), "replying": True}]
        await owner.hear("presence")
        await owner.say(type="typing", conversation_id=conversation_id, kind="reply")
        assert (await sari.hear("typing"))["member_id"] == str(shop.owner_id)
        async with talking(address, shop.key) as late:
            assert await late.resume() == []
            assert len((await late.hear("presence"))["viewers"]) == 1
        await owner.wire.close()
        assert (await sari.hear("presence"))["viewers"] == []
        await gus.say(type="ping")
        await gus.hear("pong")


async def test_disabling_a_member_closes_the_socket_within_five_seconds(db: Database, address: str, shop: Shop) -> None:
    member_id = await service.add_member(db, shop.workspace_id, name="Sari", email=f"{new_id()}@s.test")
    key = await service.create_api_key(db, shop.workspace_id, name="k", role="agent", member_id=member_id)
    async with talking(address, key) as talk:
        await talk.resume()
        async with db.unit(shop.workspace_id) as work:
            await service.update_member(work, member_id, MemberUpdate(disabled=True))
        async with asyncio.timeout(5):
            assert await talk.closed() == 4401


class Mute:
    """A browser that resumes and then says nothing more."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.told: list[str] = []

    async def receive_text(self) -> str:
        if self.words:
            return self.words.pop(0)
        return await asyncio.get_running_loop().create_future()

    async def send_text(self, data: str, /) -> None:
        self.told.append(data)


class Gone(Mute):
    async def send_text(self, data: str, /) -> None:
        raise WebSocketDisconnect(detail="gone", code=1006)


@pytest.mark.parametrize("words", [(), ('{"type":"resume","cursor":0}',), ('{"type":"ping"}',)])
async def test_silence_ends_the_line(db: Database, words: tuple[str, ...]) -> None:
    shop = await open_shop(db)
    caller = Caller(shop.workspace_id, shop.owner_id, "admin", "Ayu", token_hash(shop.key), is_key=True)
    feeds = Feeds(db, MemoryHub())
    assert await Line(Mute(*words), feeds, db, caller=caller, silence_s=0.1).serve() == 1001
    assert await Line(Gone(*words), feeds, db, caller=caller, silence_s=0.1).serve() is None
