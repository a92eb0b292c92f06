"""What a visitor's page posts, and who it comes from. The page chooses `id`, so that saying it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.errors import Malformed
from connectors.base.signing import fingerprint
from connectors.base.visitors import Remark, Visitor
from connectors.base.wire import load, mapping, text
from connectors.webchat.errors import not_ours, unreadable
from connectors.webchat.passes import open_pass

KINDS = ("message", "read", "left")
HOUSE = "house"
BODY_MOST = 64 * 1024
ID_MOST = 64


def receive_post(request: RawRequest, secret: str, now: datetime) -> Received:
    scheme, _, given = request.header("authorization").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise not_ours("there is none")
    visitor = open_pass(secret, given.strip(), now)
    if request.method != "POST":
        return Received()
    if len(request.body) > BODY_MOST:
        raise unreadable(f"a remark has {BODY_MOST // 1024} KiB at most")
    told = _told(request.body)
    return Received(
        deliveries=(as_delivery(visitor, told, request.body, now),), body=b'{"kept":true}', media_type="application/json"
    )


def _told(body: bytes) -> Mapping[str, Any]:
    """Refused at the door: the page hears it and nothing was promised."""
    told = load(body)
    if not isinstance(told, Mapping):
        raise unreadable("a remark is an object")
    if not 0 < len(text(told.get("id"))) <= ID_MOST:
        raise unreadable("a remark has an id")
    return told


def as_delivery(visitor: Visitor, told: Mapping[str, Any], body: bytes, now: datetime) -> Delivery:
    """Headers carry what the pass proves and when we heard it; the body is the visitor's own word."""
    kind = text(told.get("kind")) or "message"
    headers = (
        ("thread", visitor.thread),
        ("seen-at", now.isoformat()),
        ("verified", "yes" if visitor.verified else "no"),
        ("name", visitor.name),
        ("email", visitor.email),
    )
    said = text(told.get("id")) or fingerprint(body)
    return Delivery(
        kind=kind if kind in KINDS else f"unknown:{kind[:40]}", key=f"{visitor.thread}:{said}", body=body, headers=headers
    )


def of_house(visitor: Visitor, said: Remark, now: datetime) -> Delivery:
    """What our own server heard or said on the page; never taken from a post."""
    body = msgspec.json.encode({"id": said.id, "text": said.text, "email": said.email, "language": said.language})
    made = as_delivery(visitor, mapping(load(body)), body, now)
    return Delivery(kind=HOUSE if said.ours else "message", key=made.key, body=body, headers=made.headers)


def header_of(delivery: Delivery, name: str) -> str:
    found = dict(delivery.headers).get(name, "")
    if name == "thread" and not found:
        raise Malformed("the delivery names no visitor", code="missing_field")
    return found
