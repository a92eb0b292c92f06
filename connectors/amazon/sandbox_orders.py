"""Pretend Orders API 2026-01-01, Messaging and Solicitations. https://developer-docs.amazon.com/sp-api/docs/orders-api"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from connectors.amazon.sandbox_shop import (
    CHANNEL,
    MARKET,
    Shop,
    asin_of,
    body_of,
    guarded,
    moment_of,
    refusal,
    relay_of,
    stamp,
)
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.wire import integer, items, mapping, text
from connectors.base.world import Line, Order

ROOT = "/orders/2026-01-01/orders"
MESSAGING, SOLICITATIONS = "/messaging/v1/orders", "/solicitations/v1/orders"
STATUS = {"pending": "PENDING", "open": "UNSHIPPED", "shipped": "SHIPPED", "delivered": "SHIPPED", "cancelled": "CANCELLED"}
TEXTS = {"confirmDeliveryDetails": 2000, "confirmOrderDetails": 2000, "unexpectedProblem": 2000}
REVIEW = "productReviewAndSellerFeedback"


class Orders:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.asked: set[str] = set()
        self.parcels: dict[str, str] = {}
        self.sent: list[tuple[str, str, str]] = []

    def routes(self, box: Sandbox) -> None:
        box.route("GET", ROOT)(guarded(self.shop, self.search))
        box.route("GET", f"{ROOT}/{{id}}")(guarded(self.shop, self.one))
        box.route("POST", "/orders/v0/orders/{id}/shipmentConfirmation", "act")(guarded(self.shop, self.confirm))
        box.route("GET", f"{MESSAGING}/{{id}}")(guarded(self.shop, self.messages_allowed))
        box.route("POST", f"{MESSAGING}/{{id}}/messages/{{kind}}", "act")(guarded(self.shop, self.message))
        box.route("GET", f"{SOLICITATIONS}/{{id}}")(guarded(self.shop, self.reviews_allowed))
        box.route("POST", f"{SOLICITATIONS}/{{id}}/solicitations/{REVIEW}", "act")(guarded(self.shop, self.ask_for_review))

    def search(self, request: Request) -> Answer:
        asked = request.query
        bounds = [name for name in ("createdAfter", "lastUpdatedAfter") if asked.get(name)]
        start = moment_of(asked[bounds[0]]) if len(bounds) == 1 else None
        size = asked.get("maxResultsPerPage", "100")
        if start is None or not (size.isdigit() and 1 <= int(size) <= 100):
            return refusal(400, "InvalidInput", "Exactly one of createdAfter and lastUpdatedAfter, and a page of 1 to 100.")
        end = moment_of(asked.get("lastUpdatedBefore") or asked.get("createdBefore", "")) or self.shop.world.now()
        kept = [
            order
            for order in self.shop.world.shelf(CHANNEL).orders.values()
            if start <= (order.placed_at if bounds[0] == "createdAfter" else order.updated_at) < end
        ]
        first = self._first(asked.get("paginationToken", ""))
        if first is None:
            return refusal(400, "InvalidInput", "The paginationToken is not valid or has expired.")
        kept.sort(key=lambda order: (order.updated_at, order.number))
        shown: dict[str, Any] = {
            "orders": [self.shown(order, asked.get("includedData", "")) for order in kept[first : first + int(size)]],
            "lastUpdatedBefore": stamp(self.shop.world.now()),
        }
        if first + int(size) < len(kept):
            shown["pagination"] = {"nextToken": base64.urlsafe_b64encode(f"page:{first + int(size)}".encode()).decode()}
        return answer(shown)

    @staticmethod
    def _first(token: str) -> int | None:
        if not token:
            return 0
        try:
            word, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        except ValueError:
            return None
        return int(number) if word == "page" and number.isdigit() else None

    def find(self, request: Request) -> Order | None:
        return self.shop.world.shelf(CHANNEL).orders.get(request.parts["id"])

    def one(self, request: Request) -> Answer:
        order = self.find(request)
        if order is None:
            return refusal(404, "NotFound", f"Order {request.parts['id']} is not found.")
        return answer({"order": self.shown(order, request.query.get("includedData", ""))})

    def shown(self, order: Order, included: str) -> dict[str, Any]:
        wanted, buyer = included.split(","), self.shop.world.state.buyers[order.buyer]
        total = sum(line.quantity * line.price_minor for line in order.lines)
        shown: dict[str, Any] = {
            "orderId": order.id,
            "createdTime": stamp(order.placed_at),
            "lastUpdatedTime": stamp(order.updated_at),
            "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKET, "marketplaceName": "Amazon.com"},
            "programs": [],
            "orderItems": [self.line(order, line) for line in order.lines],
        }
        if "BUYER" in wanted:
            shown["buyer"] = {"buyerName": buyer.name, "buyerEmail": relay_of(buyer)}
        if "RECIPIENT" in wanted and order.status != "pending":
            address = {
                "name": buyer.name,
                "addressLine1": buyer.street,
                "city": buyer.city,
                "postalCode": buyer.postcode,
                "countryCode": buyer.country,
                "phone": buyer.phone,
            }
            shown["recipient"] = {"deliveryAddress": address}
        if "PROCEEDS" in wanted:
            shown["proceeds"] = {"grandTotal": money(total, order.currency)}
        if "FULFILLMENT" in wanted:
            until = order.placed_at + timedelta(days=2)
            shown["fulfillment"] = {
                "fulfillmentStatus": STATUS[order.status],
                "fulfilledBy": "MERCHANT",
                "shipByWindow": {"earliestDateTime": stamp(order.placed_at), "latestDateTime": stamp(until)},
            }
        if "PACKAGES" in wanted and order.shipped_at is not None:
            shown["packages"] = [self.package(order)]
        return shown

    def line(self, order: Order, line: Line) -> dict[str, Any]:
        left = line.quantity - line.cancelled
        sent = left if order.status in ("shipped", "delivered") else 0
        return {
            "orderItemId": line.id,
            "quantityOrdered": line.quantity,
            "product": {
                "asin": asin_of(line.sku),
                "title": self.shop.world.state.goods[line.sku].title,
                "sellerSku": line.sku,
                "price": {"unitPrice": money(line.price_minor, order.currency)},
            },
            "fulfillment": {"quantityFulfilled": sent, "quantityUnfulfilled": left - sent},
        }

    @staticmethod
    def package(order: Order) -> dict[str, Any]:
        return {
            "packageReferenceId": "1",
            "packageStatus": {"status": "DELIVERED" if order.status == "delivered" else "IN_TRANSIT"},
            "carrier": order.carrier,
            "trackingNumber": order.tracking,
            "shipTime": stamp(order.shipped_at or order.updated_at),
        }

    def confirm(self, request: Request) -> Answer:
        """A parcel is named by the seller: told again under one name it stays one parcel."""
        order, told = self.find(request), mapping(body_of(request).get("packageDetail"))
        if order is None:
            return refusal(404, "NotFound", f"Order {request.parts['id']} is not found.")
        parcel = text(told.get("packageReferenceId"))
        if self.parcels.get(order.id) == parcel:
            return Answer(b"", 204)
        if order.status != "open":
            return refusal(400, "InvalidInput", "The order is not in a state in which it can be shipped.")
        counts = {
            text(one.get("orderItemId")): integer(one.get("quantity")) for one in map(mapping, items(told.get("orderItems")))
        }
        left = {line.id: line.quantity - line.cancelled for line in order.lines if line.quantity > line.cancelled}
        if counts != left or not parcel.isdigit():
            return refusal(400, "InvalidInput", "The order items do not match the order.")
        self.parcels[order.id] = parcel
        carrier = text(told.get("carrierName")) or text(told.get("carrierCode"))
        self.shop.world.change_order(CHANNEL, order.id, "shipped", tracking=text(told.get("trackingNumber")), carrier=carrier)
        return Answer(b"", 204)

    # Messages of fixed kinds

    def messages_allowed(self, request: Request) -> Answer:
        order = self.find(request)
        if order is None:
            return refusal(404, "NotFound", "The order is not found.")
        names = [] if order.status in ("pending", "cancelled") else list(TEXTS)
        return answer(actions(f"{MESSAGING}/{order.id}", "messages", names))

    def message(self, request: Request) -> Answer:
        order, kind, words = self.find(request), request.parts["kind"], body_of(request).get("text")
        if order is None or kind not in TEXTS:
            return refusal(404, "NotFound", "The resource is not found.")
        if not isinstance(words, str) or not 1 <= len(words) <= TEXTS[kind]:
            return refusal(400, "InvalidInput", f"text must have 1 to {TEXTS[kind]} characters")
        self.sent.append((order.id, kind, words))
        return answer({}, 201)

    def reviews_allowed(self, request: Request) -> Answer:
        order = self.find(request)
        if order is None:
            return refusal(404, "NotFound", "The order is not found.")
        names = [REVIEW] if order.status == "delivered" and order.id not in self.asked else []
        return answer(actions(f"{SOLICITATIONS}/{order.id}", "solicitations", names))

    def ask_for_review(self, request: Request) -> Answer:
        order = self.find(request)
        if order is None or order.status != "delivered" or order.id in self.asked:
            return refusal(403, "Unauthorized", "You cannot use this solicitation type for the specified order.")
        self.asked.add(order.id)
        return answer({}, 201)


def money(cents: int, currency: str) -> dict[str, str]:
    return {"amount": f"{cents / 100:.2f}", "currencyCode": currency}


def actions(path: str, folder: str, names: list[str]) -> dict[str, Any]:
    links = [{"href": f"{path}/{folder}/{name}?marketplaceIds={MARKET}", "name": name} for name in names]
    return {
        "_links": {"self": {"href": f"{path}?marketplaceIds={MARKET}"}, "actions": links},
        "_embedded": {"actions": []},
    }
