"""Pretend Post-Order API: https://developer.ebay.com/devzone/post-order/index.html"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.world import Order
from connectors.ebay.sandbox_shop import CHANNEL, SELLER, Shop, body_of, guarded, refusal, stamp

ROOT = "/post-order/v2"
LISTS = {"cancellation": "cancellations", "inquiry": "members", "return": "members", "casemanagement": "members"}
WINDOWS = {"inquiry": "inquiry_", "casemanagement": "case_"}
DISPUTES = "/sell/fulfillment/v1/payment_dispute_summary"
ANSWER_WITHIN = timedelta(days=3)


class Cases:
    """`made` holds each matter as eBay shows it, beside when it was opened."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.made: dict[str, dict[str, tuple[datetime, dict[str, Any]]]] = {kind: {} for kind in LISTS}
        self.disputes: list[tuple[datetime, dict[str, Any]]] = []
        self.number = 5_000_000_100

    def routes(self, box: Sandbox) -> None:
        def add(method: str, path: str, handler: Any, operation: str = "read") -> None:
            box.route(method, ROOT + path, operation)(guarded(self.shop, handler, scheme="IAF"))

        add("GET", "/{kind}/search", self.search)
        box.route("GET", DISPUTES, "read")(guarded(self.shop, self.list_disputes, scope="sell.payment.dispute"))
        add("POST", "/cancellation/{id}/approve", self.approve, "send")
        add("POST", "/cancellation/{id}/reject", self.reject, "send")

    # Acts of buyers

    def ask_cancel(self, order: Order, reason: str = "BUYER_ASKED_CANCEL") -> str:
        shown = {
            "marketplaceId": "EBAY_US",
            "legacyOrderId": order.id,
            "requestorType": "BUYER",
            "cancelReason": reason,
            "cancelState": "APPROVAL_PENDING",
            "cancelStatus": "CANCEL_REQUESTED",
            "buyerLoginName": self.shop.buyer_of(order).user,
            "sellerLoginName": SELLER,
            "cancelRequestDate": self.at(),
            "sellerResponseDueDate": self.at(ANSWER_WITHIN),
        }
        return self.keep("cancellation", "cancelId", shown)

    def ask_return(self, order: Order, words: str) -> str:
        line = order.lines[0]
        item = {"itemId": self.shop.shelf_listings[line.sku].id, "transactionId": line.id, "returnQuantity": line.quantity}
        shown = {
            "buyerLoginName": self.shop.buyer_of(order).user,
            "sellerLoginName": SELLER,
            "currentType": "MONEY_BACK",
            "state": "RETURN_REQUESTED",
            "status": "RETURN_REQUESTED",
            "orderId": order.id,
            "creationInfo": {
                "item": item,
                "type": "MONEY_BACK",
                "reason": "NOT_AS_DESCRIBED",
                "comments": {"content": words},
                "creationDate": self.at(),
            },
            "sellerResponseDue": {"activityDue": "SELLER_APPROVE_REQUEST", "respondByDate": self.at(ANSWER_WITHIN)},
        }
        return self.keep("return", "returnId", shown)

    def ask_where(self, order: Order) -> str:
        line = order.lines[0]
        shown = {
            "inquiryStatusEnum": "WAITING_SELLER_RESPONSE",
            "buyer": self.shop.buyer_of(order).user,
            "seller": SELLER,
            "itemId": self.shop.shelf_listings[line.sku].id,
            "transactionId": line.id,
            "creationDate": self.at(),
            "lastModifiedDate": self.at(),
            "respondByDate": self.at(ANSWER_WITHIN),
        }
        return self.keep("inquiry", "inquiryId", shown)

    def escalate(self, order: Order) -> str:
        """The buyer asks eBay to decide."""
        line = order.lines[0]
        shown = {
            "caseStatusEnum": "OPEN",
            "buyer": self.shop.buyer_of(order).user,
            "seller": SELLER,
            "itemId": int(self.shop.shelf_listings[line.sku].id),
            "transactionId": int(line.id),
            "claimAmount": {"value": line.price_minor / 100, "currency": order.currency},
            "creationDate": self.at(),
            "lastModifiedDate": self.at(),
            "respondByDate": self.at(ANSWER_WITHIN),
        }
        return self.keep("casemanagement", "caseId", shown, number=True)

    def dispute(self, order: Order, reason: str = "ITEM_NOT_RECEIVED") -> dict[str, Any]:
        """The buyer asks the bank for the money back."""
        self.number += 1
        now = self.shop.world.now()
        shown = {
            "paymentDisputeId": str(self.number),
            "paymentDisputeStatus": "ACTION_NEEDED",
            "reason": reason,
            "orderId": order.id,
            "buyerUsername": self.shop.buyer_of(order).user,
            "amount": {"value": f"{order.lines[0].price_minor / 100:.2f}", "currency": order.currency},
            "openDate": stamp(now),
            "respondByDate": stamp(now + ANSWER_WITHIN),
        }
        self.disputes.append((now, shown))
        return shown

    def at(self, later: timedelta = timedelta(0)) -> dict[str, str]:
        return {"value": stamp(self.shop.world.now() + later)}

    def keep(self, kind: str, name: str, shown: dict[str, Any], *, number: bool = False) -> str:
        """`number`: this kind's own id is told as a number."""
        self.number += 1
        own = self.number if number else str(self.number)
        self.made[kind][str(self.number)] = (self.shop.world.now(), {name: own, **shown})
        return str(self.number)

    # Calls

    def search(self, request: Request) -> Answer:
        kind, query = request.parts["kind"], request.query
        if kind not in LISTS:
            return refusal(404, 2002, "Resource not found", domain="ACCESS")
        prefix = WINDOWS.get(kind, "")
        limit = query.get("limit", "25")
        if not limit.isdigit() or not 1 <= int(limit) <= 200:
            return refusal(400, 1632, "Please enter valid limit", domain="returnErrorDomain")
        try:
            start, end = (moment(query.get(f"{prefix}creation_date_range_{name}", "")) for name in ("from", "to"))
        except ValueError:
            return refusal(400, 1631, "Please enter valid From creation date", domain="returnErrorDomain")
        found = [
            shown
            for opened, shown in self.made[kind].values()
            if (start is None or opened >= start)
            and (end is None or opened <= end)
            and query.get("legacy_order_id", shown.get("legacyOrderId")) == shown.get("legacyOrderId")
        ]
        page = {"offset": 1, "limit": int(limit), "totalPages": -(-len(found) // int(limit)), "totalEntries": len(found)}
        total = "totalNumberOfCases" if kind == "casemanagement" else "total"
        return answer({LISTS[kind]: found[: int(limit)], total: len(found), "paginationOutput": page})

    def list_disputes(self, request: Request) -> Answer:
        start, end = (moment(request.query.get(name, "")) for name in ("open_date_from", "open_date_to"))
        if start is not None and end is not None and end - start > timedelta(days=90):
            return refusal(400, 33001, "The date range may be 90 days at most.", domain="API_FULFILLMENT")
        limit, offset = int(request.query.get("limit", "200")), int(request.query.get("offset", "0"))
        found = [shown for at, shown in self.disputes if (start is None or at >= start) and (end is None or at <= end)]
        page = found[offset : offset + limit]
        return answer({"limit": limit, "offset": offset, "total": len(found), "paymentDisputeSummaries": page})

    def waiting(self, request: Request) -> dict[str, Any] | None:
        _, shown = self.made["cancellation"].get(request.parts["id"], (None, {}))
        return shown if "sellerResponseDueDate" in shown else None

    def approve(self, request: Request) -> Answer:
        shown = self.waiting(request)
        if shown is None:
            return refusal(400, 1525, "The cancellation cannot be approved in its state.", domain="cancelErrorDomain")
        self.end(shown, "CANCEL_CLOSED_WITH_REFUND")
        self.shop.world.cancel_order(CHANNEL, shown["legacyOrderId"])
        return Answer(status=200)

    def reject(self, request: Request) -> Answer:
        shown, body = self.waiting(request), body_of(request)
        if shown is None or not body.get("trackingNumber") or not body.get("shipmentDate"):
            return refusal(400, 1526, "The cancellation cannot be rejected.", domain="cancelErrorDomain")
        self.end(shown, "CANCEL_REJECTED")
        return Answer(status=200)

    def end(self, shown: dict[str, Any], status: str) -> None:
        del shown["sellerResponseDueDate"]
        shown |= {"cancelState": "CLOSED", "cancelStatus": status, "cancelCloseDate": self.at()}


def moment(value: str) -> datetime | None:
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC) if value else None
