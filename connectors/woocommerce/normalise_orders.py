"""Orders of a shop, and what was said on them, as facts. Pure.
https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.base.errors import Malformed
from connectors.base.events import Handle, MessageReceived, OrderLine, OrderSeen, OrderStatus, Outcome, Unsupported
from connectors.base.wire import integer, items, mapping, minor, required, text, when
from connectors.woocommerce.render import checkout_id, note_id, plain

# `on-hold` waits for a bank transfer and holds stock. `shipped`, `delivered` and `partial-shipped` come from shipment plugins.
STATUSES: dict[str, OrderStatus] = {
    "pending": "pending",
    "on-hold": "pending",
    "processing": "open",
    "partial-shipped": "open",
    "completed": "shipped",
    "shipped": "shipped",
    "delivered": "delivered",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "trash": "cancelled",
}
RANK = {"pending": 0, "open": 1, "shipped": 2, "delivered": 3, "cancelled": 4}
# A basket that the customer has not ordered yet.
DRAFTS = ("checkout-draft", "auto-draft", "draft")
ADDRESS = {
    "company": "company",
    "street": "address_1",
    "street2": "address_2",
    "city": "city",
    "region": "state",
    "postcode": "postcode",
    "country": "country",
    "phone": "phone",
}
PHONE = re.compile(r"\+[1-9]\d{6,14}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MOST = 1_000_000
# A robot of the shop, not a person, wrote the note.
SYSTEM = ("system", "woocommerce")


def order_outcomes(order: Mapping[str, Any], refunds: Sequence[Any], host: str) -> Sequence[Outcome]:
    if status_word(order) in DRAFTS:
        return [Unsupported(kind="order", reason="a basket that is not ordered yet")]
    found: list[Outcome] = [order_seen(order, refunds, host)]
    if said := checkout_message(order, host):
        found.append(said)
    return found


def order_seen(order: Mapping[str, Any], refunds: Sequence[Any], host: str) -> OrderSeen:
    currency = text(order.get("currency")).strip().upper()
    taken = _taken_back(order, refunds)
    status = _status(order)
    told = order.get("line_items")
    if not isinstance(told, list) or not all(isinstance(line, Mapping) for line in told):
        # Else an order told without its lines would look like one that asks for nothing.
        raise Malformed("the order's lines are missing", code="missing_field")
    lines = tuple(_line(line, currency, taken, status) for line in told)
    gone = sum(line.cancelled for line in lines)
    changed = when(order.get("date_modified_gmt")) or when(order.get("date_created_gmt"))
    placed = when(order.get("date_created_gmt")) or when(order.get("date_paid_gmt")) or changed
    if changed is None or placed is None:
        raise Malformed("date_created_gmt and date_modified_gmt are missing", code="missing_field")
    handles = customer_handles(order, host)
    delivery = mapping(order.get("shipping"))
    return OrderSeen(
        external_id=_id(order.get("id"), "id"),
        # Times are whole seconds: within one, an order only goes forward.
        version=f"{changed:%Y-%m-%dT%H:%M:%SZ}/{RANK[status]}{min(gone, 99_999):05d}",
        status=status,
        placed_at=placed,
        lines=lines,
        currency=currency,
        customer=handles[0] if handles else None,
        more_handles=handles[1:],
        number=text(order.get("number")).strip() or text(order.get("id")),
        total_minor=minor(order.get("total"), currency),
        shipped_at=when(order.get("date_completed_gmt")) if status in ("shipped", "delivered") else None,
        ship_to=_address(delivery if text(delivery.get("address_1")) else mapping(order.get("billing"))),
        note=plain(text(order.get("customer_note"))),
    )


def gone_order(order_id: str, at: datetime) -> OrderSeen:
    """Deleted for good: the shop knows nothing more of it, so nothing is to be supplied."""
    version = f"{at:%Y-%m-%dT%H:%M:%SZ}/{RANK['cancelled']}99999"
    return OrderSeen(external_id=order_id, version=version, status="cancelled", placed_at=at, lines=(), currency="")


def checkout_message(order: Mapping[str, Any], host: str) -> MessageReceived | None:
    """The note a customer leaves at the checkout: all that a buyer can say through the shop."""
    said, at = plain(text(order.get("customer_note"))), when(order.get("date_created_gmt"))
    handles = customer_handles(order, host)
    if not said or at is None or not handles:
        return None
    order_id = _id(order.get("id"), "id")
    return MessageReceived(
        thread=order_id,
        external_id=checkout_id(order_id),
        direction="in",
        sent_at=at,
        customer=handles[0],
        more_handles=handles[1:],
        text=said,
        subject=_subject(order),
        order_ids=(order_id,),
        refs={"order_id": order_id},
    )


def note_message(order: Mapping[str, Any], note: Mapping[str, Any], host: str) -> Sequence[Outcome]:
    """A note that was mailed to the customer."""
    order_id, number = _id(order.get("id"), "id"), _id(note.get("id"), "note.id")
    said, at = plain(text(note.get("note"))), when(note.get("date_created_gmt"))
    handles = customer_handles(order, host)
    if text(note.get("customer_note")).lower() not in ("true", "1"):
        return [Unsupported(kind="note", reason="a note for the shop's own eyes")]
    if not said or at is None or not handles:
        return [Unsupported(kind="note", reason="a note without words, time or customer")]
    return [
        MessageReceived(
            thread=order_id,
            external_id=note_id(order_id, number),
            direction="out",
            sent_at=at,
            customer=handles[0],
            text=said,
            subject=_subject(order),
            order_ids=(order_id,),
            automated=text(note.get("author")).strip().lower() in SYSTEM,
        )
    ]


def customer_handles(order: Mapping[str, Any], host: str) -> tuple[Handle, ...]:
    """E-mail, the account in this shop, and the phone where its country is written. Guests have no account (0)."""
    billing = mapping(order.get("billing"))
    name = " ".join(filter(None, (text(billing.get("first_name")).strip(), text(billing.get("last_name")).strip())))
    found = []
    mail = text(billing.get("email")).strip().lower()
    if MAIL.fullmatch(mail):
        found.append(Handle(kind="email", value=mail, label=mail, name=name))
    number = text(order.get("customer_id")).strip()
    if number.isdigit() and int(number[:30]) > 0:
        found.append(Handle(kind="woocommerce_customer", value=f"{host}/{number}", label=name, name=name, strength="verified"))
    phone = re.sub(r"[\s().-]", "", text(billing.get("phone")))
    if PHONE.fullmatch(phone):
        found.append(Handle(kind="phone", value=phone, label=phone, name=name))
    return tuple(found)


def status_word(order: Mapping[str, Any]) -> str:
    return text(order.get("status")).strip().lower().removeprefix("wc-")


def waits(order: Mapping[str, Any]) -> bool:
    """Units are held for it, or still to be sent."""
    return status_word(order) not in DRAFTS and _status(order) in ("pending", "open")


def _status(order: Mapping[str, Any]) -> OrderStatus:
    """A status of a plugin is unknown here: paid means to be supplied, unpaid means held. A refund of all before sending is a
    cancellation, after it a return."""
    given = status_word(order)
    if given == "refunded":
        return "shipped" if when(order.get("date_completed_gmt")) else "cancelled"
    if given in STATUSES:
        return STATUSES[given]
    return "open" if when(order.get("date_paid_gmt")) else "pending"


def _taken_back(order: Mapping[str, Any], refunds: Sequence[Any]) -> dict[str, int]:
    """Units refunded before the order was sent, by line. What comes back afterwards was supplied all the same."""
    sent = when(order.get("date_completed_gmt"))
    found: dict[str, int] = {}
    for refund in map(mapping, refunds):
        at = when(refund.get("date_created_gmt"))
        if sent is not None and (at is None or at >= sent):
            continue
        for line in map(mapping, items(refund.get("line_items"))):
            number = _refunded_line(line, order)
            found[number] = min(found.get(number, 0) + min(abs(integer(line.get("quantity"))), MOST), MOST)
    return found


def _refunded_line(line: Mapping[str, Any], order: Mapping[str, Any]) -> str:
    """The refund names the line in its meta data; else the same product can be no other line."""
    for entry in map(mapping, items(line.get("meta_data"))):
        if text(entry.get("key")) == "_refunded_item_id":
            return text(entry.get("value"))
    product = (text(line.get("product_id")), text(line.get("variation_id")))
    alike = [
        text(mapping(each).get("id"))
        for each in items(order.get("line_items"))
        if (text(mapping(each).get("product_id")), text(mapping(each).get("variation_id"))) == product
    ]
    return alike[0] if len(alike) == 1 else ""


def _line(line: Mapping[str, Any], currency: str, taken: Mapping[str, int], status: OrderStatus) -> OrderLine:
    number = _id(line.get("id"), "line_items.id")
    ordered = max(integer(line.get("quantity")), 0)
    if ordered > MOST:
        raise Malformed(f"line {number} asks for {ordered} units", code="bad_quantity")
    cancelled = ordered if status == "cancelled" else min(taken.get(number, 0), ordered)
    return OrderLine(
        external_id=number,
        external_sku=text(line.get("sku")).strip(),
        quantity=ordered - cancelled,
        cancelled=cancelled,
        title=plain(text(line.get("name"))),
        listing_id=_listing(line),
        price_minor=_price(line, ordered, currency),
    )


def _price(line: Mapping[str, Any], ordered: int, currency: str) -> int:
    """For one, after discounts and before tax."""
    if text(line.get("price")):
        return minor(line.get("price"), currency)
    return minor(line.get("total"), currency) // max(ordered, 1)


def _listing(line: Mapping[str, Any]) -> str:
    """Products and variations share one row of numbers; 0 is no variation, or a product that was deleted since."""
    for name in ("variation_id", "product_id"):
        number = text(line.get(name)).strip()
        if number not in ("", "0"):
            return number
    return ""


def _address(address: Mapping[str, Any]) -> dict[str, str]:
    name = " ".join(filter(None, (text(address.get("first_name")).strip(), text(address.get("last_name")).strip())))
    found = {ours: text(address.get(theirs)).strip() for ours, theirs in ADDRESS.items()}
    return {part: value for part, value in {"name": name, **found}.items() if value}


def _subject(order: Mapping[str, Any]) -> str:
    return f"#{text(order.get('number')).strip() or text(order.get('id'))}"


def _id(value: Any, what: str) -> str:
    return required(value, what)
