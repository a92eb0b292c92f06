"""Holds the pretend eBay to eBay's own contracts (tests/contracts/ebay): field names and kinds of the REST APIs, and the
published schema of the Trading API, for questions and answers alike."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import xmlschema

from connectors.base.contract import RawRequest
from connectors.ebay.messages import stamp
from connectors.ebay.sandbox import CREDENTIALS
from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold_file, hold_token

CONTRACTS = Path(__file__).parents[2] / "contracts" / "ebay"
SHAPES: dict[str, dict[str, dict[str, Any]]] = json.loads((CONTRACTS / "rest-shapes.json").read_text(encoding="utf-8"))
SHAPES["postorder"] = json.loads((CONTRACTS / "postorder-shapes.json").read_text(encoding="utf-8"))
MESSAGE, NOTICE, INVENTORY = "/commerce/message/v1", "/commerce/notification/v1", "/sell/inventory/v1"
CASES = "/post-order/v2"
ORDER = "/sell/fulfillment/v1/order"
ONE = r"/[^/]+"

# operation: method, path, API, shape of the question ("" for none), shape of the answer ("" for an empty one)
REST = {
    "conversations": ("GET", f"{MESSAGE}/conversation", "message", "", "GetAllMyConversationsResponse"),
    "conversation": ("GET", f"{MESSAGE}/conversation{ONE}", "message", "", "GetMessagesByConversationIdResponse"),
    "send": ("POST", f"{MESSAGE}/send_message", "message", "SendMessageRequest", "SendMessageResponse"),
    "orders": ("GET", ORDER, "fulfillment", "", "OrderSearchPagedCollection"),
    "order": ("GET", ORDER + ONE, "fulfillment", "", "Order"),
    "items": ("GET", f"{INVENTORY}/inventory_item", "inventory", "", "InventoryItems"),
    "item": ("GET", f"{INVENTORY}/inventory_item{ONE}", "inventory", "", "InventoryItemWithSkuLocaleGroupid"),
    "many": ("POST", f"{INVENTORY}/bulk_get_inventory_item", "inventory", "BulkGetInventoryItem", "BulkGetInventoryItemResponse"),
    "offers": ("GET", f"{INVENTORY}/offer", "inventory", "", "Offers"),
    "push": ("POST", f"{INVENTORY}/bulk_update_price_quantity", "inventory", "BulkPriceQuantity", "BulkPriceQuantityResponse"),
    "user": ("GET", "/commerce/identity/v1/user/", "identity", "", "UserResponse"),
    "get_config": ("GET", f"{NOTICE}/config", "notification", "", "Config"),
    "put_config": ("PUT", f"{NOTICE}/config", "notification", "Config", ""),
    "destinations": ("GET", f"{NOTICE}/destination", "notification", "", "DestinationSearchResponse"),
    "new_destination": ("POST", f"{NOTICE}/destination", "notification", "DestinationRequest", ""),
    "put_destination": ("PUT", f"{NOTICE}/destination{ONE}", "notification", "DestinationRequest", ""),
    "end_destination": ("DELETE", f"{NOTICE}/destination{ONE}", "notification", "", ""),
    "key": ("GET", f"{NOTICE}/public_key{ONE}", "notification", "", "PublicKey"),
    "topics": ("GET", f"{NOTICE}/topic", "notification", "", "TopicSearchResponse"),
    "subscriptions": ("GET", f"{NOTICE}/subscription", "notification", "", "SubscriptionSearchResponse"),
    "new_subscription": ("POST", f"{NOTICE}/subscription", "notification", "CreateSubscriptionRequest", ""),
    "put_subscription": ("PUT", f"{NOTICE}/subscription{ONE}", "notification", "UpdateSubscriptionRequest", ""),
    "end_subscription": ("DELETE", f"{NOTICE}/subscription{ONE}", "notification", "", ""),
    "cancellations": ("GET", f"{CASES}/cancellation/search", "postorder", "", "CancelSearch"),
    "inquiries": ("GET", f"{CASES}/inquiry/search", "postorder", "", "InquirySearch"),
    "returns": ("GET", f"{CASES}/return/search", "postorder", "", "ReturnSearch"),
    "escalated": ("GET", f"{CASES}/casemanagement/search", "postorder", "", "CaseSearch"),
    "disputes": ("GET", "/sell/fulfillment/v1/payment_dispute_summary", "fulfillment", "", "DisputeSummaryResponse"),
    "approve": ("POST", f"{CASES}/cancellation{ONE}/approve", "postorder", "", ""),
    "reject": ("POST", f"{CASES}/cancellation{ONE}/reject", "postorder", "RejectCancelRequest", ""),
    "enable_subscription": ("POST", f"{NOTICE}/subscription{ONE}/enable", "notification", "", ""),
}
TRADING = (
    "AddMemberMessageAAQToPartner",
    "AddMemberMessageRTQ",
    "GetItem",
    "GetMemberMessages",
    "GetMyMessages",
    "GetMyeBaySelling",
    "GetOrders",
    "GetSellerList",
    "GetUser",
    "ReviseInventoryStatus",
)
TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "any": lambda value: True,
    "object": lambda value: isinstance(value, dict),
}


def _is(method: str, path: str) -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.method == method and re.fullmatch(path, exchange.path) is not None


def _is_trading(call: str) -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.path == "/ws/api.dll" and exchange.headers["x-ebay-api-call-name"] == call


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{name: _is(method, path) for name, (method, path, *_) in REST.items()},
    **{f"trading {call}": _is_trading(call) for call in TRADING},
    "token": _is("POST", "/identity/v1/oauth2/token"),
    "picture": _is("GET", f"/images/g{ONE}{ONE}"),
}

POSTORDER = "https://developer.ebay.com/devzone/post-order/index.html"
MACHINE = {
    **{f"trading {call}": "ebay/trading-types.xsd" for call in TRADING},
    **{name: "ebay/rest-shapes.json" for name, (_, _, api, *_) in REST.items() if api != "postorder"},
}
SCHEMAS = {
    **{name: POSTORDER for name, (_, _, api, *_) in REST.items() if api == "postorder"},
    "token": "https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html",
    "picture": "https://developer.ebay.com/api-docs/commerce/message/types/api:MessageMedia",
}
# What buyers see of us, and the counts we set.
SENDS = ("send", "trading AddMemberMessageAAQToPartner", "trading AddMemberMessageRTQ", "approve", "reject")
PUSHES = ("push", "trading ReviseInventoryStatus")


def check(operation: str, exchange: Exchange) -> None:
    if operation == "picture":
        hold_file(exchange)
    elif operation == "token":
        hold_token(exchange, {"access_token", "expires_in", "token_type"}, maybe={"refresh_token", "refresh_token_expires_in"})
    elif operation.startswith("trading "):
        _check_trading(exchange)
    else:
        _check_rest(operation, exchange)


def _check_rest(operation: str, exchange: Exchange) -> None:
    _, _, api, asked, answered = REST[operation]
    assert exchange.headers["authorization"].startswith("IAF " if api == "postorder" else "Bearer ")
    if asked and exchange.body:
        assert problems(json.loads(exchange.body), f"#{asked}", api) == []
    if exchange.status >= 400:
        _check_refusal(exchange, api)
    elif answered:
        assert problems(json.loads(exchange.answer), f"#{answered}", api) == []
    else:
        assert exchange.answer == b""


def _check_refusal(exchange: Exchange, api: str) -> None:
    """getConfig answers an empty 404 before a configuration is made."""
    if exchange.status == 404 and not exchange.answer:
        return
    body = json.loads(exchange.answer)
    assert set(body) == {"errors"}
    assert body["errors"] != []
    assert problems(body["errors"], ["#Error"], api) == []


@cache
def _schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(CONTRACTS / "trading-types.xsd"))


def _check_trading(exchange: Exchange) -> None:
    assert exchange.headers["x-ebay-api-iaf-token"]
    assert int(exchange.headers["x-ebay-api-compatibility-level"]) >= 1379
    _schema().validate(exchange.body.decode())
    if exchange.status == 200:
        _schema().validate(exchange.answer.decode())
    else:
        assert json.loads(exchange.answer)["errors"] != []


def problems(value: Any, kind: Any, api: str, where: str = "") -> list[str]:
    """What in a value is not as the published shape says."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{where}: no list"]
        return [found for position, one in enumerate(value) for found in problems(one, kind[0], api, f"{where}[{position}]")]
    if not kind.startswith("#"):
        return [] if TYPES[kind](value) else [f"{where}: no {kind}: {value!r}"]
    if not isinstance(value, dict):
        return [f"{where}: no {kind}"]
    fields = SHAPES[api][kind.removeprefix("#")]
    found = [f"{where}.{name}: unknown" for name in value if name not in fields]
    return found + [
        each for name, inner in value.items() if name in fields for each in problems(inner, fields[name], api, f"{where}.{name}")
    ]


# The older notices (SOAP): what proves their sender stands in the body and covers the time alone.
KEYS = CREDENTIALS["dev_id"] + CREDENTIALS["client_id"] + CREDENTIALS["client_secret"]


def soap(at: str, keys: str, event: str = "FixedPriceTransaction") -> RawRequest:
    signature = base64.b64encode(hashlib.md5((at + keys).encode(), usedforsecurity=False).digest()).decode()
    space = 'xmlns="urn:ebay:apis:eBLBaseComponents"'
    body = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header>'
        f"<RequesterCredentials {space}><NotificationSignature>{signature}</NotificationSignature></RequesterCredentials>"
        f"</soapenv:Header><soapenv:Body><GetItemTransactionsResponse {space}><Timestamp>{at}</Timestamp>"
        f"<NotificationEventName>{event}</NotificationEventName><Item><ItemID>5</ItemID></Item>"
        "</GetItemTransactionsResponse></soapenv:Body></soapenv:Envelope>"
    )
    return RawRequest(method="POST", url="https://shop.example/h", headers=(), query=(), body=body.encode())


def stamped(at: datetime) -> RawRequest:
    return soap(stamp(at), KEYS)
