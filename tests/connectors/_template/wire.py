"""Holds the pretend Template to the shapes its (invented) page names: field -> type of each answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold_file

MESSAGE = {"id": str, "thread": str, "side": str, "at": str, "text": str, "buyer": dict, "order": str, "files": list, "key": str}
ORDER = {"id": str, "revision": int, "status": str, "placed_at": str, "currency": str, "buyer": dict, "lines": list}
LISTING = {"id": str, "sku": str, "title": str, "quantity": int, "updated_at": str}
ITEMS = {"messages": MESSAGE, "thread": MESSAGE, "orders": ORDER, "listings": LISTING}
ANSWERS: dict[str, dict[str, type]] = {
    "me": {"name": str},
    "send": {"id": str, "at": str},
    "quantity": {"id": str},
    "hook": {"url": str},
    "refusal": {"error": str, "detail": str},
}


def _is(method: str, start: str, end: str = "") -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.method == method and exchange.path.startswith(f"/v1/{start}") and exchange.path.endswith(end)


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    "me": _is("GET", "me", "/me"),
    "messages": _is("GET", "messages"),
    "orders": _is("GET", "orders"),
    "listings": _is("GET", "listings"),
    "thread": _is("GET", "threads/", "/messages"),
    "send": _is("POST", "threads/", "/messages"),
    "quantity": _is("PUT", "listings/", "/quantity"),
    "hook": _is("PUT", "hook"),
    "file": _is("GET", "files/"),
}

MACHINE: Mapping[str, str] = {}
SCHEMAS = dict.fromkeys(OPERATIONS, "https://template.example/docs")
# What buyers see of us, and the counts we set.
SENDS, PUSHES = ("send",), ("quantity",)


def check(operation: str, exchange: Exchange) -> None:
    if operation == "file" and exchange.status == 200:
        hold_file(exchange)
        return
    body = json.loads(exchange.answer)
    if exchange.status in (429, 503):
        assert set(body) == {"error"}
    elif exchange.status >= 400:
        _is_shaped(body, ANSWERS["refusal"])
    elif operation in ITEMS:
        assert set(body) == {"items", "next", "more"}
        for item in body["items"]:
            _is_shaped(item, ITEMS[operation])
    else:
        _is_shaped(body, ANSWERS[operation])


def _is_shaped(body: dict[str, Any], shape: dict[str, type]) -> None:
    assert {name: type(value) for name, value in body.items()} == shape
