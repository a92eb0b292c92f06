"""The chat's door over a real server: visitors speak, agents answer, and nobody hears what is not theirs."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Actor
from app.core.files import FileGone
from app.domain.catalog.schemas import VariantCreate
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.inbox.schemas import MessageCreate
from app.domain.inbox.service import replying
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import moving
from app.domain.orders.service import add_variant, take_orders
from app.live.presence import Typed
from app.live.protocol import presence_topic
from app.pipeline.execute import send_round
from app.pipeline.house import House
from app.pipeline.ingest import ingest_round
from app.pipeline.media import media_round
from app.pipeline.relay import relay_round
from app.pipeline.watch import tidy_round
from app.web.main import create_app
from connectors.base.events import Handle, OrderLine, OrderSeen
from connectors.registry import load_sandbox, manifests
from tests.conftest import NOON, Shop, running
from tests.waiting import until

CHANNEL = next(key for key, one in manifests().items() if one.sending and one.sending.proof == "own")
ORIGIN = "https://kopitepi.example"
PIXELS = b"\x89PNG\r\n\x1a\n" + b"pixels" * 50


@pytest.fixture(scope="module")
async def address(settings: Settings, house: House) -> AsyncIterator[str]:
    with sockets.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(settings, house), lifespan="on", log_config=None, loop="none")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        await until(lambda: server.started)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        await task


@dataclass(frozen=True, slots=True)
class Chat:
    house: House
    shop: Shop
    connection_id: UUID
    token: str
    http: httpx.AsyncClient

    async def visitor(self) -> dict[str, str]:
        answer = await self.http.post(f"/chat/{self.token}/session")
        assert answer.status_code == 201
        return {"authorization": f"Bearer {answer.json()['token']}"}

    async def say(self, proof: dict[str, str], text: str, **more: Any) -> httpx.Response:
        remark = {"kind": "message", "id": uuid4().hex, "text": text, **more}
        answer = await self.http.post(f"/hooks/{self.token}", json=remark, headers=proof)
        await self.work()
        return answer

    async def work(self) -> None:
        await ingest_round(self.house)
        await media_round(self.house)
        await relay_round(self.house)

    async def conversations(self) -> list[Any]:
        answer = await self.http.get("/api/v1/conversations?queue=all", headers=self.shop.bearer)
        return list(answer.json()["items"])

    async def answer(self, conversation: Any, text: str) -> None:
        async with self.house.db.unit(self.shop.workspace_id, Actor(self.shop.owner_id, "Ayu")) as work:
            said = MessageCreate(client_msg_id=uuid4().hex, kind="reply", text=text)
            await replying.write_message(work, UUID(conversation["id"]), said, connections.sending_of)
        await send_round(self.house)
        await relay_round(self.house)

    @asynccontextmanager
    async def listening(self, proof: dict[str, str], last: str = "") -> AsyncIterator[Ear]:
        ear = Ear()
        headers = {**proof, **({"last-event-id": last} if last else {})}
        async with self.http.stream("GET", f"/chat/{self.token}/events", headers=headers, timeout=20) as stream:
            assert stream.status_code == 200
            task = asyncio.create_task(ear.hear(stream))
            yield ear
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Ear:
    """What one open page heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, Any]] = []

    async def hear(self, stream: httpx.Response) -> None:
        block: dict[str, str] = {}
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                block[name] = value
            elif block.get("data"):
                self.heard.append((block["event"], block.get("id", ""), json.loads(block["data"])))
                block = {}
            else:
                block = {}

    def texts(self) -> list[str]:
        return [one["text"] for name, _, data in self.heard if name == "messages" for one in data]

    async def wait(self, claim: Callable[[], bool]) -> None:
        await until(claim)

    @property
    def place(self) -> str:
        return [number for name, number, _ in self.heard if name == "messages"][-1]


@pytest.fixture
async def chat(house: House, shop: Shop, address: str) -> AsyncIterator[Chat]:
    secrets_given = dict(load_sandbox(CHANNEL)[1])
    async with house.db.unit(shop.workspace_id, Actor(shop.owner_id, "Ayu")) as work:
        data = ConnectionCreate(
            channel=CHANNEL, name="Chat", secrets=secrets_given, mode="live", settings={"origins": ORIGIN, "colour": "#4a2c1d"}
        )
        connection_id = await connections.create_connection(work, house.vault, data)
        token = await work.value(
            "select hook_token from connection where workspace_id = $1 and id = $2", work.workspace_id, connection_id
        )
    async with httpx.AsyncClient(base_url=address, headers={"sec-fetch-site": "same-origin"}, trust_env=False) as http:
        yield Chat(house, shop, connection_id, token, http)


async def test_a_strangers_words_come_in_and_the_answer_reaches_the_open_page(chat: Chat) -> None:
    proof = await chat.visitor()
    async with chat.listening(proof) as ear:
        await until(lambda: ("counter", "", {"open": False, "seen": False}) in ear.heard)
        assert (await chat.say(proof, "Is the dripper still there?")).status_code == 200
        (conversation,) = await chat.conversations()
        assert (conversation["channel"], conversation["preview"]) == (CHANNEL, "Is the dripper still there?")
        await chat.answer(conversation, "Eight are left.")
        await until(lambda: ear.texts() == ["Is the dripper still there?", "Eight are left."])
    shown = [one for name, _, data in ear.heard if name == "messages" for one in data]
    assert [(one["side"], one["author"], one["automated"]) for one in shown] == [
        ("visitor", "", False),
        ("shop", "Ayu Lestari", False),
    ]


async def test_what_was_said_while_away_is_told_from_where_the_page_stopped(chat: Chat) -> None:
    proof = await chat.visitor()
    await chat.say(proof, "Halo kak")
    (conversation,) = await chat.conversations()
    async with chat.listening(proof) as ear:
        await until(lambda: ear.texts() == ["Halo kak"])
    await chat.answer(conversation, "Halo, ada yang bisa dibantu?")
    async with chat.listening(proof, ear.place) as later:
        await until(lambda: later.texts() == ["Halo, ada yang bisa dibantu?"])
    async with chat.listening(proof, "99999999999") as lost:
        await until(lambda: len(lost.texts()) == 2)


async def test_typing_and_being_there_are_told(chat: Chat) -> None:
    proof = await chat.visitor()
    await chat.say(proof, "Anybody?")
    (conversation,) = await chat.conversations()
    async with chat.listening(proof) as ear:
        await until(lambda: ear.texts() == ["Anybody?"])
        word = json.dumps(
            {"type": "typed", "member_id": str(chat.shop.owner_id), "conversation_id": conversation["id"], "kind": "reply"}
        )
        assert Typed(chat.shop.owner_id, UUID(conversation["id"]), "reply")
        chat.house.hub.publish(presence_topic(chat.shop.workspace_id), word.encode())
        await until(lambda: ("typing", "", {}) in ear.heard)
    async with chat.listening(proof) as later:
        await until(lambda: ("counter", "", {"open": True, "seen": False}) in later.heard)


async def test_a_visitor_who_writes_is_told_to_the_agents(chat: Chat) -> None:
    proof, silent = await chat.visitor(), await chat.visitor()
    await chat.say(proof, "Is it there?")
    (conversation,) = await chat.conversations()
    heard: list[bytes] = []
    stop = chat.house.hub.subscribe(presence_topic(chat.shop.workspace_id), heard.append)
    path = f"/chat/{chat.token}/typing"
    assert (await chat.http.post(path, headers=silent)).status_code == 204
    assert (await chat.http.post(path)).status_code == 401
    assert heard == []
    assert (await chat.http.post(path, headers=proof)).status_code == 204
    await until(lambda: heard)
    stop()
    assert [json.loads(one) for one in heard] == [{"type": "buyer_typed", "conversation_id": conversation["id"]}]
    async with chat.listening(proof) as ear:
        await until(lambda: ("counter", "", {"open": False, "seen": False}) in ear.heard)


async def test_a_limit_is_one_visitors_and_holds_in_another_process(chat: Chat, settings: Settings, clock: HeldClock) -> None:
    proof, other = await chat.visitor(), await chat.visitor()
    asked = {"number": "1", "email": "a@b.example"}
    for _ in range(6):
        assert (await chat.http.post(f"/chat/{chat.token}/orders", json=asked, headers=proof)).status_code == 200
    async with running(create_app(settings, chat.house)) as second:
        transport = httpx.ASGITransport(app=second)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=str(chat.http.base_url)) as elsewhere:
            refused = await elsewhere.post(f"/chat/{chat.token}/orders", json=asked, headers=proof)
            assert (refused.status_code, refused.json()["after"]) == (429, 30)
            assert (await elsewhere.post(f"/chat/{chat.token}/orders", json=asked, headers=other)).status_code == 200
            clock.advance(seconds=31)
            assert (await elsewhere.post(f"/chat/{chat.token}/orders", json=asked, headers=proof)).status_code == 200


async def test_a_file_nobody_sent_goes_after_a_day_and_one_that_was_sent_stays(chat: Chat, clock: HeldClock) -> None:
    proof = await chat.visitor()
    path, sent, unsent = f"/chat/{chat.token}/files", PIXELS + b"sent", PIXELS + b"unsent"
    kept = (await chat.http.post(path, content=sent, headers=proof)).json()
    left = (await chat.http.post(path, content=unsent, headers=proof)).json()
    await chat.say(proof, "", files=[kept])
    clock.advance(hours=23)
    await tidy_round(chat.house)
    assert await chat.house.files.read(left["ref"][:64]) == unsent
    clock.advance(hours=2)
    await tidy_round(chat.house)
    with pytest.raises(FileGone):
        await chat.house.files.read(left["ref"][:64])
    assert await chat.house.files.read(kept["ref"][:64]) == sent
    async with chat.house.db.unit(chat.shop.workspace_id) as work:
        rows = await work.fetch(
            "select message_id is not null as taken from attachment where workspace_id = $1", work.workspace_id
        )
    assert [row["taken"] for row in rows] == [True]


async def test_notes_and_other_visitors_talk_stay_unheard(chat: Chat) -> None:
    mine, other = await chat.visitor(), await chat.visitor()
    await chat.say(other, "My number is 0812")
    await chat.say(mine, "Hello")
    conversation = next(one for one in await chat.conversations() if one["preview"] == "Hello")
    async with chat.house.db.unit(chat.shop.workspace_id, Actor(chat.shop.owner_id, "Ayu")) as work:
        note = MessageCreate(client_msg_id=uuid4().hex, kind="note", text="Careful with this one")
        await replying.write_message(work, UUID(conversation["id"]), note, connections.sending_of)
    await chat.answer(conversation, "Hi there")
    async with chat.listening(mine) as ear:
        await until(lambda: ear.texts() == ["Hello", "Hi there"])


async def test_without_a_pass_nothing_is_heard_said_or_given(chat: Chat) -> None:
    forged = {"authorization": (await chat.visitor())["authorization"][:-2] + "xx"}
    for proof in ({}, forged, {"authorization": "Basic abc"}):
        assert (await chat.http.get(f"/chat/{chat.token}/events", headers=proof)).status_code == 401
        assert (await chat.http.post(f"/hooks/{chat.token}", json={"id": "1", "text": "x"}, headers=proof)).status_code == 401
        assert (await chat.http.post(f"/chat/{chat.token}/files", content=PIXELS, headers=proof)).status_code == 401
    assert await chat.conversations() == []
    elsewhere = await chat.http.post(
        f"/chat/{chat.token}/session", headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    )
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "other_origin")
    assert (await chat.http.get("/chat/no-such-chat")).status_code == 404


async def test_a_file_comes_with_the_message_and_goes_to_its_own_visitor_only(chat: Chat) -> None:
    proof, other = await chat.visitor(), await chat.visitor()
    given = await chat.http.post(f"/chat/{chat.token}/files", content=PIXELS, headers={**proof, "x-file-name": "k%C3%B8pi.png"})
    assert given.status_code == 201
    kept = given.json()
    assert (kept["name"], kept["media_type"], kept["size"]) == ("køpi.png", "image/png", len(PIXELS))
    await chat.say(proof, "", files=[kept, {"ref": "a" * 64 + ".forged", "name": "x"}])
    async with chat.listening(proof) as ear:
        await until(lambda: any(name == "messages" and data and data[0]["files"] for name, _, data in ear.heard))
    (file,) = next(data[0]["files"] for name, _, data in ear.heard if name == "messages")
    mine = await chat.http.get(f"/chat/{chat.token}/files/{file['id']}", headers=proof)
    assert (mine.content, mine.headers["content-type"]) == (PIXELS, "image/png")
    assert (await chat.http.get(f"/chat/{chat.token}/files/{file['id']}", headers=other)).status_code == 404


async def test_a_file_too_big_or_empty_is_refused(chat: Chat) -> None:
    proof = await chat.visitor()
    big = await chat.http.post(f"/chat/{chat.token}/files", content=b"x" * (10 * 1024 * 1024 + 1), headers=proof)
    assert big.status_code == 413
    assert (await chat.http.post(f"/chat/{chat.token}/files", content=b"", headers=proof)).status_code == 400


async def _sold(chat: Chat) -> None:
    seen = OrderSeen(
        external_id="5518", version="1", status="shipped", placed_at=NOON, currency="USD", tracking="JX1", carrier="JNE",
        lines=(OrderLine(external_id="1", external_sku="KT-1", quantity=1),),
        customer=Handle(kind="email", value="eleanor@mail.example", name="Eleanor"),
    )  # fmt: skip
    async with chat.house.db.unit(chat.shop.workspace_id) as work:
        await take_orders(work, connection_id=chat.connection_id, channel=CHANNEL, seen=[seen])


async def test_an_order_is_told_to_who_knows_number_and_address_and_counts_as_no_answer(chat: Chat) -> None:
    await _sold(chat)
    proof = await chat.visitor()
    path = f"/chat/{chat.token}/orders"
    found = await chat.http.post(path, json={"number": "#5518", "email": "Eleanor@mail.example"}, headers=proof)
    told = found.json()
    assert (told["found"], told["number"], told["step"], told["tracking"]) == (True, "5518", 2, "JX1")
    await chat.work()
    (conversation,) = await chat.conversations()
    assert conversation["awaiting_since"] is not None
    async with chat.listening(proof) as ear:
        await until(
            lambda: ear.texts() == ["Where is my order #5518?", "Order 5518 is on its way. Carrier: JNE. Tracking number: JX1."]
        )
    for wrong in ({"number": "5518", "email": "other@mail.example"}, {"number": "5519", "email": "eleanor@mail.example"}):
        answer = (await chat.http.post(path, json=wrong, headers=proof)).json()
        assert (answer["found"], answer["tracking"]) == (False, "")


async def test_asking_too_often_is_slowed_down(chat: Chat, clock: HeldClock) -> None:
    proof = await chat.visitor()
    clock.advance(minutes=10)
    statuses = [
        (
            await chat.http.post(f"/chat/{chat.token}/orders", json={"number": str(n), "email": "a@b.example"}, headers=proof)
        ).status_code
        for n in range(8)
    ]
    assert statuses == [200] * 6 + [429] * 2
    said = [
        (await chat.http.post(f"/hooks/{chat.token}", json={"id": str(n), "text": "x"}, headers=proof)).status_code
        for n in range(40)
    ]
    assert said == [200] * 30 + [429] * 10
    async with chat.house.db.unit(chat.shop.workspace_id) as work:
        kept = await work.value("select count(*) from delivery where workspace_id = $1 and kind = 'message'", work.workspace_id)
    assert kept == 30 + 6


async def test_counts_are_public_cacheable_and_for_named_pages_only(chat: Chat) -> None:
    async with chat.house.db.unit(chat.shop.workspace_id, Actor(chat.shop.owner_id, "Ayu")) as work:
        await add_variant(work, VariantCreate(sku="KT-MUG-01", title="Enamel mug"))
        location = await moving.add_location(work, "Yogyakarta", rank=0)
        assert location
        await moving.move_stock(work, MovementCreate(sku="KT-MUG-01", location="Yogyakarta", delta=7, reason="count", key="k1"))
    path = f"/chat/{chat.token}/availability?sku=kt-mug-01,KT-NONE"
    answer = await chat.http.get(path, headers={"origin": ORIGIN})
    assert answer.json() == {"items": [{"sku": "KT-MUG-01", "available": 7}]}
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["cache-control"] == "public, max-age=15"
    foreign = await chat.http.get(path, headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers


async def test_the_panel_runs_no_word_of_the_page_and_shows_on_named_pages_only(chat: Chat) -> None:
    page = await chat.http.get(f"/chat/{chat.token}?lang=id")
    csp = page.headers["content-security-policy"]
    assert f"frame-ancestors 'self' {ORIGIN}" in csp
    assert "unsafe" not in csp
    assert '<html lang="id">' in page.text
    assert "style=" not in page.text
    assert 'data-colour="#4a2c1d"' in page.text


async def test_the_demo_shop_is_shown_where_channels_are_pretended_only(chat: Chat) -> None:
    assert (await chat.http.get(f"/shop/{chat.token}")).status_code == 404
