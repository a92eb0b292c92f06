"""Sockets to mail servers that a person typed: rerouted where the operator says so, else over TLS to a judged public address."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from connectors.base.errors import ChannelError, Refused, Unavailable
from connectors.base.reach import public_addresses
from connectors.base.reroute import Reroute

CONNECT_S = 10.0
LINE_LIMIT = 8 * 1024 * 1024


class Wire:
    """One connection, line by line. Every wait ends after `deadline_s`; what ends badly is `Unavailable`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, deadline_s: float) -> None:
        self.host = host
        self.deadline_s = deadline_s
        self._reader = reader
        self._writer = writer

    async def line(self) -> bytes:
        """Without its end. Raises Unavailable when the server hung up or says nothing."""
        found = await self._within(self._reader.readuntil(b"\n"))
        return found.rstrip(b"\r\n")

    async def exactly(self, size: int) -> bytes:
        return await self._within(self._reader.readexactly(size))

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._within(self._drained())

    async def secure(self, context: ssl.SSLContext) -> None:
        """STARTTLS: the rest of this connection is encrypted and the server proven."""
        try:
            async with asyncio.timeout(self.deadline_s):
                await self._writer.start_tls(context, server_hostname=self.host)
        except (OSError, TimeoutError) as error:
            raise unreachable(self.host, error) from error

    async def close(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            return

    async def _drained(self) -> bytes:
        await self._writer.drain()
        return b""

    async def _within(self, waiting: object) -> bytes:
        try:
            async with asyncio.timeout(self.deadline_s):
                return bytes(await waiting)  # type: ignore[misc]
        except asyncio.LimitOverrunError as error:
            raise Unavailable(f"{self.host} sent a line without end", code="endless_line") from error
        except (OSError, EOFError, TimeoutError) as error:
            raise Unavailable(f"{self.host} did not answer: {error or type(error).__name__}", code="no_answer") from error


@asynccontextmanager
async def dial(
    host: str, port: int, *, scheme: str, tls: bool, reroute: Reroute, deadline_s: float, context: ssl.SSLContext | None = None
) -> AsyncIterator[Wire]:
    """`scheme` is `imap://` or `smtp://`. Where the reroute leads (`imap://h:p`) the connection is plain, see `is_rerouted`."""
    reader, writer = await _open(host, port, scheme, tls, reroute, min(deadline_s, CONNECT_S), context)
    wire = Wire(reader, writer, host, deadline_s)
    try:
        yield wire
    finally:
        await wire.close()


def is_rerouted(host: str, port: int, scheme: str, reroute: Reroute) -> bool:
    return (reroute.base_for(host, port) or "").startswith(scheme)


def proven() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities, and the name must fit."""
    return ssl.create_default_context()


async def _open(
    host: str, port: int, scheme: str, tls: bool, reroute: Reroute, within_s: float, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if is_rerouted(host, port, scheme, reroute):
        parts = urlsplit(reroute.base_for(host, port) or "")
        return await _connect(parts.hostname or "", parts.port or port, host, None, within_s)
    judged = (context or proven()) if tls else None
    lost: ChannelError | None = None
    for address in await public_addresses(host, port):
        try:
            return await _connect(address, port, host, judged, within_s)
        except Unavailable as error:
            lost = error
    raise lost or Unavailable(f"{host} has no address", code="unknown_host")


async def _connect(
    address: str, port: int, host: str, context: ssl.SSLContext | None, within_s: float
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    name = host if context else None
    try:
        async with asyncio.timeout(within_s):
            return await asyncio.open_connection(address, port, ssl=context, server_hostname=name, limit=LINE_LIMIT)
    except (OSError, TimeoutError) as error:
        raise unreachable(host, error) from error


def unreachable(host: str, error: Exception) -> ChannelError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(
            f"{host} cannot prove its name: {error.verify_message}",
            code="bad_certificate",
            fix="Enter the name the mail provider gives for this server; it must hold a valid certificate.",
        )
    return Unavailable(f"{host} cannot be reached: {error or type(error).__name__}", code="unreachable")


def require_clean(value: str, what: str) -> str:
    """Line ends inside a command would be another command."""
    if any(sign in value for sign in "\r\n\0"):
        raise Refused(f"{what} holds a line end", code="bad_value", fix=f"Enter {what} anew, in one line.")
    return value
