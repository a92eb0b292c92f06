"""Sends a channel's real host to another base: sandboxes, tests and outside simulators are reached only this way.

`host[:port]=http://127.0.0.1:9001,*.myshopify.com=http://127.0.0.1:9002,imap.shop.test=imap://127.0.0.1:9003`
The path stays, and so does the original host name (in the Host header).
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import httpx


@dataclass(frozen=True, slots=True)
class Reroute:
    """First match wins. Patterns are host names with `*`, optionally with a port."""

    rules: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Reroute:
        """Raises ValueError that names the faulty piece."""
        rules = []
        for piece in filter(None, (part.strip() for part in text.split(","))):
            pattern, found, base = piece.partition("=")
            parts = urlsplit(base)
            if not found or not pattern or not parts.scheme or not parts.hostname:
                raise ValueError(f"reroute: {piece!r} is not host=scheme://host:port")
            rules.append((pattern.lower(), base.rstrip("/")))
        return cls(tuple(rules))

    def merged(self, later: Reroute) -> Reroute:
        """Our own rules win; `later` fills in the rest."""
        return Reroute(self.rules + later.rules)

    def base_for(self, host: str, port: int | None = None) -> str | None:
        host = host.lower()
        for pattern, base in self.rules:
            if fnmatchcase(host, pattern) or (port and fnmatchcase(f"{host}:{port}", pattern)):
                return base
        return None

    def address(self, url: str) -> str:
        """Where a browser has to go for `url`."""
        parts = urlsplit(url)
        base = self.base_for(parts.hostname or "", parts.port)
        return url if base is None else base + parts._replace(scheme="", netloc="").geturl()

    def text(self) -> str:
        return ",".join(f"{pattern}={base}" for pattern, base in self.rules)


class ReroutedTransport(httpx.AsyncBaseTransport):
    """Rewrites scheme, host and port of matching requests and sends them by `inner`; everything else goes by `outside`
    (`inner` where there is none) unchanged."""

    def __init__(
        self, reroute: Reroute, inner: httpx.AsyncBaseTransport, outside: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.reroute = reroute
        self.inner = inner
        self.outside = outside or inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        base = self.reroute.base_for(request.url.host, request.url.port)
        if base is not None:
            parts = urlsplit(base)
            request.headers["host"] = request.url.netloc.decode()
            request.url = request.url.copy_with(scheme=parts.scheme, host=parts.hostname, port=parts.port)
            return await self.inner.handle_async_request(request)
        return await self.outside.handle_async_request(request)

    async def aclose(self) -> None:
        await self.inner.aclose()
        if self.outside is not self.inner:
            await self.outside.aclose()
