"""A house whose channel is played by the test: what it answers is set beforehand, what it was asked is kept."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec

from app.core.db import Actor, Database
from app.core.vault import Vault
from app.domain.catalog.schemas import VariantCreate
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.inbox.schemas import MessageCreate
from app.domain.inbox.service import replying
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import moving
from app.domain.orders.service import add_variant
from app.pipeline.house import House
from app.pipeline.ingest import ingest_round
from app.pipeline.intake import Arrived
from app.pipeline.opening import Connectors, Open
from connectors.base.commands import Command, LineReceipt, Receipt, SendReply, SetStock
from connectors.base.contract import Batch, Connector, Delivery, Health
from connectors.base.errors import ChannelError, Malformed, NotSupported
from connectors.base.events import Event, Handle, ListingSeen, MessageReceived, Outcome, Pointer
from connectors.base.manifest import Bucket, Feed, Manifest, Sending, Stocking
from connectors.registry import load_sandbox, manifests
from tests.conftest import NOON, Shop

CHANNEL = next(key for key, one in manifests().items() if one.stocking and one.sending)
SENDING = Sending(text_limit=1000, proof="readable", absent_after_s=300.0)
STOCKING = Stocking(batch=50, compare=True)
BUCKETS = tuple(Bucket(operation=name, per_s=100.0, burst=100.0) for name in ("read", "send", "stock"))
FEED = Feed(name="messages", every_s=60.0)
_ids = itertools.count(1)

Answer = Callable[[Command], Receipt] | ChannelError | Exception


def accepted(command: Command) -> Receipt:
    lines = command.lines if isinstance(command, SetStock) else ()
    return Receipt(
        key=command.key,
        external_id="" if lines else f"out-{command.key}",
        lines=tuple(LineReceipt(listing_id=one.listing_id, outcome="accepted") for one in lines),
    )


@dataclass
class Channel:
    """Plays the connector. A delivery's body is an event, or a word that says how it fails. `answers` are used up one by
    one, then everything is accepted."""

    manifest: Manifest
    answers: list[Answer] = field(default_factory=list)
    found: list[Receipt | ChannelError | None] = field(default_factory=list)
    pages: list[Batch | ChannelError] = field(default_factory=list)
    fetched: dict[str, Delivery | ChannelError] = field(default_factory=dict)
    asked: list[Command] = field(default_factory=list)
    looked: list[Command] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    during: list[Callable[[], Any]] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    checks: int = 0
    no_hooks: ChannelError | None = None

    async def check(self) -> Health:
        self.checks += 1
        return Health(ok=True, account="the-shop")

    async def subscribe(self, url: str) -> None:
        self.hooks.append(url)
        if self.no_hooks is not None:
            raise self.no_hooks

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        if delivery.kind == "broken":
            raise Malformed("no way to read this")
        if delivery.kind == "foreign":
            raise NotSupported("a known kind we do not use")
        if delivery.kind == "pointer":
            return [Pointer(kind="thing", id=delivery.body.decode())]
        return msgspec.json.decode(delivery.body, type=list[Event])

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        found = self.fetched[pointer.id]
        if isinstance(found, ChannelError):
            raise found
        return found

    async def pull(self, feed: str, cursor: str) -> Batch:
        self.cursors.append(cursor)
        page = self.pages.pop(0)
        for act in self.during:
            await act()
        if isinstance(page, ChannelError):
            raise page
        return page

    async def execute(self, command: Command) -> Receipt:
        self.asked.append(command)
        for act in self.during:
            await act()
        answer = self.answers.pop(0) if self.answers else accepted
        if isinstance(answer, Exception):
            raise answer
        return answer(command)

    async def look_up(self, command: Command) -> Receipt | None:
        self.looked.append(command)
        found = self.found.pop(0)
        if isinstance(found, ChannelError):
            raise found
        return found


@dataclass
class Played:
    """In the place of `Connectors`: real connection rows, connectors of the test."""

    db: Database
    channels: dict[UUID, Channel] = field(default_factory=dict)

    async def open(self, workspace_id: UUID, connection_id: UUID) -> Open:
        async with self.db.unit(workspace_id) as work:
            row = await connections.read_row(work, connection_id)
        channel = self.channels[connection_id]
        return Open(
            workspace_id, connection_id, row["channel"], row["brand"], row["state"], row["sends_replies"], row["pushes_stock"],
            row["hook_token"], channel.manifest, cast(Connector, channel),
        )  # fmt: skip


@dataclass
class Belt:
    """One live connection of one shop, its channel and the house around it."""

    house: House
    shop: Shop
    connection: UUID
    channel: Channel

    @property
    def db(self) -> Database:
        return self.house.db

    @property
    def workspace(self) -> UUID:
        return self.shop.workspace_id

    async def value(self, statement: str, *args: Any) -> Any:
        async with self.db.unit(self.workspace) as work:
            return await work.value(statement, self.workspace, *args)

    async def rows(self, statement: str, *args: Any) -> list[tuple[Any, ...]]:
        async with self.db.unit(self.workspace) as work:
            return [tuple(row) for row in await work.fetch(statement, self.workspace, *args)]

    async def deliver(self, *deliveries: Delivery) -> int:
        return await self.house.intake.keep([self.arrived(one) for one in deliveries])

    def arrived(self, delivery: Delivery) -> Arrived:
        return Arrived(workspace_id=self.workspace, connection_id=self.connection, channel=CHANNEL, delivery=delivery)

    async def deliveries(self) -> dict[str, str]:
        """State by key."""
        return dict(await self.rows("select key, state from delivery where workspace_id = $1"))

    async def texts(self) -> list[str]:
        return [row[0] for row in await self.rows("select text from message where workspace_id = $1 order by sent_at, id")]

    async def change(self, what: str) -> None:
        async with self.db.unit(self.workspace) as work:
            await work.execute(
                f"update connection set {what} where workspace_id = $1 and id = $2", self.workspace, self.connection
            )

    async def connection_state(self) -> tuple[str, str, int]:
        (row,) = await self.rows(
            "select state, error_code, failures from connection where workspace_id = $1 and id = $2", self.connection
        )
        return row[0], row[1], row[2]

    async def reply(self, text: str = "on its way") -> UUID:
        """A member answers the only conversation, made when there is none."""
        if not await self.texts():
            await self.deliver(told("where is it?"))
            await self.ingest()
        conversation = await self.value("select id from conversation where workspace_id = $1")
        async with self.db.unit(self.workspace, Actor(self.shop.owner_id, "Ayu")) as work:
            data = MessageCreate(client_msg_id=f"reply-{next(_ids)}", text=text)
            return (await replying.write_message(work, conversation, data, lambda _: self.channel.manifest.sending)).id

    async def ingest(self) -> None:
        await ingest_round(self.house)

    async def list_sku(self, sku: str, *, shown: int = 0) -> None:
        seen = ListingSeen(external_id=f"L-{sku}", external_sku=sku, title=sku, seen_at=self.db.clock.now(), quantity=shown)
        await self.deliver(event(seen))
        await self.ingest()

    async def move(self, sku: str, units: int) -> None:
        """Counts units in; the variant is made when there is none."""
        async with self.db.unit(self.workspace) as work:
            if not await work.value("select true from variant where workspace_id = $1 and sku = $2", self.workspace, sku):
                await add_variant(work, VariantCreate(sku=sku, title=sku))
            await moving.move_stock(work, MovementCreate(sku=sku, delta=units, key=f"move {next(_ids)}"))

    async def listing(self, sku: str, *columns: str) -> tuple[Any, ...]:
        (row,) = await self.rows(
            f"select {', '.join(f's.{column}' for column in columns)} from listing_state s join listing l "
            "on l.workspace_id = s.workspace_id and l.id = s.listing_id where s.workspace_id = $1 and l.external_sku = $2", sku,
        )  # fmt: skip
        return row

    def pushed(self) -> list[dict[str, int]]:
        """SKU to number, call by call."""
        return [
            {one.external_sku: one.quantity for one in asked.lines} for asked in self.channel.asked if isinstance(asked, SetStock)
        ]

    def said(self) -> list[str]:
        return [asked.text for asked in self.channel.asked if isinstance(asked, SendReply)]


def message(text: str, *, thread: str = "t1", external_id: str = "", at: datetime = NOON, name: str = "rina") -> MessageReceived:
    return MessageReceived(
        thread=thread, external_id=external_id or f"m{next(_ids)}", direction="in", sent_at=at, text=text,
        customer=Handle(kind="test_user", value=name, name=name.title()),
    )  # fmt: skip


def event(*events: Event, key: str = "", kind: str = "thing") -> Delivery:
    return Delivery(kind=kind, key=key or f"d{next(_ids)}", body=msgspec.json.encode(events))


def told(text: str, key: str = "", **more: Any) -> Delivery:
    return event(message(text, **more), key=key)


async def open_belt(db: Database, house: House, played: Played, vault: Vault, shop: Shop) -> Belt:
    wanted = {secret.name for secret in manifests()[CHANNEL].secrets}
    secrets = {name: value for name, value in load_sandbox(CHANNEL)[1].items() if name in wanted}
    async with db.unit(shop.workspace_id) as work:
        data = ConnectionCreate(channel=CHANNEL, name="Main", secrets=secrets, mode="live")
        connection = await connections.create_connection(work, vault, data)
        await work.execute("update feed set due_at = null where workspace_id = $1 and name <> 'messages'", shop.workspace_id)
        await work.execute(
            "insert into feed (workspace_id, id, created_at, connection_id, name, due_at) select $1, $2, $3, $2, 'messages', $3 "
            "where not exists (select 1 from feed where workspace_id = $1 and name = 'messages')",
            shop.workspace_id, connection, work.now,
        )  # fmt: skip
    manifest = msgspec.structs.replace(manifests()[CHANNEL], sending=SENDING, stocking=STOCKING, buckets=BUCKETS, feeds=(FEED,))
    channel = Channel(manifest)
    played.channels[connection] = channel
    return Belt(house, shop, connection, channel)


def connectors_of(played: Played) -> Connectors:
    return cast(Connectors, played)
