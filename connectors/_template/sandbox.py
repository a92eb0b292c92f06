"""The pretend Template over the shared world, written from its public pages and not from our connector."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Handler, Request, Sandbox, answer
from connectors.base.world import Happening, Listing, Message, Naming, Order, Thread, World

CREDENTIALS = {"access_token": "template-pretend-token", "hook_secret": "template-pretend-secret"}
PAGE = 50
NAMING = Naming(
    currency="USD",
    order_id=lambda number: f"T-{1000 + number}",
    thread_id=lambda number, buyer: f"th{number}",
    message_id=lambda number: f"m{number}",
    listing_id=lambda good, position: f"li{position}",
    line_id=lambda order, position: f"T-{1000 + order}-{position}",
)


class TemplateShop:
    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.hook = ""
        self.box = Sandbox("template", world, faults)
        world.open("template", NAMING)
        world.watch("template", self._tell)
        routes: tuple[tuple[str, str, str, Handler], ...] = (
            ("GET", "/v1/me", "read", lambda request: answer({"name": "Sekar Batik"})),
            ("GET", "/v1/messages", "read", self._messages),
            ("GET", "/v1/orders", "read", self._orders),
            ("GET", "/v1/listings", "read", self._listings),
            ("GET", "/v1/threads/{thread}/messages", "read", self._thread_messages),
            ("POST", "/v1/threads/{thread}/messages", "send", self._send),
            ("PUT", "/v1/listings/{listing}/quantity", "stock", self._set_quantity),
            ("PUT", "/v1/hook", "read", self._set_hook),
            ("GET", "/v1/files/{file}", "read", self._file),
        )
        for method, path, operation, handler in routes:
            self.box.route(method, path, operation)(self._signed_in(handler))

    def _signed_in(self, handler: Handler) -> Handler:
        def guarded(request: Request) -> Any:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not token or self.box.faults.hit("expire_token"):
                return answer({"error": "unauthorised", "detail": "the token is not valid"}, 401)
            return handler(request)

        return guarded

    # Reading

    def _messages(self, request: Request) -> Answer:
        found = [(f"{said.number:09d}", self._message(thread, said)) for thread, said in self._said()]
        return _page(request, found)

    def _orders(self, request: Request) -> Answer:
        orders = self.world.shelf("template").orders.values()
        found = [(f"{order.updated_at.timestamp():017.6f}-{order.number:09d}", self._order(order)) for order in orders]
        return _page(request, found)

    def _listings(self, request: Request) -> Answer:
        listings = self.world.shelf("template").listings.values()
        return _page(request, [(f"{int(listing.id[2:]):09d}", self._listing(listing)) for listing in listings], rewinds=True)

    def _thread_messages(self, request: Request) -> Answer:
        thread = self.world.shelf("template").threads.get(request.parts["thread"])
        if thread is None:
            return answer({"error": "unknown_thread", "detail": "no such thread"}, 404)
        return answer({"items": [self._message(thread, said) for said in thread.messages], "next": "", "more": False})

    def _file(self, request: Request) -> Answer:
        files = {f"{said.id}-{index}": file for _, said in self._said() for index, file in enumerate(said.files)}
        file = files.get(request.parts["file"])
        return Answer(file.content, media_type=file.media_type) if file else answer({"error": "unknown_file"}, 404)

    # Acting

    def _send(self, request: Request) -> Answer:
        body = request.json()
        if request.parts["thread"] not in self.world.shelf("template").threads:
            return answer({"error": "unknown_thread", "detail": "no such thread"}, 404)
        said = self.world.reply("template", request.parts["thread"], body["text"], key=body.get("key", ""))
        return answer({"id": said.id, "at": said.at}, 201)

    def _set_quantity(self, request: Request) -> Answer:
        wanted = request.parts["listing"]
        for listing in self.world.shelf("template").listings.values():
            if listing.id == wanted:
                if not self.box.faults.hit("silent_drop", "stock"):
                    self.world.set_quantity("template", listing.sku, int(request.json()["quantity"]))
                return answer({"id": wanted})
        return answer({"error": "unknown_listing", "detail": "no such listing"}, 404)

    def _set_hook(self, request: Request) -> Answer:
        self.hook = request.json()["url"]
        return answer({"url": self.hook})

    def _tell(self, happening: Happening) -> None:
        shapes: dict[str, Callable[[], dict[str, Any]]] = {
            "message": lambda: next(self._message(thread, said) for thread, said in self._said() if said.id == happening.id),
            "order": lambda: self._order(self.world.shelf("template").orders[happening.id]),
            "order_changed": lambda: self._order(self.world.shelf("template").orders[happening.id]),
        }
        if happening.kind in shapes:
            kind = happening.kind.removesuffix("_changed")
            body = msgspec.json.encode({**shapes[happening.kind](), "kind": kind})
            signature = hmac.new(CREDENTIALS["hook_secret"].encode(), body, hashlib.sha256).hexdigest()
            self.box.poster.post(self.hook, {"content-type": "application/json", "x-template-signature": signature}, body)

    # Shapes

    def _said(self) -> list[tuple[Thread, Message]]:
        return [(thread, said) for thread in self.world.shelf("template").threads.values() for said in thread.messages]

    def _buyer(self, key: str) -> dict[str, str]:
        buyer = self.world.state.buyers[key]
        return {"id": buyer.user, "name": buyer.name}

    def _message(self, thread: Thread, said: Message) -> dict[str, Any]:
        files = [
            {"id": f"{said.id}-{index}", "name": file.name, "media_type": file.media_type}
            for index, file in enumerate(said.files)
        ]
        return {
            "id": said.id,
            "thread": thread.id,
            "side": said.side,
            "at": said.at,
            "text": said.text,
            "buyer": self._buyer(thread.buyer),
            "order": thread.order,
            "files": files,
            "key": said.key,
        }

    def _order(self, order: Order) -> dict[str, Any]:
        lines = [
            {
                "id": line.id,
                "sku": line.sku,
                "quantity": line.quantity,
                "cancelled": line.cancelled,
                "price": f"{line.price_minor / 100:.2f}",
            }
            for line in order.lines
        ]
        return {
            "id": order.id,
            "revision": order.revision,
            "status": order.status,
            "placed_at": order.placed_at,
            "currency": order.currency,
            "buyer": self._buyer(order.buyer),
            "lines": lines,
        }

    def _listing(self, listing: Listing) -> dict[str, Any]:
        return {
            "id": listing.id,
            "sku": listing.sku,
            "title": self.world.state.goods[listing.sku].title,
            "quantity": listing.quantity,
            "updated_at": listing.updated_at,
        }


def _page(request: Request, found: list[tuple[str, dict[str, Any]]], *, rewinds: bool = False) -> Answer:
    """What lies after `after`, in order. A feed that `rewinds` starts over once it was read to its end."""
    after = request.query.get("after", "")
    rest = sorted((entry for entry in found if entry[0] > after), key=lambda entry: entry[0])
    shown, more = rest[:PAGE], len(rest) > PAGE
    last = shown[-1][0] if shown else after
    return answer({"items": [thing for _, thing in shown], "next": "0" if rewinds and not more else last, "more": more})


def sandbox(world: World, faults: Faults) -> Sandbox:
    return TemplateShop(world, faults).box
