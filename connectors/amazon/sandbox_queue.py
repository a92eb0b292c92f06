"""Pretend SQS queue that Amazon's notices come into. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import msgspec

from connectors.amazon.sandbox_notices import Notices
from connectors.amazon.sandbox_orders import STATUS
from connectors.amazon.sandbox_shop import CHANNEL, MARKET, SELLER, Shop, body_of, stamp
from connectors.amazon.sqs import sign
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.wire import integer, items, mapping, text
from connectors.base.world import Happening

URL = "https://sqs.us-east-1.amazonaws.com/444455556666/harbour-notices"
ARN = "arn:aws:sqs:us-east-1:444455556666:harbour-notices"
KEY, SECRET = "AKIAHARBOURHILL00001", "hH7/uQ2m8ZkE1vXsQ9tYp3Lw0RzNbC5dAfGjKo6T"
KEPT = 1000


def failed(status: int, words: str) -> Answer:
    kind = {429: "RequestThrottled", 503: "ServiceUnavailable"}.get(status, "InternalFailure")
    return answer({"__type": f"com.amazonaws.sqs#{kind}", "message": words}, status)


class QueueBox:
    def __init__(self, shop: Shop, notices: Notices) -> None:
        self.shop = shop
        self.notices = notices
        self.kept: dict[str, bytes] = {}
        self.number = 0
        shop.world.watch(CHANNEL, self.note)

    def routes(self, box: Sandbox) -> None:
        box.route("POST", "/", "queue", failed)(self.answer)

    def note(self, happening: Happening) -> None:
        if happening.kind in ("order", "order_changed"):
            self.tell("ORDER_CHANGE", {"OrderChangeNotification": self._order_change(happening.id)})
        elif happening.kind == "stock":
            count = self.shop.world.shelf(CHANNEL).listings[happening.id].quantity
            told = {"SellerId": SELLER, "FulfillmentChannelCode": "DEFAULT", "Sku": happening.id}
            self.tell("LISTINGS_ITEM_MFN_QUANTITY_CHANGE", {**told, "Quantity": count})

    def _order_change(self, order_id: str) -> dict[str, Any]:
        order = self.shop.world.shelf(CHANNEL).orders[order_id]
        status, left = STATUS[order.status].title(), sum(line.quantity - line.cancelled for line in order.lines)
        sent = left if status == "Shipped" else 0
        lines = [
            {
                "OrderItemId": line.id,
                "SellerSKU": line.sku,
                "SupplySourceId": "",
                "OrderItemStatus": status,
                "Quantity": line.quantity,
                "QuantityShipped": line.quantity - line.cancelled if sent else 0,
                "IsBuyerRequestedCancel": False,
            }
            for line in order.lines
        ]
        return {
            "NotificationLevel": "OrderLevel",
            "SellerId": SELLER,
            "AmazonOrderId": order.id,
            "OrderChangeType": "OrderStatusChange",
            "OrderChangeTrigger": {"TimeOfOrderChange": stamp(order.updated_at), "ChangeReason": "OrderStatusChange"},
            "Summary": {
                "MarketplaceId": MARKET,
                "OrderStatus": status,
                "PurchaseDate": stamp(order.placed_at),
                "DestinationPostalCode": self.shop.world.state.buyers[order.buyer].postcode,
                "FulfillmentType": "MFN",
                "OrderType": "StandardOrder",
                "NumberOfItemsShipped": sent,
                "NumberOfItemsUnshipped": left - sent,
                "OrderItems": lines,
            },
        }

    def tell(self, kind: str, payload: dict[str, Any]) -> None:
        if not self.notices.leads(kind, ARN) or self.shop.faults.hit("drop_webhook"):
            return
        self.number += 1
        now = stamp(self.shop.world.now())
        metadata = {
            "ApplicationId": "amzn1.sellerapps.app.f108f511-eeac-46a6-b125-bcb752069ed0",
            "SubscriptionId": "93b098e1-c42f-4f45-93a1-78910a6a8369",
            "PublishTime": now,
            "NotificationId": str(uuid.UUID(int=self.number + (1 << 100))),
        }
        body = {
            "NotificationVersion": "1.0",
            "NotificationType": kind,
            "PayloadVersion": "1.0",
            "EventTime": now,
            "Payload": payload,
            "NotificationMetadata": metadata,
        }
        self.kept[f"AQEB{self.number:08d}"] = msgspec.json.encode(body)
        for old in list(self.kept)[:-KEPT]:
            del self.kept[old]

    def answer(self, request: Request) -> Answer:
        if not self._is_proven(request):
            words = {"__type": "com.amazonaws.sqs#SignatureDoesNotMatch", "message": "The request signature does not match."}
            return answer(words, 403)
        asked = body_of(request)
        match request.headers.get("x-amz-target", ""):
            case "AmazonSQS.ReceiveMessage":
                count = min(integer(asked.get("MaxNumberOfMessages"), 1), 10)
                found = list(self.kept.items())[:count]
                return answer({"Messages": [self._message(handle, body) for handle, body in found]} if found else {})
            case "AmazonSQS.DeleteMessageBatch":
                entries = [mapping(one) for one in items(asked.get("Entries"))]
                for entry in entries:
                    self.kept.pop(text(entry.get("ReceiptHandle")), None)
                return answer({"Successful": [{"Id": text(entry.get("Id"))} for entry in entries], "Failed": []})
        return answer({"__type": "com.amazonaws.sqs#UnsupportedOperation", "message": "no such operation"}, 400)

    @staticmethod
    def _message(handle: str, body: bytes) -> dict[str, str]:
        return {"MessageId": f"mid-{handle}", "ReceiptHandle": handle, "Body": body.decode()}

    @staticmethod
    def _is_proven(request: Request) -> bool:
        names = ("host", "content-type", "x-amz-target")
        try:
            at = datetime.strptime(request.headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ")
        except ValueError:
            return False
        headers = {name: request.headers.get(name, "") for name in names}
        url = f"https://{request.host}/"
        made = sign("POST", url, headers, request.body, key=KEY, secret=SECRET, region="us-east-1", service="sqs", at=at)
        return made["authorization"] == request.headers.get("authorization")
