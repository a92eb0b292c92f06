"""Holds the pretend shop to the property tables of the REST API's own reference (tests/contracts/woocommerce/v3.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contracts" / "woocommerce" / "v3.json").read_text(encoding="utf-8")
)
ROOT = "/wp-json/wc/v3/"

# Method and path below the root -> (resource, is it a list?). A batch holds its rows under `update`.
PATHS: Mapping[str, tuple[str, bool]] = {
    "GET orders": ("order", True),
    r"GET orders/\d+": ("order", False),
    r"GET orders/\d+/refunds": ("refund", True),
    r"GET orders/\d+/notes": ("note", True),
    r"POST orders/\d+/notes": ("note", False),
    "GET products": ("product", True),
    r"GET products/\d+": ("product", False),
    "POST products/batch": ("product", True),
    r"GET products/\d+/variations": ("variation", True),
    r"POST products/\d+/variations/batch": ("variation", True),
    "GET webhooks": ("webhook", True),
    "POST webhooks": ("webhook", False),
    r"PUT webhooks/\d+": ("webhook", False),
    r"DELETE webhooks/\d+": ("webhook", False),
    "GET system_status": ("settings", False),
    "probe": ("product", True),
}


def _is(operation: str) -> Callable[[Exchange], bool]:
    method, _, path = operation.partition(" ")
    return lambda exchange: exchange.method == method and bool(re.fullmatch(ROOT + path, exchange.path))


def _is_probe(exchange: Exchange) -> bool:
    """A batch of nothing asks whether this key may write."""
    return _is("POST products/batch")(exchange) and json.loads(exchange.body) == {"update": []}


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{operation: _is(operation) for operation in PATHS if operation != "probe"},
    "POST products/batch": lambda exchange: _is("POST products/batch")(exchange) and not _is_probe(exchange),
    "probe": _is_probe,
}
MACHINE: Mapping[str, str] = {}
SCHEMAS = dict.fromkeys(OPERATIONS, "https://woocommerce.github.io/woocommerce-rest-api-docs/")
# What buyers see of us, and the counts we set.
SENDS = (r"POST orders/\d+/notes",)
PUSHES = ("POST products/batch", r"POST products/\d+/variations/batch")


def check(operation: str, exchange: Exchange) -> None:
    if exchange.status >= 400:
        _check_refusal(exchange)
        return
    body = json.loads(exchange.answer)
    resource, is_list = PATHS[operation]
    if resource == "settings":
        body = body["settings"]
    elif operation.endswith(("batch", "probe")):
        body = [row for row in body.get("update", []) if "error" not in row]
    elif is_list:
        assert exchange.answer_headers["x-wp-total"].isdigit()
        assert exchange.answer_headers["x-wp-totalpages"].isdigit()
    assert isinstance(body, list) == (is_list or operation.endswith(("batch", "probe")))
    for row in body if isinstance(body, list) else [body]:
        hold(row, CONTRACT["schemas"][resource])


def _check_refusal(exchange: Exchange) -> None:
    """Those of WooCommerce are JSON; those of the server before it are pages."""
    if exchange.answer.startswith(b"<"):
        assert exchange.answer_headers["content-type"].startswith("text/html")
        return
    body = json.loads(exchange.answer)
    assert set(body) == {"code", "message", "data"}
    assert body["data"]["status"] == exchange.status
