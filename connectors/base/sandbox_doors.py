"""The listening ports of the pretend mail server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from connectors.base.sandbox_imap import ImapTalk
from connectors.base.sandbox_mail import Line, Postbox
from connectors.base.sandbox_smtp import SmtpTalk

READ_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Doors:
    """Ports on 127.0.0.1."""

    imap: int
    smtp: int


@asynccontextmanager
async def mail_doors(
    postbox: Callable[[], Postbox], imap: socket.socket | None = None, smtp: socket.socket | None = None
) -> AsyncIterator[Doors]:
    """Both doors, on sockets that listen already or on any free ports. `postbox` is asked at each connection."""
    async with (
        _listening(lambda line: ImapTalk(postbox(), line), imap) as first,
        _listening(lambda line: SmtpTalk(postbox(), line), smtp) as second,
    ):
        yield Doors(first, second)


@asynccontextmanager
async def _listening(begin: Callable[[Line], ImapTalk | SmtpTalk], given: socket.socket | None) -> AsyncIterator[int]:
    """Open talks end with the door."""
    talks: set[asyncio.Task[None]] = set()

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await begin(Line(reader, writer)).run()
        except (EOFError, OSError, asyncio.CancelledError):
            return
        finally:
            talks.discard(task)
            writer.close()

    door = given or socket.create_server(("127.0.0.1", 0))
    server = await asyncio.start_server(welcome, sock=door, limit=READ_LIMIT)
    try:
        yield int(door.getsockname()[1])
    finally:
        server.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
