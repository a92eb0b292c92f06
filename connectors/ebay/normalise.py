"""Deliveries into events. Pure: one function per kind, the table at the foot. Orders and listings of the older XML calls are
read in normalise_trading.py."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed, NotSupported
from connectors.base.events import (
    AccessWithdrawn,
    AccountErased,
    Handle,
    ListingSeen,
    Media,
    MessageReceived,
    OrderLine,
    OrderSeen,
    OrderStatus,
    Outcome,
    Pointer,
    Unsupported,
)
from connectors.base.wire import integer, items, load, mapping, minor, required, text, when
from connectors.ebay.normalise_cases import case_of
from connectors.ebay.normalise_trading import (
    HANDLE,
    closed_or_changed,
    listing_of,
    ordered,
    question,
    question_asked,
    stock_of,
    unpaid_order,
)

ITEM_URL = "https://www.ebay.com/itm/"
PAGE = re.compile(r"\s*<(!doctype|html|head|body|div|table)\b", re.IGNORECASE)
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.IGNORECASE | re.DOTALL)


def user(name: Any, *, user_id: Any = None, full_name: Any = None) -> Handle:
    """eBay puts an immutable id in place of the username for some developers: either way the value is opaque."""
    label = text(name).strip()
    value = text(user_id).strip() or label
    if not value:
        raise Malformed("the buyer has no name", code="missing_field")
    return Handle(kind=HANDLE, value=value, label=label or value, name=text(full_name).strip())


def plain(body: str) -> str:
    """Words of an HTML page, line by line."""
    broken = re.sub(r"<(br|/p|/div|/tr)\b[^>]*>", "\n", body, flags=re.IGNORECASE)
    lines = (" ".join(line.split()) for line in unescape(TAG.sub("", broken)).splitlines())
    return "\n".join(line for line in lines if line)


def message(delivery: Delivery) -> Sequence[Outcome]:
    whole = mapping(load(delivery.body))
    talk, said = mapping(whole.get("conversation")), mapping(whole.get("message"))
    me = {text(name) for name in items(whole.get("seller"))}
    sender = text(said.get("senderUsername")) or text(said.get("senderUserName"))
    recipient = text(said.get("recipientUsername")) or text(said.get("recipientUserName"))
    thread = required(talk.get("conversationId"), "conversationId")
    sent_at = when(said.get("createdDate"))
    if sent_at is None:
        raise Malformed("the message has no createdDate", code="missing_field")
    is_ours = sender in me if sender else recipient not in me
    other = recipient if is_ours else sender
    is_about_listing = text(talk.get("referenceType")).upper() == "LISTING" and text(talk.get("referenceId"))
    item = text(talk.get("referenceId")) if is_about_listing else ""
    body = text(said.get("messageBody"))
    is_page = bool(PAGE.match(body))
    return (
        MessageReceived(
            thread=thread,
            external_id=required(said.get("messageId"), "messageId"),
            direction="out" if is_ours else "in",
            sent_at=sent_at,
            customer=user(other),
            text=plain(body) if is_page else body,
            html=body if is_page else "",
            subject=text(said.get("subject")) or text(talk.get("conversationTitle")),
            listing_ids=(item,) if item else (),
            media=tuple(media(entry) for entry in items(said.get("messageMedia")) if text(mapping(entry).get("mediaUrl"))),
            refs={
                name: value for name, value in {"conversation_id": thread, "item_id": item, "other_party": other}.items() if value
            },
            automated=text(talk.get("conversationType")) == "FROM_EBAY",
        ),
    )


def media(value: Any) -> Media:
    entry = mapping(value)
    name, url = text(entry.get("mediaName")), text(entry.get("mediaUrl"))
    guessed = mimetypes.guess_type(name)[0] or mimetypes.guess_type(url.partition("?")[0])[0]
    known = {"IMAGE": "image/jpeg", "PDF": "application/pdf", "DOC": "application/msword", "TXT": "text/plain"}
    return Media(ref=url, name=name, media_type=guessed or known.get(text(entry.get("mediaType")).upper(), ""))


def order(delivery: Delivery) -> Sequence[Outcome]:
    whole = mapping(load(delivery.body))
    placed = when(whole.get("creationDate"))
    changed = when(whole.get("lastModifiedDate")) or placed
    if placed is None or changed is None:
        raise Malformed("the order has no creationDate", code="missing_field")
    buyer, start = mapping(whole.get("buyer")), first(whole.get("fulfillmentStartInstructions"))
    step = mapping(start.get("shippingStep"))
    ship_to, home = mapping(step.get("shipTo")), mapping(buyer.get("buyerRegistrationAddress"))
    total = mapping(mapping(whole.get("pricingSummary")).get("total"))
    status = order_status(whole)
    lines = tuple(order_line(mapping(entry), is_cancelled=status == "cancelled") for entry in items(whole.get("lineItems")))
    order_id = required(whole.get("orderId"), "orderId")
    named = text(buyer.get("username")) or text(buyer.get("userId"))
    full_name = text(ship_to.get("fullName")) or text(home.get("fullName"))
    return (
        OrderSeen(
            external_id=order_id,
            number=order_id,
            version=changed.isoformat(timespec="milliseconds"),
            status=status,
            placed_at=placed,
            lines=lines,
            currency=text(total.get("currency")) or line_currency(whole),
            customer=user(buyer.get("username"), user_id=buyer.get("userId"), full_name=full_name) if named else None,
            more_handles=contact_handles(ship_to, home),
            total_minor=minor(total.get("value"), text(total.get("currency"))),
            ship_by=earliest(
                mapping(mapping(entry).get("lineItemFulfillmentInstructions")).get("shipByDate")
                for entry in items(whole.get("lineItems"))
            ),
            tracking=tracking_number(whole),
            carrier=text(step.get("shippingCarrierCode")) if status == "shipped" else "",
            ship_to=address(ship_to),
            note=text(whole.get("buyerCheckoutNotes")),
        ),
    )


def first(value: Any) -> Mapping[str, Any]:
    found = items(value)
    return mapping(found[0]) if found else {}


def earliest(values: Any) -> datetime | None:
    return min((at for at in map(when, values) if at is not None), default=None)


def order_status(whole: Mapping[str, Any]) -> OrderStatus:
    if text(mapping(whole.get("cancelStatus")).get("cancelState")) == "CANCELED":
        return "cancelled"
    if text(whole.get("orderFulfillmentStatus")) == "FULFILLED":
        return "shipped"
    return "pending" if text(whole.get("orderPaymentStatus")) in ("PENDING", "FAILED") else "open"


def order_line(line: Mapping[str, Any], *, is_cancelled: bool) -> OrderLine:
    """lineItemCost is for all units of the line."""
    quantity, cost = max(integer(line.get("quantity"), 1), 0), mapping(line.get("lineItemCost"))
    paid = minor(cost.get("value"), text(cost.get("currency")))
    return OrderLine(
        external_id=required(line.get("lineItemId"), "lineItemId"),
        external_sku=text(line.get("sku")) or variation_name(line.get("variationAspects")),
        quantity=0 if is_cancelled else quantity,
        cancelled=quantity if is_cancelled else 0,
        title=text(line.get("title")),
        listing_id=text(line.get("legacyItemId")),
        price_minor=paid // quantity if quantity else paid,
    )


def variation_name(aspects: Any) -> str:
    """Names a variation without a SKU, equally in orders and listings: "Colour=Red; Size=M"."""
    pairs = sorted((text(mapping(one).get("name")), text(mapping(one).get("value"))) for one in items(aspects))
    return "; ".join(f"{name}={value}" for name, value in pairs if name)


def line_currency(whole: Mapping[str, Any]) -> str:
    return text(mapping(first(whole.get("lineItems")).get("lineItemCost")).get("currency"))


def tracking_number(whole: Mapping[str, Any]) -> str:
    """A fulfilment's address ends in its tracking number."""
    hrefs = [text(href) for href in items(whole.get("fulfillmentHrefs"))]
    return hrefs[-1].rstrip("/").rpartition("/")[2] if hrefs else ""


def contact_handles(*contacts: Mapping[str, Any]) -> tuple[Handle, ...]:
    """E-mail is often eBay's own relay address for this order; a phone counts only with its country code."""
    found: dict[tuple[str, str], Handle] = {}
    for contact in contacts:
        email = text(contact.get("email")).strip().lower()
        phone = re.sub(r"[^\d+]", "", text(mapping(contact.get("primaryPhone")).get("phoneNumber")))
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            found["email", email] = Handle(kind="email", value=email, label=email)
        if re.fullmatch(r"\+[1-9]\d{6,14}", phone):
            found["phone", phone] = Handle(kind="phone", value=phone, label=phone)
    return tuple(found.values())


def address(contact: Mapping[str, Any]) -> dict[str, str]:
    place = mapping(contact.get("contactAddress"))
    fields = {
        "name": contact.get("fullName"),
        "company": contact.get("companyName"),
        "street": place.get("addressLine1"),
        "street2": place.get("addressLine2"),
        "city": place.get("city"),
        "state": place.get("stateOrProvince"),
        "postcode": place.get("postalCode"),
        "country": place.get("countryCode"),
        "phone": mapping(contact.get("primaryPhone")).get("phoneNumber"),
    }
    return {name: text(value) for name, value in fields.items() if text(value)}


def inventory_listing(delivery: Delivery) -> Sequence[Outcome]:
    whole = mapping(load(delivery.body))
    item, seen_at = mapping(whole.get("item")), when(whole.get("seen_at"))
    sku = required(item.get("sku"), "sku")
    if seen_at is None:
        raise Malformed("seen_at is missing", code="missing_field")
    offers = [mapping(one) for one in items(whole.get("offers"))]
    published = [offer for offer in offers if text(mapping(offer.get("listing")).get("listingId"))]
    if not published:
        return (Unsupported(kind="inventory_listing", reason="the SKU has no published offer"),)
    return tuple(offer_seen(item, sku, offer, seen_at) for offer in published)


def offer_seen(item: Mapping[str, Any], sku: str, offer: Mapping[str, Any], seen_at: datetime) -> ListingSeen:
    """A buyer can buy the smaller of the item's total and the offer's own quantity."""
    product, listing = mapping(item.get("product")), mapping(offer.get("listing"))
    total = mapping(mapping(item.get("availability")).get("shipToLocationAvailability")).get("quantity")
    counts = [integer(value) for value in (total, offer.get("availableQuantity")) if text(value)]
    price = mapping(mapping(offer.get("pricingSummary")).get("price"))
    currency = text(price.get("currency"))
    codes = [text(code) for name in ("ean", "upc", "isbn") for code in items(product.get(name))]
    number = text(listing.get("listingId"))
    ended = text(listing.get("listingStatus")) in ("ENDED", "INACTIVE", "EBAY_ENDED", "NOT_LISTED")
    return ListingSeen(
        external_id=number,
        external_sku=sku,
        title=text(product.get("title")),
        seen_at=seen_at,
        quantity=max(min(counts), 0) if counts else None,
        state="ended" if ended or text(offer.get("status")) == "UNPUBLISHED" else "active",
        model="auction" if text(offer.get("format")) == "AUCTION" else "inventory",
        refs={"offer_id": text(offer.get("offerId"))} if text(offer.get("offerId")) else {},
        barcode=next((code for code in codes if code and code.lower() != "does not apply"), ""),
        price_minor=minor(price.get("value"), currency) if price else None,
        currency=currency,
        url=ITEM_URL + number,
        picture=next((text(url) for url in items(product.get("imageUrls"))), ""),
        problem="eBay put the listing on hold" if listing.get("listingOnHold") is True else "",
    )


def find_key(value: Any, names: tuple[str, ...], depth: int = 6) -> str:
    """The first non-empty text under one of these keys, however deep: topics differ in how they nest their ids."""
    if depth == 0 or not isinstance(value, Mapping | list):
        return ""
    if isinstance(value, Mapping):
        for name in names:
            if text(value.get(name)):
                return text(value.get(name))
    inner = value.values() if isinstance(value, Mapping) else value
    return next((found for found in (find_key(one, names, depth - 1) for one in inner) if found), "")


def _data(delivery: Delivery) -> Mapping[str, Any]:
    return mapping(mapping(mapping(load(delivery.body)).get("notification")).get("data"))


def new_message(delivery: Delivery) -> Sequence[Outcome]:
    data = _data(delivery)
    conversation = required(find_key(data, ("conversationId",)), "conversationId")
    return (Pointer(kind="message", id=f"{conversation}/{find_key(data, ('messageId',))}"),)


def buyer_question(delivery: Delivery) -> Sequence[Outcome]:
    names = ("questionId", "messageId", "memberMessageId")
    return (Pointer(kind="question", id=required(find_key(_data(delivery), names), "messageId")),)


def order_changed(delivery: Delivery) -> Sequence[Outcome]:
    return (Pointer(kind="order", id=required(find_key(_data(delivery), ("orderId", "legacyOrderId")), "orderId")),)


def account_deleted(delivery: Delivery) -> Sequence[Outcome]:
    """The buyer may be known under the name or under the id: both are to be forgotten."""
    envelope = mapping(mapping(load(delivery.body)).get("notification"))
    at = when(envelope.get("eventDate")) or when(envelope.get("publishDate"))
    data = mapping(envelope.get("data"))
    names = dict.fromkeys(filter(None, (text(data.get("userId")), text(data.get("username")))))
    if at is None or not names:
        raise Malformed("the notice names nobody or no time", code="missing_field")
    label = text(data.get("username"))
    return tuple(AccountErased(handle=Handle(kind=HANDLE, value=name, label=label or name), at=at) for name in names)


def authorisation_revoked(delivery: Delivery) -> Sequence[Outcome]:
    """eBay's signature does not say for whom the notice was: whether our token still works is tried before it is believed."""
    return (Pointer(kind="access", id=find_key(_data(delivery), ("username", "userId"))),)


def access_withdrawn(delivery: Delivery) -> Sequence[Outcome]:
    whole = mapping(load(delivery.body))
    at = when(whole.get("at"))
    if at is None:
        raise Malformed("at is missing", code="missing_field")
    return (AccessWithdrawn(at=at, detail=text(whole.get("detail"))),)


def unused(delivery: Delivery) -> Sequence[Outcome]:
    return (Unsupported(kind=delivery.kind, reason="nothing in it changes messages, orders or counts"),)


def normalise(delivery: Delivery) -> Sequence[Outcome]:
    found = KINDS.get(delivery.kind)
    if found is None:
        raise NotSupported(f"eBay: {delivery.kind} is not read", code="unknown_kind")
    return found(delivery)


KINDS: Mapping[str, Callable[[Delivery], Sequence[Outcome]]] = {
    "case.cancellation": case_of,
    "case.inquiry": case_of,
    "case.return": case_of,
    "case.casemanagement": case_of,
    "case.payment_dispute": case_of,
    "message": message,
    "question": question,
    "order": order,
    "unpaid_order": unpaid_order,
    "inventory_listing": inventory_listing,
    "trading_listing": listing_of,
    "trading_stock": stock_of,
    "access_withdrawn": access_withdrawn,
    "topic.NEW_MESSAGE": new_message,
    "topic.BUYER_QUESTION": buyer_question,
    "topic.ORDER_CONFIRMATION": order_changed,
    "topic.ORDER_CANCELLATION_ACTIVITY": order_changed,
    "topic.ORDER_RETURN_ACTIVITY": order_changed,
    "topic.ITEM_MARKED_SHIPPED": unused,
    "topic.FEEDBACK_LEFT": unused,
    "topic.FEEDBACK_RECEIVED": unused,
    "topic.MARKETPLACE_ACCOUNT_DELETION": account_deleted,
    "topic.AUTHORIZATION_REVOCATION": authorisation_revoked,
    "platform.AskSellerQuestion": question_asked,
    "platform.FixedPriceTransaction": ordered,
    "platform.AuctionCheckoutComplete": ordered,
    "platform.ItemSold": ordered,
    "platform.ItemMarkedShipped": ordered,
    "platform.ItemMarkedPaid": ordered,
    "platform.BuyerCancelRequested": ordered,
    "platform.ItemRevised": closed_or_changed,
    "platform.ItemClosed": closed_or_changed,
    "platform.ItemOutOfStock": closed_or_changed,
    "platform.ItemListed": closed_or_changed,
    "platform.Feedback": unused,
    "platform.MyMessagesM2MMessage": unused,
}
