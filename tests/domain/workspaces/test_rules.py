"""Names, passwords, time zones and how long a sign-in lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.workspaces import rules
from app.domain.workspaces.guards import PERMISSIONS, ROOMS_OF, Caller
from app.domain.workspaces.models import ROLES
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ayu Lestari", "AL"), ("Sari", "SA"), ("a b c", "AC"), ("X", "X"), ("", "?"), (" - ", "?"), ("jean-luc", "JL")],
)
def test_initials(name: str, short: str) -> None:
    assert rules.initials(name) == short


@given(st.text(max_size=60))
def test_initials_are_never_empty(name: str) -> None:
    assert rules.initials(name)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("elevenchars", "must have at least 12 characters"),
        ("x" * 201, "must have at most 200 characters"),
        ("aaaaaaaaaaaaaa", "is too easy to guess"),
        ("Somebody@shop.test", "is too easy to guess"),
        ("twelve chars", ""),
    ],
)
def test_password_problem(password: str, problem: str) -> None:
    assert rules.password_problem(password, email="somebody@shop.test") == problem


@pytest.mark.parametrize(
    ("name", "known"), [("Asia/Jakarta", True), ("UTC", True), ("Mars/Base", False), ("../../etc", False), ("", False)]
)
def test_time_zones(name: str, known: bool) -> None:
    assert rules.is_time_zone(name) is known


@pytest.mark.parametrize(
    ("seen_at", "expires_at", "alive"),
    [
        (NOON, NOON + timedelta(seconds=1), True),
        (NOON, NOON, False),
        (NOON - rules.IDLE, NOON + timedelta(days=1), False),
        (NOON - rules.IDLE + timedelta(seconds=1), NOON + timedelta(days=1), True),
    ],
)
def test_a_session_is_alive(seen_at: datetime, expires_at: datetime, alive: bool) -> None:
    assert rules.is_alive(seen_at=seen_at, expires_at=expires_at, now=NOON) is alive


def test_the_tables_name_every_role_and_no_other() -> None:
    assert set(ROOMS_OF) == set(ROLES)
    assert set().union(*PERMISSIONS.values()) == set(ROLES)


def test_stock_keepers_never_hear_customers() -> None:
    assert "inbox" not in ROOMS_OF["stock"]
    keeper = Caller(UUID(int=1), None, "stock", "Gus")
    assert [name for name in PERMISSIONS if name.startswith(("inbox", "customers")) and keeper.may(name)] == []
