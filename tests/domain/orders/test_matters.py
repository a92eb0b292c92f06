"""A case that names what was bought, and not the order, finds the one order it can be about."""

from __future__ import annotations

from app.core.config import Settings
from app.core.db import Database
from app.domain.orders import matters
from connectors.base.events import CaseSeen, Handle
from tests.conftest import NOON
from tests.domain.orders.test_taking import CHANNEL, Shelf, line, open_shelf, order, shelf

__all__ = ["shelf"]
BUYER, OTHER = Handle(kind="test_user", value="rina"), Handle(kind="test_user", value="somebody-else")


async def taken(shop: Shelf, version: str, customer: Handle | None = BUYER, listing_id: str = "L-TEA") -> list[str]:
    """The order each case that changed is about."""
    seen = CaseSeen(
        external_id="c1", kind="inquiry", version=version, open=True, seen_at=NOON, customer=customer, listing_id=listing_id
    )
    async with shop.db.unit(shop.workspace) as work:
        rows = await matters.take_cases(work, connection_id=shop.connection, channel=CHANNEL, seen=[seen])
    return [row["order_ref"] for row in rows]


async def test_a_case_about_a_listing_finds_the_only_order_of_it(shelf: Shelf) -> None:
    assert await taken(shelf, "1") == [""]
    await shelf.take(order(line(1), external_id="o1"))
    assert await taken(shelf, "2", customer=OTHER) == [""]
    assert await taken(shelf, "3", customer=None) == [""]
    assert await taken(shelf, "4", listing_id="L-COFFEE") == [""]
    assert await taken(shelf, "5") == ["o1"]


async def test_of_two_orders_of_it_none_is_guessed(shelf: Shelf) -> None:
    await shelf.take(order(line(1), external_id="o1"), order(line(2), external_id="o2"))
    assert await taken(shelf, "1") == [""]


async def test_an_order_of_another_shop_is_not_meant(db: Database, settings: Settings, shelf: Shelf) -> None:
    other = await open_shelf(db, settings, shelf.workspace)
    await other.list_sku("TEA")
    await shelf.take(order(line(1), external_id="o1"))
    assert await taken(other, "1") == [""]
