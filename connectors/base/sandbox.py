"""Parts every sandbox shares: a small ASGI router, faults on the way in, webhooks on the way out, and the control door."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec

from connectors.base.faults import KINDS, Fault, Faults
from connectors.base.reach import trusted
from connectors.base.world import Happening, Short, World

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """`host` is the real host name the connector asked for. Header names are lower case."""

    method: str
    path: str
    host: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    parts: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return msgspec.json.decode(self.body or b"null")

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes = b""
    status: int = 200
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def answer(value: object, status: int = 200, **headers: str) -> Answer:
    return Answer(
        msgspec.json.encode(value), status, headers=tuple((name.replace("_", "-"), text) for name, text in headers.items())
    )


Handler = Callable[[Request], Answer | Awaitable[Answer]]


class Sandbox:
    """The ASGI app of one channel. Routes are added with `route`; `operation` (`send`, `stock`, `read`, `token`) tells which
    faults may strike. `failed(status)` words an error as the channel would. `app_url` is where the seller's Onecounter is, for
    channels whose own settings page holds the address to come back to."""

    app_url = ""

    def __init__(self, channel: str, world: World, faults: Faults, failed: Callable[[int, str], Answer] | None = None) -> None:
        self.channel = channel
        self.world = world
        self.faults = faults
        self.poster = Poster(faults)
        self.calls: list[Request] = []
        self._failed = failed or (lambda status, words: answer({"error": words}, status))
        self._routes: list[tuple[str, re.Pattern[str], str, Callable[[int, str], Answer], Handler]] = []

    def route(
        self, method: str, pattern: str, operation: str = "read", failed: Callable[[int, str], Answer] | None = None
    ) -> Callable[[Handler], Handler]:
        """`{name}` matches one path piece, `{name:path}` any rest. `failed` where this service words its errors in its own way."""
        expression = re.sub(r"\{(\w+):path\}", r"(?P<\1>.+)", pattern)
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", expression)
        compiled = re.compile(f"^{expression}$")

        def add(handler: Handler) -> Handler:
            self._routes.append((method, compiled, operation, failed or self._failed, handler))
            return handler

        return add

    def knows(self, method: str, path: str) -> bool:
        """Is there such a route here, or one below it? For callers whose Host header does not tell the channel."""
        below = f"^{path.rstrip('/')}/"
        return any(
            wanted == method and (pattern.match(path) or (len(below) > 2 and pattern.pattern.startswith(below)))
            for wanted, pattern, *_ in self._routes
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = await read_request(scope, receive)
        self.calls.append(request)
        del self.calls[:-1000]
        given = await self._answer(request, receive)
        if given is not None:
            await write_answer(send, given)

    async def _answer(self, request: Request, receive: Receive) -> Answer | None:
        for method, pattern, operation, failed, handler in self._routes:
            match = pattern.match(request.path)
            if match is None or method != request.method:
                continue
            if self.faults.hit("unavailable", operation):
                return failed(503, "Service Unavailable")
            if self.faults.hit("rate_limited", operation):
                refused = failed(429, "Too Many Requests")
                return Answer(refused.body, 429, refused.media_type, (*refused.headers, ("retry-after", "1")))
            if self.faults.hit("timeout", operation):
                await _hang(receive)
                return None
            found = Request(**{**_fields(request), "parts": match.groupdict()})
            given = handler(found)
            made = await given if isinstance(given, Awaitable) else given
            if operation == "send" and self.faults.hit("swallow_reply", operation):
                await _hang(receive)
                return None
            return made
        return self._failed(404, f"no such path: {request.method} {request.path}")


class Poster:
    """Posts signed webhooks in the background, as patient as a channel: `tries` with short waits. Faults drop, double or
    reorder them. `sent` counts answers by status for tests."""

    def __init__(self, faults: Faults, tries: int = 4) -> None:
        self.faults = faults
        self.tries = tries
        self.sent: dict[int, int] = {}
        self._held: list[tuple[str, Mapping[str, str], bytes]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Must be called inside a running loop; without one (a world driven by hand) nothing is posted."""
        if not url or self.faults.hit("drop_webhook"):
            return
        if self.faults.hit("reorder"):
            self._held.append((url, headers, body))
            return
        batch = [(url, headers, body)] * (2 if self.faults.hit("duplicate") else 1) + self._held
        self._held = []
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        for entry in batch:
            task = loop.create_task(self._try(*entry))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _try(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted())
        for attempt in range(self.tries):
            try:
                response = await self._client.post(url, content=body, headers=dict(headers))
                self.sent[response.status_code] = self.sent.get(response.status_code, 0) + 1
                if response.status_code < 500:
                    return
            except httpx.TransportError:
                self.sent[0] = self.sent.get(0, 0) + 1
            await asyncio.sleep(0.5 * 2**attempt)

    async def drain(self) -> None:
        """Until every post under way has ended."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks), return_exceptions=True)


def _fields(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in ("method", "path", "host", "query", "headers", "body")}


async def read_request(scope: Scope, receive: Receive) -> Request:
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    host = headers.get("host", "").split(":")[0]
    return Request(scope["method"], scope["path"], host, query, headers, body)


async def write_answer(send: Send, given: Answer) -> None:
    headers = [(b"content-type", given.media_type.encode())] if given.body else []
    headers += [(name.encode(), value.encode()) for name, value in given.headers]
    headers.append((b"content-length", str(len(given.body)).encode()))
    await send({"type": "http.response.start", "status": given.status, "headers": headers})
    await send({"type": "http.response.body", "body": given.body})


async def _hang(receive: Receive) -> None:
    """Until the caller gives up, at most two minutes."""
    try:
        async with asyncio.timeout(120):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return


class ControlDoor:
    """`/_world`: what each channel holds, and acts of buyers, outside hands and bad luck."""

    def __init__(self, world: World, faults: Mapping[str, Faults]) -> None:
        self.world = world
        self.faults = faults

    def answer(self, request: Request) -> Answer:
        pieces = request.path.strip("/").split("/")[1:]
        if not pieces:
            return answer({channel: self.view(channel) for channel in self.world.state.shelves})
        channel = pieces[0]
        if channel not in self.world.state.shelves:
            return answer({"detail": f"no channel {channel!r} here: {', '.join(self.world.state.shelves)}"}, 404)
        if request.method == "GET":
            return answer(self.view(channel))
        try:
            return self._act(channel, pieces[1:], msgspec.json.decode(request.body or b"{}"))
        except Short as short:
            return answer({"detail": str(short)}, 409)
        except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
            return answer({"detail": f"{type(error).__name__}: {error}"}, 400)

    def view(self, channel: str) -> dict[str, Any]:
        shelf = self.world.state.shelves[channel]
        public = [
            {"id": said.id, "customer": said.buyer, "text": said.text, "answer": said.answer} for said in shelf.comments.values()
        ]
        return {
            **({"comments": public} if public else {}),
            "threads": [
                {
                    "id": thread.id,
                    "customer": thread.buyer,
                    "order": thread.order,
                    "messages": [
                        {"id": said.id, "side": said.side, "text": said.text, "at": said.at, "key": said.key}
                        for said in thread.messages
                    ],
                }
                for thread in shelf.threads.values()
            ],
            "listings": [
                {"sku": listing.sku, "quantity": listing.quantity, "id": listing.id, "pushes": listing.pushes}
                for listing in shelf.listings.values()
            ],
            "orders": [
                {
                    "id": order.id,
                    "customer": order.buyer,
                    "status": order.status,
                    "lines": [{"sku": line.sku, "quantity": line.quantity} for line in order.lines],
                }
                for order in shelf.orders.values()
            ],
        }

    def _act(self, channel: str, pieces: list[str], body: Any) -> Answer:
        world = self.world
        match pieces:
            case ["messages"]:
                said = world.message(channel, body["customer"], body["text"], order=body.get("order", ""))
                thread = next(t for t in reversed(world.shelf(channel).threads.values()) if said in t.messages)
                return answer({"id": said.id, "thread": thread.id}, 201)
            case ["comments"]:
                return answer({"id": world.comment(channel, body["customer"], body["text"]).id}, 201)
            case ["orders"]:
                lines = [(line["sku"], int(line["quantity"])) for line in body["lines"]]
                order = world.place_order(channel, body["customer"], lines, force=bool(body.get("force")))
                return answer({"id": order.id, "status": order.status}, 201)
            case ["orders", order_id, "cancel"]:
                return answer({"id": order_id, "status": world.cancel_order(channel, order_id).status})
            case ["listings", sku]:
                return answer(
                    {"sku": sku, "quantity": world.set_quantity(channel, sku, int(body["quantity"]), ours=False).quantity}
                )
            case ["faults"]:
                fault = msgspec.convert(body, Fault)
                self.faults[channel].order(fault)
                return answer({"kind": fault.kind}, 201)
            case ["reset"]:
                self.faults[channel].clear()
                world.reset(channel)
                return answer({"channel": channel})
        return answer({"detail": f"no such act; faults are {', '.join(KINDS)}"}, 404)


__all__ = ["Answer", "ControlDoor", "Happening", "Poster", "Request", "Sandbox", "answer"]
