"""Deliveries of the XML calls and Platform Notifications into events. Pure.

https://developer.ebay.com/Devzone/XML/docs/Reference/eBay/index.html
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from datetime import datetime
from xml.etree.ElementTree import Element

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
    Pointer,
    StockSeen,
)
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, minor, required, when
from connectors.ebay.markup import find_deep, parse, text_at, texts_at
from connectors.ebay.words import normal

HANDLE = "ebay_user"
AUCTIONS = ("Chinese", "Auction", "PersonalOffer")


def moment(node: Element, *paths: str) -> datetime:
    found = next((at for at in (when(text_at(node, path)) for path in paths) if at is not None), None)
    if found is None:
        raise Malformed(f"{paths[0]} is missing", code="missing_field")
    return found


def thread_of(item_id: str, buyer: str) -> str:
    """The older calls know no talk: one is what a buyer asks about one item."""
    return f"trading:{item_id}:{buyer}"


def answer_id(question_id: str, words: str) -> str:
    """eBay gives an answer no id; the same answer gets the same one here, when sent and when read."""
    return f"{question_id}:{fingerprint(normal(words))[:12]}"


def question(delivery: Delivery) -> Sequence[Outcome]:
    """The question, and the answers given to it so far."""
    exchange = parse(delivery.body)
    asked = exchange.find("Question")
    if asked is None:
        raise Malformed("Question is missing", code="missing_field")
    message_id = required(text_at(asked, "MessageID"), "MessageID")
    buyer = required(text_at(asked, "SenderID"), "SenderID")
    item_id = text_at(exchange, "Item/ItemID")
    sent_at = moment(exchange, "CreationDate", "LastModifiedDate")
    email = text_at(asked, "SenderEmail").lower()
    common = MessageReceived(
        thread=thread_of(item_id, buyer),
        external_id=message_id,
        direction="in",
        sent_at=sent_at,
        customer=Handle(kind=HANDLE, value=buyer, label=buyer),
        text=text_at(asked, "Body"),
        subject=text_at(asked, "Subject"),
        more_handles=(Handle(kind="email", value=email, label=email),) if "@" in email else (),
        listing_ids=(item_id,) if item_id else (),
        media=tuple(media(node) for node in (*asked.findall("MessageMedia"), *exchange.findall("MessageMedia"))),
        refs={"model": "trading", "item_id": item_id, "parent_message_id": message_id, "other_party": buyer},
    )
    return (common, *(_answer(common, words, exchange) for words in dict.fromkeys(texts_at(exchange, "Response"))))


def _answer(asked: MessageReceived, words: str, exchange: Element) -> MessageReceived:
    """eBay tells only when the exchange changed last."""
    return MessageReceived(
        thread=asked.thread,
        external_id=answer_id(asked.external_id, words),
        direction="out",
        sent_at=when(text_at(exchange, "LastModifiedDate")) or asked.sent_at,
        customer=asked.customer,
        text=words,
        subject=asked.subject,
        listing_ids=asked.listing_ids,
        refs=asked.refs,
    )


def media(node: Element) -> Media:
    name, url = text_at(node, "MediaName"), text_at(node, "MediaURL")
    return Media(ref=url, name=name, media_type=mimetypes.guess_type(name)[0] or "image/jpeg")


def unpaid_order(delivery: Delivery) -> Sequence[Outcome]:
    """A purchase of GetOrders. Paid ones come by the Fulfillment API under the same id."""
    node = parse(delivery.body)
    order_id = required(text_at(node, "ExtendedOrderID") or text_at(node, "OrderID"), "OrderID")
    placed = moment(node, "CreatedTime")
    changed = when(text_at(node, "CheckoutStatus/LastModifiedTime")) or placed
    buyer, total = text_at(node, "BuyerUserID"), node.find("Total")
    currency = total.get("currencyID", "") if total is not None else ""
    status = _status(node)
    lines = tuple(_line(entry, status == "cancelled") for entry in node.findall("TransactionArray/Transaction"))
    return (
        OrderSeen(
            external_id=order_id,
            number=order_id,
            version=changed.isoformat(timespec="milliseconds"),
            status=status,
            placed_at=placed,
            lines=lines,
            currency=currency,
            customer=Handle(kind=HANDLE, value=buyer, label=buyer, name=text_at(node, "ShippingAddress/Name")) if buyer else None,
            total_minor=minor(text_at(node, "Total"), currency),
            shipped_at=when(text_at(node, "ShippedTime")),
            note=text_at(node, "BuyerCheckoutMessage"),
        ),
    )


def _status(node: Element) -> OrderStatus:
    if text_at(node, "OrderStatus") in ("Cancelled", "Inactive", "Invalid"):
        return "cancelled"
    if text_at(node, "ShippedTime"):
        return "shipped"
    return "open" if text_at(node, "PaidTime") else "pending"


def _line(entry: Element, is_cancelled: bool) -> OrderLine:
    price = entry.find("TransactionPrice")
    quantity = max(integer(text_at(entry, "QuantityPurchased"), 1), 0)
    return OrderLine(
        external_id=required(text_at(entry, "TransactionID") or text_at(entry, "OrderLineItemID"), "TransactionID"),
        external_sku=text_at(entry, "Variation/SKU") or text_at(entry, "Item/SKU"),
        quantity=0 if is_cancelled else quantity,
        cancelled=quantity if is_cancelled else 0,
        title=text_at(entry, "Variation/VariationTitle") or text_at(entry, "Item/Title"),
        listing_id=text_at(entry, "Item/ItemID"),
        price_minor=minor(text_at(entry, "TransactionPrice"), price.get("currencyID", "") if price is not None else ""),
    )


def _seen(delivery: Delivery) -> tuple[Element, datetime]:
    root = parse(delivery.body)
    at, item = when(root.get("at")), root.find("Item")
    if at is None or item is None:
        raise Malformed("Item or its time is missing", code="missing_field")
    return item, at


def listing_of(delivery: Delivery) -> Sequence[Outcome]:
    """One listing, or one for each of its variations."""
    item, at = _seen(delivery)
    return tuple(_face(item, face, at) for face in (item.findall("Variations/Variation") or [item]))


def stock_of(delivery: Delivery) -> Sequence[Outcome]:
    item, at = _seen(delivery)
    item_id = required(text_at(item, "ItemID"), "ItemID")
    faces = item.findall("Variations/Variation") or [item]
    counts = [(sku_of(face), live_quantity(face)) for face in faces]
    return tuple(
        StockSeen(external_id=item_id, external_sku=sku, quantity=count, seen_at=at) for sku, count in counts if count is not None
    )


def sku_of(face: Element) -> str:
    """A variation without a SKU goes by its specifics, as in orders: "Colour=Red; Size=M"."""
    specifics = sorted(
        (text_at(pair, "Name"), text_at(pair, "Value")) for pair in face.findall("VariationSpecifics/NameValueList")
    )
    return text_at(face, "SKU") or "; ".join(f"{name}={value}" for name, value in specifics if name)


def live_quantity(face: Element) -> int | None:
    """eBay's Quantity counts what was sold as well (https://developer.ebay.com/support/kb-article?KBid=1525)."""
    listed, sold = text_at(face, "Quantity"), text_at(face, "SellingStatus/QuantitySold")
    if listed and sold:
        return max(integer(listed) - integer(sold), 0)
    known = text_at(face, "QuantityAvailable") or listed
    return max(integer(known), 0) if known else None


def _face(item: Element, face: Element, at: datetime) -> ListingSeen:
    price = next((found for found in map(face.find, ("SellingStatus/CurrentPrice", "StartPrice")) if found is not None), None)
    price = price if price is not None else item.find("SellingStatus/CurrentPrice")
    currency = price.get("currencyID", "") if price is not None else ""
    status = text_at(item, "SellingStatus/ListingStatus")
    is_auction = text_at(item, "ListingType") in AUCTIONS
    name = text_at(face, "VariationTitle") or text_at(item, "Title")
    option = re.sub(r"\w[^=;]*=", "", sku_of(face)) if face is not item and not text_at(face, "VariationTitle") else ""
    return ListingSeen(
        external_id=required(text_at(item, "ItemID"), "ItemID"),
        external_sku=sku_of(face),
        title=f"{name} ({option})" if option and not text_at(face, "SKU") else name,
        seen_at=at,
        quantity=None if is_auction else live_quantity(face),
        state="ended" if status in ("Completed", "Ended") else "active",
        model="auction" if is_auction else "trading",
        refs={"variation": "yes"} if face is not item else {},
        barcode=_barcode(face),
        price_minor=minor(price.text, currency) if price is not None else None,
        currency=currency,
        url=text_at(item, "ListingDetails/ViewItemURL"),
        picture=text_at(item, "PictureDetails/GalleryURL") or text_at(item, "PictureDetails/PictureURL"),
        problem="eBay put the listing on hold" if text_at(item, "SellingStatus/ListingOnHold") == "true" else "",
    )


def _barcode(face: Element) -> str:
    found = (
        text_at(face, f"{group}/{name}")
        for group in ("VariationProductListingDetails", "ProductListingDetails")
        for name in ("EAN", "UPC", "ISBN")
    )
    return next((code for code in found if code and code.lower() != "does not apply"), "")


def question_asked(delivery: Delivery) -> Sequence[Outcome]:
    return (Pointer(kind="question", id=required(find_deep(parse(delivery.body), "MessageID"), "MessageID")),)


def ordered(delivery: Delivery) -> Sequence[Outcome]:
    """The signature of a Platform Notification does not cover its content: it is only ever a reason to look."""
    root = parse(delivery.body)
    order_id = find_deep(root, "ExtendedOrderID") or find_deep(root, "OrderID")
    if order_id:
        return (Pointer(kind="order", id=order_id),)
    return (Pointer(kind="item", id=required(find_deep(root, "ItemID"), "ItemID")),)


def closed_or_changed(delivery: Delivery) -> Sequence[Outcome]:
    return (Pointer(kind="item", id=required(find_deep(parse(delivery.body), "ItemID"), "ItemID")),)
