"""A channel that answers as told, and the shortest things to ask of it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from connectors.base.client import open_http
from connectors.base.commands import SendReply, SetStock, StockLine
from connectors.base.contract import Connector
from connectors.base.events import Handle
from connectors.base.reroute import Reroute
from connectors.registry import load
from connectors.woocommerce.sandbox import CREDENTIALS
from tests.connectors.rig import Clock, context_for

KEY = "woocommerce"
BASE = "https://shop.woo.example"
ROOT = f"{BASE}/wp-json/wc/v3"
BUYER = Handle(kind="email", value="john.doe@example.com")
PAGE = "<!DOCTYPE html><html><body>Checking your browser</body></html>"

only_here = pytest.mark.parametrize("rig", [KEY], indirect=True)


class Script:
    """Answers of the shop in order; keeps what was asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0)

    def connector(self, clock: Clock | None = None, **secrets: str) -> Connector:
        client = open_http(Reroute(), httpx.MockTransport(self))
        return load(KEY)(context_for(KEY, client, Reroute(), {**CREDENTIALS, **secrets}, clock or Clock()))

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content or b"null") for request in self.asked]


def refusal(status: int, code: str, words: str = "No.") -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": words, "data": {"status": status}})


def page(text: str = PAGE, status: int = 200) -> httpx.Response:
    return httpx.Response(status, text=text, headers={"content-type": "text/html"})


def rows(*found: dict[str, Any], total: int | None = None, pages: int = 1) -> httpx.Response:
    told = {"x-wp-total": str(len(found) if total is None else total), "x-wp-totalpages": str(pages)}
    return httpx.Response(200, json=list(found), headers=told)


def order(number: int, **more: Any) -> dict[str, Any]:
    found = {"id": number, "number": str(number), "status": "processing", "currency": "USD", "total": "3.00", "refunds": []}
    when = {"date_created_gmt": "2026-03-02T08:00:00", "date_modified_gmt": "2026-03-02T08:30:00"}
    return {**found, **when, "line_items": [], "billing": {"email": BUYER.value}, **more}


def reply(text: str = "It left today.", **more: Any) -> SendReply:
    return SendReply(**{"key": "k1", "thread": "727", "text": text, "customer": BUYER, **more})


def line(name: str, count: int, product: int, variation: int = 0, stock_of: str = "") -> StockLine:
    refs = {"product_id": str(product)}
    refs |= {"variation_id": str(variation)} if variation else {}
    refs |= {"stock_of": stock_of} if stock_of else {}
    return StockLine(listing_id=name, external_id=str(variation or product), external_sku=name, quantity=count, refs=refs)


def push(*lines: StockLine) -> SetStock:
    return SetStock(key="push-1", lines=lines)


def stored(number: int, count: Any) -> dict[str, Any]:
    return {"id": number, "manage_stock": True, "stock_quantity": count, "stock_status": "instock"}
