"""Recorded shapes of every channel, as facts; and the same shapes damaged, which must never break a reader."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest

import connectors
from connectors.base.contract import Delivery
from connectors.base.errors import Malformed, NotSupported
from connectors.base.events import Outcome, Unsupported
from tests.connectors.rig import KEYS, connector_alone

ROOT = Path(connectors.__file__).parent
JUNK: tuple[Any, ...] = (None, "", "x", -1, 2**70, 1.5, True, [], {}, [None], [[]], {"a": {"b": None}}, "9" * 40, "\x00\ud800")
MOST = 2500


def _pairs() -> list[tuple[str, str]]:
    found = [(key, path.name.removesuffix(".out.json")) for key in KEYS for path in _fixtures(key).glob("*.out.json")]
    return sorted(found)


def _fixtures(key: str) -> Path:
    return ROOT / key / "fixtures"


def _read(key: str, name: str) -> tuple[Delivery, dict[str, Any]]:
    """The recorded bytes as a delivery, and what they mean."""
    (recorded,) = _fixtures(key).glob(f"{name}.in.*")
    told = json.loads((_fixtures(key) / f"{name}.out.json").read_text(encoding="utf-8"))
    headers = tuple((str(header), str(value)) for header, value in dict(told.get("headers", {})).items())
    delivery = Delivery(kind=told["kind"], key=name, body=recorded.read_bytes(), account=told.get("account", ""), headers=headers)
    return delivery, told


each_pair = pytest.mark.parametrize(("key", "name"), _pairs())


@each_pair
def test_recorded_shape_means_these_facts(key: str, name: str) -> None:
    delivery, told = _read(key, name)
    expected = msgspec.convert(told["outcomes"], tuple[Outcome, ...])
    assert tuple(connector_alone(key).normalise(delivery)) == expected


@each_pair
def test_recorded_shape_names_its_public_source(key: str, name: str) -> None:
    _, told = _read(key, name)
    assert re.match(r"https://|contracts/", told["source"])


@pytest.mark.parametrize("key", KEYS)
def test_every_recorded_body_has_its_facts(key: str) -> None:
    bodies = {path.name.split(".in.")[0] for path in _fixtures(key).glob("*.in.*")}
    assert bodies == {path.name.removesuffix(".out.json") for path in _fixtures(key).glob("*.out.json")}


@each_pair
def test_a_damaged_shape_is_read_or_refused(key: str, name: str) -> None:
    delivery, _ = _read(key, name)
    connector = connector_alone(key)
    for body in _damaged(delivery.body):
        broken = _with_body(delivery, body)
        try:
            outcomes = connector.normalise(broken)
        except (Malformed, NotSupported):
            continue
        msgspec.json.encode(list(outcomes))


@each_pair
def test_order_of_keys_and_unknown_keys_change_nothing(key: str, name: str) -> None:
    delivery, told = _read(key, name)
    whole = _json(delivery.body)
    if whole is None:
        return
    expected = msgspec.convert(told["outcomes"], tuple[Outcome, ...])
    shuffled = json.dumps(_shuffled(whole, random.Random(name)), ensure_ascii=False).encode()
    assert tuple(connector_alone(key).normalise(_with_body(delivery, shuffled))) == expected


@pytest.mark.parametrize("key", KEYS)
def test_an_unknown_kind_is_kept_and_not_guessed(key: str) -> None:
    delivery = Delivery(kind="moon_phase", key="1", body=b'{"moon_phase": {}}')
    try:
        outcomes = connector_alone(key).normalise(delivery)
    except (Malformed, NotSupported):
        return
    assert [type(outcome) for outcome in outcomes] == [Unsupported]


def _with_body(delivery: Delivery, body: bytes) -> Delivery:
    return Delivery(kind=delivery.kind, key=delivery.key, body=body, account=delivery.account, headers=delivery.headers)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _damaged(body: bytes) -> Iterator[bytes]:
    """Cut, not text at all, too deep; and where it is JSON, each spot of it spoilt in turn."""
    yield from (b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe\x00", b"[" * 5000, b'{"a":' * 3000, body[: len(body) // 2])
    yield from (body.replace(b"<", b"", 1), body.replace(b">", b">\x0b", 3), body[1:], body[:-3])
    whole = _json(body)
    if whole is None:
        return
    for changed in islice(_spoilt(whole), MOST):
        yield json.dumps(changed).encode()


def _spoilt(value: Any) -> Iterator[Any]:
    """Every version of a value with one spot dropped, nulled, turned to text or to junk."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from ({**value, name: changed} for changed in _spots(inner))
        yield {**value, "a key of tomorrow": {"deep": [1, {"x": None}]}}
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield value[:position] + value[position + 1 :]
            yield from ([*value[:position], changed, *value[position + 1 :]] for changed in _spots(inner))


def _spots(inner: Any) -> Iterator[Any]:
    yield from JUNK
    if isinstance(inner, int | float):
        yield str(inner)
    if isinstance(inner, dict):
        yield [inner]
    yield from _spoilt(inner)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: _shuffled(value[name], chance) for name in names}
    if isinstance(value, list):
        return [_shuffled(inner, chance) for inner in value]
    return value
