"""Proof of a webhook's sender, and its delivery.

https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.errors import BadSignature
from connectors.base.signing import digest_base64, fingerprint, require_match
from connectors.shopify.normalise import TRIGGERED

# orders/edited and refunds also change the order's updated_at, so orders/updated tells of them too.
TOPICS = {
    "ORDERS_CREATE": "orders/create",
    "ORDERS_UPDATED": "orders/updated",
    "ORDERS_CANCELLED": "orders/cancelled",
    "INVENTORY_LEVELS_UPDATE": "inventory_levels/update",
    "INVENTORY_LEVELS_CONNECT": "inventory_levels/connect",
    "INVENTORY_LEVELS_DISCONNECT": "inventory_levels/disconnect",
    "PRODUCTS_CREATE": "products/create",
    "PRODUCTS_UPDATE": "products/update",
    "CHECKOUTS_CREATE": "checkouts/create",
    "CHECKOUTS_UPDATE": "checkouts/update",
    "APP_UNINSTALLED": "app/uninstalled",
}


def receive(request: RawRequest, secrets: Mapping[str, str], *, shop: str, now: datetime) -> Received:
    """After Shopify rotates a secret, the old one signs for up to an hour."""
    keys = [secrets.get(name, "") for name in ("client_secret", "previous_client_secret")]
    require_match(_header(request, "hmac-sha256"), [digest_base64(key, request.body) if key else "" for key in keys])
    account = _header(request, "shop-domain").strip().lower()
    if account not in ("", shop):
        raise BadSignature(f"this webhook is of {account[:80]}, not of {shop}", code="other_shop")
    topic = _header(request, "topic").strip().lower() or "unknown"
    event = _header(request, "event-id") or _header(request, "webhook-id") or fingerprint(request.body)
    delivery = Delivery(
        kind=topic,
        key=f"{topic}:{event}",
        body=request.body,
        account=account,
        headers=((TRIGGERED, _header(request, "triggered-at") or now.isoformat()),),
    )
    return Received(deliveries=(delivery,))


def _header(request: RawRequest, name: str) -> str:
    """Classic webhooks carry `X-Shopify-` names, the newer events `Shopify-` ones. A header given twice is not proof."""
    found = [value for key, value in request.headers if key in (f"x-shopify-{name}", f"shopify-{name}")]
    if name == "hmac-sha256" and len(set(found)) > 1:
        raise BadSignature("two signatures that differ", code="bad_signature")
    return found[0] if found else ""
