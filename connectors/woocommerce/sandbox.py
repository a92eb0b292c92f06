"""The pretend shop on WordPress over the shared world. https://woocommerce.github.io/woocommerce-rest-api-docs/

What a buyer says outside of an order is told as the checkout note of an order without goods, for a shop knows no other words of
theirs. A real shop also knocks unsigned (`webhook_id=N`) when a webhook is made; this one does not.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.wire import integer, items, mapping, when
from connectors.base.world import Good, Happening, Message, Naming, Order, Thread, World
from connectors.woocommerce.client import ROOT
from connectors.woocommerce.sandbox_catalog import Catalog, variation_id
from connectors.woocommerce.sandbox_hooks import Courier, Hook
from connectors.woocommerce.sandbox_shapes import (
    SITE,
    checkout_note,
    line_shape,
    note_shape,
    order_shape,
    refund_shapes,
    webhook_shape,
)

KEY, SECRET = "ck_0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "cs_f0e1d2c3b4a5968778695a4b3c2d1e0f98765432"
CREDENTIALS = {
    "url": SITE,
    "consumer_key": KEY,
    "consumer_secret": SECRET,
    "webhook_secret": "pretend-hook-secret-of-woo-7d31",
}
OPENED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FIRST_ORDER, FIRST_SAID, FIRST_NOTE = 5000, 900_000, 70_000
MISSING = ("rest_no_route", "No route was found matching the URL and request method.")


def _listing(good: Good, position: int) -> str:
    return str(variation_id(position))


NAMING = Naming(
    currency="USD",
    order_id=lambda number: str(FIRST_ORDER + number),
    thread_id=lambda number, buyer: f"talk-{number}",
    message_id=lambda number: str(FIRST_NOTE + number),
    listing_id=_listing,
    line_id=lambda order, position: str(order * 100 + position),
    talks=False,
)


def refused(status: int, code: str, words: str) -> Answer:
    return answer({"code": code, "message": words, "data": {"status": status}}, status)


def failed(status: int, words: str) -> Answer:
    if status == 404:
        return refused(404, *MISSING)
    page = f"<!DOCTYPE html><html><body><h1>{status}</h1><p>Error: {words}</p></body></html>"
    return Answer(page.encode(), status, "text/html; charset=utf-8")


@dataclass(slots=True)
class Said:
    """What was said on one order: the checkout note, and ours after it."""

    thread: Thread
    first: Message | None = None
    replies: list[Message] = field(default_factory=list)


class PretendShop:
    """`takes_header` False: the server drops Authorization, as many do. `writes` False: a key that may only read. `pretty` False:
    plain permalinks. Orders in `binned` are in the bin, those in `deleted` are gone for good: no list shows either."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.takes_header, self.writes, self.pretty = True, True, True
        self.binned: set[str] = set()
        self.deleted: set[str] = set()
        self.box = Sandbox("woocommerce", world, faults, failed)
        self.courier = Courier(faults)
        self.box.poster = self.courier
        self.catalog = Catalog(world)
        world.open("woocommerce", NAMING)
        world.watch("woocommerce", self._tell)
        self._add_routes()

    def _add_routes(self) -> None:
        routes: Sequence[tuple[str, str, str, Callable[[Request], Answer]]] = (
            ("GET", "orders", "read", self.list_orders),
            ("GET", "orders/{id}", "read", self.get_order),
            ("GET", "orders/{id}/refunds", "read", self.list_refunds),
            ("GET", "orders/{id}/notes", "read", self.list_notes),
            ("POST", "orders/{id}/notes", "send", self.add_note),
            ("GET", "products", "read", self.list_products),
            ("POST", "products/batch", "stock", self.change_products),
            ("GET", "products/{id}", "read", self.get_product),
            ("GET", "products/{id}/variations", "read", self.list_variations),
            ("POST", "products/{id}/variations/batch", "stock", self.change_variations),
            ("GET", "system_status", "read", self.get_status),
            ("GET", "webhooks", "read", self.list_hooks),
            ("POST", "webhooks", "read", self.add_hook),
            ("PUT", "webhooks/{id}", "read", self.change_hook),
            ("DELETE", "webhooks/{id}", "read", self.delete_hook),
        )
        for method, path, operation, handler in routes:
            self.box.route(method, f"{ROOT}/{path}", operation)(self._guarded(handler))
        self.box.route("GET", "/")(self._front)

    def _guarded(self, handler: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
        expected = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()

        def handle(request: Request) -> Answer:
            if not self.pretty:
                return Answer(b"<!DOCTYPE html><html><body>Page not found</body></html>", 404, "text/html; charset=utf-8")
            if self.box.faults.hit("expire_token"):
                return refused(401, "woocommerce_rest_authentication_error", "Consumer key is invalid.")
            header = request.headers.get("authorization") if self.takes_header else None
            asked = request.query.get("consumer_key"), request.query.get("consumer_secret")
            if header is None and asked == (None, None):
                return refused(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
            if header != expected and asked != (KEY, SECRET):
                return refused(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
            if request.method != "GET" and not self.writes:
                words = "The API key provided does not have write permissions."
                return refused(401, "woocommerce_rest_authentication_error", words)
            return handler(request)

        return handle

    def _front(self, request: Request) -> Answer:
        if request.query.get("rest_route"):
            return refused(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
        return Answer(b"<!DOCTYPE html><html><body>Sekar Batik</body></html>", 200, "text/html; charset=utf-8")

    # Orders

    def _said(self) -> dict[str, Said]:
        """By order. The first words on an order are its checkout note; any others make an order of their own."""
        found: dict[str, Said] = {}
        for thread in self.world.shelf("woocommerce").threads.values():
            current = thread.order
            for said in thread.messages:
                if said.side == "buyer":
                    taken = not thread.order or thread.order in found
                    current = str(FIRST_SAID + said.number) if taken else thread.order
                    found[current] = Said(thread, said)
                elif current:
                    found.setdefault(current, Said(thread)).replies.append(said)
        return found

    def _orders(self) -> Iterator[dict[str, Any]]:
        """Ascending by id."""
        shelf, said = self.world.shelf("woocommerce"), self._said()
        for order in shelf.orders.values():
            yield self._order(order, said.get(order.id))
        for order_id in sorted((each for each in said if each not in shelf.orders), key=int):
            if found := self._wordy(order_id, said[order_id]):
                yield self._order(found, said[order_id])

    def _wordy(self, order_id: str, said: Said) -> Order | None:
        if said.first is None:
            return None
        at = said.first.at
        number = said.first.number
        return Order(
            id=order_id, number=number, buyer=said.thread.buyer, lines=[], currency="USD", placed_at=at, updated_at=at,
            status="shipped", shipped_at=at,
        )  # fmt: skip

    def _lines(self, order: Order) -> list[dict[str, Any]]:
        goods = self.world.state.goods
        return [
            line_shape(order, position, goods[line.sku], *self.catalog.numbers(line.sku))
            for position, line in enumerate(order.lines)
        ]

    def _order(self, order: Order, said: Said | None) -> dict[str, Any]:
        lines = self._lines(order)
        note = said.first.text if said and said.first else (checkout_note(order) if order.lines else "")
        return order_shape(order, self.world.state.buyers[order.buyer], lines, note)

    def list_orders(self, request: Request) -> Answer:
        asked = {integer(each) for each in request.query.get("include", "").split(",") if each}
        hidden = self.binned | self.deleted
        rows = [order for order in self._orders() if (not asked or order["id"] in asked) and str(order["id"]) not in hidden]
        return _paged(request, _changed(request, rows))

    def _one_order(self, request: Request) -> dict[str, Any] | None:
        asked = request.parts["id"]
        found = next((order for order in self._orders() if str(order["id"]) == asked and asked not in self.deleted), None)
        return {**found, "status": "trash"} if found and asked in self.binned else found

    def get_order(self, request: Request) -> Answer:
        found = self._one_order(request)
        return answer(found) if found else refused(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")

    def list_refunds(self, request: Request) -> Answer:
        order = self.world.shelf("woocommerce").orders.get(request.parts["id"])
        return _paged(request, refund_shapes(order, self._lines(order)) if order else [])

    def list_notes(self, request: Request) -> Answer:
        if self._one_order(request) is None:
            return refused(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.")
        order_id = request.parts["id"]
        said = self._said().get(order_id)
        return _paged(request, [note_shape(order_id, each) for each in (said.replies if said else [])])

    def add_note(self, request: Request) -> Answer:
        given, found = _given(request), self._one_order(request)
        if found is None:
            return refused(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.")
        if not str(given.get("note") or "").strip():
            return refused(400, "rest_missing_callback_param", "Missing parameter(s): note")
        order_id = request.parts["id"]
        said = self._said().get(order_id)
        thread = said.thread if said else self._open(order_id)
        made = self.world.reply("woocommerce", thread.id, html.unescape(str(given["note"])))
        return answer(note_shape(order_id, made), 201)

    def _open(self, order_id: str) -> Thread:
        shelf = self.world.shelf("woocommerce")
        shelf.next_number += 1
        number = shelf.next_number - 1
        thread = Thread(id=f"talk-{number}", number=number, buyer=shelf.orders[order_id].buyer, order=order_id)
        shelf.threads[thread.id] = thread
        return thread

    # Products

    def list_products(self, request: Request) -> Answer:
        asked = {integer(each) for each in request.query.get("include", "").split(",") if each}
        rows = [product for product in self.catalog.products() if not asked or product["id"] in asked]
        return _paged(request, _changed(request, rows))

    def get_product(self, request: Request) -> Answer:
        found = next((each for each in self.catalog.products() if str(each["id"]) == request.parts["id"]), None)
        return answer(found) if found else refused(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")

    def list_variations(self, request: Request) -> Answer:
        asked = {integer(each) for each in request.query.get("include", "").split(",") if each}
        rows = self.catalog.variations(integer(request.parts["id"]))
        return _paged(request, [row for row in rows if not asked or row["id"] in asked])

    def change_products(self, request: Request) -> Answer:
        return self._change(request, 0)

    def change_variations(self, request: Request) -> Answer:
        return self._change(request, integer(request.parts["id"]))

    def _change(self, request: Request, product_id: int) -> Answer:
        entries = [mapping(entry) for entry in items(_given(request).get("update"))]
        if len(entries) > 100:
            words = "Unable to accept more than 100 items for this request."
            return refused(413, "woocommerce_rest_request_entity_too_large", words)
        drop = self.box.faults.hit("silent_drop", "stock")
        return answer({"update": [self.catalog.change(entry, product_id, drop=drop) for entry in entries]} if entries else {})

    def get_status(self, request: Request) -> Answer:
        settings = {
            "api_enabled": False, "force_ssl": False, "currency": "USD", "currency_symbol": "&#36;", "currency_position": "left",
            "thousand_separator": ",", "decimal_separator": ".", "number_of_decimals": 2, "geolocation_enabled": False,
            "taxonomies": {},
        }  # fmt: skip
        return answer({"settings": settings})

    # Webhooks

    def list_hooks(self, request: Request) -> Answer:
        return _paged(request, [self._hook(hook) for hook in self.courier.hooks.values()])

    def _hook(self, hook: Hook) -> dict[str, Any]:
        return webhook_shape(hook.id, hook.topic, hook.url, hook.name, hook.status, OPENED)

    def add_hook(self, request: Request) -> Answer:
        given = _given(request)
        topic, url = str(given.get("topic") or ""), str(given.get("delivery_url") or "")
        if not url.startswith(("http://", "https://")):
            words = "Webhook delivery URL must be a valid URL starting with http:// or https://."
            return refused(400, "woocommerce_rest_webhook_invalid_delivery_url", words)
        number = max(self.courier.hooks, default=141) + 1
        hook = Hook(number, topic, url, str(given.get("secret") or ""), str(given.get("name") or ""))
        self.courier.hooks[number] = hook
        return answer(self._hook(hook), 201)

    def change_hook(self, request: Request) -> Answer:
        hook = self.courier.hooks.get(integer(request.parts["id"]))
        if hook is None:
            return refused(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        given = _given(request)
        hook.status, hook.secret = str(given.get("status") or hook.status), str(given.get("secret") or hook.secret)
        return answer(self._hook(hook))

    def delete_hook(self, request: Request) -> Answer:
        hook = self.courier.hooks.get(integer(request.parts["id"]))
        if hook is None:
            return refused(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        if request.query.get("force") != "true":
            return refused(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
        del self.courier.hooks[hook.id]
        return answer(self._hook(hook))

    def _tell(self, happening: Happening) -> None:
        if happening.kind == "stock":
            product, _ = self.catalog.numbers(happening.id)
            found = next(each for each in self.catalog.products() if each["id"] == product)
            self.courier.tell("product.updated", msgspec.json.encode(found))
        elif happening.kind in ("order", "order_changed"):
            self._tell_order("order.created" if happening.kind == "order" else "order.updated", happening.id)
        elif happening.kind == "message":
            said = next(((key, each) for key, each in self._said().items() if each.first and each.first.id == happening.id), None)
            if said:
                known = said[0] in self.world.shelf("woocommerce").orders
                self._tell_order("order.updated" if known else "order.created", said[0])

    def _tell_order(self, topic: str, order_id: str) -> None:
        for order in self._orders():
            if str(order["id"]) == order_id:
                self.courier.tell(topic, msgspec.json.encode(order))


def _given(request: Request) -> dict[str, Any]:
    try:
        return dict(mapping(request.json()))
    except msgspec.DecodeError:
        return {}


def _changed(request: Request, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    after = when(request.query.get("modified_after"))
    gmt = request.query.get("dates_are_gmt") == "true"
    name = "date_modified_gmt" if gmt else "date_modified"
    return [row for row in rows if after is None or (when(row[name]) or OPENED) > after]


def _paged(request: Request, rows: Sequence[dict[str, Any]]) -> Answer:
    size, page = integer(request.query.get("per_page"), 10), integer(request.query.get("page"), 1)
    if not 1 <= size <= 100:
        return refused(400, "rest_invalid_param", "Invalid parameter(s): per_page")
    ordered = list(rows) if request.query.get("order") == "asc" else list(reversed(rows))
    pages = -(-len(ordered) // size)
    fields = [each for each in request.query.get("_fields", "").split(",") if each]
    shown = [
        {name: row[name] for name in fields if name in row} if fields else row for row in ordered[(page - 1) * size : page * size]
    ]
    given = answer(shown)
    return Answer(given.body, 200, headers=(("x-wp-total", str(len(ordered))), ("x-wp-totalpages", str(pages))))


def sandbox(world: World, faults: Faults) -> Sandbox:
    return PretendShop(world, faults).box
