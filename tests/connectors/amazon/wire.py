"""Holds the pretend Amazon to Amazon's own models (tests/contracts/amazon, Swagger 2.0 and JSON Schema), for questions and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

import connectors
from tests.connectors import mail_wire
from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold, hold_token

CONTRACTS = Path(__file__).parents[2] / "contracts" / "amazon"
QUEUE = json.loads((Path(connectors.__file__).parent / "amazon" / "sandbox_schema.json").read_text(encoding="utf-8"))
ASKED = ("ReceiveMessage", "DeleteMessageBatch")
# The relay is an inbox opened by password, and nothing is laid into it.
NOT_HERE = ("imap APPEND", "imap AUTHENTICATE", "imap LIST")
ONE = r"/[^/]+"
SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"

# operation: method, path, model, path in the model
API = {
    "participations": ("GET", "/sellers/v1/marketplaceParticipations", "sellers", "/sellers/v1/marketplaceParticipations"),
    "orders": ("GET", "/orders/2026-01-01/orders", "orders_2026-01-01", "/orders/2026-01-01/orders"),
    "order": ("GET", f"/orders/2026-01-01/orders{ONE}", "orders_2026-01-01", "/orders/2026-01-01/orders/{orderId}"),
    "items": (
        "GET",
        f"/listings/2021-08-01/items{ONE}",
        "listingsItems_2021-08-01",
        "/listings/2021-08-01/items/{sellerId}",
    ),
    "item": (
        "GET",
        f"/listings/2021-08-01/items{ONE}/.+",
        "listingsItems_2021-08-01",
        "/listings/2021-08-01/items/{sellerId}/{sku}",
    ),
    "patch": (
        "PATCH",
        f"/listings/2021-08-01/items{ONE}/.+",
        "listingsItems_2021-08-01",
        "/listings/2021-08-01/items/{sellerId}/{sku}",
    ),
    "fba": ("GET", "/fba/inventory/v1/summaries", "fbaInventory", "/fba/inventory/v1/summaries"),
    "new_document": ("POST", "/feeds/2021-06-30/documents", "feeds_2021-06-30", "/feeds/2021-06-30/documents"),
    "new_feed": ("POST", "/feeds/2021-06-30/feeds", "feeds_2021-06-30", "/feeds/2021-06-30/feeds"),
    "feed": ("GET", f"/feeds/2021-06-30/feeds{ONE}", "feeds_2021-06-30", "/feeds/2021-06-30/feeds/{feedId}"),
    "document": (
        "GET",
        f"/feeds/2021-06-30/documents{ONE}",
        "feeds_2021-06-30",
        "/feeds/2021-06-30/documents/{feedDocumentId}",
    ),
    "ship": (
        "POST",
        f"/orders/v0/orders{ONE}/shipmentConfirmation",
        "ordersV0",
        "/orders/v0/orders/{orderId}/shipmentConfirmation",
    ),
    "destinations": ("GET", "/notifications/v1/destinations", "notifications", "/notifications/v1/destinations"),
    "new_destination": ("POST", "/notifications/v1/destinations", "notifications", "/notifications/v1/destinations"),
    "subscription": (
        "GET",
        f"/notifications/v1/subscriptions{ONE}",
        "notifications",
        "/notifications/v1/subscriptions/{notificationType}",
    ),
    "subscribe": (
        "POST",
        f"/notifications/v1/subscriptions{ONE}",
        "notifications",
        "/notifications/v1/subscriptions/{notificationType}",
    ),
    "unsubscribe": (
        "DELETE",
        f"/notifications/v1/subscriptions{ONE}{ONE}",
        "notifications",
        "/notifications/v1/subscriptions/{notificationType}/{subscriptionId}",
    ),
    "messages_allowed": ("GET", f"/messaging/v1/orders{ONE}", "messaging", "/messaging/v1/orders/{amazonOrderId}"),
    "message": (
        "POST",
        f"/messaging/v1/orders{ONE}/messages{ONE}",
        "messaging",
        "/messaging/v1/orders/{amazonOrderId}/messages/{kind}",
    ),
    "reviews_allowed": (
        "GET",
        f"/solicitations/v1/orders{ONE}",
        "solicitations",
        "/solicitations/v1/orders/{amazonOrderId}",
    ),
    "review": (
        "POST",
        f"/solicitations/v1/orders{ONE}/solicitations/productReviewAndSellerFeedback",
        "solicitations",
        "/solicitations/v1/orders/{amazonOrderId}/solicitations/productReviewAndSellerFeedback",
    ),
}


def _is(method: str, path: str) -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.method == method and re.fullmatch(path, exchange.path) is not None


def _is_queue(name: str) -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.path == "/" and exchange.headers.get("x-amz-target") == f"AmazonSQS.{name}"


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{name: _is(method, path) for name, (method, path, _, _) in API.items()},
    "token": _is("POST", "/auth/o2/token"),
    "upload": _is("PUT", f"/documents{ONE}"),
    "download": _is("GET", f"/documents{ONE}"),
    **{f"queue {name}": _is_queue(name) for name in ASKED},
    **{name: is_one for name, is_one in mail_wire.OPERATIONS.items() if name not in NOT_HERE},
}
MACHINE = {
    **{name: f"amazon/{model}.json" for name, (_, _, model, _) in API.items()},
    "upload": "amazon/listings-feed-schema-v2.json",
    "download": "amazon/listings-feed-processing-report-schema-v2.json",
}
SCHEMAS = {
    "token": "https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api",
    **{f"queue {name}": f"{SQS}/API_{name}.html" for name in ASKED},
    **{name: page for name, page in mail_wire.SCHEMAS.items() if name not in NOT_HERE},
}
# What buyers see of us, and the counts we set.
SENDS, PUSHES = ("smtp DATA", "message", "review", "ship"), ("patch", "new_document", "upload", "new_feed")


def check(operation: str, exchange: Exchange) -> None:
    if operation in mail_wire.OPERATIONS:
        mail_wire.check(operation, exchange)
    elif operation == "token":
        hold_token(exchange, {"access_token", "token_type", "expires_in"}, maybe={"refresh_token"})
    elif operation == "upload":
        assert exchange.answer == b""
        assert schema_problems(json.loads(exchange.body), "listings-feed-schema-v2") == []
    elif operation == "download":
        assert schema_problems(json.loads(exchange.answer), "listings-feed-processing-report-schema-v2") == []
    elif operation.startswith("queue "):
        _check_queue(operation.removeprefix("queue "), exchange)
    else:
        _check_api(operation, exchange)


def _check_queue(name: str, exchange: Exchange) -> None:
    assert exchange.headers["content-type"] == "application/x-amz-json-1.0"
    assert exchange.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
    shape = f"tell {name}" if exchange.status == 200 else "refusal"
    for body, wanted in ((exchange.body, f"ask {name}"), (exchange.answer, shape)):
        hold(json.loads(body), {"$ref": f"#/$defs/{wanted}", "$defs": QUEUE["$defs"]})


def _check_api(operation: str, exchange: Exchange) -> None:
    method, _, model, path = API[operation]
    told = _model(model)["paths"][path.replace("{kind}", exchange.path.rpartition("/")[2])][method.lower()]
    assert exchange.headers["x-amz-access-token"]
    known = {one["name"] for one in told["parameters"] if one.get("in") == "query"}
    assert {pair.partition("=")[0] for pair in exchange.query.split("&") if pair} <= known
    if exchange.body:
        shape = next(one["schema"] for one in told["parameters"] if one.get("in") == "body")
        assert problems(json.loads(exchange.body), shape, model) == []
    assert str(exchange.status) in told["responses"], exchange.status
    answered = told["responses"][str(exchange.status)].get("schema")
    if answered is None:
        assert exchange.answer == b""
    else:
        assert problems(json.loads(exchange.answer), answered, model) == []


@cache
def _model(name: str) -> dict[str, Any]:
    return dict(json.loads((CONTRACTS / f"{name}.json").read_text(encoding="utf-8")))


def problems(value: Any, shape: Mapping[str, Any], model: str) -> list[str]:
    """What the model's shape says against a value: kinds, required fields, enums, and names it does not know."""
    if "$ref" in shape:
        return problems(value, _model(model)["definitions"][shape["$ref"].rpartition("/")[2]], model)
    found = [f"{value!r} is none of {shape['enum']}"] if "enum" in shape and value not in shape["enum"] else []
    kind = shape.get("type", "object")
    if kind == "array":
        if not isinstance(value, list):
            return [f"{value!r} is no list"]
        return found + [one for entry in value for one in problems(entry, shape["items"], model)]
    if kind == "object":
        return found + _object_problems(value, shape, model)
    kinds: Mapping[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}
    fits = isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))
    return found if fits else [*found, f"{value!r} is no {kind}"]


def _object_problems(value: Any, shape: Mapping[str, Any], model: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{value!r} is no object"]
    fields = shape.get("properties", {})
    found = [f"{name} is missing" for name in shape.get("required", ()) if name not in value]
    if fields and not shape.get("additionalProperties"):
        found += [f"{name} is not known" for name in value if name not in fields]
    return found + [one for name, inner in value.items() if name in fields for one in problems(inner, fields[name], model)]


def schema_problems(value: Any, name: str) -> list[str]:
    """Against one of Amazon's JSON Schemas; their references to other files are met by the copies beside them."""
    found = jsonschema.Draft7Validator(_model(name), registry=_registry())
    return [error.message for error in found.iter_errors(value)]


def _registry() -> Registry[Any]:
    def retrieve(uri: str) -> Resource[Any]:
        stem = uri.rpartition("/")[2].removesuffix(".json")
        path = CONTRACTS / f"{stem}.json"
        return Resource.from_contents(_model(stem) if path.is_file() else {}, default_specification=DRAFT4)

    return Registry(retrieve=retrieve)  # type: ignore[call-arg]
