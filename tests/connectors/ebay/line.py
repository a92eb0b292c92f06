"""A line that answers as told, for what no sandbox would say; and a connector of ours on the other end of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from connectors.base.client import open_http
from connectors.base.contract import Context
from connectors.base.reroute import Reroute
from connectors.ebay.client import Client
from connectors.ebay.manifest import MANIFEST
from connectors.ebay.sandbox import CREDENTIALS
from tests.connectors.rig import Clock, context_for

TOKEN = '{"access_token": "v^1.1#t", "expires_in": 7200, "token_type": "User Access Token"}'


@dataclass
class Line:
    """`answers` are given in order, the last one for ever; None hangs up without a word. Tokens are always given."""

    answers: list[bytes | None] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    base: str = ""

    def say(self, body: str | bytes, status: str = "200 OK", media_type: str = "text/xml", head: str = "") -> None:
        content = body.encode() if isinstance(body, str) else body
        lines = f"HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {len(content)}\r\nconnection: close\r\n{head}\r\n"
        self.answers.append(lines.encode() + content)

    def say_xml(self, call: str, inner: str) -> None:
        self.say(f'<?xml version="1.0"?><{call}Response xmlns="urn:ebay:apis:eBLBaseComponents">{inner}</{call}Response>')

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        body = await reader.readexactly(int(sizes[0])) if sizes else b""
        if b"/oauth2/token" in head:
            writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(TOKEN)}\r\nconnection: close\r\n\r\n{TOKEN}".encode())
        else:
            self.asked.append(head + body)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            writer.write(answer or b"")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def open_line(settings: Mapping[str, str] | None = None) -> AsyncIterator[tuple[Line, Client]]:
    line = Line()
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    reroute = Reroute(tuple((host, line.base) for host in MANIFEST.hosts))
    async with open_http(reroute) as http, server:
        found = context_for("ebay", http, reroute, dict(CREDENTIALS), Clock())
        yield line, Client(with_settings(found, settings or {}))


def with_settings(context: Context, settings: Mapping[str, str]) -> Context:
    return Context(
        secrets=context.secrets,
        settings=settings,
        http=context.http,
        reroute=context.reroute,
        now=context.now,
        save_secrets=context.save_secrets,
        refresh=context.refresh,
    )
