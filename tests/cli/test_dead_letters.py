"""What gave up is listed with its reason and, when asked, read again: only that, and only once."""

from __future__ import annotations

import json

from tests.cli.conftest import Shop, Type
from tests.cli.test_backup import CONNECTION, WORKSPACE, _fill, _sql

PARKED, READ = "0190a000-0000-7000-8000-00000000000a", "0190a000-0000-7000-8000-00000000000b"


def _park(shop: Shop) -> None:
    _fill(shop)
    for name, state, error in ((PARKED, "parked", "price is not a number"), (READ, "ingested", "")):
        _sql(
            shop,
            "insert into delivery (workspace_id, id, connection_id, channel, kind, key, body, state, error, attempts, received_at, "
            f"created_at) values ('{WORKSPACE}', '{name}', '{CONNECTION}', 'somewhere', 'order', '{name}', '\\x00', '{state}', "
            f"'{error}', 5, '2026-01-02T03:04:00Z', now())",
        )


def test_lists_what_gave_up_and_why(shop: Shop, type_in: Type) -> None:
    assert "Nothing gave up" in type_in("dead-letters", "list", "--data", shop.data).stderr
    _park(shop)
    told = type_in("dead-letters", "list", "--json", "--data", shop.data)
    assert json.loads(told.stdout) == [
        {
            "id": PARKED, "channel": "somewhere", "connection": "Our shop", "kind": "order",
            "received_at": "2026-01-02T03:04:00Z", "error": "price is not a number",
        }
    ]  # fmt: skip
    assert "price is not a number" in type_in("dead-letters", "list", "--data", shop.data).stdout


def test_replays_what_is_parked_and_nothing_else(shop: Shop, type_in: Type) -> None:
    _park(shop)
    assert "or say --all" in str(type_in("dead-letters", "replay", "--data", shop.data).exception)
    assert "are not parked" in str(type_in("dead-letters", "replay", READ, "--data", shop.data).exception)
    assert _sql(shop, ask=f"select state from delivery where id = '{READ}'") == "ingested"

    done = type_in("dead-letters", "replay", PARKED, "--data", shop.data)
    assert done.exit_code == 0, done.exception
    assert _sql(shop, ask=f"select state || attempts || error from delivery where id = '{PARKED}'") == "received0"
    assert _sql(shop, ask="select count(*) from audit where act = 'delivery.replay'") == 1
