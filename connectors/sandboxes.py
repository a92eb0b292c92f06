"""All sandboxes in one process on one port (mail on the two after it), over one pretend shop that is kept in a file."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
import uvicorn

from connectors.base.faults import Faults
from connectors.base.history import seed_history
from connectors.base.living import Living
from connectors.base.sandbox import (
    Answer,
    ControlDoor,
    Receive,
    Request,
    Sandbox,
    Scope,
    Send,
    answer,
    read_request,
    write_answer,
)
from connectors.base.sandbox_doors import mail_doors
from connectors.base.sandbox_mail import postbox
from connectors.base.stories import sell_last_unit, swallow_reply
from connectors.base.world import World
from connectors.registry import load_sandbox, manifests

SAVE_EVERY_S = 5.0
THREADS, ORDERS = 400, 600
SANDBOX_PORTS = 3
LOOPBACK = "127.0.0.1"
# Mail servers of any seller; Microsoft 365 reads mail at a name of its own.
MAIL_HOSTS = {
    "imap://": ("imap.*", "imap-mail.*", "outlook.office365.com"),
    "smtp://": ("smtp.*", "smtp-mail.*"),
}
STOP_WITHIN_S = 2
"""Calls that hang on purpose do not hold up the end."""


def reroute_text(port: int) -> str:
    """The value of ONECOUNTER_REROUTE that sends every channel's hosts, and mail servers of any seller, here."""
    hosts = dict.fromkeys(host for one in manifests().values() for host in one.hosts)
    rules = [f"{host}=http://127.0.0.1:{port}" for host in hosts]
    mail = [
        f"{host}={scheme}127.0.0.1:{port + place}"
        for place, (scheme, hosts) in enumerate(MAIL_HOSTS.items(), 1)
        for host in hosts
    ]
    return ",".join([*rules, *mail])


def ports_of(keys: Sequence[str], port: int) -> list[int]:
    """Which ports of 127.0.0.1 `serve` will listen on: those of mail only where a channel works by mail."""
    return list(range(port, port + (SANDBOX_PORTS if Sandboxes(keys).has_mail else 1)))


class Asked(msgspec.Struct):
    """What a story may be told about."""

    sku: str = ""
    thread: str = ""


class Sandboxes:
    """The ASGI app: `/_world...` is the control door, everything else goes to the channel whose host was meant."""

    def __init__(self, keys: Sequence[str], *, seed: int = 1, app_url: str = "") -> None:
        self.world = World(seed)
        self.faults = {key: Faults(seed) for key in keys}
        self.boxes: dict[str, Sandbox] = {}
        self.credentials: dict[str, Mapping[str, str]] = {}
        for key in keys:
            make, self.credentials[key] = load_sandbox(key)
            self.boxes[key] = make(self.world, self.faults[key])
            self.boxes[key].app_url = app_url
        self.door = ControlDoor(self.world, self.faults)
        self.living = Living(self.world, seed)
        self.while_open: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext

    @property
    def has_mail(self) -> bool:
        return bool(postbox(self.world).mailboxes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/_world"):
            await write_answer(send, self._control(await read_request(scope, receive)))
            return
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        box = self._box(scope)
        if box is None:
            request = await read_request(scope, receive)
            await write_answer(send, answer({"detail": f"no channel answers {request.host}{request.path}"}, 404))
            return
        await box(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Ends inside the server: a server stopped by a signal hands that signal on, and nothing after it runs."""
        await receive()
        async with self.while_open():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def _box(self, scope: Scope) -> Sandbox | None:
        """By the host that was meant. Where channels share a host, or a caller came by address alone, the path decides."""
        host = next((value.decode() for name, value in scope["headers"] if name == b"host"), "").split(":")[0]
        known = manifests()
        meant = [box for key, box in self.boxes.items() if any(fnmatchcase(host, pattern) for pattern in known[key].hosts)]
        if len(meant) == 1:
            return meant[0]
        knowing = [box for box in meant or self.boxes.values() if box.knows(scope["method"], scope["path"])]
        return next(iter(knowing or meant), None)

    def _control(self, request: Request) -> Answer:
        pieces = request.path.strip("/").split("/")[1:]
        match pieces:
            case ["_health"]:
                return answer({"status": "ok"})
            case ["_credentials"]:
                return answer({key: dict(values) for key, values in self.credentials.items()})
            case ["_speed"]:
                return self._speed(request)
            case ["_stories", name]:
                return self._story(name, request)
        return self.door.answer(request)

    def _speed(self, request: Request) -> Answer:
        if request.method == "POST":
            try:
                self.living.speed = float(request.json()["speed"])
            except (KeyError, TypeError, ValueError, msgspec.DecodeError):
                return answer({"detail": "speed is a number; 0 stops the world"}, 400)
        return answer({"speed": self.living.speed})

    def _story(self, name: str, request: Request) -> Answer:
        known = {key: manifests()[key] for key in self.boxes}
        try:
            asked = msgspec.json.decode(request.body or b"{}", type=Asked)
        except msgspec.MsgspecError as error:
            return answer({"detail": str(error)}, 400)
        if name == "last_unit":
            return answer(sell_last_unit(self.world, known, sku=asked.sku))
        if name == "swallow_reply":
            return answer(swallow_reply(self.world, self.faults, known, thread=asked.thread))
        return answer({"detail": f"no story {name!r}; there are last_unit, swallow_reply"}, 404)


async def serve(
    keys: Sequence[str] | None = None,
    *,
    port: int,
    state: Path | None = None,
    living: bool = False,
    history: bool = False,
    seed: int = 1,
    app_url: str = "",
) -> None:
    """Until it is told to stop: HTTP on `port`, IMAP and SMTP on the next two when a channel works by mail. Raises OSError when
    one of them is taken."""
    with contextlib.ExitStack() as sockets:
        listening = sockets.enter_context(socket.create_server((LOOPBACK, port)))
        boxes = open_sandboxes(keys, state=state, living=living, history=history, seed=seed, app_url=app_url)
        if boxes.has_mail:
            doors = [sockets.enter_context(socket.create_server((LOOPBACK, each))) for each in (port + 1, port + 2)]
            _open_mail(boxes, *doors)
        config = uvicorn.Config(
            boxes, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=STOP_WITHIN_S
        )
        await uvicorn.Server(config).serve(sockets=[listening])


def open_sandboxes(
    keys: Sequence[str] | None, *, state: Path | None, living: bool, history: bool, seed: int = 1, app_url: str = ""
) -> Sandboxes:
    """The app with the world as it was left, or a new one; a saved world has its own past."""
    boxes = Sandboxes(list(keys or manifests()), seed=seed, app_url=app_url)
    new = _load(boxes.world, state) if state else boxes.world.channels
    if history and new:
        share = len(new) / len(boxes.boxes)
        past = {"threads": round(THREADS * share), "orders": round(ORDERS * share)}
        seed_history(boxes.world, now=boxes.world.now(), channels=new, **past)
    boxes.living.speed = 1.0 if living else 0.0
    boxes.while_open = lambda: _while_open(boxes, state)
    return boxes


def _open_mail(boxes: Sandboxes, imap: socket.socket, smtp: socket.socket) -> None:
    inner = boxes.while_open

    @contextlib.asynccontextmanager
    async def with_mail() -> AsyncIterator[None]:
        async with mail_doors(lambda: postbox(boxes.world), imap, smtp), inner():
            yield

    boxes.while_open = with_mail


@contextlib.asynccontextmanager
async def _while_open(boxes: Sandboxes, state: Path | None) -> AsyncIterator[None]:
    """The world lives and is kept meanwhile; it is saved once more at the end."""
    tasks = [asyncio.create_task(boxes.living.run())]
    if state:
        tasks.append(asyncio.create_task(_keep(boxes.world, state)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if state:
            _save(boxes.world.dump(), state)


def _load(world: World, state: Path) -> tuple[str, ...]:
    """The channels without a past. A file of another time that does not open is laid aside, not overwritten."""
    if not state.exists():
        return world.channels
    try:
        return world.load(state.read_bytes())
    except msgspec.MsgspecError:
        state.replace(state.with_name(state.name + ".unread"))
        return world.channels


def _save(saved: bytes, state: Path) -> None:
    half = state.with_name(state.name + ".part")
    half.write_bytes(saved)
    half.replace(state)


async def _keep(world: World, state: Path) -> None:
    saved = b""
    never = asyncio.Event()
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(never.wait(), SAVE_EVERY_S)
        current = world.dump()
        if current != saved:
            await asyncio.to_thread(_save, current, state)
            saved = current
