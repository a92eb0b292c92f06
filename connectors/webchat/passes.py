"""Passes: `w1.<claims>.<signature>` made by us for strangers, and HS256 tokens made by the shop for its signed-in buyers.

Both are signed with keys drawn from the identity secret, one key for each purpose, so that none stands in for another.
https://www.rfc-editor.org/rfc/rfc7515 (compact form), https://www.rfc-editor.org/rfc/rfc7519#section-4.1 (claims)
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.base.errors import Malformed
from connectors.base.signing import digest, fingerprint, require_match
from connectors.base.visitors import Visitor
from connectors.base.wire import integer, load, mapping, text
from connectors.webchat.errors import not_ours, run_out

PREFIX = "w1"
GOOD_FOR = timedelta(days=180)
LONGEST = 4096
SECRET_LEAST = 16
LATEST = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp())


def sign(secret: str, purpose: str, payload: str) -> str:
    """Raises BadSignature when there is no secret to sign with."""
    if len(secret) < SECRET_LEAST:
        raise not_ours("no identity secret is set")
    key = digest(secret, f"onecounter {purpose}".encode()).hex()
    return encoded(digest(key, payload.encode()))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(words: str) -> bytes:
    try:
        return base64.b64decode(words + "=" * (-len(words) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise not_ours("it is no token") from error


def new_pass(secret: str, now: datetime) -> str:
    claims = {"sub": f"v-{secrets.token_hex(12)}", "exp": int((now + GOOD_FOR).timestamp())}
    payload = f"{PREFIX}.{encoded(msgspec.json.encode(claims))}"
    return f"{payload}.{sign(secret, 'visitor pass', payload)}"


def open_pass(secret: str, given: str, now: datetime) -> Visitor:
    """Raises BadSignature. Only HS256 is known: a token cannot choose how it is judged."""
    head, dot, signature = given.rpartition(".")
    if not dot or len(given) > LONGEST or not given.isascii():
        raise not_ours("it is no token")
    if head.startswith(f"{PREFIX}."):
        require_match(signature, (sign(secret, "visitor pass", head),))
        claims = _claims(head.removeprefix(f"{PREFIX}."))
        return Visitor(thread=text(claims.get("sub")), until=_until(claims, now))
    if len(secret) < SECRET_LEAST:
        raise not_ours("no identity secret is set")
    require_match(signature, (encoded(digest(secret, head.encode())),))
    header, _, payload = head.partition(".")
    if text(_claims(header).get("alg")) != "HS256":
        raise not_ours("it is not signed with HS256")
    return _vouched(_claims(payload), now)


def _vouched(claims: Mapping[str, Any], now: datetime) -> Visitor:
    """The same buyer keeps one conversation on every device."""
    subject = text(claims.get("sub")).strip()
    if not subject:
        raise not_ours("it names nobody (sub)")
    return Visitor(
        thread=f"u-{fingerprint(subject)}",
        until=_until(claims, now),
        verified=True,
        name=text(claims.get("name")).strip()[:200],
        email=text(claims.get("email")).strip()[:320],
    )


def _until(claims: Mapping[str, Any], now: datetime) -> datetime:
    ends = integer(claims.get("exp"))
    if not 0 < ends < LATEST:
        raise not_ours("it never ends (exp)")
    until = datetime.fromtimestamp(ends, UTC)
    if until <= now:
        raise run_out()
    return until


def _claims(words: str) -> Mapping[str, Any]:
    try:
        return mapping(load(decoded(words)))
    except Malformed as error:
        raise not_ours("its claims are no JSON") from error
