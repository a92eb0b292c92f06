"""Proof that a call comes from Twilio, and its delivery. https://www.twilio.com/docs/usage/webhooks/webhooks-security"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.signing import digest, fingerprint, require_match

SIGNATURE = "x-twilio-signature"
SEEN_AT = "seen-at"
MESSAGE, STATUS, OTHER = "message", "status", "other"
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
PORTS = {"https": 443, "http": 80}

Fields = Sequence[tuple[str, str]]


def receive(request: RawRequest, token: str, now: datetime) -> Received:
    fields = () if _is_json(request) else read_form(request.body)
    require_match(request.header(SIGNATURE), signatures(token, request, fields))
    if _is_json(request):
        _require_body(request)
        key = fingerprint(request.body)
        return Received(deliveries=(Delivery(kind=OTHER, key=key, body=request.body, headers=_seen(now)),))
    kind, key = _named(fields or request.query, request.body)
    delivery = Delivery(kind=kind, key=key, body=request.body or _as_form(request), headers=_seen(now))
    if kind == MESSAGE:
        return Received(deliveries=(delivery,), body=EMPTY_TWIML, media_type="text/xml")
    return Received(deliveries=(delivery,))


def read_form(body: bytes) -> list[tuple[str, str]]:
    """Values as they came: trimming one breaks the signature."""
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def signatures(token: str, request: RawRequest, fields: Fields) -> list[str]:
    """Of the address with and without its default port, as Twilio may have either. A JSON body is not signed itself."""
    if not token:
        return []
    signed = _joined(fields)
    return [base64.b64encode(digest(token, f"{url}{signed}".encode(), "sha1")).decode() for url in _addresses(request)]


def _joined(fields: Fields) -> str:
    """Sorted by name; the values of a repeated name once each, sorted."""
    values: dict[str, set[str]] = {}
    for name, value in fields:
        values.setdefault(name, set()).add(value)
    return "".join(name + value for name in sorted(values) for value in sorted(values[name]))


def _addresses(request: RawRequest) -> list[str]:
    parts = urlsplit(request.url)
    port = PORTS.get(parts.scheme)
    host = parts.netloc.rpartition("@")[2]
    bare = host.removesuffix(f":{port}") if port else host
    found = [request.url]
    if bare != host:
        found.append(urlunsplit(parts._replace(netloc=bare)))
    elif port and parts.port is None:
        found.append(urlunsplit(parts._replace(netloc=f"{host}:{port}")))
    return found


def _is_json(request: RawRequest) -> bool:
    return bool(request.param("bodySHA256")) or request.header("content-type").lower().startswith("application/json")


def _require_body(request: RawRequest) -> None:
    """The signed address carries the body's fingerprint; without one, nothing vouches for the body."""
    require_match(request.param("bodySHA256").lower(), (hashlib.sha256(request.body).hexdigest(),))


def _named(fields: Fields, body: bytes) -> tuple[str, str]:
    """Kind and key. A message has one id however often it is told; each status of it is news once."""
    found = dict(fields)
    sid = found.get("MessageSid") or found.get("SmsSid") or found.get("SmsMessageSid") or ""
    state = found.get("MessageStatus") or ""
    if sid and state:
        return STATUS, f"status:{sid}:{state}"
    if sid and "From" in found:
        return MESSAGE, f"in:{sid}"
    return OTHER, fingerprint(body, *(value for _, value in fields))


def _as_form(request: RawRequest) -> bytes:
    return urlsplit(request.url).query.encode()


def _seen(now: datetime) -> tuple[tuple[str, str], ...]:
    return ((SEEN_AT, now.isoformat()),)
