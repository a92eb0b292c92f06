"""Holds the pretend shop to the property tables of the REST API's own reference (tests/contracts/woocommerce/v3.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from tests.connectors.rig import Exchange

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contracts" / "woocommerce" / "v3.json").read_text(encoding="utf-8")
)
ROOT = "/wp-json/wc/v3/"

# Path below the root -> (resource, is it a list?). A batch holds its rows under `update`.
PATHS: Mapping[str, tuple[str, bool]] = {
    "orders": ("order", True),
    r"orders/\d+": ("order", False),
    r"orders/\d+/refunds": ("refund", True),
    r"orders/\d+/notes": ("note", True),
    "products": ("product", True),
    r"products/\d+": ("product", False),
    "products/batch": ("product", True),
    r"products/\d+/variations": ("variation", True),
    r"products/\d+/variations/batch": ("variation", True),
    "webhooks": ("webhook", True),
    r"webhooks/\d+": ("webhook", False),
    "system_status": ("settings", False),
}


def _is(path: str) -> Callable[[Exchange], bool]:
    return lambda exchange: bool(re.fullmatch(ROOT + path, exchange.path))


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {path: _is(path) for path in PATHS}


def check(operation: str, exchange: Exchange) -> None:
    if exchange.status >= 400:
        _check_refusal(exchange)
        return
    body = json.loads(exchange.answer)
    resource, is_list = PATHS[operation]
    if resource == "settings":
        body = body["settings"]
    elif operation.endswith("batch"):
        body = [row for row in body.get("update", []) if "error" not in row]
    elif exchange.method == "GET" and is_list:
        assert exchange.answer_headers["x-wp-total"].isdigit()
        assert exchange.answer_headers["x-wp-totalpages"].isdigit()
    for row in body if isinstance(body, list) else [body]:
        jsonschema.validate(row, CONTRACT["schemas"][resource])


def _check_refusal(exchange: Exchange) -> None:
    """Those of WooCommerce are JSON; those of the server before it are pages."""
    if exchange.answer.startswith(b"<"):
        assert exchange.answer_headers["content-type"].startswith("text/html")
        return
    body = json.loads(exchange.answer)
    assert set(body) == {"code", "message", "data"}
    assert body["data"]["status"] == exchange.status
