"""A customer's history over all channels, in one order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.core.db import Database
from app.core.vault import Vault
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.customers import service
from app.domain.customers.errors import CustomerNotFound
from app.domain.customers.schemas import Stop
from app.domain.inbox.service import receiving
from app.domain.inbox.service.receiving import Source
from app.domain.orders import service as orders
from connectors.base.events import Handle, MessageReceived, OrderLine, OrderSeen, OrderStatus
from connectors.registry import load_sandbox, manifests
from tests.conftest import SECRET_KEYS, open_shop

SHOP = next(key for key, one in manifests().items() if one.stocking)
CHAT = next(key for key, one in manifests().items() if not one.stocking)
MAIL = Handle(kind="email", value="siti@mail.example")
T0 = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def link(db: Database, workspace: UUID, channel: str) -> UUID:
    known = {secret.name for secret in manifests()[channel].secrets}
    secrets = {name: value for name, value in load_sandbox(channel)[1].items() if name in known}
    async with db.unit(workspace) as work:
        data = ConnectionCreate(channel=channel, name=channel, secrets=secrets)
        return await connections.create_connection(work, Vault(SECRET_KEYS), data)


async def buy(
    db: Database, workspace: UUID, connection: UUID, at: int, *, total: int = 500, status: OrderStatus = "open"
) -> None:
    order = OrderSeen(
        external_id=f"o{at}", version="1", status=status, placed_at=T0 + timedelta(hours=at), currency="USD", total_minor=total,
        customer=Handle(kind="shop_user", value="u1"), more_handles=(MAIL,),
        lines=(OrderLine(external_id="1", external_sku="MUG", quantity=1),),
    )  # fmt: skip
    async with db.unit(workspace) as work:
        await orders.take_orders(work, connection_id=connection, channel=SHOP, seen=[order])


async def write(db: Database, workspace: UUID, connection: UUID, at: int) -> None:
    message = MessageReceived(
        thread="t1", external_id=f"m{at}", direction="in", sent_at=T0 + timedelta(hours=at), text=f"hello {at}",
        customer=Handle(kind="chat_user", value="c1", name="Siti"), more_handles=(MAIL,),
    )  # fmt: skip
    source = Source(connection_id=connection, channel=CHAT, brand="", sending=None)
    async with db.unit(workspace) as work:
        await receiving.receive_messages(work, source, [(message, None)])


async def test_orders_and_talk_of_all_channels_stand_in_one_order(db: Database, workspace: UUID) -> None:
    shop, chat = await link(db, workspace, SHOP), await link(db, workspace, CHAT)
    await buy(db, workspace, shop, 1)
    await write(db, workspace, chat, 2)
    await buy(db, workspace, shop, 3, total=700)
    await buy(db, workspace, shop, 4, status="cancelled")
    async with db.unit(workspace) as work:
        [customer] = await service.find_by_handle(work, MAIL)
        told = await service.read_customer(work, customer)
    assert (told.name, told.order_count, [(one.currency, one.minor) for one in told.spent]) == ("Siti", 2, [("USD", 1200)])
    stops: list[Stop] = []
    cursor: str | None = None
    for _ in range(2):
        async with db.unit(workspace) as work:
            page = await service.read_timeline(work, customer, cursor=cursor, limit=2)
        stops += page.items
        cursor = page.next_cursor
    assert cursor is None
    assert [(one.kind, one.channel, one.at - T0) for one in stops] == [
        ("order", SHOP, timedelta(hours=4)),
        ("order", SHOP, timedelta(hours=3)),
        ("conversation", CHAT, timedelta(hours=2)),
        ("order", SHOP, timedelta(hours=1)),
    ]
    assert stops[2].detail["preview"] == "hello 2"


async def test_the_neighbour_has_no_such_customer(db: Database, workspace: UUID) -> None:
    await write(db, workspace, await link(db, workspace, CHAT), 1)
    async with db.unit(workspace) as work:
        [customer] = await service.find_by_handle(work, MAIL)
    async with db.unit((await open_shop(db)).workspace_id) as work:
        assert await service.find_by_handle(work, MAIL) == []
        with pytest.raises(CustomerNotFound):
            await service.read_timeline(work, customer, cursor=None, limit=10)
