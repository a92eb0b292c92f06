"""Who knocks: the sign-in of every API request, the same-origin rule for browsers, and the headers of every answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, BeforeMessageSendHookHandler, Message, Receive, Scope, Send

from app.core.config import Settings
from app.core.errors import Forbidden
from app.domain.workspaces import rules
from app.domain.workspaces.guards import Caller
from app.domain.workspaces.sessions import Callers

AnyConnection = ASGIConnection[Any, Any, Any, Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class OtherOrigin(Forbidden):
    code = "other_origin"


def bearer_of(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def is_same_origin(headers: Headers, settings: Settings) -> bool:
    """Browsers name where a request comes from; programs that name nothing carry no other site's intent."""
    fetched = headers.get("sec-fetch-site")
    if fetched in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return fetched is None
    named_host = fetched is None and urlsplit(origin).netloc == headers.get("host", "")
    return named_host or origin == _origin_of(settings.public_url)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Entry(ASGIMiddleware):
    """Puts the caller into the scope; guards decide what is asked of them."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["path"].startswith("/api/"):
            connection: AnyConnection = ASGIConnection(scope)
            settings: Settings = scope["litestar_app"].state.settings
            bearer = bearer_of(connection.headers)
            if bearer is None and scope.get("method") not in SAFE and not is_same_origin(connection.headers, settings):
                raise OtherOrigin("this request comes from another site")
            scope["user"] = await resolve(connection, settings, scope["litestar_app"].state.callers)
        await next_app(scope, receive, send)


async def resolve(connection: AnyConnection, settings: Settings, callers: Callers) -> Caller | None:
    cookie = connection.cookies.get(rules.cookie_name(secure=settings.secure))
    return await callers.resolve(cookie=cookie, bearer=bearer_of(connection.headers))


def headers_for(settings: Settings) -> BeforeMessageSendHookHandler:
    """A route that brings its own policy keeps it."""
    fixed = {
        "content-security-policy": CSP,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "cross-origin-opener-policy": "same-origin",
    }
    if settings.secure:
        fixed["strict-transport-security"] = "max-age=31536000"

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in fixed.items():
            headers.setdefault(name, value)
        if scope["path"].startswith("/api/"):
            headers.setdefault("cache-control", "no-store")

    return add_headers
