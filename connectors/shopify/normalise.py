"""Deliveries into facts; the table at the foot says which reader belongs to which kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import AccessWithdrawn, AccountErased, Handle, ListingSeen, Outcome, Pointer, StockSeen, Unsupported
from connectors.base.wire import integer, items, load, mapping, minor, required, text, when
from connectors.shopify.normalise_more import checkout, data_request, shop_erased
from connectors.shopify.normalise_orders import MOST, customer_handle, legacy, order_seen, webhook_shape

PULLED_ORDER = "order"
PULLED_LISTINGS = "listings"
PULLED_STOCK = "stock"
TRIGGERED = "triggered-at"
PLAIN_TITLE = "Default Title"
STATES = {"ARCHIVED": "ended", "DRAFT": "draft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What a reader needs beside the body. `now` stands in where a body names no time."""

    host: str
    now: datetime


def normalise(delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    reader = READERS.get(delivery.kind)
    if reader is None:
        return [Unsupported(kind=delivery.kind, reason=UNUSED.get(delivery.kind, "this topic is unknown to us"))]
    body = load(delivery.body)
    if not isinstance(body, Mapping):
        raise Malformed(f"{delivery.kind}: the body is no object", code="not_an_object")
    return reader(body, delivery, shop)


def _order(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    return [order_seen(body, shop.host)]


def _pulled_order(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    return [order_seen(webhook_shape(body), shop.host)]


def _listings(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    seen_at = _seen_at(body, shop)
    data = mapping(body.get("data"))
    currency = text(mapping(data.get("shop")).get("currencyCode")).upper()
    nodes = items(mapping(data.get("productVariants")).get("nodes"))
    return [_listing(mapping(node), currency, seen_at) for node in nodes if legacy(mapping(node).get("id"))]


def _listing(node: Mapping[str, Any], currency: str, seen_at: datetime) -> ListingSeen:
    product, item = mapping(node.get("product")), mapping(node.get("inventoryItem"))
    level = our_level(item)
    place = mapping(level.get("location"))
    preview = mapping(mapping(product.get("featuredMedia")).get("preview"))
    refs = {"inventory_item_id": legacy(item.get("id")), "location_id": legacy(place.get("id")), **_levels(item, level)}
    price = text(node.get("price"))
    return ListingSeen(
        external_id=legacy(node.get("id")),
        external_sku=text(node.get("sku")).strip(),
        title=_title(product, node),
        seen_at=seen_at,
        quantity=_sold_from(item, level) if item.get("tracked") is not False else None,
        state=_state(product),
        fulfilment="channel" if place.get("isFulfillmentService") is True else "merchant",
        refs={name: value for name, value in {**refs, "product_id": legacy(product.get("id"))}.items() if value},
        barcode=text(node.get("barcode")).strip(),
        price_minor=minor(price, currency) if price else None,
        currency=currency,
        url=text(product.get("onlineStoreUrl")),
        picture=text(mapping(preview.get("image")).get("url")),
        problem=_problem(node, item, level),
    )


def _title(product: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    whole, option = text(product.get("title")), text(node.get("title"))
    return whole if option in ("", PLAIN_TITLE, whole) else f"{whole} - {option}".removeprefix(" - ")


def _state(product: Mapping[str, Any]) -> Any:
    return STATES.get(text(product.get("status")).upper(), "active")


def _problem(node: Mapping[str, Any], item: Mapping[str, Any], level: Mapping[str, Any]) -> str:
    """What keeps a pushed count from doing its work, in words for the seller."""
    if item.get("tracked") is False:
        return "Shopify does not track the stock of this variant; switch tracking on there."
    if not level:
        return "This variant is stocked at no location; stock it at one in Shopify."
    if text(node.get("inventoryPolicy")).upper() == "CONTINUE":
        return "Shopify goes on selling this variant at zero; switch that off there."
    return ""


def our_level(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The count at the location we keep, else at the first active one that stocks the item."""
    ours = mapping(item.get("inventoryLevel"))
    if ours:
        return ours
    levels = [mapping(level) for level in items(mapping(item.get("inventoryLevels")).get("nodes"))]
    return next((level for level in levels if mapping(level.get("location")).get("isActive") is not False), {})


def available(level: Mapping[str, Any]) -> int | None:
    """May be below zero when the store sold more than it had. Shopify counts to a billion."""
    for entry in map(mapping, items(level.get("quantities"))):
        if entry.get("name") == "available" and text(entry.get("quantity")):
            found = integer(entry["quantity"], MOST + 1)
            return found if -MOST <= found <= MOST else None
    return None


def _elsewhere(item: Mapping[str, Any], ours: Mapping[str, Any]) -> int:
    """Units the online store sells from other locations than the one we keep."""
    total = 0
    for level in map(mapping, items(mapping(item.get("inventoryLevels")).get("nodes"))):
        place = mapping(level.get("location"))
        sells = place.get("isActive") is not False and place.get("fulfillsOnlineOrders") is not False
        if sells and legacy(place.get("id")) != legacy(mapping(ours.get("location")).get("id")):
            total += max(available(level) or 0, 0)
    return total


def _sold_from(item: Mapping[str, Any], ours: Mapping[str, Any]) -> int | None:
    """What a buyer can buy: the store adds up all locations that send online orders."""
    kept = available(ours)
    return None if kept is None else kept + _elsewhere(item, ours)


def _levels(item: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, str]:
    """`levels`: count by location number; `elsewhere`: what a push leaves in place."""
    nodes = [mapping(level) for level in items(mapping(item.get("inventoryLevels")).get("nodes"))]
    counts = [(legacy(mapping(level.get("location")).get("id")), available(level)) for level in nodes]
    shown = " ".join(f"{place}:{count}" for place, count in counts if place and count is not None)
    elsewhere = _elsewhere(item, ours)
    return {"levels": shown if len(counts) > 1 else "", "elsewhere": str(elsewhere) if elsewhere else ""}


def _stock(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    seen_at = _seen_at(body, shop)
    data = mapping(body.get("data"))
    seen: list[Outcome] = []
    for node in map(mapping, items(mapping(data.get("productVariants")).get("nodes"))):
        seen += _counts([node], mapping(node.get("inventoryItem")), seen_at)
    item = mapping(data.get("inventoryItem"))
    return seen + _counts([mapping(node) for node in items(mapping(item.get("variants")).get("nodes"))], item, seen_at)


def _counts(variants: list[Mapping[str, Any]], item: Mapping[str, Any], seen_at: datetime) -> list[Outcome]:
    quantity = _sold_from(item, our_level(item))
    if quantity is None or item.get("tracked") is False:
        return []
    return [
        StockSeen(
            external_id=legacy(variant.get("id")),
            external_sku=text(variant.get("sku")).strip(),
            quantity=quantity,
            seen_at=seen_at,
        )
        for variant in variants
        if legacy(variant.get("id"))
    ]


def _seen_at(body: Mapping[str, Any], shop: Shop) -> datetime:
    return when(body.get("seen_at")) or shop.now


def _triggered(delivery: Delivery, shop: Shop) -> datetime:
    return next((when(value) for name, value in delivery.headers if name == TRIGGERED), None) or shop.now


def _points_to(kind: str, *path: str) -> Callable[[Mapping[str, Any], Delivery, Shop], Sequence[Outcome]]:
    """Such a body is partial or may be stale when it arrives, so the thing itself is read."""

    def point(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
        value: Any = body
        for name in path:
            value = mapping(value).get(name)
        number = required(value, ".".join(path))
        if not number.isdigit():
            raise Malformed(f"{'.'.join(path)} is no number: {number[:50]!r}", code="bad_id")
        return [Pointer(kind=kind, id=number)]

    return point


def _uninstalled(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    return [AccessWithdrawn(at=_triggered(delivery, shop), detail="The app was removed from the store.")]


def _redacted(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    customer, at = mapping(body.get("customer")), _triggered(delivery, shop)
    number, email = text(customer.get("id")), text(customer.get("email")).strip().lower()
    if number:
        return [AccountErased(handle=customer_handle(shop.host, number), at=at)]
    return [AccountErased(handle=Handle(kind="email", value=required(email, "customer.id")), at=at)]


def _checkout(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    return [checkout(body, shop.host)]


def _data_request(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    return [data_request(body, shop.host, _triggered(delivery, shop))]


def _shop_erased(body: Mapping[str, Any], delivery: Delivery, shop: Shop) -> Sequence[Outcome]:
    return [shop_erased(_triggered(delivery, shop))]


READERS: dict[str, Callable[[Mapping[str, Any], Delivery, Shop], Sequence[Outcome]]] = {
    PULLED_ORDER: _pulled_order,
    PULLED_LISTINGS: _listings,
    PULLED_STOCK: _stock,
    "orders/create": _order,
    "orders/updated": _order,
    "orders/paid": _order,
    "orders/cancelled": _order,
    "orders/fulfilled": _order,
    "orders/partially_fulfilled": _order,
    "orders/edited": _points_to("order", "order_edit", "order_id"),
    "refunds/create": _points_to("order", "order_id"),
    "fulfillments/create": _points_to("order", "order_id"),
    "fulfillments/update": _points_to("order", "order_id"),
    "inventory_levels/update": _points_to("inventory_item", "inventory_item_id"),
    "inventory_levels/connect": _points_to("inventory_item", "inventory_item_id"),
    "inventory_levels/disconnect": _points_to("inventory_item", "inventory_item_id"),
    "products/create": _points_to("product", "id"),
    "products/update": _points_to("product", "id"),
    "app/uninstalled": _uninstalled,
    "checkouts/create": _checkout,
    "checkouts/update": _checkout,
    "customers/data_request": _data_request,
    "customers/redact": _redacted,
    "shop/redact": _shop_erased,
}

UNUSED = {
    "orders/delete": "Shopify deletes only orders that are cancelled or archived; what we know of it stays",
    "products/delete": "it names no variants; their next push is refused and says so",
    "app/scopes_update": "the connection check names missing scopes",
}
