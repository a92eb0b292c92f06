"""The parts all sandboxes share: routes, faults on the way in, webhooks on the way out, the control door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from connectors.base.faults import Fault, Faults
from connectors.base.sandbox import Answer, ControlDoor, Poster, Request, Sandbox, answer
from connectors.base.world import Naming, World

NAMING = Naming(
    currency="USD",
    order_id=lambda number: f"O-{number}",
    thread_id=lambda number, buyer: f"T-{number}",
    message_id=lambda number: f"M-{number}",
    listing_id=lambda good, position: f"L-{position}",
    line_id=lambda order, position: f"O-{order}-{position}",
)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def box(faults: Faults) -> Sandbox:
    made = Sandbox("shop", World(), faults)

    @made.route("GET", "/things/{thing}")
    def thing(request: Request) -> Answer:
        return answer({"thing": request.parts["thing"], "x": request.query.get("x", ""), "host": request.host})

    @made.route("POST", "/files/{rest:path}", "send")
    async def files(request: Request) -> Answer:
        return answer({"rest": request.parts["rest"], "form": request.form()}, 201, x_left="7")

    return made


@pytest.fixture
async def client(box: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(box), base_url="http://api.shop.example") as found:
        yield found


async def test_a_route_hands_over_parts_query_and_host(client: httpx.AsyncClient) -> None:
    response = await client.get("/things/a%20b?x=1&x=2")
    assert response.json() == {"thing": "a b", "x": "2", "host": "api.shop.example"}


async def test_a_path_part_takes_the_rest(client: httpx.AsyncClient) -> None:
    response = await client.post("/files/a/b.txt", data={"k": ""})
    assert (response.status_code, response.headers["x-left"]) == (201, "7")
    assert response.json() == {"rest": "a/b.txt", "form": {"k": ""}}


async def test_an_unknown_path_or_method_is_404(client: httpx.AsyncClient, box: Sandbox) -> None:
    assert (await client.get("/elsewhere")).status_code == 404
    assert (await client.post("/things/1")).status_code == 404
    assert [call.path for call in box.calls] == ["/elsewhere", "/things/1"]


async def test_faults_strike_the_operation_they_are_ordered_for(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.order(Fault(kind="unavailable", count=1, on="send"))
    faults.order(Fault(kind="rate_limited", count=1, on="read"))
    limited = await client.get("/things/1")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "1")
    assert (await client.get("/things/1")).status_code == 200
    assert (await client.post("/files/a")).status_code == 503
    assert (await client.post("/files/a")).status_code == 201


# Webhooks out


class Hook:
    """A receiver that answers with the given statuses in turn, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.bodies: list[bytes] = []
        self.server: asyncio.Server | None = None

    async def __aenter__(self) -> str:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/hook"

    async def __aexit__(self, *_: object) -> None:
        assert self.server is not None
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length"))
        self.bodies.append(await reader.readexactly(length))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


async def test_a_webhook_is_posted_once_when_taken(faults: Faults) -> None:
    hook, poster = Hook(200), Poster(faults)
    async with hook as url:
        poster.post(url, {"content-type": "application/json"}, b"{}")
        await poster.drain()
    assert (hook.bodies, poster.sent) == ([b"{}"], {200: 1})


async def test_a_failing_hook_is_tried_again(faults: Faults) -> None:
    hook, poster = Hook(503, 200), Poster(faults, tries=2)
    async with hook as url:
        poster.post(url, {}, b"one")
        await poster.drain()
    assert poster.sent == {503: 1, 200: 1}


async def test_a_refusal_is_not_repeated(faults: Faults) -> None:
    hook, poster = Hook(401), Poster(faults)
    async with hook as url:
        poster.post(url, {}, b"one")
        await poster.drain()
    assert poster.sent == {401: 1}


@pytest.mark.parametrize(
    ("kind", "arrived"),
    [("drop_webhook", [b"two"]), ("duplicate", [b"one", b"one", b"two"]), ("reorder", [b"two", b"one"])],
)
async def test_webhooks_are_lost_doubled_and_mixed_as_ordered(faults: Faults, kind: Any, arrived: list[bytes]) -> None:
    hook, poster = Hook(200), Poster(faults)
    faults.order(Fault(kind=kind, count=1))
    async with hook as url:
        poster.post(url, {}, b"one")
        poster.post(url, {}, b"two")
        await poster.drain()
    assert sorted(hook.bodies) == sorted(arrived)


def test_without_a_loop_nothing_is_posted(faults: Faults) -> None:
    poster = Poster(faults)
    poster.post("http://127.0.0.1:9/", {}, b"one")
    assert poster.sent == {}


# The control door


@pytest.fixture
def door(faults: Faults) -> ControlDoor:
    world = World()
    world.open("shop", NAMING)
    return ControlDoor(world, {"shop": faults})


def ask(door: ControlDoor, method: str, path: str, body: object = None) -> tuple[int, Any]:
    given = door.answer(Request(method, path, "", {}, {}, msgspec.json.encode(body) if body is not None else b""))
    return given.status, msgspec.json.decode(given.body)


def test_the_whole_world_is_shown_by_channel(door: ControlDoor) -> None:
    status, world = ask(door, "GET", "/_world")
    assert (status, set(world), set(world["shop"])) == (200, {"shop"}, {"threads", "listings", "orders"})
    assert world["shop"]["orders"] == []


def test_a_buyer_writes_and_an_unknown_one_is_made(door: ControlDoor) -> None:
    status, made = ask(door, "POST", "/_world/shop/messages", {"customer": "Somebody New", "text": "Halo"})
    assert status == 201
    (thread,) = ask(door, "GET", "/_world/shop")[1]["threads"]
    assert thread["id"] == made["thread"]
    assert [(said["side"], said["text"]) for said in thread["messages"]] == [("buyer", "Halo")]


def test_nobody_comments_where_there_are_no_posts(door: ControlDoor) -> None:
    status, told = ask(door, "POST", "/_world/shop/comments", {"customer": "Somebody New", "text": "Halo"})
    assert (status, "post" in told["detail"]) == (400, True)
    assert ask(door, "GET", "/_world/shop")[1]["threads"] == []


def test_an_order_lowers_the_count_and_a_cancel_restores_it_once(door: ControlDoor) -> None:
    sku, before = _first(door)
    status, order = ask(door, "POST", "/_world/shop/orders", {"customer": "x", "lines": [{"sku": sku, "quantity": 2}]})
    assert (status, _first(door)) == (201, (sku, before - 2))
    for _ in range(2):
        assert ask(door, "POST", f"/_world/shop/orders/{order['id']}/cancel") == (200, {"id": order["id"], "status": "cancelled"})
        assert _first(door) == (sku, before)


def test_a_short_count_refuses_an_order_unless_forced(door: ControlDoor) -> None:
    sku, before = _first(door)
    lines = [{"sku": sku, "quantity": before + 1}]
    status, told = ask(door, "POST", "/_world/shop/orders", {"customer": "x", "lines": lines})
    assert (status, sku in told["detail"], _first(door)) == (409, True, (sku, before))
    assert ask(door, "POST", "/_world/shop/orders", {"customer": "x", "lines": lines, "force": True})[0] == 201
    assert _first(door) == (sku, 0)


def test_an_outside_edit_is_no_push_of_ours(door: ControlDoor) -> None:
    sku, _ = _first(door)
    assert ask(door, "POST", f"/_world/shop/listings/{sku}", {"quantity": 3}) == (200, {"sku": sku, "quantity": 3})
    listing = next(each for each in ask(door, "GET", "/_world/shop")[1]["listings"] if each["sku"] == sku)
    assert (listing["quantity"], listing["pushes"]) == (3, 0)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/_world/moon/messages", {}, 404),
        ("/_world/shop/weather", {}, 404),
        ("/_world/shop/messages", {"text": "no customer"}, 400),
        ("/_world/shop/faults", {"kind": "earthquake"}, 400),
        ("/_world/shop/orders", {"customer": "x", "lines": [{"sku": "NOTHING", "quantity": 1}]}, 400),
        ("/_world/shop/orders/none/cancel", {}, 400),
        ("/_world/shop/orders", [], 400),
    ],
)
def test_a_wrong_act_is_explained_and_changes_nothing(door: ControlDoor, path: str, body: object, status: int) -> None:
    before = ask(door, "GET", "/_world")
    got, told = ask(door, "POST", path, body)
    assert (got, bool(told["detail"])) == (status, True)
    assert ask(door, "GET", "/_world") == before


def test_reset_starts_the_channel_anew_and_ends_its_faults(door: ControlDoor, faults: Faults) -> None:
    ask(door, "POST", "/_world/shop/messages", {"customer": "x", "text": "Halo"})
    assert ask(door, "POST", "/_world/shop/faults", {"kind": "timeout", "rate": 0.5})[0] == 201
    ask(door, "POST", "/_world/shop/reset")
    assert (ask(door, "GET", "/_world/shop")[1]["threads"], faults.open) == ([], [])


def _first(door: ControlDoor) -> tuple[str, int]:
    listing = ask(door, "GET", "/_world/shop")[1]["listings"][0]
    return listing["sku"], listing["quantity"]
