"""The pretend mail server with one account, and servers that follow a script, for tests of the two clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from connectors.base.faults import Faults
from connectors.base.reroute import Reroute
from connectors.base.sandbox_doors import mail_doors
from connectors.base.sandbox_mail import Mailbox, Postbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
USER, PASSWORD = "shop@example.org", 'pass "word"\\'
HOST = "imap.example.org"


def rerouted(imap: int, smtp: int = 0) -> Reroute:
    return Reroute((("imap.*", f"imap://127.0.0.1:{imap}"), ("smtp.*", f"smtp://127.0.0.1:{smtp}")))


@asynccontextmanager
async def mail_server() -> AsyncIterator[tuple[Mailbox, Postbox, Reroute]]:
    box = Postbox()
    mailbox = box.add(Mailbox(USER, PASSWORD, lambda: NOON, Faults()))
    async with mail_doors(lambda: box) as doors:
        yield mailbox, box, rerouted(doors.imap, doors.smtp)


@asynccontextmanager
async def scripted(*answers: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Says the first thing at once, then one for each line it hears; hangs up after the last. Its port, and what it heard."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _follow(answers, reader, writer, heard)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()


async def _follow(
    answers: Sequence[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: list[bytes]
) -> None:
    for position, answer in enumerate(answers):
        if position:
            line = await reader.readline()
            if not line:
                return
            heard.append(line)
        writer.write(answer)
        await writer.drain()
