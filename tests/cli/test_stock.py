"""Balances are held against the ledger; the ledger itself never changes."""

from __future__ import annotations

from tests.cli.conftest import Shop, Type
from tests.cli.test_backup import CONNECTION as ID
from tests.cli.test_backup import WORKSPACE, _sql


def _fill(shop: Shop, *, on_hand: int) -> None:
    _sql(
        shop,
        f"insert into workspace (id, name, created_at) values ('{WORKSPACE}', 'Nusa Goods', now())",
        "insert into variant (workspace_id, id, sku, title, created_at) "
        f"values ('{WORKSPACE}', '{ID}', 'SB-PRG-IND-M', 'Shirt', now())",
        f"insert into location (workspace_id, id, name, created_at) values ('{WORKSPACE}', '{ID}', 'Main', now())",
        "insert into balance (workspace_id, id, variant_id, location_id, on_hand, created_at) "
        f"values ('{WORKSPACE}', '{ID}', '{ID}', '{ID}', {on_hand}, now())",
    )


def test_a_balance_without_its_movements_is_found_and_set_right(shop: Shop, type_in: Type) -> None:
    _fill(shop, on_hand=5)
    told = type_in("stock", "audit", "--data", shop.data)
    assert told.exit_code == 1
    assert "SB-PRG-IND-M" in told.stdout
    assert "1 numbers lie" in told.stderr

    mended = type_in("stock", "rebuild", "--data", shop.data)
    assert (mended.exit_code, mended.stderr) == (0, "1 balances were set to what the ledger says.\n")
    assert _sql(shop, ask="select on_hand from balance") == 0
    assert _sql(shop, ask="select count(*) from movement") == 0


def test_a_true_balance_is_left_alone(shop: Shop, type_in: Type) -> None:
    _fill(shop, on_hand=0)
    assert type_in("stock", "audit", "--data", shop.data).exit_code == 0
    assert "nothing was changed" in type_in("stock", "rebuild", "--data", shop.data).stderr
