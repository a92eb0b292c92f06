"""Webhooks of Meta's apps: the handshake, the proof, one delivery for each thing told, and the two callbacks about a person.
https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import msgspec

from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.errors import BadSignature, Malformed
from connectors.base.signing import digest, digest_hex, fingerprint, require_match
from connectors.base.wire import load, mapping, text

SIGNATURE = "x-hub-signature-256"
SEEN_AT, OWNER, TOLD_AT = "seen-at", "owner", "told-at"
DEAUTHORISE = "deauthorize"
CONFIRMATION = "confirmation"
ERASURE, WITHDRAWN = "erasure", "withdrawn"
HALF = 16
RECEIVED = (
    "Your request {code} was received. What this shop holds about you under the id that Meta gave us is erased. Meta does not "
    "always say under which name you wrote: to be sure, write to the shop and quote this code."
)


class Entry(msgspec.Struct):
    """`id` is the page, the Instagram account or the WhatsApp business account. Things told stay byte for byte."""

    id: str | int = ""
    time: str | int = ""
    messaging: list[msgspec.Raw] = []
    standby: list[msgspec.Raw] = []
    changes: list[msgspec.Raw] = []


class Envelope(msgspec.Struct):
    entry: list[msgspec.Raw] = []


def receive_hub(request: RawRequest, secrets: Mapping[str, str], now: datetime) -> Received:
    """All that Meta asks of one address: GET is a handshake (or a person's look at their erasure), POST is news."""
    secret = secrets.get("app_secret", "")
    if request.method == "GET":
        return _greet(request, secrets.get("verify_token", ""), secret)
    if signed := _signed_request(request):
        return _about_a_person(request, signed, secret, now)
    require_match(request.header(SIGNATURE), (f"sha256={digest_hex(secret, request.body)}",) if secret else ())
    return Received(deliveries=split(request.body, now))


def split(body: bytes, now: datetime) -> tuple[Delivery, ...]:
    """What cannot be read is kept whole under `unreadable`, the rest of the post beside it."""
    seen = (SEEN_AT, now.isoformat())
    try:
        entries = msgspec.json.decode(body, type=Envelope).entry
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        entries = []
    found = [delivery for entry in entries for delivery in _of_entry(bytes(entry), seen)]
    return tuple(found) or (_unreadable(body, seen),)


def _unreadable(body: bytes, seen: tuple[str, str]) -> Delivery:
    return Delivery(kind="unreadable", key=fingerprint(body), body=body, headers=(seen,))


def _of_entry(body: bytes, seen: tuple[str, str]) -> list[Delivery]:
    try:
        entry = msgspec.json.decode(body, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [_unreadable(body, seen)]
    owner = text(entry.id)
    headers = (seen, (OWNER, owner), (TOLD_AT, text(entry.time)))
    told = [("messaging", raw) for raw in entry.messaging] + [("standby", raw) for raw in entry.standby]
    told += [(_field(raw), raw) for raw in entry.changes]
    return [
        Delivery(
            kind=kind,
            key=fingerprint(kind, owner, bytes(raw)),
            body=bytes(raw),
            account=_number(raw) or owner,
            headers=headers,
        )
        for kind, raw in told
    ] or [_unreadable(body, seen)]


def _field(raw: msgspec.Raw) -> str:
    return text(_read(raw).get("field")) or "change"


def _number(raw: msgspec.Raw) -> str:
    """The phone number id, where a business account has several numbers."""
    return text(mapping(mapping(_read(raw).get("value")).get("metadata")).get("phone_number_id"))


def _read(raw: msgspec.Raw) -> Mapping[str, Any]:
    try:
        return mapping(load(bytes(raw)))
    except Malformed:
        return {}


def _greet(request: RawRequest, verify_token: str, secret: str) -> Received:
    if code := request.param(CONFIRMATION):
        require_match(code[HALF:], (_seal(secret, code[:HALF]),) if secret else ())
        return Received(body=RECEIVED.format(code=code).encode())
    if request.param("hub.mode") != "subscribe":
        raise BadSignature("not a handshake", code="bad_signature")
    require_match(request.param("hub.verify_token"), (verify_token,))
    return Received(body=request.param("hub.challenge").encode())


# Data deletion and deauthorisation. https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback


def _signed_request(request: RawRequest) -> str:
    if not request.header("content-type").startswith("application/x-www-form-urlencoded"):
        return ""
    try:
        return dict(parse_qsl(request.body.decode())).get("signed_request", "")
    except UnicodeDecodeError:
        return ""


def _about_a_person(request: RawRequest, signed: str, secret: str, now: datetime) -> Received:
    """Both callbacks have one shape; ours for deauthorisation carries `?deauthorize=1`."""
    payload = open_signed(signed, secret)
    kind = WITHDRAWN if request.param(DEAUTHORISE) else ERASURE
    delivery = Delivery(
        kind=kind,
        key=fingerprint(kind, signed),
        body=msgspec.json.encode(payload),
        headers=((SEEN_AT, now.isoformat()),),
    )
    if kind == WITHDRAWN:
        return Received(deliveries=(delivery,))
    code = confirmation(payload, secret)
    parts = urlsplit(request.url)
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, f"{CONFIRMATION}={code}", ""))
    answer = msgspec.json.encode({"url": url, "confirmation_code": code})
    return Received(deliveries=(delivery,), body=answer, media_type="application/json")


def open_signed(signed: str, secret: str) -> Mapping[str, Any]:
    """`<signature>.<payload>`, both base64url without padding; the signature is over the payload's text as it came."""
    signature, _, payload = signed.partition(".")
    require_match(signature.rstrip("="), (_plain_base64(digest(secret, payload.encode())),) if secret else ())
    try:
        return mapping(load(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"signed_request: {error}", code="not_base64") from error


def _plain_base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def confirmation(payload: Mapping[str, Any], secret: str) -> str:
    """Nobody can guess one, and we know ours again without a list of them."""
    name = digest_hex(secret, f"{text(payload.get('user_id'))}:{text(payload.get('issued_at'))}".encode())[:HALF]
    return name + _seal(secret, name)


def _seal(secret: str, name: str) -> str:
    return digest_hex(secret, f"{CONFIRMATION}:{name}".encode())[:HALF]
