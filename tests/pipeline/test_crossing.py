"""A talk on the shop's page goes on by letter, against the real channels' sandboxes: begun by a person, or because nobody read."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Actor, Database
from app.core.errors import AppError
from app.core.vault import Vault
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate, ConnectionUpdate
from app.domain.inbox.schemas import ContinueOn, ConversationRead, MessageCreate, MessageRead, WayRead
from app.domain.inbox.service import crossing, following, reading, replying
from app.domain.inventory.service.reserving import Reserver
from app.embedded.lifetime import free_port
from app.live.hub import MemoryHub
from app.pipeline.execute import send_round
from app.pipeline.house import House
from app.pipeline.ingest import ingest_round
from app.pipeline.intake import Arrived, Intake
from app.pipeline.opening import Connectors
from app.pipeline.outbound import open_outbound
from app.pipeline.pull import pull_round
from app.pipeline.timers import timer_round
from connectors.base.contract import RawRequest
from connectors.base.reroute import Reroute
from connectors.base.visitors import Welcoming
from connectors.registry import load_sandbox, manifests
from connectors.sandboxes import reroute_text
from tests.conftest import Shop
from tests.waiting import until

CHAT = next(key for key, one in manifests().items() if one.sending and one.sending.proof == "own")
LETTERS = next(key for key, one in manifests().items() if one.sending and one.sending.letters)
KEEPS = sorted(key for key, one in manifests().items() if one.sending and one.sending.keeps_buyers)
SITI = "siti.left@mail.example"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    return free_port(together=3)


@pytest.fixture(scope="module")
async def world(port: int) -> AsyncIterator[httpx.AsyncClient]:
    words = f"import asyncio; from connectors.sandboxes import serve; asyncio.run(serve([{LETTERS!r}, {CHAT!r}], port={port}))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", words, stderr=asyncio.subprocess.DEVNULL)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as door:
        up = asyncio.create_task(_up(door))
        await until(up.done, 30)
        yield door
    process.terminate()
    await process.wait()


async def _up(door: httpx.AsyncClient) -> None:
    never = asyncio.Event()
    while True:
        try:
            await door.get("/_world/_health")
            return
        except httpx.TransportError:
            with suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.02)


@pytest.fixture(scope="module")
async def house(settings: Settings, db: Database, port: int, world: httpx.AsyncClient, clock: HeldClock) -> AsyncIterator[House]:
    clock.at = datetime.now(UTC)
    reroute = Reroute.parse(reroute_text(port))
    known = replace(settings, sandbox=True, reroute=reroute)
    vault, http, hub = Vault(known.secret_keys), open_outbound(reroute), MemoryHub()
    db.on_wake = hub.wake
    yield House(known, db, hub, vault, http, Connectors(db, vault, http, reroute), Intake(db), Reserver(db))
    await http.aclose()


@dataclass(frozen=True, slots=True)
class Counter:
    """A shop with a chat and a mailbox, an agent at it, and one visitor on its page."""

    house: House
    shop: Shop
    world: httpx.AsyncClient
    clock: HeldClock
    chat: UUID
    mailbox: UUID

    @property
    def actor(self) -> Actor:
        return Actor(self.shop.owner_id, "Ayu Lestari")

    async def host(self) -> Welcoming:
        opened = await self.house.connectors.open(self.shop.workspace_id, self.chat)
        assert isinstance(opened.connector, Welcoming)
        return opened.connector

    async def post(self, proof: str, **told: Any) -> None:
        """The visitor's page posts."""
        opened = await self.house.connectors.open(self.shop.workspace_id, self.chat)
        body = httpx.Request("POST", "http://shop.test", json={"id": uuid4().hex, **told}).content
        request = RawRequest(
            method="POST", url="http://shop.test", headers=(("authorization", f"Bearer {proof}"),), query=(), body=body
        )
        received = await opened.connector.receive(request)
        await self.house.intake.keep(
            [
                Arrived(workspace_id=self.shop.workspace_id, connection_id=self.chat, channel=CHAT, delivery=one)
                for one in received.deliveries
            ]
        )
        await ingest_round(self.house)

    async def only(self) -> ConversationRead:
        async with self.house.db.unit(self.shop.workspace_id, self.actor) as work:
            (found,) = (await reading.list_conversations(work, reading.Filter(), cursor=None, limit=10)).items
        return found

    async def messages(self) -> list[MessageRead]:
        """Oldest first, system lines too."""
        conversation = await self.only()
        async with self.house.db.unit(self.shop.workspace_id) as work:
            return (await reading.list_messages(work, conversation.id, cursor=None, limit=100)).items[::-1]

    async def talk(self) -> list[tuple[str, str, str]]:
        """(channel, direction, text) of what was really said."""
        return [(one.channel, one.direction, one.text) for one in await self.messages() if one.kind == "message"]

    async def answer(self, text: str, thread_id: UUID | None = None) -> MessageRead:
        conversation = await self.only()
        async with self.house.db.unit(self.shop.workspace_id, self.actor) as work:
            data = MessageCreate(client_msg_id=uuid4().hex, text=text, thread_id=thread_id)
            written = await replying.write_message(work, conversation.id, data, connections.sending_of)
        await self.send()
        return written

    async def send(self) -> None:
        while await send_round(self.house):
            pass

    async def ways(self) -> dict[str, WayRead]:
        conversation = await self.only()
        async with self.house.db.unit(self.shop.workspace_id, self.actor) as work:
            ways = await crossing.list_ways(work, conversation.id, connections.sending_of)
        return {one.channel: one for one in ways}

    async def go_on(self, handle: str | None = None, connection: UUID | None = None) -> UUID:
        conversation = await self.only()
        async with self.house.db.unit(self.shop.workspace_id, self.actor) as work:
            data = ContinueOn(connection_id=connection or self.mailbox, handle=handle)
            return await crossing.continue_on(work, conversation.id, data, connections.sending_of)

    async def set_chat(self, **settings: str) -> None:
        async with self.house.db.unit(self.shop.workspace_id) as work:
            await connections.update_connection(work, self.house.vault, self.chat, ConnectionUpdate(settings=settings))

    async def letters(self, address: str) -> list[str]:
        """What the mailbox sent to that buyer, whole."""
        threads = (await self.world.get(f"/_world/{LETTERS}")).json()["threads"]
        return [
            said["text"] for one in threads if one["customer"] == address for said in one["messages"] if said["side"] == "seller"
        ]

    async def pull(self) -> None:
        async with self.house.db.unit(self.shop.workspace_id) as work:
            await work.execute("update feed set due_at = $2 where workspace_id = $1", work.workspace_id, work.now)
        await pull_round(self.house)

    async def later(self, **span: float) -> None:
        self.clock.advance(**span)
        await timer_round(self.house)
        await self.send()


@pytest.fixture
async def counter(house: House, shop: Shop, world: httpx.AsyncClient, clock: HeldClock) -> AsyncIterator[Counter]:
    clock.at = datetime.now(UTC)
    await world.post(f"/_world/{LETTERS}/reset")
    made = {}
    async with house.db.unit(shop.workspace_id) as work:
        for channel in (CHAT, LETTERS):
            data = ConnectionCreate(channel=channel, name=f"Our {channel}", secrets=dict(load_sandbox(channel)[1]), mode="live")
            made[channel] = await connections.create_connection(work, house.vault, data)
    yield Counter(house, shop, world, clock, made[CHAT], made[LETTERS])
    async with house.db.unit(shop.workspace_id) as work:
        for table, column in (("feed", "due_at"), ("message", "due_at"), ("delivery", "due_at")):
            await work.execute(f"update {table} set {column} = null where workspace_id = $1", shop.workspace_id)
        await work.execute(
            "update timer set done_at = $2 where workspace_id = $1 and done_at is null", shop.workspace_id, work.now
        )


async def test_a_person_goes_on_by_letter_and_the_answer_comes_to_the_same_conversation(counter: Counter) -> None:
    proof = (await counter.host()).welcome()
    await counter.post(proof, text="Is the blue scarf there?", email=SITI, name="Siti")
    await counter.answer("Two are left.")
    way = (await counter.ways())[LETTERS]
    assert (way.level, way.code, way.handles, way.opens) == ("warn", "guessed", [SITI], "text")
    thread = await counter.go_on()
    assert await counter.go_on() == thread
    assert LETTERS not in await counter.ways()
    await counter.answer("Here is the picture you asked for.", thread)
    (letter,) = await counter.letters(SITI)
    assert letter.startswith("Here is the picture you asked for.\n\nWhat we wrote before:\n> Siti, ")
    assert "> Is the blue scarf there?" in letter
    assert "> Two are left." in letter
    await counter.world.post(f"/_world/{LETTERS}/messages", json={"customer": SITI, "text": "Lovely, I take it."})
    await counter.pull()
    assert sorted(await counter.talk()) == [
        (LETTERS, "in", "Lovely, I take it."),
        (LETTERS, "out", "Here is the picture you asked for."),
        (CHAT, "in", "Is the blue scarf there?"),
        (CHAT, "out", "Two are left."),
    ]
    await counter.answer("Sent tomorrow.", thread)
    assert (await counter.letters(SITI))[-1] == "Sent tomorrow."
    await counter.post(proof, text="Still here as well")
    assert (CHAT, "in", "Still here as well") in await counter.talk()
    conversation = await counter.only()
    assert conversation.channels == [CHAT, LETTERS]


async def test_the_answer_makes_the_address_the_visitors_own(counter: Counter) -> None:
    await counter.post((await counter.host()).welcome(), text="Hello", email=SITI, name="Siti")
    before = await counter.only()
    await counter.answer("By letter then.", await counter.go_on())
    await counter.world.post(f"/_world/{LETTERS}/messages", json={"customer": SITI, "text": "Got it."})
    await counter.pull()
    async with counter.house.db.unit(counter.shop.workspace_id) as work:
        owners = await work.fetch(
            "select customer_id, kind, value from handle where workspace_id = $1 order by kind", work.workspace_id
        )
        customers = await work.value("select count(*) from customer where workspace_id = $1", work.workspace_id)
    assert [(row["customer_id"], row["kind"]) for row in owners] == [
        (before.customer.id, "email"), (before.customer.id, f"{CHAT}_visitor"),
    ]  # fmt: skip
    assert customers == 1


async def test_what_may_not_be_is_refused_with_its_reason(counter: Counter) -> None:
    await counter.post((await counter.host()).welcome(), text="Hello")
    way = (await counter.ways())[LETTERS]
    assert (way.level, way.code, way.kind) == ("block", "no_address", "email")
    for handle, connection, code, field in (
        (None, counter.mailbox, "no_address", "connection_id"),
        ("not an address", counter.mailbox, "no_address", "handle"),
        (None, uuid4(), "cannot_continue", "connection_id"),
    ):
        with pytest.raises(AppError) as refused:
            await counter.go_on(handle, connection)
        assert (refused.value.code, list(refused.value.fields)) == (code, [field])
    assert (await counter.only()).channels == [CHAT]
    thread = await counter.go_on("Ayu@Mail.Example")
    await counter.answer("Hello Ayu", thread)
    assert [one.split("\n")[0] for one in await counter.letters("ayu@mail.example")] == ["Hello Ayu"]


@pytest.mark.parametrize("channel", KEEPS)
async def test_a_buyer_of_a_marketplace_is_led_away_only_where_the_owner_says_so(counter: Counter, channel: str) -> None:
    await counter.post((await counter.host()).welcome(), text="Hello", email=SITI)
    conversation = await counter.only()
    names = {secret.name for secret in manifests()[channel].secrets}
    secrets = {name: value for name, value in load_sandbox(channel)[1].items() if name in names}
    async with counter.house.db.unit(counter.shop.workspace_id) as work:
        data = ConnectionCreate(channel=channel, name="Market", secrets=secrets, mode="live")
        market = await connections.create_connection(work, counter.house.vault, data)
        await work.execute(
            "update thread set connection_id = $3, channel = $4 where workspace_id = $1 and conversation_id = $2",
            work.workspace_id, conversation.id, market, channel,
        )  # fmt: skip
    assert (await counter.ways())[LETTERS].code == "keeps_buyers"
    with pytest.raises(AppError) as refused:
        await counter.go_on()
    assert refused.value.code == "keeps_buyers"
    async with counter.house.db.unit(counter.shop.workspace_id) as work:
        await connections.update_connection(work, counter.house.vault, market, ConnectionUpdate(settings={"leaving": "allowed"}))
    assert (await counter.ways())[LETTERS].code == "guessed"


async def test_a_reply_nobody_read_goes_after_the_visitor_once(counter: Counter) -> None:
    await counter.set_chat(mail_connection=str(counter.mailbox), mail_after_s="300")
    proof = (await counter.host()).welcome()
    await counter.post(proof, kind="left", text="Do you ship to Bali?", email=SITI, name="Siti")
    await counter.answer("Yes, in three days.")
    await counter.later(minutes=4)
    assert await counter.letters(SITI) == []
    await counter.answer("And free above 50.")
    await counter.later(minutes=4)
    assert await counter.letters(SITI) == []
    await counter.later(minutes=2)
    (letter,) = await counter.letters(SITI)
    assert letter.startswith("Yes, in three days.\n\nAnd free above 50.\n\nWhat we wrote before:\n> Siti, ")
    assert letter.endswith("> Do you ship to Bali?")
    await counter.later(minutes=30)
    assert len(await counter.letters(SITI)) == 1
    await counter.answer("Shall I keep one?")
    await counter.later(minutes=6)
    assert (await counter.letters(SITI))[1:] == ["Shall I keep one?"]
    await counter.world.post(f"/_world/{LETTERS}/messages", json={"customer": SITI, "text": "Yes please"})
    await counter.pull()
    assert (LETTERS, "in", "Yes please") in await counter.talk()
    assert {
        one.author.name for one in await counter.messages() if one.direction == "out" and one.kind == "message" and one.author
    } == {"Ayu Lestari"}


async def test_what_was_read_or_answered_on_the_page_is_not_sent_again(counter: Counter) -> None:
    await counter.set_chat(mail_connection=str(counter.mailbox))
    proof = (await counter.host()).welcome()
    await counter.post(proof, text="Is it there?", email=SITI)
    await counter.answer("Yes.")
    counter.clock.advance(minutes=1)
    await counter.post(proof, kind="read")
    await counter.later(minutes=10)
    await counter.answer("Which colour?")
    counter.clock.advance(minutes=1)
    await counter.post(proof, text="Blue")
    await counter.later(minutes=10)
    assert await counter.letters(SITI) == []
    assert [one.kind for one in await counter.messages()] == ["message"] * 4


async def test_an_open_page_puts_the_letter_off(counter: Counter) -> None:
    await counter.set_chat(mail_connection=str(counter.mailbox), mail_after_s="120")
    await counter.post((await counter.host()).welcome(), text="Is it there?", email=SITI)
    await counter.answer("Yes.")
    async with counter.house.db.unit(counter.shop.workspace_id) as work:
        thread = await work.value("select id from thread where workspace_id = $1", work.workspace_id)
    for _ in range(6):
        await counter.later(seconds=55)
        async with counter.house.db.unit(counter.shop.workspace_id) as work:
            await following.stay(work, thread)
    assert await counter.letters(SITI) == []
    await counter.later(seconds=61)
    assert len(await counter.letters(SITI)) == 1


@pytest.mark.parametrize(("named", "email"), [(False, SITI), (True, "")])
async def test_without_a_connection_named_or_an_address_left_nothing_is_waited_for(
    counter: Counter, named: bool, email: str
) -> None:
    await counter.set_chat(**({"mail_connection": str(counter.mailbox)} if named else {}))
    await counter.post((await counter.host()).welcome(), text="Is it there?", email=email)
    await counter.answer("Yes.")
    async with counter.house.db.unit(counter.shop.workspace_id) as work:
        assert await work.value("select count(*) from timer where workspace_id = $1", work.workspace_id) == 0


async def test_a_letter_that_may_not_go_is_told_in_the_conversation(counter: Counter) -> None:
    await counter.set_chat(mail_connection=str(counter.mailbox))
    await counter.post((await counter.host()).welcome(), text="Is it there?", email=SITI)
    await counter.answer("Yes.")
    async with counter.house.db.unit(counter.shop.workspace_id) as work:
        await connections.update_connection(work, counter.house.vault, counter.mailbox, ConnectionUpdate(sends_replies=False))
    await counter.later(minutes=6)
    assert await counter.letters(SITI) == []
    last = (await counter.messages())[-1]
    assert last.event is not None
    assert (last.event.code, last.event.detail) == ("not_followed", {"reason": "This connection only reads so far."})
    assert timedelta(0) < last.sent_at - (await counter.messages())[0].sent_at
