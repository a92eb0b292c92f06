"""An order of the Orders API 2026-01-01 as a fact. https://developer-docs.amazon.com/sp-api/docs/orders-api-migration-guide"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.amazon.relay import buyer_of
from connectors.base.errors import Malformed
from connectors.base.events import CaseSeen, Handle, OrderLine, OrderSeen, OrderStatus, Outcome, Unsupported
from connectors.base.wire import integer, items, mapping, minor, required, text, when

STATUS: Mapping[str, OrderStatus] = {
    "PENDING_AVAILABILITY": "pending",
    "PENDING": "pending",
    "UNSHIPPED": "open",
    "PARTIALLY_SHIPPED": "open",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
    "UNFULFILLABLE": "cancelled",
}
PLACE = (
    ("name", "name"),
    ("company", "companyName"),
    ("line1", "addressLine1"),
    ("line2", "addressLine2"),
    ("line3", "addressLine3"),
    ("city", "city"),
    ("state", "stateOrRegion"),
    ("postcode", "postalCode"),
    ("country", "countryCode"),
    ("phone", "phone"),
)
BY_AMAZON = "AMAZON"


def order_seen(order: Mapping[str, Any]) -> Sequence[Outcome]:
    """A pending order holds its units: Amazon has already taken them off its own count. Of an order that Amazon ships from its own
    warehouse nothing is ours to supply: its lines count 0, so that no unit of ours is taken."""
    order_id, changed = required(order.get("orderId"), "orderId"), _moment(order, "lastUpdatedTime")
    fulfilment = mapping(order.get("fulfillment"))
    given = text(fulfilment.get("fulfillmentStatus"))
    status = STATUS.get(given)
    if status is None:
        return (Unsupported(kind="order", reason=f"fulfillmentStatus {given or 'missing'} is not known"),)
    lines = [mapping(one) for one in items(order.get("orderItems"))]
    currency = _currency(order, lines)
    packages = [mapping(one) for one in items(order.get("packages"))]
    sent = next((one for one in packages if text(one.get("trackingNumber"))), packages[0] if packages else {})
    total = mapping(mapping(order.get("proceeds")).get("grandTotal"))
    customer, more = _buyer(order)
    is_theirs = text(fulfilment.get("fulfilledBy")) == BY_AMAZON
    version = changed.isoformat(timespec="milliseconds")
    seen = OrderSeen(
        external_id=order_id,
        version=version,
        status="delivered" if status == "shipped" and _all_arrived(packages) else status,
        placed_at=when(order.get("createdTime")) or changed,
        lines=tuple(_line(one, currency, is_off=status == "cancelled", is_theirs=is_theirs) for one in lines),
        currency=currency,
        customer=customer,
        more_handles=more,
        number=order_id,
        total_minor=minor(total.get("amount"), currency),
        ship_by=when(mapping(fulfilment.get("shipByWindow")).get("latestDateTime")),
        shipped_at=when(sent.get("shipTime")) if status == "shipped" else None,
        tracking=text(sent.get("trackingNumber")),
        carrier=text(sent.get("carrier")),
        ship_to=_ship_to(order),
        note=_note(lines),
    )
    return (seen, *_cancel_asked(order_id, lines, version, changed, customer, is_open=status in ("pending", "open")))


def _moment(order: Mapping[str, Any], name: str) -> datetime:
    found = when(order.get(name))
    if found is None:
        raise Malformed(f"{name} is missing", code="missing_field")
    return found


def _currency(order: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    """A pending order may carry no amounts at all."""
    total = text(mapping(mapping(order.get("proceeds")).get("grandTotal")).get("currencyCode"))
    priced = (text(_price(line).get("currencyCode")) for line in lines)
    return total or next(filter(None, priced), "")


def _price(line: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(mapping(line.get("product")).get("price")).get("unitPrice"))


def _line(line: Mapping[str, Any], currency: str, *, is_off: bool, is_theirs: bool) -> OrderLine:
    """Of a cancelled order nothing is left to supply. Of a living one `quantityFulfilled + quantityUnfulfilled` is what was
    not cancelled, where Amazon gives both."""
    product, done = mapping(line.get("product")), mapping(line.get("fulfillment"))
    ordered = max(integer(line.get("quantityOrdered")), 0)
    counts = [done.get("quantityFulfilled"), done.get("quantityUnfulfilled")]
    kept = sum(max(integer(one), 0) for one in counts) if all(text(one) for one in counts) else ordered
    quantity = 0 if is_off else min(kept, ordered)
    cancelled = ordered - quantity
    return OrderLine(
        external_id=required(line.get("orderItemId"), "orderItemId"),
        external_sku=text(product.get("sellerSku")),
        quantity=0 if is_theirs else quantity,
        title=text(product.get("title")),
        listing_id=text(product.get("asin")),
        price_minor=minor(_price(line).get("amount"), currency),
        cancelled=cancelled,
    )


def _buyer(order: Mapping[str, Any]) -> tuple[Handle | None, tuple[Handle, ...]]:
    """The relay address is one for each pair of buyer and seller, so it is who they are here."""
    buyer = mapping(order.get("buyer"))
    address = mapping(mapping(order.get("recipient")).get("deliveryAddress"))
    relay, name = text(buyer.get("buyerEmail")).strip().lower(), text(buyer.get("buyerName")).strip() or text(address.get("name"))
    phone = text(address.get("phone")).strip()
    more = (Handle(kind="phone", value=phone, label=phone, name=name),) if phone.startswith("+") else ()
    if not relay:
        return None, more
    relay = buyer_of(relay)
    return Handle(kind="amazon_relay", value=relay, label=name or relay, name=name), more


def _ship_to(order: Mapping[str, Any]) -> dict[str, str]:
    address = mapping(mapping(order.get("recipient")).get("deliveryAddress"))
    return {ours: text(address.get(theirs)) for ours, theirs in PLACE if text(address.get(theirs))}


def _note(lines: Sequence[Mapping[str, Any]]) -> str:
    gifts = (mapping(mapping(mapping(line.get("fulfillment")).get("packing")).get("giftOption")) for line in lines)
    return "\n".join(dict.fromkeys(filter(None, (text(gift.get("giftMessage")).strip() for gift in gifts))))


def _all_arrived(packages: Sequence[Mapping[str, Any]]) -> bool:
    states = [text(mapping(one.get("packageStatus")).get("status")) for one in packages]
    return bool(states) and all(state == "DELIVERED" for state in states)


def _cancel_asked(
    order_id: str, lines: Sequence[Mapping[str, Any]], version: str, at: datetime, customer: Handle | None, *, is_open: bool
) -> tuple[CaseSeen, ...]:
    """The buyer asks; the order stays as it is until the seller agrees."""
    asked = [mapping(mapping(line.get("cancellation")).get("cancellationRequest")) for line in lines]
    asked = [one for one in asked if one]
    if not asked:
        return ()
    reasons = dict.fromkeys(filter(None, (text(one.get("cancelReason")) for one in asked)))
    return (
        CaseSeen(
            external_id=f"cancel:{order_id}",
            kind="cancellation",
            version=version,
            open=is_open,
            seen_at=at,
            order_id=order_id,
            customer=customer,
            title="Buyer requested cancel",
            detail="; ".join(reasons),
        ),
    )
