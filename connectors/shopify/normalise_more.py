"""Baskets left behind, and what privacy law makes Shopify tell every app.

https://shopify.dev/docs/api/webhooks/latest?reference=toml#list-of-topics-checkouts/create
https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.base.errors import Malformed
from connectors.base.events import AccessWithdrawn, CaseSeen, CheckoutSeen, Outcome, Unsupported
from connectors.base.signing import fingerprint
from connectors.base.wire import items, mapping, minor, required, text, when
from connectors.shopify.normalise_orders import customer_handle, handles, order_lines

ANSWER_WITHIN = timedelta(days=30)


def checkout(body: Mapping[str, Any], shop: str) -> Outcome:
    """Told from the first step on; `completed_at` says that it became an order."""
    customer, more = handles(body, shop)
    if customer is None:
        return Unsupported(kind="checkout", reason="a basket of somebody who left no address")
    at = when(body.get("updated_at")) or when(body.get("created_at"))
    if at is None:
        raise Malformed("the checkout has no updated_at", code="missing_field")
    currency = text(body.get("presentment_currency") or body.get("currency")).upper()
    return CheckoutSeen(
        external_id=required(body.get("id"), "id"),
        customer=customer,
        more_handles=more,
        at=at,
        lines=order_lines(body, currency),
        total_minor=minor(body.get("total_price"), currency),
        currency=currency,
        url=text(body.get("abandoned_checkout_url")),
        recovered=bool(text(body.get("completed_at"))),
    )


def data_request(body: Mapping[str, Any], shop: str, at: datetime) -> Outcome:
    """A buyer asks what is kept about them: the store must answer within 30 days."""
    customer, orders = mapping(body.get("customer")), [text(number) for number in items(body.get("orders_requested"))]
    number, email = text(customer.get("id")), text(customer.get("email")).strip()
    request = text(mapping(body.get("data_request")).get("id")) or fingerprint(number, email, *orders)[:16]
    named = [number for number in orders if number]
    return CaseSeen(
        external_id=f"data-request:{request}",
        kind="inquiry",
        version=at.isoformat(timespec="seconds"),
        open=True,
        seen_at=at,
        order_id=named[0] if len(named) == 1 else "",
        customer=customer_handle(shop, number, label=email) if number else None,
        respond_by=at + ANSWER_WITHIN,
        title="customers/data_request",
        detail=f"{email or 'A buyer'} asks for the data kept about them. Orders: {', '.join(named) or 'none'}.",
    )


def shop_erased(at: datetime) -> Outcome:
    return AccessWithdrawn(at=at, detail="The app was removed 48 hours ago; Shopify asks to erase the data of this store.")
