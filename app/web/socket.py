"""`/live`: one socket of one browser. The feed fills its outlet; this writes it out and hears what the browser says."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Protocol

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from app.core import metrics
from app.core.db import Database
from app.core.errors import Down
from app.core.ids import new_id
from app.core.logs import log
from app.domain.workspaces.guards import Caller
from app.live import replay
from app.live.feed import Feeds, WorkspaceFeed
from app.live.outlet import Outlet
from app.live.protocol import (
    NOT_UNDERSTOOD,
    PROTO,
    PROTOCOL_OLD,
    SIGN_IN_AGAIN,
    SILENCE_S,
    SILENT,
    STOP,
    TRY_LATER,
    CaughtUp,
    Hello,
    Pong,
    Reset,
    Said,
    SaysPing,
    SaysResume,
    SaysTyping,
    SaysViewing,
    change_frame,
    read_said,
    write_frame,
)
from app.web.entry import is_same_origin, resolve

SAID_MOST = 4096
LEAVING_S = 5.0


class Wire(Protocol):
    """What is needed of an accepted websocket."""

    async def receive_text(self) -> str: ...

    async def send_text(self, data: str, /) -> None: ...


class Line:
    """An accepted socket of a known caller. `outlet.code` says how to close it; None when the browser went by itself."""

    def __init__(self, wire: Wire, feeds: Feeds, db: Database, *, caller: Caller, silence_s: float = SILENCE_S) -> None:
        self.conn = new_id()
        self.outlet = Outlet()
        self._wire = wire
        self._feeds = feeds
        self._db = db
        self._caller = caller
        self._silence_s = silence_s
        self._feed: WorkspaceFeed | None = None

    async def serve(self) -> int | None:
        """Until either side has enough; the code to close with."""
        try:
            await self._serve()
        except WebSocketDisconnect:
            return None
        except TimeoutError:
            self.outlet.close(SILENT)
        except Down:
            self.outlet.close(TRY_LATER)
        except (OSError, RuntimeError) as error:
            log.info("socket broke", error=f"{type(error).__name__}: {error}")
            return None
        finally:
            if self._feed is not None:
                self._feeds.leave(self._feed, self.conn)
        return self.outlet.code

    async def _serve(self) -> None:
        head = await replay.head(self._db, self._caller.workspace_id)
        await self._send(Hello(latest=head.seq, oldest=head.oldest, conn=self.conn))
        async with asyncio.timeout(self._silence_s):
            cursor = await self._wait_for_resume()
        if cursor is None:
            return
        self._feed, start = await self._feeds.join(self.conn, self.outlet, self._caller)
        listening = asyncio.create_task(self._listen(self._feed), name="socket:listen")
        writing = asyncio.create_task(self._write(self._feed, cursor, start), name="socket:write")
        done, running = await asyncio.wait({listening, writing}, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for task in done:
            task.result()

    async def _wait_for_resume(self) -> int | None:
        """None when what it says makes no sense."""
        while True:
            said = await self._hear()
            if isinstance(said, SaysResume):
                return said.cursor
            if isinstance(said, SaysPing):
                await self._send(Pong())
            if self.outlet.code is not None:
                return None

    async def _write(self, feed: WorkspaceFeed, cursor: int, start: int) -> None:
        """First what was missed up to `start`, then what the outlet collected since."""
        oldest = (await replay.head(self._db, self._caller.workspace_id)).oldest
        if replay.is_too_old(cursor, oldest=oldest, latest=start):
            metrics.resets.inc()
            await self._send(Reset())
        else:
            missed = replay.replayed(self._db, self._caller.workspace_id, after=cursor, upto=start, rooms=self._caller.rooms)
            async for change in missed:
                await self._wire.send_text(change_frame(change))
        await self._send(CaughtUp(start))
        for presence in feed.presences.all() if self._sits_at_the_desk else ():
            await self._send(presence)
        while (frame := await self.outlet.next()) is not None:
            await self._wire.send_text(frame)

    async def _listen(self, feed: WorkspaceFeed) -> None:
        while self.outlet.code is None:
            async with asyncio.timeout(self._silence_s):
                said = await self._hear()
            if isinstance(said, SaysPing):
                await self._send(Pong())
            elif isinstance(said, SaysResume):
                self.outlet.offer(write_frame(CaughtUp(feed.seq)))
            elif said is not None:
                self._tell_presence(feed, said)

    def _tell_presence(self, feed: WorkspaceFeed, said: Said) -> None:
        member_id = self._caller.member_id
        if member_id is None or not self._sits_at_the_desk:
            return
        if isinstance(said, SaysViewing):
            feed.presences.view(self.conn, member_id, said.conversation_id, replying=said.replying)
        elif isinstance(said, SaysTyping):
            feed.presences.type(self.conn, member_id, said.conversation_id, said.kind)

    @property
    def _sits_at_the_desk(self) -> bool:
        return "inbox" in self._caller.rooms

    async def _hear(self) -> Said | None:
        """None for a word of a newer client, and for nonsense, which also ends the line."""
        text = await self._wire.receive_text()
        try:
            if len(text) > SAID_MOST:
                raise msgspec.ValidationError("too long")
            return read_said(text)
        except msgspec.MsgspecError:
            self.outlet.close(NOT_UNDERSTOOD)
            return None

    async def _send(self, frame: msgspec.Struct) -> None:
        await self._wire.send_text(write_frame(frame))


@websocket("/live", opt={"anyone": True})
async def open_line(socket: WebSocket[Any, Any, Any]) -> None:
    """Accepted first in any case: a browser learns the reason only from a close code."""
    await socket.accept()
    state = socket.app.state
    code: int | None = STOP
    if socket.query_params.get("proto", str(PROTO)) != str(PROTO):
        code = PROTOCOL_OLD
    elif "authorization" in socket.headers or is_same_origin(socket.headers, state.settings):
        code = await _serve(socket)
    if code is not None:
        with contextlib.suppress(TimeoutError, OSError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(LEAVING_S):
                await socket.close(code=code)


async def _serve(socket: WebSocket[Any, Any, Any]) -> int | None:
    state = socket.app.state
    try:
        caller = await resolve(socket, state.settings, state.callers)
    except Down:
        return TRY_LATER
    if caller is None:
        return SIGN_IN_AGAIN
    metrics.sockets.inc()
    try:
        return await Line(socket, state.feeds, state.house.db, caller=caller).serve()
    finally:
        metrics.sockets.dec()


ROUTES = [open_line]
