"""A shop's refusals, sorted by what the caller does next. Shape: https://woocommerce.github.io/woocommerce-rest-api-docs/#errors"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.errors import AuthExpired, ChannelError, Refused
from connectors.base.wire import text

NEW_KEY = "Make a new key in WooCommerce, Settings, Advanced, REST API, and enter it here."
READ_WRITE = "In WooCommerce, Settings, Advanced, REST API, give this key Read/Write."
LET_IN = "Let this server through in the shop's security plugin or firewall: it stopped the call before WooCommerce saw it."
PERMALINKS = "In WordPress, Settings, Permalinks, choose anything but Plain and save. Then see that WooCommerce is active."

# The server ate the Authorization header, so the shop takes us for a visitor.
VISITOR = (
    "woocommerce_rest_cannot_view",
    "woocommerce_rest_cannot_create",
    "woocommerce_rest_cannot_edit",
    "woocommerce_rest_cannot_delete",
    "woocommerce_rest_cannot_batch",
    "woocommerce_rest_cannot_read",
)


def failure(body: Mapping[str, Any] | None, status: int, words: str) -> ChannelError:
    """`body` is None where the answer is no JSON: a page of the theme, a login, a firewall."""
    if body is None:
        if status == 404:
            return Refused("There is no REST API at this address.", code="no_route", fix=PERMALINKS)
        return Refused(f"A page came back with {status}: {words[:160]}", code="firewall", fix=LET_IN)
    code, said = text(body.get("code")), text(body.get("message")) or words[:160]
    if status == 401:
        return AuthExpired(f"{said} {NEW_KEY}", code="key_refused")
    if status == 403:
        return Refused(said, code=code or "forbidden", fix=f"The key's user may not do this. {NEW_KEY}")
    if code == "rest_no_route":
        return Refused(said, code="no_route", fix="See that WooCommerce is active in WordPress, Plugins.")
    if status == 404:
        return Refused(said, code="gone")
    return Refused(said, code=code or f"http_{status}")
