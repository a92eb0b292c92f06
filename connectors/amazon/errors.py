"""SP-API failures, sorted into the kinds the pipeline acts on.

https://developer-docs.amazon.com/sp-api/docs/response-codes . The code counts more than the status: an ended token comes as 403.
"""

from __future__ import annotations

import msgspec

from connectors.base.errors import AuthExpired, ChannelError, Refused
from connectors.base.wire import items, mapping, text

MAPPED = (400, 403, 404, 409, 413, 415, 422)
TOKEN_EXPIRED = "token_expired"
ROLE_MISSING = "role_missing"
ROLES = {
    "/orders/": "Inventory and Order Tracking",
    "/listings/": "Product Listing",
    "/feeds/": "Product Listing",
    "/fba/": "Amazon Fulfillment",
    "/messaging/": "Buyer Communication",
    "/uploads/": "Buyer Communication",
    "/solicitations/": "Buyer Solicitation",
    "/sellers/": "Selling Partner Insights",
    "/notifications/v1/subscriptions/ORDER_CHANGE": "Inventory and Order Tracking",
    "/notifications/v1/subscriptions/LISTINGS": "Product Listing",
    "/notifications/v1/subscriptions/FBA": "Amazon Fulfillment",
}
FIXES = {
    "NotFound": "Amazon does not know it (any more); look in Seller Central.",
    "InvalidInput": "Amazon does not take this as it is; look in Seller Central.",
}


def first_fault(body: bytes) -> tuple[str, str]:
    """(code, words) of `{"errors": [...]}`; empty for any other body, so that a page in HTML is never success."""
    try:
        found = mapping(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "", body[:300].decode("utf-8", "replace").strip()
    entry = mapping(next(iter(items(found.get("errors"))), None))
    words = " ".join(filter(None, (text(entry.get("message")), text(entry.get("details")))))
    return text(entry.get("code")), words


def failure(status: int, body: bytes, *, path: str) -> ChannelError:
    """For the statuses in MAPPED; the base client knows the others."""
    code, words = first_fault(body)
    detail = f"Amazon answered {status} {code}: {words}".replace(" : ", ": ")
    if status == 403:
        if any(sign in words.lower() for sign in ("expired", "revoked", "malformed", "invalid")):
            return AuthExpired(detail, code=TOKEN_EXPIRED)
        role = next((name for part, name in ROLES.items() if path.startswith(part)), "")
        return AuthExpired(detail, code=ROLE_MISSING, missing=(role,) if role else ())
    return Refused(detail, code=code or f"http_{status}", fix=FIXES.get(code, ""))
