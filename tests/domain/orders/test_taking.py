"""Orders are facts: any order and repetition of their versions reserves the same, and nothing is reserved twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.config import Settings
from app.core.db import Database
from app.core.vault import Vault
from app.domain.catalog.schemas import VariantCreate, VariantsMade
from app.domain.catalog.service import see_listings
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.inventory.errors import OutOfStock
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import auditing, exposing, moving
from app.domain.orders import service
from app.domain.orders.errors import KeyReused, OrderNotFound, UnknownSku
from app.domain.orders.schemas import OrderCreate, OrderLineCreate
from connectors.base.events import Handle, ListingSeen, OrderLine, OrderSeen
from connectors.registry import load_sandbox, manifests
from tests.conftest import NOON

CHANNEL = next(key for key, one in manifests().items() if one.stocking)
_names = itertools.count(1)


def line(quantity: int, sku: str = "TEA", external_id: str = "1", cancelled: int = 0) -> OrderLine:
    return OrderLine(external_id=external_id, external_sku=sku, quantity=quantity, cancelled=cancelled, price_minor=500)


def order(*lines: OrderLine, version: int = 1, status: str = "open", external_id: str = "o1", **more: Any) -> OrderSeen:
    return OrderSeen(
        external_id=external_id, version=f"{version:04d}", status=status, placed_at=NOON - timedelta(hours=1), lines=lines,  # type: ignore[arg-type]
        currency="EUR", customer=Handle(kind="test_user", value="rina", name="Rina"), **more,
    )  # fmt: skip


class Shelf:
    """A workspace with one connection that lists what it is asked to."""

    def __init__(self, db: Database, workspace: UUID, connection: UUID) -> None:
        self.db, self.workspace, self.connection = db, workspace, connection

    async def list_sku(self, sku: str) -> None:
        seen = ListingSeen(external_id=f"L-{sku}", external_sku=sku, title=sku, seen_at=NOON, quantity=1)
        async with self.db.unit(self.workspace) as work:
            changed = await see_listings(work, self.connection, CHANNEL, [seen])
            await exposing.link_listings(work, changed)
            await service.adopt_lines(work, changed)

    async def stock(self, sku: str, units: int) -> None:
        async with self.db.unit(self.workspace) as work:
            await service.add_variant(work, VariantCreate(sku=sku, title=sku))
            await moving.move_stock(work, MovementCreate(sku=sku, delta=units, key=f"first {sku}"))

    async def take(self, *seen: OrderSeen) -> int:
        async with self.db.unit(self.workspace) as work:
            return len(await service.take_orders(work, connection_id=self.connection, channel=CHANNEL, seen=seen))

    async def count(self, sku: str = "TEA") -> tuple[int, int]:
        """On hand and reserved, once ledger and balances are known to agree."""
        async with self.db.unit(self.workspace) as work:
            assert await auditing.audit_stock(work) == []
            row = await work.row(
                "select coalesce(sum(b.on_hand), 0)::int as h, coalesce(sum(b.reserved), 0)::int as r from balance b "
                "join variant v on v.workspace_id = b.workspace_id and v.id = b.variant_id "
                "where b.workspace_id = $1 and v.sku = $2", work.workspace_id, sku,
            )  # fmt: skip
        assert row is not None
        return row["h"], row["r"]

    async def shown(self) -> Sequence[tuple[str, list[tuple[str, int, int]]]]:
        async with self.db.unit(self.workspace) as work:
            page = await service.list_orders(work, status=None, connection_id=None, external_id=None, q="", cursor=None, limit=50)
        return [(one.status, [(each.external_sku, each.quantity, each.cancelled) for each in one.lines]) for one in page.items]


async def open_shelf(db: Database, settings: Settings, workspace: UUID) -> Shelf:
    wanted = {secret.name for secret in manifests()[CHANNEL].secrets}
    secrets = {name: value for name, value in load_sandbox(CHANNEL)[1].items() if name in wanted}
    async with db.unit(workspace) as work:
        data = ConnectionCreate(channel=CHANNEL, name=f"Shelf {next(_names)}", secrets=secrets)
        return Shelf(db, workspace, await connections.create_connection(work, Vault(settings.secret_keys), data))


@pytest.fixture
async def shelf(db: Database, settings: Settings, workspace: UUID) -> Shelf:
    made = await open_shelf(db, settings, workspace)
    await made.stock("TEA", 10)
    await made.list_sku("TEA")
    return made


async def test_an_order_reserves_once_however_often_it_is_told(shelf: Shelf) -> None:
    assert [await shelf.take(order(line(3))) for _ in range(3)] == [1, 0, 0]
    await asyncio.gather(*(shelf.take(order(line(3), version=2)) for _ in range(8)))
    assert await shelf.count() == (10, 3)


async def test_variants_made_of_a_shop_s_listings_adopt_what_was_sold_before(
    db: Database, settings: Settings, workspace: UUID
) -> None:
    one, other = await open_shelf(db, settings, workspace), await open_shelf(db, settings, workspace)
    for shop in (one, other):
        await shop.list_sku("TEA")
        await shop.take(order(line(3), external_id=f"sold {shop.connection}"))
    await other.list_sku("ONLY-THERE")
    assert await one.count() == (0, 0)
    async with db.unit(workspace) as work:
        assert await service.make_variants(work, one.connection) == VariantsMade(made=1, linked=2)
    assert await one.count() == (0, 6)
    async with db.unit(workspace) as work:
        assert await service.make_variants(work, one.connection) == VariantsMade(made=0, linked=0)
        skus = [row["sku"] for row in await work.fetch("select sku from variant where workspace_id = $1", workspace)]
    assert (skus, await one.count()) == (["TEA"], (0, 6))


async def test_an_older_version_changes_nothing(shelf: Shelf) -> None:
    await shelf.take(order(line(2), version=5))
    assert await shelf.take(order(line(9), version=4), order(line(8), version=3)) == 0
    assert (await shelf.count(), await shelf.shown()) == ((10, 2), [("open", [("TEA", 2, 0)])])


HISTORY = [
    order(line(2), version=1, status="pending"), order(line(5), version=2), order(line(4, cancelled=1), version=3),
    order(line(5), version=4), order(line(1, cancelled=4), version=5),
]  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(last=st.sampled_from(["open", "cancelled"]), data=st.data())
async def test_any_order_of_versions_ends_as_the_newest_says(
    db: Database, settings: Settings, shelf: Shelf, last: str, data: st.DataObject
) -> None:
    name = f"p{next(_names)}"
    end = order(line(3), version=6, status=last)
    told = [*HISTORY, end]
    told = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=4))))
    before = (await shelf.count())[1]
    for one in told:
        await shelf.take(order(*one.lines, version=int(one.version), status=one.status, external_id=name))
    assert (await shelf.count())[1] - before == (3 if last == "open" else 0)
    await shelf.take(order(line(3), version=7, status="cancelled", external_id=name))


async def test_growing_back_to_an_earlier_size_reserves_again(shelf: Shelf) -> None:
    for version, quantity in enumerate((3, 5, 4, 5, 2, 5), start=1):
        await shelf.take(order(line(quantity), version=version))
        assert await shelf.count() == (10, quantity)


async def test_cancelling_gives_back_and_shipping_takes_away_once(shelf: Shelf) -> None:
    await shelf.take(order(line(4), external_id="a"), order(line(3), external_id="b"))
    for version in (2, 3):
        await shelf.take(
            order(line(4), external_id="a", version=version, status="cancelled"),
            order(line(3), external_id="b", version=version, status="shipped" if version == 2 else "delivered"),
        )
        assert await shelf.count() == (7, 0)
    await shelf.take(order(line(3), external_id="b", version=4, status="open"))
    assert await shelf.count() == (7, 0)


async def test_a_line_taken_off_the_order_is_given_back(shelf: Shelf) -> None:
    await shelf.take(order(line(2), line(3, external_id="2")))
    await shelf.take(order(line(3, external_id="2"), version=2))
    assert (await shelf.count(), await shelf.shown()) == ((10, 3), [("open", [("TEA", 0, 2), ("TEA", 3, 0)])])


async def test_pending_holds_as_much_as_open(shelf: Shelf) -> None:
    await shelf.take(order(line(4), status="pending"))
    assert await shelf.count() == (10, 4)
    await shelf.take(order(line(4), version=2))
    assert await shelf.count() == (10, 4)


async def test_an_order_that_had_left_before_we_came_reserves_nothing(shelf: Shelf) -> None:
    await shelf.take(order(line(4), status="shipped"), order(line(2), status="delivered", external_id="o2"))
    assert (await shelf.count(), len(await shelf.shown())) == ((10, 0), 2)


async def test_lines_that_waited_for_a_mapping_reserve_once_it_is_there(shelf: Shelf) -> None:
    await shelf.take(order(line(2, "CUP")), order(line(1, "CUP"), external_id="gone", status="shipped"))
    await shelf.list_sku("CUP")
    assert await shelf.count("CUP") == (0, 0)
    await shelf.stock("CUP", 5)
    assert await shelf.count("CUP") == (5, 2)
    await shelf.list_sku("CUP")
    await shelf.take(order(line(2, "CUP"), version=2))
    assert await shelf.count("CUP") == (5, 2)


async def expected_at_channel(shelf: Shelf) -> int | None:
    async with shelf.db.unit(shelf.workspace) as work:
        found: int | None = await work.value(
            "select s.expected from listing_state s join listing l on l.workspace_id = s.workspace_id and l.id = s.listing_id "
            "where s.workspace_id = $1 and l.external_sku = 'TEA'", work.workspace_id,
        )  # fmt: skip
    return found


@pytest.mark.parametrize(("hours_ago", "expected"), [((1, 2), 5), ((1, 9), None), ((9, 9), None)])
async def test_all_sales_of_one_batch_count_at_the_channel(shelf: Shelf, hours_ago: Sequence[int], expected: int | None) -> None:
    async with shelf.db.unit(shelf.workspace) as work:
        await work.execute(
            "update listing_state set expected = 10, acked_at = $2 where workspace_id = $1",
            shelf.workspace,
            NOON - timedelta(hours=5),
        )
    sold = [order(line(units), external_id=f"s{units}") for units in (2, 3)]
    changed = [
        OrderSeen(**({name: getattr(one, name) for name in one.__struct_fields__} | {"placed_at": NOON - timedelta(hours=ago)}))
        for one, ago in zip(sold, hours_ago, strict=True)
    ]
    await shelf.take(*changed)
    assert await expected_at_channel(shelf) == expected


def by_hand(key: str, *wanted: tuple[str, int]) -> OrderCreate:
    return OrderCreate(key=key, lines=[OrderLineCreate(sku=sku, quantity=quantity) for sku, quantity in wanted])


async def place(shelf: Shelf, data: OrderCreate) -> UUID:
    async with shelf.db.unit(shelf.workspace) as work:
        return (await service.place_order(work, data, currency="EUR")).id


async def test_an_order_by_hand_takes_all_its_lines_or_none(shelf: Shelf) -> None:
    await shelf.stock("CUP", 1)
    with pytest.raises(OutOfStock):
        await place(shelf, by_hand("k1", ("TEA", 2), ("CUP", 2)))
    with pytest.raises(OutOfStock):
        await place(shelf, by_hand("k1", ("TEA", 6), ("tea", 6)))
    with pytest.raises(UnknownSku):
        await place(shelf, by_hand("k1", ("TEA", 1), ("NONE", 1)))
    assert (await shelf.count("TEA"), await shelf.count("CUP"), await shelf.shown()) == ((10, 0), (1, 0), [])
    first = await place(shelf, by_hand("k1", ("TEA", 2), ("CUP", 1)))
    assert await place(shelf, by_hand("k1", ("tea", 2), ("cup", 1))) == first
    assert (await shelf.count("TEA"), await shelf.count("CUP")) == ((10, 2), (1, 1))
    for other in (by_hand("k1", ("TEA", 3), ("CUP", 1)), by_hand("k1", ("TEA", 2))):
        with pytest.raises(KeyReused):
            await place(shelf, other)
    with pytest.raises(OrderNotFound):
        async with shelf.db.unit(shelf.workspace) as work:
            await service.read_order(work, shelf.connection)


async def test_orders_by_hand_at_once_never_promise_more_than_there_is(shelf: Shelf) -> None:
    answers = await asyncio.gather(*(place(shelf, by_hand(f"h{n}", ("TEA", 3))) for n in range(10)), return_exceptions=True)
    assert sum(isinstance(answer, UUID) for answer in answers) == 3
    assert await shelf.count() == (10, 9)
