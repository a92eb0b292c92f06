"""The door of the shop's page: whose it is, who comes, how often, and what they hear while they look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from litestar import Request

from app.core.allowances import spend
from app.core.db import Database
from app.core.errors import NotFound, SignedOut
from app.core.security import token_hash
from app.domain.connections import service as connections
from app.domain.inbox.service.following import stay
from app.domain.inbox.service.visiting import Talk, visitor_messages
from app.live.visits import Visit, Visits
from app.pipeline.house import House
from app.pipeline.opening import Open
from connectors.base.errors import BadSignature
from connectors.base.visitors import Visitor, Welcoming

LOOK_EVERY_S = 10.0
STREAMS_FOR_S = 1800
"""Then the page opens a new stream and shows its pass again."""


class NoSuchChat(NotFound):
    code = "no_chat"


class BadPass(SignedOut):
    code = "bad_pass"


@dataclass(frozen=True, slots=True)
class Door:
    opened: Open
    host: Welcoming

    @property
    def origins(self) -> list[str]:
        """Pages that may show the chat and ask for counts, as `scheme://host[:port]`."""
        found = []
        for word in self.host.settings.get("origins", "").replace(",", " ").split():
            parts = urlsplit(word)
            if (
                parts.scheme in ("https", "http")
                and parts.netloc
                and parts.netloc.isascii()
                and not set(parts.netloc) & set(";'\"*")
            ):
                found.append(f"{parts.scheme}://{parts.netloc}".lower())
        return found


async def open_door(house: House, token: str) -> Door:
    """Raises NoSuchChat for any address that is not the hook of a chat."""
    async with house.db.single() as conn:
        route = await connections.find_route(conn, token_hash(token))
    if route is None or route["workspace_id"] is None or route["connection_id"] is None:
        raise NoSuchChat("there is no chat at this address")
    opened = await house.connectors.open_row(route, route["workspace_id"], route["connection_id"])
    if not isinstance(opened.connector, Welcoming) or opened.state == "paused":
        raise NoSuchChat("there is no chat at this address")
    return Door(opened, opened.connector)


def visitor_of(door: Door, request: Request[Any, Any, Any]) -> Visitor:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        return door.host.visitor(given.strip() if scheme.lower() == "bearer" else "")
    except BadSignature as error:
        raise BadPass(error.detail, code=error.code) from error


class Limit(NamedTuple):
    """Of one visitor or one address."""

    what: str
    who: str
    burst: int
    per_minute: float


async def allow(house: House, door: Door, *limits: Limit) -> None:
    """Raises TooMany. What was refused costs nothing."""
    async with house.db.unit(door.opened.workspace_id) as work:
        for one in limits:
            await spend(work, door.opened.connection_id, one.what, one.who, burst=one.burst, per_minute=one.per_minute)


def address_of(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


async def stream(db: Database, visits: Visits, door: Door, visitor: Visitor, after: int | None) -> AsyncIterator[bytes]:
    """Server-sent events: `messages` (with the place to go on from as id), `typing`, `counter` {open, seen}."""
    workspace_id = door.opened.workspace_id
    with visits.enter(workspace_id, visitor.thread) as visit:
        yield b"retry: 2000\n\n"
        told: dict[str, bool] = {}
        ends = min(visitor.until.timestamp(), db.clock.now().timestamp() + STREAMS_FOR_S)
        while db.clock.now().timestamp() < ends:
            if visit.news:
                visit.news = False
                talk = await _look(db, visit, door, visitor, after)
                if talk.messages or after is None:
                    yield _event("messages", talk.messages, talk.seq)
                after = talk.seq
                now = {"open": visits.is_open(workspace_id), "seen": talk.seen}
                if now != told:
                    told = now
                    yield _event("counter", now)
            if visit.typing:
                visit.typing = False
                yield _event("typing", {})
            yield b": still here\n\n"
            await visit.wait(LOOK_EVERY_S)


async def _look(db: Database, visit: Visit, door: Door, visitor: Visitor, after: int | None) -> Talk:
    async with db.unit(door.opened.workspace_id) as work:
        talk = await visitor_messages(work, door.opened.connection_id, visitor.thread, after)
        if talk.thread_id is not None:
            await stay(work, talk.thread_id)
    visit.thread_id, visit.conversation_id = talk.thread_id, talk.conversation_id
    return talk


def _event(name: str, data: object, number: int | None = None) -> bytes:
    place = b"" if number is None else b"id: %d\n" % number
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), place, msgspec.json.encode(data))
