"""Who sent this, and which delivery it makes. Template signs the raw body with HMAC-SHA256, written in hex."""

from __future__ import annotations

from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.errors import Malformed
from connectors.base.signing import digest_hex, fingerprint, require_match
from connectors.base.wire import load, mapping, text

SIGNATURE = "x-template-signature"


def receive_notice(request: RawRequest, secret: str) -> Received:
    require_match(request.header(SIGNATURE), (digest_hex(secret, request.body) if secret else "",))
    try:
        notice = mapping(load(request.body))
    except Malformed:
        notice = {}
    kind = text(notice.get("kind")) or "unreadable"
    return Received(deliveries=(as_delivery(kind, request.body),))


def as_delivery(kind: str, body: bytes) -> Delivery:
    """A repeat has the same bytes, a changed thing has others."""
    return Delivery(kind=kind, key=fingerprint(kind, body), body=body)
