"""Who a visitor is: passes of ours, identities the shop signs, and everything that pretends to be one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base.errors import BadSignature
from connectors.base.signing import digest
from connectors.webchat.passes import encoded, new_pass, open_pass
from connectors.webchat.render import keep_ref, open_ref

SECRET = "a-secret-of-this-test-0123456789abcdef"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOON = int((NOW + timedelta(hours=1)).timestamp())


def token(claims: dict[str, Any], *, secret: str = SECRET, header: dict[str, Any] | None = None) -> str:
    parts = [encoded(json.dumps(part).encode()) for part in (header or {"alg": "HS256", "typ": "JWT"}, claims)]
    head = ".".join(parts)
    return f"{head}.{encoded(digest(secret, head.encode()))}"


def refused(given: str, *, secret: str = SECRET, now: datetime = NOW) -> str:
    with pytest.raises(BadSignature) as caught:
        open_pass(secret, given, now)
    return caught.value.code


def test_each_stranger_is_somebody_else_and_stays_who_they_are() -> None:
    first, second = new_pass(SECRET, NOW), new_pass(SECRET, NOW)
    visitor = open_pass(SECRET, first, NOW)
    assert visitor.thread != open_pass(SECRET, second, NOW).thread
    assert visitor == open_pass(SECRET, first, NOW + timedelta(days=179))
    assert (visitor.verified, visitor.email) == (False, "")
    assert refused(first, now=NOW + timedelta(days=181)) == "pass_expired"


def test_a_known_token_is_read_as_published() -> None:
    """HS256 over the compact form, with the example key's bytes taken as text."""
    known = token({"sub": "8812", "name": "Eleanor Whitcombe", "email": "eleanor@mail.example", "exp": SOON})
    visitor = open_pass(SECRET, known, NOW)
    assert (visitor.verified, visitor.name, visitor.email) == (True, "Eleanor Whitcombe", "eleanor@mail.example")
    other_device = open_pass(SECRET, token({"exp": SOON + 99, "sub": "8812"}), NOW)
    assert other_device.thread == visitor.thread
    assert open_pass(SECRET, token({"sub": 8812, "exp": str(SOON)}), NOW).thread == visitor.thread


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"sub": "8812"}, "bad_pass"),
        ({"sub": "8812", "exp": SOON - 7200}, "pass_expired"),
        ({"sub": "8812", "exp": 2**70}, "bad_pass"),
        ({"sub": "8812", "exp": None}, "bad_pass"),
        ({"sub": " ", "exp": SOON}, "bad_pass"),
        ({"exp": SOON}, "bad_pass"),
    ],
)
def test_a_token_that_names_nobody_or_never_ends_is_refused(claims: dict[str, Any], code: str) -> None:
    assert refused(token(claims)) == code


def test_a_token_cannot_choose_how_it_is_judged() -> None:
    claims = {"sub": "8812", "exp": SOON}
    for algorithm in ("none", "None", "HS384", "RS256", "", None):
        assert refused(token(claims, header={"alg": algorithm})) == "bad_pass"
    head = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "none"}, claims))
    assert refused(f"{head}.") == "bad_signature"


@pytest.mark.parametrize(
    "given", ["", ".", "..", "w1.", "w1..", "a.b.c", "w1.e30.xx", "é.é.é", "x" * 5000, "w1." + "A" * 5000 + ".x"]
)
def test_nonsense_is_refused_and_nothing_else_is_raised(given: str) -> None:
    assert refused(given) in ("bad_pass", "bad_signature")


def test_without_a_secret_nobody_is_let_in() -> None:
    for secret in ("", "short"):
        with pytest.raises(BadSignature):
            new_pass(secret, NOW)
        assert refused(token({"sub": "1", "exp": SOON}, secret=secret), secret=secret) == "bad_pass"


def test_what_is_signed_for_one_purpose_stands_in_for_no_other() -> None:
    """The payload of a stranger's pass, signed as the shop signs, is no pass; and no file's signature opens a door."""
    head, _, _ = new_pass(SECRET, NOW).rpartition(".")
    assert refused(f"{head}.{encoded(digest(SECRET, head.encode()))}") == "bad_signature"
    visitor = open_pass(SECRET, new_pass(SECRET, NOW), NOW)
    kept = keep_ref(SECRET, visitor, "ab" * 32, name="a.png", media_type="image/png", size=1)
    assert open_ref(SECRET, kept.ref) == "ab" * 32
    for ref in ("ab" * 32, f"{'cd' * 32}.{kept.ref.partition('.')[2]}", kept.ref[:-1], "", "é.x"):
        with pytest.raises(BadSignature):
            open_ref(SECRET, ref)
