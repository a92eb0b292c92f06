"""Pretend Fulfillment API: https://developer.ebay.com/api-docs/sell/fulfillment/resources/order/methods/getOrders"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.world import Line, Order
from connectors.ebay.sandbox_shop import CHANNEL, SELLER, Shop, guarded, money, number_param, page_url, refusal, stamp

ROOT = "/sell/fulfillment/v1/order"
SCOPE = "sell.fulfillment"
DOMAIN = "API_FULFILLMENT"
RANGE = re.compile(r"(creationdate|lastmodifieddate):\[([^\].]+(?:\.\d+)?Z?)\.\.([^\]]*)\]")


def fail(code: int, words: str) -> Answer:
    return refusal(400, code, words, domain=DOMAIN)


class Orders:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def routes(self, box: Sandbox) -> None:
        box.route("GET", ROOT)(guarded(self.shop, self.listed, scope=SCOPE))
        box.route("GET", f"{ROOT}/{{id}}")(guarded(self.shop, self.one, scope=SCOPE))
        box.route("GET", f"{ROOT}/{{id}}/shipping_fulfillment")(guarded(self.shop, self.fulfilments, scope=SCOPE))

    def paid(self) -> list[Order]:
        """A purchase awaiting payment is not shown by this API."""
        return [order for order in self.shop.world.shelf(CHANNEL).orders.values() if order.status != "pending"]

    def listed(self, request: Request) -> Answer:
        limit, offset = number_param(request, "limit", 50, 200), number_param(request, "offset", 0, 10**9)
        if not limit:
            return fail(31100, f"Invalid limit: {request.query.get('limit')}")
        if offset is None:
            return fail(31000, f"Invalid offset: {request.query.get('offset')}")
        found = self.matching(request)
        if isinstance(found, Answer):
            return found
        shown: dict[str, Any] = {
            "href": page_url(request),
            "total": len(found),
            "limit": limit,
            "offset": offset,
            "orders": [self.shown(order, with_requests=False) for order in found[offset : offset + limit]],
        }
        if offset + limit < len(found):
            shown["next"] = page_url(request, offset=offset + limit, limit=limit)
        return answer(shown)

    def matching(self, request: Request) -> list[Order] | Answer:
        ids = [one for one in request.query.get("orderIds", "").split(",") if one]
        if len(ids) > 50:
            return fail(30900, "Exceeded maximum number of order IDs (the current limit is 50)")
        if ids:
            return [order for order in self.paid() if order.id in ids]
        wanted, now = request.query.get("filter", ""), self.shop.world.now()
        match = RANGE.search(wanted)
        if wanted and match is None:
            return fail(30700, f"Invalid filter name: {wanted.partition(':')[0]}")
        start, end, field = now - timedelta(days=90), now, "lastmodifieddate"
        if match is not None:
            try:
                field, start = match[1], self.moment(match[2])
                end = self.moment(match[3]) if match[3] else now
            except ValueError:
                return fail(30810, "Invalid date format")
        if end > now + timedelta(minutes=1):
            return fail(30850, "Start and end dates can't be in the future")
        if start > end:
            return fail(30840, "Start date should be before end date")
        kept = [order for order in self.paid() if start <= self.time_of(order, field) <= end]
        return sorted(kept, key=lambda order: order.number, reverse=True)

    @staticmethod
    def time_of(order: Order, field: str) -> datetime:
        moment = order.placed_at if field == "creationdate" else order.updated_at
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    @staticmethod
    def moment(value: str) -> datetime:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)

    def find(self, request: Request) -> Order | None:
        return next((order for order in self.paid() if order.id == request.parts["id"]), None)

    def one(self, request: Request) -> Answer:
        order = self.find(request)
        if order is None:
            return refusal(404, 32100, f"Invalid order ID: {request.parts['id']}", domain=DOMAIN)
        return answer(self.shown(order, with_requests=True))

    def fulfilments(self, request: Request) -> Answer:
        order = self.find(request)
        if order is None:
            return refusal(404, 32100, f"Invalid order ID: {request.parts['id']}", domain=DOMAIN)
        made = [
            {
                "fulfillmentId": order.tracking or order.id,
                "shipmentTrackingNumber": order.tracking,
                "shippingCarrierCode": order.carrier,
                "shippedDate": stamp(order.shipped_at),
                "lineItems": [{"lineItemId": line.id, "quantity": line.quantity} for line in order.lines],
            }
            for _ in range(order.shipped_at is not None)
            if order.shipped_at is not None
        ]
        return answer({"total": len(made), "fulfillments": made})

    def shown(self, order: Order, *, with_requests: bool) -> dict[str, Any]:
        total = sum(line.quantity * line.price_minor for line in order.lines)
        amount = {"value": money(total), "currency": order.currency}
        is_sent = order.status in ("shipped", "delivered")
        shown: dict[str, Any] = {
            "orderId": order.id,
            "creationDate": stamp(order.placed_at),
            "lastModifiedDate": stamp(order.updated_at),
            "orderFulfillmentStatus": "FULFILLED" if is_sent else "NOT_STARTED",
            "orderPaymentStatus": "FULLY_REFUNDED" if order.status == "cancelled" else "PAID",
            "sellerId": SELLER,
            "buyer": self.buyer(order),
            "pricingSummary": {"priceSubtotal": amount, "deliveryCost": self.zero(order), "total": amount},
            "cancelStatus": self.cancel_status(order, with_requests=with_requests),
            "paymentSummary": {"totalDueSeller": amount, "refunds": [], "payments": []},
            "fulfillmentStartInstructions": [self.start(order)],
            "fulfillmentHrefs": [f"https://api.ebay.com{ROOT}/{order.id}/shipping_fulfillment/{order.tracking}"]
            if is_sent and order.tracking
            else [],
            "lineItems": [self.line(order, line) for line in order.lines],
            "salesRecordReference": str(100 + order.number),
            "totalFeeBasisAmount": amount,
        }
        return shown

    @staticmethod
    def zero(order: Order) -> dict[str, str]:
        return {"value": "0.00", "currency": order.currency}

    def cancel_status(self, order: Order, *, with_requests: bool) -> dict[str, Any]:
        """The list never fills cancelRequests."""
        if order.status != "cancelled":
            return {"cancelState": "NONE_REQUESTED", "cancelRequests": []}
        made = {
            "cancelReason": order.cancel_reason,
            "cancelRequestedDate": stamp(order.updated_at),
            "cancelInitiator": "BUYER",
            "cancelRequestId": str(5_200_000_000 + order.number),
            "cancelRequestState": "COMPLETED",
        }
        requests = [made] if with_requests else []
        return {"cancelState": "CANCELED", "cancelledDate": stamp(order.updated_at), "cancelRequests": requests}

    def contact(self, order: Order) -> dict[str, Any]:
        buyer = self.shop.buyer_of(order)
        return {
            "fullName": buyer.name,
            "contactAddress": {
                "addressLine1": buyer.street or "1 High Street",
                "city": buyer.city,
                "postalCode": buyer.postcode,
                "countryCode": buyer.country,
            },
            "primaryPhone": {"phoneNumber": buyer.phone},
            "email": buyer.email,
        }

    def buyer(self, order: Order) -> dict[str, Any]:
        buyer = self.shop.buyer_of(order)
        tax = {"city": buyer.city, "postalCode": buyer.postcode, "countryCode": buyer.country}
        return {"username": buyer.user, "taxAddress": tax, "buyerRegistrationAddress": self.contact(order)}

    def start(self, order: Order) -> dict[str, Any]:
        return {
            "fulfillmentInstructionsType": "SHIP_TO",
            "minEstimatedDeliveryDate": stamp(order.placed_at + timedelta(days=3)),
            "maxEstimatedDeliveryDate": stamp(order.placed_at + timedelta(days=6)),
            "ebaySupportedFulfillment": False,
            "shippingStep": {
                "shipTo": self.contact(order),
                "shippingCarrierCode": order.carrier or "USPS",
                "shippingServiceCode": "USPSPriority",
            },
        }

    def line(self, order: Order, line: Line) -> dict[str, Any]:
        good, listing = self.shop.good(line.sku), self.shop.shelf_listings[line.sku]
        cost = {"value": money(line.quantity * line.price_minor), "currency": order.currency}
        return {
            "lineItemId": line.id,
            "legacyItemId": listing.id,
            "sku": line.sku,
            "title": good.title,
            "lineItemCost": cost,
            "quantity": line.quantity,
            "soldFormat": "FIXED_PRICE",
            "listingMarketplaceId": "EBAY_US",
            "purchaseMarketplaceId": "EBAY_US",
            "lineItemFulfillmentStatus": "FULFILLED" if order.status in ("shipped", "delivered") else "NOT_STARTED",
            "total": cost,
            "deliveryCost": {"shippingCost": self.zero(order)},
            "appliedPromotions": [],
            "taxes": [],
            "refunds": [],
            "properties": {"buyerProtection": True},
            "lineItemFulfillmentInstructions": {
                "shipByDate": stamp(order.placed_at + timedelta(days=1)),
                "guaranteedDelivery": False,
            },
        }
