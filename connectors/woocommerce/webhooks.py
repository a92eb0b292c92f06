"""Proof of a webhook's sender, and its delivery. https://woocommerce.github.io/woocommerce-rest-api-docs/#delivery-payload"""

from __future__ import annotations

import re
from datetime import datetime

from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.signing import digest_base64, fingerprint, require_match

SEEN_AT = "seen-at"
# When a webhook is made or changed, the shop knocks with this and signs nothing.
PING = re.compile(rb"webhook_id=\d{1,20}\s*")

TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.restored",
)


def receive(request: RawRequest, secret: str, now: datetime) -> Received:
    signature = request.header("x-wc-webhook-signature")
    if not signature and PING.fullmatch(request.body):
        return Received()
    require_match(signature, (digest_base64(secret, request.body) if secret else "",))
    topic = request.header("x-wc-webhook-topic").strip().lower() or "unknown"
    delivery = request.header("x-wc-webhook-delivery-id").strip()
    # A delivery id is of one hook of the shop; the content keeps two shops' worth of ids apart after a move.
    key = f"{topic}:{delivery}:{fingerprint(request.body)[:12]}"
    return Received(
        deliveries=(Delivery(kind=topic, key=key, body=request.body, headers=((SEEN_AT, now.isoformat()),)),),
    )
