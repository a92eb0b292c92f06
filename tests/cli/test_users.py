"""People are added from the machine; passwords never stand on a command line."""

from __future__ import annotations

from tests.cli.conftest import Shop, Type
from tests.cli.test_backup import _sql

PASSWORD = "a long enough sentence"


def test_the_first_one_founds_the_workspace_and_the_next_joins(shop: Shop, type_in: Type) -> None:
    lost = type_in("users", "add", "nadia@shop.example", "--name", "Nadia", "--data", shop.data, typed=PASSWORD)
    assert "Name the first one with --workspace" in str(lost.exception)

    first = ("users", "add", "nadia@shop.example", "--name", "Nadia", "--workspace", "Nusa Goods", "--data", shop.data)
    assert type_in(*first, typed=PASSWORD).exit_code == 0
    second = ("users", "add", "ayu@shop.example", "--name", "Ayu", "--role", "stock", "--data", shop.data)
    assert type_in(*second, typed=PASSWORD).exit_code == 0

    assert _sql(shop, ask="select string_agg(email || ' ' || role, ', ' order by email desc) from member") == (
        "nadia@shop.example admin, ayu@shop.example stock"
    )
    assert _sql(shop, ask="select count(*) from workspace") == 1


def test_a_short_password_and_an_unknown_role_add_nobody(shop: Shop, type_in: Type) -> None:
    line = ("users", "add", "nadia@shop.example", "--name", "Nadia", "--workspace", "Nusa", "--data", shop.data)
    assert type_in(*line, typed="short").exception is not None
    assert "There is no role 'boss'" in str(type_in(*line, "--role", "boss", typed=PASSWORD).exception)
    assert _sql(shop, ask="select count(*) from login") == 0


def test_a_new_password_opens_a_locked_account_and_ends_sessions(shop: Shop, type_in: Type) -> None:
    line = ("users", "add", "nadia@shop.example", "--name", "Nadia", "--workspace", "Nusa", "--data", shop.data)
    assert type_in(*line, typed=PASSWORD).exit_code == 0
    _sql(
        shop,
        "update login set locked_until = now() + interval '1 hour', failures = 10",
        "insert into session (token_hash, login_id, workspace_id, member_id, created_at, seen_at, expires_at) "
        "select '\\x01', login_id, workspace_id, id, now(), now(), now() from member",
    )
    before = _sql(shop, ask="select password_hash from login")
    done = type_in("users", "reset-password", "nadia@shop.example", "--data", shop.data, typed="another long sentence")
    assert done.exit_code == 0, done.exception
    assert _sql(shop, ask="select password_hash from login") != before
    assert _sql(shop, ask="select coalesce(locked_until <= now(), true) from login") is True
    assert _sql(shop, ask="select count(*) from session") == 0
