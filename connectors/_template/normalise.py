"""Template's messages, orders and listings as facts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import (
    Handle,
    ListingSeen,
    Media,
    MessageReceived,
    OrderLine,
    OrderSeen,
    OrderStatus,
    Outcome,
    Unsupported,
)
from connectors.base.wire import integer, items, load, mapping, minor, required, text, when

STATUSES: dict[str, OrderStatus] = {
    "pending": "pending",
    "open": "open",
    "shipped": "shipped",
    "delivered": "delivered",
    "cancelled": "cancelled",
}


def normalise_thing(delivery: Delivery) -> Sequence[Outcome]:
    kind = KINDS.get(delivery.kind)
    if kind is None:
        return [Unsupported(kind=delivery.kind, reason="not a message, an order or a listing")]
    thing = load(delivery.body)
    if not isinstance(thing, Mapping):
        raise Malformed(f"{delivery.kind} is an object", code="not_an_object")
    return [kind(thing)]


def _message(message: Mapping[str, Any]) -> Outcome:
    return MessageReceived(
        thread=required(message.get("thread"), "thread"),
        external_id=required(message.get("id"), "id"),
        direction="out" if text(message.get("side")) == "seller" else "in",
        sent_at=_time(message, "at"),
        customer=_customer(mapping(message.get("buyer"))),
        text=text(message.get("text")),
        order_ids=tuple(filter(None, (text(message.get("order")),))),
        media=tuple(_media(mapping(file)) for file in items(message.get("files")) if text(mapping(file).get("id"))),
        echo_of=text(message.get("key")),
    )


def _order(order: Mapping[str, Any]) -> Outcome:
    currency = required(order.get("currency"), "currency").upper()
    return OrderSeen(
        external_id=required(order.get("id"), "id"),
        version=f"{integer(order.get('revision')):012d}",
        status=STATUSES.get(text(order.get("status")), "open"),
        placed_at=_time(order, "placed_at"),
        lines=tuple(_line(mapping(line), currency) for line in items(order.get("lines"))),
        currency=currency,
        customer=_customer(mapping(order.get("buyer"))),
    )


def _line(line: Mapping[str, Any], currency: str) -> OrderLine:
    cancelled = max(integer(line.get("cancelled")), 0)
    return OrderLine(
        external_id=required(line.get("id"), "line id"),
        external_sku=required(line.get("sku"), "sku"),
        quantity=max(integer(line.get("quantity")) - cancelled, 0),
        price_minor=minor(line.get("price"), currency),
        cancelled=cancelled,
    )


def _listing(listing: Mapping[str, Any]) -> Outcome:
    return ListingSeen(
        external_id=required(listing.get("id"), "id"),
        external_sku=required(listing.get("sku"), "sku"),
        title=text(listing.get("title")),
        seen_at=_time(listing, "updated_at"),
        quantity=max(integer(listing.get("quantity")), 0),
    )


def _customer(buyer: Mapping[str, Any]) -> Handle:
    name = text(buyer.get("name"))
    value = required(buyer.get("id"), "buyer.id")
    return Handle(kind="template_user", value=value, label=name or value, name=name, strength="verified")


def _media(file: Mapping[str, Any]) -> Media:
    return Media(ref=text(file.get("id")), name=text(file.get("name")), media_type=text(file.get("media_type")))


def _time(thing: Mapping[str, Any], field: str) -> datetime:
    found = when(thing.get(field))
    if found is None:
        raise Malformed(f"{field} is missing", code="missing_field")
    return found


KINDS: dict[str, Callable[[Mapping[str, Any]], Outcome]] = {"message": _message, "order": _order, "listing": _listing}
