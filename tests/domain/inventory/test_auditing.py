"""Lies told on purpose, past every lock of the application: the audit names each, the rebuild mends what the ledger knows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.config import Settings
from app.domain.inventory.service import auditing
from tests.domain.inventory.floor import Floor


@pytest.fixture
async def vandal(admin_url: str, settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    conn = await asyncpg.connect(f"{admin_url.rpartition('/')[0]}/{settings.database_url.rpartition('/')[2]}", timeout=10)
    yield conn
    await conn.close()


async def lies(floor: Floor) -> list[tuple[str, str, int, int]]:
    async with floor.db.unit(floor.workspace_id) as work:
        return [(lie.what, lie.sku, lie.says, lie.truth) for lie in await auditing.audit_stock(work)]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update balance set on_hand = 9", [("on_hand", "CUP", 9, 5)]),
        ("update balance set damaged = 1", [("damaged", "CUP", 1, 0)]),
        ("update balance set reserved = 1", [("open_orders", "CUP", 1, 2), ("reserved", "CUP", 1, 2)]),
        ("update balance set incoming = 4", [("incoming", "CUP", 4, 0), ("on_its_way", "CUP", 4, 0)]),
        ("delete from balance", [("balance", "CUP", 0, 1), ("on_hand", "CUP", 0, 5), ("open_orders", "CUP", 0, 2), ("reserved", "CUP", 0, 2)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_a_balance_that_lies_is_named_and_set_to_the_ledger(
    floor: Floor, vandal: asyncpg.Connection, statement: str, told: list[tuple[str, str, int, int]]
) -> None:
    cup = await floor.variant("CUP", 5)
    await floor.sell(cup, 2, "o1")
    before = await floor.ledger("CUP")
    await vandal.execute(f"{statement} where workspace_id = $1", floor.workspace_id)
    assert await lies(floor) == told
    async with floor.db.unit(floor.workspace_id) as work:
        assert await auditing.rebuild_stock(work) == 1
    assert await lies(floor) == []
    assert await floor.standing("CUP") == {"Main": {"on_hand": 5, "reserved": 2}}
    assert await floor.ledger("CUP") == before


async def test_what_the_ledger_cannot_mend_is_named_still(floor: Floor, vandal: asyncpg.Connection) -> None:
    cup = await floor.variant("CUP", 5)
    await floor.sell(cup, 2, "o1")
    await vandal.execute("update allocation set quantity = 1 where workspace_id = $1", floor.workspace_id)
    told = [("open_orders", "CUP", 2, 1), ("allocation", "CUP", 1, 2)]
    assert await lies(floor) == told
    async with floor.db.unit(floor.workspace_id) as work:
        assert await auditing.rebuild_stock(work) == 0
    assert await lies(floor) == told
