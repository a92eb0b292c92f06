"""One order, whichever way it came: a pulled GraphQL order is brought into the shape of a webhook body first, so both
give the same fact. https://shopify.dev/docs/api/admin-graphql/2026-04/objects/Order
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.base.errors import Malformed
from connectors.base.events import Handle, OrderLine, OrderSeen, OrderStatus
from connectors.base.wire import integer, items, mapping, minor, required, text, when

E164 = re.compile(r"\+\d{6,15}")
MOST = 1_000_000_000
UNPAID = ("pending", "expired", "voided")
SENT = ("fulfilled",)
PARTLY_SENT = ("partial", "partially_fulfilled", "fulfilled")
ORDER_OF_STATES = ("pending", "open", "shipped", "delivered", "cancelled")
ADDRESS = {
    "name": ("name",),
    "company": ("company",),
    "street": ("address1",),
    "street2": ("address2",),
    "city": ("city",),
    "region": ("province",),
    "postcode": ("zip",),
    "country": ("country_code", "country"),
    "phone": ("phone",),
}


def legacy(gid: Any) -> str:
    """`123` of `gid://shopify/Order/123?x=1`; plain numbers stay."""
    return text(gid).rsplit("/", 1)[-1].split("?", 1)[0]


def order_seen(body: Mapping[str, Any], shop: str) -> OrderSeen:
    """From a webhook body (REST shape)."""
    number = required(body.get("id"), "order id")
    updated = _moment(body.get("updated_at"), "updated_at")
    currency = required(body.get("currency"), "currency").upper()
    lines = order_lines(body, currency)
    status = _status(body, lines)
    if status == "cancelled":
        lines = tuple(_nothing_left(line) for line in lines)
    parcels = _parcels(body)
    customer, more = handles(body, shop)
    carried = next((parcel for parcel in parcels if parcel.get("tracking_number")), parcels[0] if parcels else {})
    removed = sum(line.cancelled for line in lines)
    return OrderSeen(
        external_id=number,
        version=f"{updated:%Y-%m-%dT%H:%M:%SZ}.{ORDER_OF_STATES.index(status)}.{removed:06d}",
        status=status,
        placed_at=when(body.get("created_at")) or updated,
        lines=lines,
        currency=currency,
        customer=customer,
        more_handles=more,
        number=text(body.get("name")),
        total_minor=_total(body, currency),
        shipped_at=when(parcels[0].get("created_at")) if parcels and status in ("shipped", "delivered") else None,
        tracking=text(carried.get("tracking_number")),
        carrier=text(carried.get("tracking_company")),
        ship_to=_ship_to(mapping(body.get("shipping_address"))),
        note=text(body.get("note")),
    )


def _moment(value: Any, what: str) -> datetime:
    found = when(value)
    if found is None:
        raise Malformed(f"{what} is no time: {value!r}", code="bad_time")
    return found.astimezone(UTC)


def order_lines(order: Mapping[str, Any], currency: str) -> tuple[OrderLine, ...]:
    """An order told without its lines must not look like one that asks for nothing."""
    told = order.get("line_items")
    if not isinstance(told, list) or not all(isinstance(line, Mapping) for line in told):
        raise Malformed("the order's lines are missing", code="missing_field")
    return tuple(_line(line, order, currency, f"position:{position}") for position, line in enumerate(told, start=1))


def _line(line: Mapping[str, Any], order: Mapping[str, Any], currency: str, unnamed: str) -> OrderLine:
    """A unit given back after it was sent stays supplied; only units taken off before that are cancelled."""
    number, ordered = text(line.get("id")) or unnamed, max(integer(line.get("quantity")), 0)
    if ordered > MOST:
        raise Malformed(f"line {number} asks for {ordered} units", code="bad_quantity")
    gone = ordered - integer(line["current_quantity"]) if line.get("current_quantity") is not None else _refunded(order, number)
    cancelled = min(max(gone - _returned(order, number), 0), ordered)
    price = mapping(mapping(line.get("price_set")).get("shop_money")).get("amount", line.get("price"))
    return OrderLine(
        external_id=number,
        external_sku=text(line.get("sku")).strip(),
        quantity=ordered - cancelled,
        title=text(line.get("name")) or text(line.get("title")),
        listing_id=text(line.get("variant_id")),
        price_minor=minor(price, currency),
        cancelled=cancelled,
    )


def _refund_lines(order: Mapping[str, Any], line_id: str) -> list[tuple[int, str]]:
    return [
        (integer(entry.get("quantity")), text(entry.get("restock_type")).lower())
        for refund in items(order.get("refunds"))
        for entry in map(mapping, items(mapping(refund).get("refund_line_items")))
        if text(entry.get("line_item_id")) == line_id
    ]


def _refunded(order: Mapping[str, Any], line_id: str) -> int:
    return sum(quantity for quantity, _ in _refund_lines(order, line_id))


def _returned(order: Mapping[str, Any], line_id: str) -> int:
    if text(order.get("fulfillment_status")).lower() not in PARTLY_SENT:
        return 0
    return sum(quantity for quantity, kind in _refund_lines(order, line_id) if kind != "cancel")


def _status(order: Mapping[str, Any], lines: tuple[OrderLine, ...]) -> OrderStatus:
    fulfilment = text(order.get("fulfillment_status")).lower()
    if text(order.get("cancelled_at")):
        return "cancelled"
    if fulfilment in SENT:
        parcels = _parcels(order)
        arrived = parcels and all(text(parcel.get("shipment_status")).lower() == "delivered" for parcel in parcels)
        return "delivered" if arrived else "shipped"
    if lines and not any(line.quantity for line in lines):
        return "cancelled"
    return "pending" if text(order.get("financial_status")).lower() in UNPAID else "open"


def _nothing_left(line: OrderLine) -> OrderLine:
    return OrderLine(
        external_id=line.external_id,
        external_sku=line.external_sku,
        quantity=0,
        title=line.title,
        listing_id=line.listing_id,
        price_minor=line.price_minor,
        cancelled=line.quantity + line.cancelled,
    )


def _parcels(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those that count, first sent first."""
    found = [mapping(parcel) for parcel in items(order.get("fulfillments"))]
    counted = [parcel for parcel in found if text(parcel.get("status")).lower() not in ("cancelled", "error", "failure")]
    return sorted(counted, key=lambda parcel: text(parcel.get("created_at")))


def _total(order: Mapping[str, Any], currency: str) -> int:
    money = mapping(mapping(order.get("current_total_price_set")).get("shop_money"))
    for value in (money.get("amount"), order.get("current_total_price"), order.get("total_price")):
        if text(value):
            return minor(value, currency)
    return 0


def _ship_to(address: Mapping[str, Any]) -> dict[str, str]:
    """Only what Shopify lets this app see; the rest comes as null."""
    found = {}
    for ours, theirs in ADDRESS.items():
        value = next((text(address.get(name)).strip() for name in theirs if text(address.get(name)).strip()), "")
        if value:
            found[ours] = value
    return found


def handles(order: Mapping[str, Any], shop: str) -> tuple[Handle | None, tuple[Handle, ...]]:
    customer = mapping(order.get("customer"))
    name = " ".join(filter(None, (text(customer.get("first_name")).strip(), text(customer.get("last_name")).strip())))
    name = name or text(mapping(order.get("shipping_address")).get("name")).strip()
    email = (text(order.get("email")) or text(order.get("contact_email")) or text(customer.get("email"))).strip()
    found = []
    if text(customer.get("id")):
        found.append(customer_handle(shop, text(customer.get("id")), name=name, label=email))
    if "@" in email:
        found.append(Handle(kind="email", value=email.lower(), label=email, name=name))
    for given in (order.get("phone"), customer.get("phone"), mapping(order.get("shipping_address")).get("phone")):
        phone = re.sub(r"[\s().-]", "", text(given))
        if E164.fullmatch(phone):
            found.append(Handle(kind="phone", value=phone, label=phone, name=name))
            break
    return (found[0], tuple(found[1:])) if found else (None, ())


def customer_handle(shop: str, number: str, *, name: str = "", label: str = "") -> Handle:
    """Customer numbers are told apart by store."""
    return Handle(kind="shopify_customer", value=f"{shop}:{number}", label=label, name=name, strength="verified")


def webhook_shape(node: Mapping[str, Any]) -> dict[str, Any]:
    """A pulled order as the webhook would have told it, as far as `order_seen` reads it."""
    customer = mapping(node.get("customer"))
    address = mapping(node.get("shippingAddress"))
    return {
        "id": legacy(node.get("id")),
        "name": node.get("name"),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "cancelled_at": node.get("cancelledAt"),
        "currency": node.get("currencyCode"),
        "note": node.get("note"),
        "email": node.get("email"),
        "phone": node.get("phone"),
        "financial_status": node.get("displayFinancialStatus"),
        "fulfillment_status": node.get("displayFulfillmentStatus"),
        "customer": {
            "id": legacy(customer.get("id")),
            "first_name": customer.get("firstName"),
            "last_name": customer.get("lastName"),
            "email": mapping(customer.get("defaultEmailAddress")).get("emailAddress"),
            "phone": mapping(customer.get("defaultPhoneNumber")).get("phoneNumber"),
        },
        "shipping_address": {**address, "country_code": address.get("countryCodeV2")},
        "current_total_price_set": {"shop_money": mapping(node.get("currentTotalPriceSet")).get("shopMoney")},
        "fulfillments": [_parcel_shape(mapping(parcel)) for parcel in items(node.get("fulfillments"))],
        "line_items": _line_shapes(mapping(node.get("lineItems")).get("nodes")),
        "refunds": [
            {
                "refund_line_items": [
                    {
                        "quantity": mapping(entry).get("quantity"),
                        "restock_type": mapping(entry).get("restockType"),
                        "line_item_id": legacy(mapping(mapping(entry).get("lineItem")).get("id")),
                    }
                    for entry in items(mapping(mapping(refund).get("refundLineItems")).get("nodes"))
                ]
            }
            for refund in items(node.get("refunds"))
        ],
    }


def _parcel_shape(parcel: Mapping[str, Any]) -> dict[str, Any]:
    tracked = mapping(next(iter(items(parcel.get("trackingInfo"))), None))
    return {
        "status": parcel.get("status"),
        "shipment_status": parcel.get("displayStatus"),
        "created_at": parcel.get("createdAt"),
        "tracking_number": tracked.get("number"),
        "tracking_company": tracked.get("company"),
    }


def _line_shapes(nodes: Any) -> list[Any] | None:
    return [_line_shape(node) if isinstance(node, Mapping) else None for node in nodes] if isinstance(nodes, list) else None


def _line_shape(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": legacy(line.get("id")),
        "name": line.get("name"),
        "sku": line.get("sku"),
        "quantity": line.get("quantity"),
        "current_quantity": line.get("currentQuantity"),
        "variant_id": legacy(mapping(line.get("variant")).get("id")),
        "price_set": {"shop_money": mapping(line.get("originalUnitPriceSet")).get("shopMoney")},
    }
