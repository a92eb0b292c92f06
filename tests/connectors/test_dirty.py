"""What real senders do to a published shape, done to every recorded one: an event, a named `Unsupported` or `Malformed`, nothing else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed, NotSupported
from connectors.base.events import Outcome, Unsupported
from connectors.registry import load_sandbox
from tests.connectors.rig import KEYS, connector_alone
from tests.connectors.test_golden import _fixtures, _json, _pairs, _read, _with_body

# One more than a float can tell from its neighbour.
HUGE = 2**53 + 1
# Numbers we reckon with, so that a neighbour of them may be told rightly.
COUNT = re.compile(r"quantity|count|total|price|amount|time|date|\bat\b", re.IGNORECASE)
ROUNDED = (str(HUGE - 1), str(HUGE + 1), "9.007199254740")
TOMORROW = "a field of tomorrow"
BROKEN_CHARSETS = (b"utf-8", b"us-ascii", b"x-unknown", b"utf-16", b"gb18030", b"iso-2022-jp", b"hex", b"idna", b"\xff\xfe", b"")

JSON = [pair for pair in _pairs() if _json(_read(*pair)[0].body) is not None]
TEXT = [pair for pair in _pairs() if list(_fixtures(pair[0]).glob(f"{pair[1]}.in.[!j]*"))]

each_json = pytest.mark.parametrize("key", sorted({key for key, _ in JSON}))
each_text = pytest.mark.parametrize("key", sorted({key for key, _ in TEXT}))
# More by ONECOUNTER_SEEDS.
often = settings(
    max_examples=int(os.environ.get("ONECOUNTER_SEEDS", "20")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

Path = tuple[str | int, ...]


def _outcomes(key: str, delivery: Delivery) -> Sequence[Outcome] | None:
    """None when the delivery is parked or counted. Whatever comes can be told to others."""
    try:
        found = connector_alone(key).normalise(delivery)
    except (Malformed, NotSupported):
        return None
    assert all(each.kind and each.reason for each in found if isinstance(each, Unsupported))
    msgspec.json.encode(list(found))
    return found


def _recorded(key: str, pairs: list[tuple[str, str]]) -> list[Delivery]:
    return [_read(*pair)[0] for pair in pairs if pair[0] == key]


def _paths(value: Any, here: Path = ()) -> list[Path]:
    if isinstance(value, dict):
        return [path for name, inner in value.items() for path in [(*here, name), *_paths(inner, (*here, name))]]
    if isinstance(value, list):
        return [path for at, inner in enumerate(value) for path in [(*here, at), *_paths(inner, (*here, at))]]
    return []


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


SCALARS = some.none() | some.booleans() | some.text(max_size=12) | some.integers(-(2**70), 2**70) | some.floats(allow_nan=False)
JUNK = some.recursive(
    SCALARS, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3)
)
ACTS = ("drop", "null", "text", "junk", "more", "wrap", "turn")


def _spoil(whole: Any, path: Path, act: str, junk: Any) -> None:
    """One spot, in place."""
    place, step = _at(whole, path[:-1]), path[-1]
    value = place[step]
    match act:
        case "drop":
            del place[step]
        case "null":
            place[step] = None
        case "text" if isinstance(value, int | float):
            place[step] = str(value)
        case "more" if isinstance(value, dict):
            value[TOMORROW] = junk
        case "wrap":
            place[step] = [value]
        case "turn" if isinstance(value, list):
            value.reverse()
        case _:
            place[step] = junk


@each_json
@often
@given(data=some.data())
def test_a_shape_spoilt_in_many_spots_is_read_or_refused(key: str, data: some.DataObject) -> None:
    delivery = data.draw(some.sampled_from(_recorded(key, JSON)))
    whole = _json(delivery.body)
    for _ in range(data.draw(some.integers(1, 5))):
        if paths := _paths(whole):
            _spoil(whole, data.draw(some.sampled_from(paths)), data.draw(some.sampled_from(ACTS)), data.draw(JUNK))
    _outcomes(key, _with_body(delivery, json.dumps(whole).encode()))


@each_json
def test_ids_beyond_what_a_float_holds_are_never_rounded(key: str) -> None:
    """Every whole number of the shape in turn: where it is told at all, it is told digit by digit."""
    for delivery in _recorded(key, JSON):
        for path in _paths(whole := _json(delivery.body)):
            if type(_at(whole, path)) is int and not COUNT.search(str(path[-1])):
                changed = json.loads(json.dumps(whole))
                _at(changed, path[:-1])[path[-1]] = HUGE
                told = _outcomes(key, _with_body(delivery, json.dumps(changed).encode()))
                words = msgspec.json.encode(list(told or ())).decode()
                assert not [wrong for wrong in ROUNDED if wrong in words], (delivery.key, path)


@each_text
@often
@given(data=some.data())
def test_markup_and_mail_spoilt_byte_by_byte_are_read_or_refused(key: str, data: some.DataObject) -> None:
    delivery = data.draw(some.sampled_from(_recorded(key, TEXT)))
    body = delivery.body
    for _ in range(data.draw(some.integers(1, 4))):
        start = data.draw(some.integers(0, len(body)))
        cut = data.draw(some.integers(0, 24))
        body = body[:start] + data.draw(some.binary(max_size=12)) + body[start + cut :]
    _outcomes(key, _with_body(delivery, body))


@each_text
@pytest.mark.parametrize("control", [b"\x00", b"\x0b", b"&#x1F;", b"&#0;", b"\xed\xa0\x80", b"\xff"])
def test_control_characters_in_texts_are_read_or_refused(key: str, control: bytes) -> None:
    for delivery in _recorded(key, TEXT):
        for spot in list(re.finditer(rb"(?<=[>\n ])[A-Za-z]", delivery.body))[::8]:
            _outcomes(key, _with_body(delivery, delivery.body[: spot.end()] + control + delivery.body[spot.end() :]))


@each_text
@pytest.mark.parametrize("charset", BROKEN_CHARSETS)
def test_a_charset_that_lies_loses_no_mail(key: str, charset: bytes) -> None:
    """The words may look odd; a mail that was a message stays one."""
    for delivery in _recorded(key, TEXT):
        body, changes = re.subn(rb'charset="?[\w.:-]+"?', lambda _: b'charset="' + charset + b'"', delivery.body)
        found = _outcomes(key, _with_body(delivery, body)) if changes else ()
        before = _outcomes(key, delivery) if changes else ()
        assert [type(each) for each in found or ()] == [type(each) for each in before or ()], delivery.key


@pytest.mark.parametrize("key", KEYS)
@often
@given(kind=some.text(min_size=1, max_size=30), body=some.binary(max_size=200))
def test_whatever_comes_under_whatever_name_is_read_or_refused(key: str, kind: str, body: bytes) -> None:
    assert load_sandbox(key)
    _outcomes(key, Delivery(kind=kind, key="1", body=body))
