"""Resources of the pretend shop. https://woocommerce.github.io/woocommerce-rest-api-docs/"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.base.wire import MINOR_DIGITS
from connectors.base.world import Buyer, Good, Line, Listing, Message, Order

HOST = "shop.woo.example"
SITE = f"https://{HOST}"
API = f"{SITE}/wp-json/wc/v3"
# The site's clock is Jakarta's; the `_gmt` fields are not.
ZONE = timedelta(hours=7)
NOTES = (
    "Please ring twice, the bell is weak.",
    "Tolong dibungkus kado ya kak.",
    "It is a gift: no invoice in the parcel, please.",
)
WORDS = {"pending": "pending", "open": "processing", "shipped": "completed", "delivered": "completed", "cancelled": "cancelled"}


def times(name: str, at: datetime | None) -> dict[str, str | None]:
    if at is None:
        return {name: None, f"{name}_gmt": None}
    return {name: f"{at + ZONE:%Y-%m-%dT%H:%M:%S}", f"{name}_gmt": f"{at:%Y-%m-%dT%H:%M:%S}"}


def money(amount: int, currency: str) -> str:
    digits = MINOR_DIGITS.get(currency, 2)
    return f"{Decimal(amount).scaleb(-digits):.{max(digits, 2)}f}"


def links(path: str) -> dict[str, list[dict[str, str]]]:
    return {"self": [{"href": f"{API}/{path}"}], "collection": [{"href": f"{API}/{path.rpartition('/')[0]}"}]}


def checkout_note(order: Order) -> str:
    """Every third buyer leaves one."""
    return NOTES[order.number // 3 % len(NOTES)] if order.number % 3 == 1 else ""


def order_shape(order: Order, buyer: Buyer, lines: Sequence[dict[str, Any]], note: str) -> dict[str, Any]:
    first, _, last = buyer.name.partition(" ")
    where = {"address_1": buyer.street, "address_2": "", "city": buyer.city, "state": "", "postcode": buyer.postcode}
    person = {"first_name": first, "last_name": last, "company": "", **where, "country": buyer.country}
    total = money(sum(line.price_minor * line.quantity for line in order.lines), order.currency)
    sent = order.shipped_at if order.status in ("shipped", "delivered") else None
    none = money(0, order.currency)
    return {
        "id": int(order.id),
        "parent_id": 0,
        "number": order.id,
        "order_key": f"wc_order_{order.number:011x}",
        "created_via": "checkout",
        "version": "9.8.5",
        "status": WORDS[order.status],
        "currency": order.currency,
        **times("date_created", order.placed_at),
        **times("date_modified", order.updated_at),
        **dict.fromkeys(("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total_tax"), none),
        "total": total,
        "prices_include_tax": False,
        "customer_id": 0 if order.number % 2 else 40 + order.number,
        "customer_ip_address": "",
        "customer_user_agent": "",
        "customer_note": note,
        "billing": {**person, "email": buyer.email, "phone": buyer.phone},
        "shipping": person,
        "payment_method": "bacs",
        "payment_method_title": "Direct bank transfer",
        "transaction_id": "",
        **times("date_paid", None if order.status == "pending" else order.placed_at),
        **times("date_completed", sent),
        "cart_hash": "",
        "meta_data": [],
        "line_items": list(lines),
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": refund_notes(order, lines),
        "_links": links(f"orders/{order.id}"),
    }


def refund_notes(order: Order, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the order lists them: without the units."""
    return [{"id": each["id"], "reason": each["reason"], "total": f"-{each['amount']}"} for each in refund_shapes(order, lines)]


def refund_shapes(order: Order, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Units taken out of an order that stands. https://woocommerce.github.io/woocommerce-rest-api-docs/#order-refund-properties"""
    taken = [(line, shown) for line, shown in zip(order.lines, lines, strict=True) if line.cancelled]
    if not taken or order.status == "cancelled":
        return []
    number = 700_000 + order.number * 100
    return [
        {
            "id": number,
            **times("date_created", order.updated_at),
            "amount": money(sum(line.price_minor * line.cancelled for line, _ in taken), order.currency),
            "reason": order.cancel_reason,
            "refunded_by": 1,
            "refunded_payment": False,
            "meta_data": [],
            "line_items": [_taken_back(order, line, shown, number + place) for place, (line, shown) in enumerate(taken, start=1)],
        }
    ]


def _taken_back(order: Order, line: Line, shown: dict[str, Any], number: int) -> dict[str, Any]:
    total = f"-{money(line.price_minor * line.cancelled, order.currency)}"
    named = {"id": number, "key": "_refunded_item_id", "value": line.id}
    price = money(line.price_minor, order.currency)
    return {
        **shown, "id": number, "quantity": -line.cancelled, "subtotal": total, "total": total, "meta_data": [named], "price": price,
    }  # fmt: skip


def line_shape(order: Order, position: int, good: Good, product_id: int, variation_id: int) -> dict[str, Any]:
    line = order.lines[position]
    total = money(line.price_minor * line.quantity, order.currency)
    return {
        "id": int(line.id),
        "name": good.title,
        "product_id": product_id,
        "variation_id": variation_id,
        "quantity": line.quantity,
        "tax_class": "",
        "subtotal": total,
        "subtotal_tax": "0.00",
        "total": total,
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [],
        "sku": line.sku,
        "price": float(money(line.price_minor, order.currency)),
    }


def note_shape(order_id: str, said: Message) -> dict[str, Any]:
    return {
        "id": int(said.id),
        "author": "Sekar",
        **times("date_created", said.at),
        "note": said.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "customer_note": True,
        "_links": links(f"orders/{order_id}/notes/{said.id}"),
    }


def _sold(listing: Listing) -> dict[str, Any]:
    """What products and variations have in common."""
    price = money(listing.price_minor, listing.currency)
    off = {"date_on_sale_from": None, "date_on_sale_from_gmt": None, "date_on_sale_to": None, "date_on_sale_to_gmt": None}
    return {
        **times("date_created", listing.updated_at.replace(hour=0, minute=0, second=0)),
        **times("date_modified", listing.updated_at),
        "description": "",
        "sku": listing.sku,
        "price": price,
        "regular_price": price,
        "sale_price": "",
        **off,
        "on_sale": False,
        "status": "publish",
        "purchasable": True,
        "virtual": False,
        "downloadable": False,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "tax_status": "taxable",
        "tax_class": "",
        "manage_stock": True,
        "stock_quantity": listing.quantity,
        "stock_status": "instock" if listing.quantity else "outofstock",
        "backorders": "no",
        "backorders_allowed": False,
        "backordered": False,
        "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_class": "",
        "shipping_class_id": 0,
        "menu_order": 0,
        "meta_data": [],
    }


def product_shape(product_id: int, name: str, listing: Listing, variations: Sequence[int]) -> dict[str, Any]:
    slug = f"product-{product_id}"
    parent = {"sku": "", "manage_stock": False, "stock_quantity": None, "stock_status": "instock"}
    return {
        **_sold(listing),
        **(parent if variations else {}),
        "id": product_id,
        "name": name,
        "slug": slug,
        "permalink": f"{SITE}/product/{slug}/",
        "type": "variable" if variations else "simple",
        "featured": False,
        "catalog_visibility": "visible",
        "short_description": "",
        "price_html": "",
        "total_sales": listing.sold,
        "external_url": "",
        "button_text": "",
        "sold_individually": False,
        "shipping_required": True,
        "shipping_taxable": True,
        "reviews_allowed": True,
        "average_rating": "0.00",
        "rating_count": 0,
        "related_ids": [],
        "upsell_ids": [],
        "cross_sell_ids": [],
        "parent_id": 0,
        "purchase_note": "",
        "categories": [],
        "tags": [],
        "images": [],
        "attributes": [],
        "default_attributes": [],
        "variations": list(variations),
        "grouped_products": [],
        "_links": links(f"products/{product_id}"),
    }


def variation_shape(variation_id: int, product_id: int, good: Good, listing: Listing) -> dict[str, Any]:
    path = f"products/{product_id}/variations/{variation_id}"
    return {
        **_sold(listing),
        "id": variation_id,
        "permalink": f"{SITE}/product/product-{product_id}/?attribute_size={good.option}",
        "image": {"id": 0, **times("date_created", None), **times("date_modified", None), "src": "", "name": "", "alt": ""},
        "attributes": [{"id": 0, "name": "Size", "option": good.option}],
        "_links": {**links(path), "up": [{"href": f"{API}/products/{product_id}"}]},
    }


def webhook_shape(number: int, topic: str, url: str, name: str, status: str, at: datetime) -> dict[str, Any]:
    resource, _, event = topic.partition(".")
    return {
        "id": number,
        "name": name,
        "status": status,
        "topic": topic,
        "resource": resource,
        "event": event,
        "hooks": [],
        "delivery_url": url,
        **times("date_created", at),
        **times("date_modified", at),
        "_links": links(f"webhooks/{number}"),
    }
