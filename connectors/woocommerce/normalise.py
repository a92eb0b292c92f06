"""Deliveries into facts; the table at the foot says which reader belongs to which kind. Pure.
https://woocommerce.github.io/woocommerce-rest-api-docs/#product-properties"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import ListingSeen, Outcome, Pointer, Unsupported
from connectors.base.wire import integer, items, load, mapping, minor, required, text, when
from connectors.woocommerce.normalise_orders import checkout_message as checkout
from connectors.woocommerce.normalise_orders import gone_order, note_message, order_outcomes
from connectors.woocommerce.render import plain
from connectors.woocommerce.webhooks import SEEN_AT

PULLED_ORDER, GONE_ORDER, SAID, PRODUCT = "order", "order_gone", "said", "product"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
State = Literal["active", "ended", "draft"]
STATES: dict[str, State] = {"publish": "active", "trash": "ended"}
# A grouped product sells others, an external one is sold elsewhere.
NOT_OURS = ("grouped", "external")
PARENT = "parent"
MANAGED = ("true", "yes", "1", PARENT)
BACKORDERS = "Backorders are allowed: buyers can order more than there is."


def normalise(delivery: Delivery, host: str) -> Sequence[Outcome]:
    reader = READERS.get(delivery.kind)
    if reader is None:
        return [Unsupported(kind=delivery.kind, reason="this topic is not used")]
    body = load(delivery.body)
    if not isinstance(body, Mapping):
        raise Malformed(f"{delivery.kind}: the body is no object", code="not_an_object")
    return reader(body, delivery, host)


def _told_order(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    """A webhook names refunds without the units they took back, so an order with any is fetched."""
    if items(body.get("refunds")) or "line_items" not in body:
        return [Pointer(kind=PULLED_ORDER, id=required(body.get("id"), "id"))]
    return order_outcomes(body, (), host)


def _deleted_order(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    """The body is the id alone. The order may lie in the bin, or be gone for good: fetching it tells."""
    return [Pointer(kind=PULLED_ORDER, id=required(body.get("id"), "id"))]


def _pulled_order(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    return order_outcomes(mapping(body.get("order")), items(body.get("refunds")), host)


def _gone_order(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    return [gone_order(required(body.get("id"), "id"), when(body.get("seen_at")) or LONG_AGO)]


def _said(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    order = mapping(body.get("order"))
    if body.get("note") is not None:
        return note_message(order, mapping(body.get("note")), host)
    said = checkout(order, host)
    return [said] if said else [Unsupported(kind=SAID, reason="a note without words, time or customer")]


def _told_product(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    """A webhook brings neither the variations nor the shop's currency. A variation's own webhook names its parent."""
    parent = text(body.get("parent_id")).strip()
    return [Pointer(kind=PRODUCT, id=required(parent if parent not in ("", "0") else body.get("id"), "id"))]


def _deleted_product(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    return [Pointer(kind=PRODUCT, id=required(body.get("id"), "id"))]


def _product(body: Mapping[str, Any], delivery: Delivery, host: str) -> Sequence[Outcome]:
    """The product itself, or each of its variations."""
    product = mapping(body.get("product"))
    product_id, kind = required(product.get("id"), "id"), text(product.get("type")).strip().lower()
    if kind in NOT_OURS:
        return [Unsupported(kind=f"product:{kind}", reason="a product without a count of its own")]
    seen_at = when(body.get("seen_at")) or when(dict(delivery.headers).get(SEEN_AT)) or LONG_AGO
    currency = text(body.get("currency")).strip().upper()
    variations = [mapping(each) for each in items(body.get("variations")) if text(mapping(each).get("id"))]
    if variations:
        return [_variation(product, product_id, each, currency, seen_at) for each in variations]
    if "variable" in kind:
        return [Unsupported(kind=f"product:{kind}", reason="a product whose variations are not made yet")]
    return [_listing(product, product_id, currency, seen_at)]


def _listing(product: Mapping[str, Any], product_id: str, currency: str, seen_at: datetime) -> ListingSeen:
    return ListingSeen(
        external_id=product_id,
        external_sku=text(product.get("sku")).strip(),
        title=plain(text(product.get("name"))) or product_id,
        seen_at=seen_at,
        quantity=quantity(product),
        state=_state(product),
        model=text(product.get("type")).strip().lower(),
        refs={"product_id": product_id},
        barcode=text(product.get("global_unique_id")).strip(),
        price_minor=_price(product, currency),
        currency=currency,
        url=text(product.get("permalink")),
        picture=_picture(items(product.get("images"))),
        problem=_problem(product),
    )


def _variation(
    product: Mapping[str, Any], product_id: str, variation: Mapping[str, Any], currency: str, seen_at: datetime
) -> ListingSeen:
    """One that takes its stock from the parent shows the parent's count, and a push must go to the parent."""
    number = text(variation.get("id")).strip()
    shared = text(variation.get("manage_stock")).strip().lower() == PARENT
    options = [plain(text(mapping(each).get("option"))) for each in items(variation.get("attributes"))]
    own_picture = _picture([variation.get("image")])
    return ListingSeen(
        external_id=number,
        external_sku=_own_sku(variation, product),
        title=" - ".join(filter(None, (plain(text(product.get("name"))), ", ".join(filter(None, options))))) or number,
        seen_at=seen_at,
        quantity=quantity(product if shared and product.get("stock_quantity") is not None else variation),
        state=_state(product) if _state(product) != "active" else _state(variation),
        model=text(product.get("type")).strip().lower(),
        refs={"product_id": product_id, "variation_id": number, **({"stock_of": PARENT} if shared else {})},
        barcode=text(variation.get("global_unique_id")).strip(),
        price_minor=_price(variation, currency),
        currency=currency,
        url=text(variation.get("permalink")) or text(product.get("permalink")),
        picture=own_picture or _picture(items(product.get("images"))),
        problem=_problem(product if shared else variation),
    )


def quantity(node: Mapping[str, Any]) -> int | None:
    """What can be bought: plugins write the count as text, as a decimal, or not at all. None: the shop does not count it."""
    if text(node.get("manage_stock")).strip().lower() in MANAGED:
        counted = integer(node.get("stock_quantity"), -1) if node.get("stock_quantity") is not None else None
        if counted is not None:
            return min(max(counted, 0), 999_999_999)
    return 0 if text(node.get("stock_status")).strip().lower() == "outofstock" else None


def _own_sku(variation: Mapping[str, Any], product: Mapping[str, Any]) -> str:
    """The shop shows the parent's SKU on a variation that has none; that names no variation."""
    sku = text(variation.get("sku")).strip()
    return "" if sku and sku == text(product.get("sku")).strip() else sku


def _state(node: Mapping[str, Any]) -> State:
    return STATES.get(text(node.get("status")).strip().lower() or "publish", "draft")


def _price(node: Mapping[str, Any], currency: str) -> int | None:
    price = text(node.get("price")).strip()
    return minor(price, currency) if price and currency else None


def _problem(node: Mapping[str, Any]) -> str:
    return BACKORDERS if text(node.get("backorders")).strip().lower() in ("yes", "notify") else ""


def _picture(images: Sequence[Any]) -> str:
    found = (text(mapping(image).get("src")) for image in images)
    return next((address for address in found if address.startswith(("https://", "http://"))), "")


Reader = Callable[[Mapping[str, Any], Delivery, str], Sequence[Outcome]]
READERS: dict[str, Reader] = {
    "order.created": _told_order,
    "order.updated": _told_order,
    "order.restored": _told_order,
    "order.deleted": _deleted_order,
    "product.created": _told_product,
    "product.updated": _told_product,
    "product.restored": _told_product,
    "product.deleted": _deleted_product,
    PULLED_ORDER: _pulled_order,
    GONE_ORDER: _gone_order,
    SAID: _said,
    PRODUCT: _product,
}
