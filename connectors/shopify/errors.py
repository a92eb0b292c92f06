"""Failures of the Admin GraphQL API, which answers 200 for most of them, as ChannelErrors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, RateLimited, Refused, Unavailable
from connectors.base.wire import items, mapping, text

SCOPE = re.compile(r"`((?:unauthenticated_)?(?:read|write)_\w+)`")
# Protected customer data that Shopify has not released to this app comes back as null beside such an error:
# https://shopify.dev/docs/apps/launch/protected-customer-data
WITHHELD = re.compile(r"not approved to (access|use) the", re.IGNORECASE)
OUR_FAULT_OR_GONE = {
    402: ("shop_frozen", "The store's plan is unpaid; its owner must settle that with Shopify."),
    404: ("shop_unknown", "Check the store address; Shopify knows no such store."),
    423: ("shop_locked", "The store is locked; its owner must contact Shopify."),
}


def reject_status(status: int, words: str) -> None:
    """Raises for the answers below 500 whose meaning is Shopify's own:
    https://shopify.dev/docs/api/usage/response-codes"""
    if status == 403:
        raise AuthExpired(words, code="forbidden")
    if status == 430:
        raise RateLimited(words, after=60.0, code="security_rejection")
    if status in OUR_FAULT_OR_GONE:
        code, fix = OUR_FAULT_OR_GONE[status]
        raise Refused(words, code=code, fix=fix)


def read_data(answer: Any, *, write: bool) -> Mapping[str, Any]:
    """`data` of a GraphQL answer, or the ChannelError its `errors` stand for."""
    body = mapping(answer)
    data = mapping(body.get("data"))
    for entry in items(body.get("errors")):
        failure = _failure(entry, body, write)
        if failure is not None and not (data and isinstance(failure, AuthExpired) and WITHHELD.search(failure.detail)):
            raise failure
    if not data:
        lost = Ambiguous if write else Unavailable
        raise lost("the answer holds no data", code="no_data")
    return data


def _failure(entry: Any, body: Mapping[str, Any], write: bool) -> ChannelError | None:
    if not isinstance(entry, Mapping):
        return Refused(text(entry) or "refused", code="graphql")
    words = text(entry.get("message")) or "refused"
    extensions = mapping(entry.get("extensions"))
    code = text(extensions.get("code")).upper()
    if code == "THROTTLED" or words == "Throttled":
        return RateLimited(words, after=throttle_wait(body), code="throttled")
    if code == "ACCESS_DENIED":
        scopes = SCOPE.findall(text(extensions.get("requiredAccess")) or words)
        return AuthExpired(words, code="access_denied", missing=tuple(dict.fromkeys(scopes)))
    if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT"):
        return (Ambiguous if write else Unavailable)(words, code=code.lower())
    return Refused(words, code=code.lower() or "graphql")


def throttle_wait(body: Mapping[str, Any]) -> float:
    """Seconds until the bucket holds what this query asks for."""
    cost = mapping(mapping(body.get("extensions")).get("cost"))
    status = mapping(cost.get("throttleStatus"))
    try:
        lacking = float(cost.get("requestedQueryCost") or 0) - float(status.get("currentlyAvailable") or 0)
        return min(max(lacking / (float(status.get("restoreRate") or 0) or 50.0), 1.0), 60.0)
    except (TypeError, ValueError):
        return 1.0


def reject_user_errors(payload: Any) -> None:
    """Raises Refused with the words of a mutation's first user error."""
    for entry in items(mapping(payload).get("userErrors")):
        raise Refused(text(mapping(entry).get("message")), code=text(mapping(entry).get("code")).lower() or "user_error")
