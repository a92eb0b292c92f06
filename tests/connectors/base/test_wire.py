"""Readers of what real senders write: an answer for everything, and never an accident."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base.errors import Malformed
from connectors.base.wire import integer, items, load, mapping, minor, required, text, when

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(ANYTHING)
def test_every_reader_takes_anything(value: Any) -> None:
    assert isinstance(text(value), str)
    assert isinstance(integer(value), int)
    assert isinstance(minor(value, "USD"), int)
    assert isinstance(dict(mapping(value)), dict)
    assert isinstance(list(items(value)), list)
    found = when(value)
    assert found is None or found.utcoffset() is not None


@given(ANYTHING)
def test_text_is_fit_for_a_database(value: Any) -> None:
    found = text(value)
    found.encode("utf-8")
    assert "\x00" not in found


@given(st.binary(max_size=200))
def test_bytes_are_json_or_malformed(body: bytes) -> None:
    with suppress(Malformed):
        load(body)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"", b"\xff", b"nul", b"{'a': 1}"])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        load(body)


def test_numbers_above_what_a_float_holds_stay_exact() -> None:
    assert load(b'{"id": 9007199254740993}')["id"] == 9007199254740993
    assert text(9007199254740993) == "9007199254740993"


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), (3.0, 3), ("3", 3), ("3.00", 3), (" 7 ", 7), (-2.9, -2), ("x", 0), (None, 0), ({}, 0), ("NaN", 0), ("1e3", 1000)],
)
def test_whole_numbers(value: Any, number: int) -> None:
    assert integer(value) == number


def test_the_default_stands_for_nonsense() -> None:
    assert integer("many", 7) == 7


@pytest.mark.parametrize(
    ("value", "currency", "units"),
    [
        ("48.00", "USD", 4800),
        (48.1, "usd", 4810),
        ("0.1", "USD", 10),
        (1.005, "USD", 100),
        ("390000", "IDR", 390000),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        (None, "USD", 0),
        ("free", "USD", 0),
        ("Infinity", "USD", 0),
        ("-5.50", "USD", -550),
    ],
)
def test_minor_units(value: Any, currency: str, units: int) -> None:
    assert minor(value, currency) == units


@given(st.integers(-(10**12), 10**12))
def test_money_survives_its_written_form(units: int) -> None:
    sign = "-" if units < 0 else ""
    assert minor(f"{sign}{abs(units) // 100}.{abs(units) % 100:02d}", "USD") == units


@pytest.mark.parametrize(
    "value",
    ["2026-03-02T08:15:00Z", "2026-03-02T08:15:00", "2026-03-02T15:15:00+07:00", 1772439300, "1772439300", 1772439300000],
)
def test_times_are_aware_utc(value: Any) -> None:
    found = when(value)
    assert found == datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize("value", [None, "", "soon", True, [], {}, 10**30, "9" * 40, "2026-13-01", float("nan")])
def test_a_time_that_is_none(value: Any) -> None:
    assert when(value) is None


def test_one_thing_alone_is_a_list_of_one() -> None:
    assert list(items({"a": 1})) == [{"a": 1}]
    assert list(items(None)) == []
    assert list(items([1, 2])) == [1, 2]


def test_a_lone_surrogate_from_json_is_dropped() -> None:
    assert text(json.loads('"a\\ud800b"')) == "ab"


@pytest.mark.parametrize("value", [None, "", "  ", {}, []])
def test_what_must_be_there_is_named_when_missing(value: Any) -> None:
    with pytest.raises(Malformed, match=r"order\.id"):
        required(value, "order.id")
