"""The chat on the seller's own pages: its script, its panel, what a visitor hears and asks, and counts anybody may see."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream
from msgspec import Meta, Struct

from app.core.config import Settings
from app.core.errors import AppError, NotFound
from app.core.files import type_of
from app.core.ids import new_id
from app.domain.inbox.service.filing import add_file
from app.domain.inbox.service.visiting import visitor_conversation, visitor_file
from app.domain.inventory.service.showing import Availability, show_available
from app.domain.orders.finding import find_for_buyer
from app.live.presence import tell_buyer_typed
from app.live.visits import Visits
from app.pipeline.house import House
from app.pipeline.intake import Arrived
from app.web.entry import OtherOrigin, is_same_origin
from app.web.hooks import TooLarge
from app.web.static import Files
from app.web.visiting import Door, Limit, address_of, allow, open_door, stream, visitor_of
from app.web.visits_words import status_words, tell_status
from connectors.base.visitors import Keepsake, Remark

FILE_MOST = 10 * 1024 * 1024
SKUS_MOST = 60
PANEL_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'{origins}"
)
CACHED = "public, max-age=3600"
SHOWABLE = ("image/png", "image/jpeg", "image/gif", "image/webp")
LANGUAGES = ("en", "id")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
HIDDEN: dict[str, Any] = {"opt": {"anyone": True}, "include_in_schema": False}


class NotBuilt(NotFound):
    code = "not_built"


class EmptyFile(AppError):
    status, code = 400, "empty_file"


class Welcome(Struct, kw_only=True):
    """`pass`: shown with everything the visitor does from now on."""

    token: str


class Asked(Struct, kw_only=True, forbid_unknown_fields=True):
    number: Annotated[str, Meta(min_length=1, max_length=80)]
    email: Annotated[str, Meta(min_length=3, max_length=320)]
    language: Annotated[str, Meta(max_length=8)] = "en"


class OrderStatus(Struct, kw_only=True):
    """`step`: 0 ordered, 1 being packed, 2 on its way, 3 arrived; -1 cancelled. `answer_id` is the message that says it in words."""

    answer_id: str
    found: bool
    number: str = ""
    step: int = 0
    words: str = ""
    carrier: str = ""
    tracking: str = ""
    ship_by: datetime | None = None
    checked_at: datetime | None = None


class Shelf(Struct, kw_only=True):
    items: list[Availability]


def provide_visits(state: State) -> Visits:
    """One a process, made when the first visitor comes."""
    if "visits" not in state:
        state.visits = Visits(state.house.hub, state.house.db.clock)
    return state.visits  # type: ignore[no-any-return]


VISITS = {"visits": Provide(provide_visits, sync_to_thread=False)}


@get("/widget.js", **HIDDEN)
async def give_loader(state: State) -> Response[bytes]:
    """For any page: it holds no secret and does nothing without a token."""
    files: Files = state.files
    found = await files.find("widget/loader.js")
    if found is None:
        raise NotBuilt("the widget is not built yet; run make")
    headers = {"cache-control": CACHED, "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
    return Response(found.content, media_type="text/javascript", headers=headers)


@get("/chat/{token:str}", **HIDDEN)
async def show_panel(house: NamedDependency[House], token: FromPath[str], lang: FromQuery[str] = "en") -> Response[str]:
    door = await open_door(house, token)
    async with house.db.unit(door.opened.workspace_id) as work:
        name: str = await work.value("select name from workspace where id = $1", work.workspace_id)
    language = lang if lang in LANGUAGES else "en"
    colour = door.host.settings.get("colour", "")
    page = PANEL.format(
        language=language,
        token=html.escape(token, quote=True),
        name=html.escape(door.opened.brand or name, quote=True),
        colour=colour if COLOUR.fullmatch(colour) else "",
    )
    csp = PANEL_CSP.format(origins="".join(f" {origin}" for origin in door.origins))
    headers = {"content-security-policy": csp, "cache-control": "no-cache", "referrer-policy": "no-referrer"}
    return Response(page, media_type="text/html", headers=headers)


PANEL = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>
<link rel="stylesheet" href="/widget/panel.css"></head>
<body data-token="{token}" data-name="{name}" data-colour="{colour}"><script type="module" src="/widget/panel.js"></script></body></html>"""


@post("/chat/{token:str}/session", status_code=201, **HIDDEN)
async def welcome(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    settings: NamedDependency[Settings],
    token: FromPath[str],
) -> Welcome:
    """A pass for a stranger. Only our own panel asks for one."""
    if not is_same_origin(request.headers, settings):
        raise OtherOrigin("only the chat's own page may ask for a pass")
    door = await open_door(house, token)
    await allow(house, door, Limit("session", address_of(request), burst=20, per_minute=10))
    return Welcome(token=door.host.welcome())


@get("/chat/{token:str}/events", dependencies=VISITS, **HIDDEN)
async def tell_news(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    visits: NamedDependency[Visits],
    token: FromPath[str],
) -> Stream:
    """What the visitor's talk holds, from the place the page names in Last-Event-ID."""
    door = await open_door(house, token)
    visitor = visitor_of(door, request)
    await allow(
        house, door, Limit("events", address_of(request), burst=240, per_minute=240),
        Limit("events of one", visitor.thread, burst=20, per_minute=20),
    )  # fmt: skip
    last = request.headers.get("last-event-id", "")
    after = int(last) if last.isdigit() and len(last) < 18 else None
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(stream(house.db, visits, door, visitor, after), media_type="text/event-stream", headers=headers)


@post("/chat/{token:str}/typing", status_code=204, **HIDDEN)
async def tell_typing(request: Request[Any, Any, Any], house: NamedDependency[House], token: FromPath[str]) -> None:
    """Agents see that the visitor writes, before anything is said again. Nothing is kept."""
    door = await open_door(house, token)
    visitor = visitor_of(door, request)
    await allow(house, door, Limit("typing", visitor.thread, burst=10, per_minute=20))
    async with house.db.look(door.opened.workspace_id) as work:
        conversation_id = await visitor_conversation(work, door.opened.connection_id, visitor.thread)
    if conversation_id is not None:
        tell_buyer_typed(house.hub, door.opened.workspace_id, conversation_id)


@post("/chat/{token:str}/files", status_code=201, request_max_body_size=FILE_MOST + 1024, **HIDDEN)
async def take_file(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    token: FromPath[str],
) -> Keepsake:
    """Kept before it is answered; a message then names it by `ref`, or it goes a day later. The type is read from the content."""
    door = await open_door(house, token)
    visitor = visitor_of(door, request)
    await allow(
        house, door, Limit("files", visitor.thread, burst=10, per_minute=4),
        Limit("files from", address_of(request), burst=40, per_minute=20),
    )  # fmt: skip
    content = await _content(request)
    if not content:
        raise EmptyFile("the file is empty")
    sha256 = await house.files.keep(content)
    name = unquote(request.headers.get("x-file-name", ""))[:200].replace("/", "_").replace("\\", "_").strip()
    kept = door.host.keepsake(visitor, sha256, name=name or "file", media_type=type_of(content), size=len(content))
    async with house.db.unit(door.opened.workspace_id) as work:
        await add_file(
            work, name=kept.name, media_type=kept.media_type, size=kept.size, sha256=sha256,
            connection_id=door.opened.connection_id,
        )  # fmt: skip
    return kept


async def _content(request: Request[Any, Any, Any]) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > FILE_MOST:
        raise TooLarge("a file may have 10 MB at most")
    pieces, size = [], 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > FILE_MOST:
                raise TooLarge("a file may have 10 MB at most")
            pieces.append(piece)
    except RequestEntityTooLarge as error:
        raise TooLarge("a file may have 10 MB at most") from error
    except ClientException as error:
        raise EmptyFile("the file ended early") from error
    return b"".join(pieces)


@get("/chat/{token:str}/files/{file_id:uuid}", **HIDDEN)
async def give_file(
    request: Request[Any, Any, Any], house: NamedDependency[House], token: FromPath[str], file_id: FromPath[UUID]
) -> Response[bytes]:
    """A file of the visitor's own talk."""
    door = await open_door(house, token)
    visitor = visitor_of(door, request)
    async with house.db.unit(door.opened.workspace_id) as work:
        row = await visitor_file(work, door.opened.connection_id, visitor.thread, file_id)
    content = await house.files.read(row["sha256"])
    media_type = row["media_type"] if row["media_type"] in SHOWABLE else "application/octet-stream"
    headers = {"content-disposition": "attachment", "cache-control": "private, max-age=3600"}
    return Response(content, media_type=media_type, headers=headers)


@post("/chat/{token:str}/orders", status_code=200, **HIDDEN)
async def ask_order(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    token: FromPath[str],
    data: JSONBody[Asked],
) -> OrderStatus:
    """Answered from the orders. Question and answer stand in the conversation; the answer is the house's, not a person's."""
    door = await open_door(house, token)
    visitor = visitor_of(door, request)
    now = house.db.clock.now()
    await allow(
        house, door, Limit("orders", visitor.thread, burst=6, per_minute=2),
        Limit("orders from", address_of(request), burst=20, per_minute=6),
    )  # fmt: skip
    async with house.db.unit(door.opened.workspace_id) as work:
        order = await find_for_buyer(work, data.number, data.email)
    number, language = data.number.strip(), data.language if data.language in LANGUAGES else "en"
    asked = Remark(id=f"ask-{new_id()}", text=status_words(language, "asked", number=number), email=data.email, language=language)
    told = Remark(id=f"told-{new_id()}", text=tell_status(language, number, order), ours=True, language=language)
    deliveries = [door.host.remark(visitor, said) for said in (asked, told)]
    opened = door.opened
    await house.intake.keep(
        [
            Arrived(workspace_id=opened.workspace_id, connection_id=opened.connection_id, channel=opened.channel, delivery=one)
            for one in deliveries
        ]
    )
    if order is None:
        return OrderStatus(answer_id=told.id, found=False, words=told.text)
    step = {"pending": 0, "open": 1, "shipped": 2, "delivered": 3}.get(order.status, -1)
    return OrderStatus(
        answer_id=told.id, found=True, number=order.number or order.external_id, step=step, words=told.text,
        carrier=order.carrier, tracking=order.tracking, ship_by=order.ship_by, checked_at=now,
    )  # fmt: skip


@get("/chat/{token:str}/availability", **HIDDEN)
async def show_counts(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    token: FromPath[str],
    sku: FromQuery[str] = "",
) -> Response[Shelf]:
    """`sku` holds up to 60 of them, parted by commas. Readable by the pages named in `origins`, and cacheable by anybody."""
    door = await open_door(house, token)
    await allow(house, door, Limit("counts", address_of(request), burst=120, per_minute=120))
    wanted = [word.strip()[:120] for word in sku.split(",") if word.strip()][:SKUS_MOST]
    async with house.db.unit(door.opened.workspace_id) as work:
        items = await show_available(work, wanted)
    return Response(Shelf(items=items), headers={"cache-control": "public, max-age=15", **_cors(door, request)})


def _cors(door: Door, request: Request[Any, Any, Any]) -> dict[str, str]:
    origin = request.headers.get("origin", "").lower()
    allowed = {"access-control-allow-origin": origin} if origin in door.origins else {}
    return {"vary": "origin", **allowed}


ROUTES = [give_loader, show_panel, welcome, tell_news, tell_typing, take_file, give_file, ask_order, show_counts]
