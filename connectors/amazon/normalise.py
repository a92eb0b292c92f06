"""One reading of everything SP-API gives: pulled orders, listings and warehouse counts, and notices of the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.amazon.markets import page_of
from connectors.amazon.normalise_orders import order_seen
from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import ListingSeen, Outcome, Pointer, Unsupported
from connectors.base.wire import integer, items, load, mapping, minor, required, text, when

MERCHANT_CHANNEL = "DEFAULT"
FBA = "fba"


def normalise(delivery: Delivery) -> Sequence[Outcome]:
    match delivery.kind:
        case "order":
            return order_seen(mapping(load(delivery.body)))
        case "listing":
            return _listing(mapping(load(delivery.body)))
        case "fba":
            return _warehouse(mapping(load(delivery.body)))
        case "notice":
            return _notice(mapping(load(delivery.body)))
    return (Unsupported(kind=delivery.kind, reason="no such kind of delivery"),)


def is_fba(item: Mapping[str, Any]) -> bool:
    """Any channel but DEFAULT is a warehouse of Amazon's (AMAZON_NA, AMAZON_EU, ...). An offer may stand in both: then Amazon's
    counts, because a write would turn it into one that the seller ships."""
    availability = items(item.get("fulfillmentAvailability")) or items(
        mapping(item.get("attributes")).get("fulfillment_availability")
    )
    codes = [text(one.get("fulfillmentChannelCode") or one.get("fulfillment_channel_code")) for one in map(mapping, availability)]
    return any(code not in ("", MERCHANT_CHANNEL) for code in codes)


def _listing(told: Mapping[str, Any]) -> Sequence[Outcome]:
    item = mapping(told.get("item"))
    required(item.get("sku"), "sku")
    if is_fba(item):
        return (Unsupported(kind="listing", reason="Amazon counts and ships it: the feed of its warehouses tells of it"),)
    counted = [mapping(one) for one in items(item.get("fulfillmentAvailability"))]
    shown = next((one for one in counted if text(one.get("fulfillmentChannelCode")) == MERCHANT_CHANNEL), {})
    quantity = integer(shown.get("quantity")) if text(shown.get("quantity")) else None
    return (listing_seen(told, quantity=quantity, seen_at=_moment(told)),)


def listing_seen(told: Mapping[str, Any], *, quantity: int | None, seen_at: datetime, channel: bool = False) -> ListingSeen:
    item, market = mapping(told.get("item")), text(told.get("marketplaceId"))
    summary = _of_market(item.get("summaries"), market)
    asin, sku = text(summary.get("asin")), required(item.get("sku"), "sku")
    price = mapping(_of_market(item.get("offers"), market).get("price"))
    currency = text(price.get("currencyCode"))
    kind = text(summary.get("productType"))
    refs = {name: value for name, value in (("asin", asin), ("product_type", kind), ("marketplace_id", market)) if value}
    return ListingSeen(
        external_id=asin or sku,
        external_sku=sku,
        title=text(summary.get("itemName")) or sku,
        seen_at=seen_at,
        quantity=None if quantity is None else max(quantity, 0),
        state="active" if summary else "draft",
        fulfilment="channel" if channel else "merchant",
        model=FBA if channel else "merchant",
        refs=refs,
        barcode=_barcode(mapping(item.get("attributes"))),
        price_minor=minor(price.get("amount"), currency) if text(price.get("amount")) else None,
        currency=currency,
        url=page_of(market, asin),
        picture=text(mapping(summary.get("mainImage")).get("link")),
        problem=_problem(item),
    )


def _of_market(value: Any, market: str) -> Mapping[str, Any]:
    found = [mapping(one) for one in items(value)]
    return next((one for one in found if text(one.get("marketplaceId")) in (market, "")), {})


def _barcode(attributes: Mapping[str, Any]) -> str:
    return next(
        (
            text(mapping(one).get("value"))
            for one in items(attributes.get("externally_assigned_product_identifier"))
            if text(mapping(one).get("type")) in ("ean", "upc", "gtin", "")
        ),
        "",
    )


def _problem(item: Mapping[str, Any]) -> str:
    faults = [mapping(one) for one in items(item.get("issues"))]
    return next((text(one.get("message")) for one in faults if text(one.get("severity")) == "ERROR"), "")


def _warehouse(told: Mapping[str, Any]) -> Sequence[Outcome]:
    summary = mapping(told.get("summary"))
    if not is_fba(mapping(told.get("item"))):
        return (Unsupported(kind="fba", reason="the seller ships it now; what the warehouse says of it is over"),)
    details = mapping(summary.get("inventoryDetails"))
    count = details.get("fulfillableQuantity")
    quantity = integer(count) if text(count) else None
    return (listing_seen(told, quantity=quantity, seen_at=_moment(told), channel=True),)


def _moment(told: Mapping[str, Any]) -> datetime:
    found = when(told.get("readAt"))
    if found is None:
        raise Malformed("readAt is missing", code="missing_field")
    return found


def _notice(told: Mapping[str, Any]) -> Sequence[Outcome]:
    """https://developer-docs.amazon.com/sp-api/docs/notification-type-values . Names only: the thing itself is read anew."""
    kind, payload = text(told.get("NotificationType")), mapping(told.get("Payload"))
    if kind == "ORDER_CHANGE":
        changed = mapping(payload.get("OrderChangeNotification"))
        return (Pointer(kind="order", id=required(changed.get("AmazonOrderId"), "AmazonOrderId")),)
    if kind == "LISTINGS_ITEM_MFN_QUANTITY_CHANGE":
        if text(payload.get("FulfillmentChannelCode")) not in (MERCHANT_CHANNEL, ""):
            return (Unsupported(kind=kind, reason="a count of Amazon's own warehouses"),)
        return (Pointer(kind="listing", id=required(payload.get("Sku"), "Sku")),)
    if kind in ("LISTINGS_ITEM_STATUS_CHANGE", "LISTINGS_ITEM_ISSUES_CHANGE"):
        return (Pointer(kind="listing", id=required(payload.get("Sku"), "Sku")),)
    if kind == "FBA_INVENTORY_AVAILABILITY_CHANGES":
        return (Pointer(kind="fba", id=required(payload.get("SKU"), "SKU")),)
    return (Unsupported(kind=kind or "notice", reason="this notice tells nothing we keep"),)
