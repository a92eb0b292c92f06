"""Each finding follows the thing it names, and says what to do about it."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import Shop, Type
from tests.cli.test_backup import _fill, _sql


def _findings(shop: Shop, type_in: Type) -> tuple[int, dict[str, Any]]:
    told = type_in("doctor", "--json", "--data", shop.data)
    assert told.stdout, told.exception
    return told.exit_code, {finding["name"]: finding for finding in json.loads(told.stdout)["findings"]}


def test_a_fresh_shop_is_good(shop: Shop, type_in: Type) -> None:
    code, found = _findings(shop, type_in)
    assert {name: finding["level"] for name, finding in found.items() if finding["level"] != "ok"} == {
        "public address": "warn",
        "backup": "warn",
    }
    assert code == 0
    assert found["account"]["detail"] == "onecounter, an ordinary account"
    assert found["row security"]["detail"] == "on every table of a workspace"


def test_says_what_is_bad_and_how_to_mend_it(shop: Shop, type_in: Type) -> None:
    _fill(shop)
    _sql(
        shop,
        "alter table customer no force row level security",
        "alter role onecounter bypassrls",
        "update connection set state = 'broken', error_detail = 'The token was withdrawn'",
        "update connection_secret set key_id = 'lost'",
        "update message set due_at = now() - interval '1 hour'",
        "update alembic_version set version_num = '0001'",
    )
    code, found = _findings(shop, type_in)
    assert code == 1
    assert {name for name, finding in found.items() if finding["level"] == "bad"} == {
        "account", "tables", "row security", "secrets", "connections", "waiting work",
    }  # fmt: skip
    assert found["row security"]["detail"] == "missing on customer"
    assert found["connections"]["detail"] == "Our shop (somewhere): The token was withdrawn"
    assert found["secrets"]["detail"] == "secret key lost is not among ONECOUNTER_SECRET_KEY"
    assert found["waiting work"]["detail"] == "over 60 s late: 1 messages"
    assert found["tables"]["fix"] == "Run: onecounter migrate"
    assert all(finding["fix"] for finding in found.values() if finding["level"] == "bad")
