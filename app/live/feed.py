"""What one workspace's sockets in this process hear, in order and without gaps, whatever the hub loses, doubles or reorders."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from uuid import UUID

import msgspec

from app.core import metrics
from app.core.db import Database
from app.core.errors import Down
from app.core.logs import log
from app.domain.workspaces.guards import Caller
from app.domain.workspaces.sessions import still_welcome
from app.live import replay
from app.live.hub import Hub
from app.live.outlet import Outlet
from app.live.presence import Presences
from app.live.protocol import (
    RESTART,
    SIGN_IN_AGAIN,
    TRY_LATER,
    Presence,
    Reset,
    StampedBatch,
    StampedChange,
    Typing,
    change_frame,
    changes_topic,
    write_frame,
)

SILENT_S = 2.0
"""After so long without news the outbox is read in case a word was lost."""
TOLD_AT_ONCE = 100
"""More than this is read in pages, so that sockets can write between them and do not overflow."""
WATCHED_S = 3.0
"""How often it is asked whether those who listen may still."""

_batches = msgspec.json.Decoder(StampedBatch)


class WorkspaceFeed:
    """Alive while it has sockets. `seq` is the last change told; everything later is still to come."""

    def __init__(self, db: Database, hub: Hub, workspace_id: UUID, *, silent_s: float = SILENT_S) -> None:
        self.workspace_id = workspace_id
        self.seq = 0
        self.oldest = 0
        self.presences = Presences(hub, workspace_id, clock=db.clock, changed=self._tell_presence, typed=self._tell_typing)
        self._db = db
        self._hub = hub
        self._silent_s = silent_s
        self._outlets: dict[UUID, tuple[Outlet, Caller]] = {}
        self._bell = asyncio.Event()
        self._behind = False
        self.is_closed = False
        self._stops: list[Callable[[], None]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Listens first and looks second, so nothing falls between. Raises Down."""
        self._stops = [self._hub.subscribe(changes_topic(self.workspace_id), self._hear), self.presences.listen()]
        try:
            head = await replay.head(self._db, self.workspace_id)
        except BaseException:
            self.close(RESTART)
            raise
        self.seq, self.oldest = max(self.seq, head.seq), head.oldest
        self._tasks = [
            asyncio.create_task(self._keep_reading(), name="feed:read"),
            asyncio.create_task(self._keep_watching(), name="feed:watch"),
        ]

    def close(self, code: int) -> None:
        self.is_closed = True
        for stop in self._stops:
            stop()
        for task in self._tasks:
            task.cancel()
        for outlet, _ in tuple(self._outlets.values()):
            outlet.close(code)

    @property
    def is_empty(self) -> bool:
        return not self._outlets

    def join(self, conn: UUID, outlet: Outlet, caller: Caller) -> int:
        """From here on the outlet collects what comes after the returned seq."""
        self._outlets[conn] = (outlet, caller)
        return self.seq

    def leave(self, conn: UUID) -> None:
        self._outlets.pop(conn, None)
        self.presences.leave(conn)

    def _hear(self, payload: bytes) -> None:
        """From the hub. A word that does not follow on the last one is only a reason to read."""
        try:
            batch = _batches.decode(payload)
        except msgspec.MsgspecError as error:
            log.warning("unreadable batch", error=str(error))
            return
        if batch.last <= self.seq:
            return
        if batch.first <= self.seq + 1 and 0 < len(batch.changes) <= TOLD_AT_ONCE and self._tasks:
            self._tell(batch.changes)
        else:
            self._behind = True
        self._bell.set()

    def _tell(self, changes: list[StampedChange]) -> None:
        """In order of seq; what was told before is left out. A frame is written once for all who may see it."""
        for change in changes:
            if change.seq <= self.seq:
                continue
            if change.seq != self.seq + 1:
                self._behind = True
                return
            self.seq = change.seq
            frame = ""
            for outlet, caller in tuple(self._outlets.values()):
                if change.room in caller.rooms:
                    frame = frame or change_frame(change)
                    self._give(outlet, frame)

    def _give(self, outlet: Outlet, frame: str) -> None:
        if not outlet.offer(frame):
            metrics.resets.inc()
            outlet.close(TRY_LATER)

    async def _keep_reading(self) -> None:
        while True:
            heard = True
            try:
                await asyncio.wait_for(self._bell.wait(), self._silent_s)
            except TimeoutError:
                heard = False
            self._bell.clear()
            self.presences.forget_stale()
            if heard and not self._behind:
                continue
            self._behind = False
            try:
                await self._read()
            except Down as error:
                log.warning("outbox not read", detail=error.detail)
                self._behind = True

    async def _read(self) -> None:
        while True:
            changes = await replay.changes_after(self._db, self.workspace_id, self.seq, limit=TOLD_AT_ONCE)
            if changes and changes[0].seq > self.seq + 1:
                await self._start_over()
                return
            self._tell(changes)
            if len(changes) < TOLD_AT_ONCE:
                return

    async def _start_over(self) -> None:
        """The outbox no longer has what we miss: everybody loads afresh."""
        head = await replay.head(self._db, self.workspace_id)
        self.seq, self.oldest = head.seq, head.oldest
        for outlet, _ in tuple(self._outlets.values()):
            metrics.resets.inc()
            self._give(outlet, write_frame(Reset()))

    async def _keep_watching(self) -> None:
        while True:
            await asyncio.sleep(WATCHED_S)
            with contextlib.suppress(Down):
                await self.check_welcome()

    async def check_welcome(self) -> None:
        """Closes the sockets of those who were disabled, signed out or given another role."""
        seated = {conn: caller for conn, (_, caller) in self._outlets.items()}
        welcome = await still_welcome(self._db, self.workspace_id, seated.values())
        for conn, caller in seated.items():
            if caller.token_hash not in welcome and conn in self._outlets:
                self._outlets[conn][0].close(SIGN_IN_AGAIN)

    def _tell_presence(self, frame: Presence) -> None:
        self._tell_desk(write_frame(frame))

    def _tell_typing(self, frame: Typing) -> None:
        self._tell_desk(write_frame(frame), but=frame.member_id)

    def _tell_desk(self, frame: str, *, but: UUID | None = None) -> None:
        for outlet, caller in tuple(self._outlets.values()):
            if "inbox" in caller.rooms and (but is None or caller.member_id != but):
                self._give(outlet, frame)


class Feeds:
    """The feeds of this process: opened with a workspace's first socket, closed with its last."""

    def __init__(self, db: Database, hub: Hub, *, silent_s: float = SILENT_S) -> None:
        self._db = db
        self._hub = hub
        self._silent_s = silent_s
        self._open: dict[UUID, asyncio.Task[WorkspaceFeed]] = {}

    async def join(self, conn: UUID, outlet: Outlet, caller: Caller) -> tuple[WorkspaceFeed, int]:
        """The feed, and the seq after which the outlet collects. Raises Down."""
        while True:
            feed = await self._of(caller.workspace_id)
            if not feed.is_closed:
                return feed, feed.join(conn, outlet, caller)

    async def _of(self, workspace_id: UUID) -> WorkspaceFeed:
        task = self._open.get(workspace_id)
        if task is None:
            task = self._open[workspace_id] = asyncio.create_task(self._start(workspace_id))
        try:
            return await asyncio.shield(task)
        except Exception:
            if self._open.get(workspace_id) is task:
                del self._open[workspace_id]
            raise

    async def _start(self, workspace_id: UUID) -> WorkspaceFeed:
        feed = WorkspaceFeed(self._db, self._hub, workspace_id, silent_s=self._silent_s)
        await feed.open()
        return feed

    def leave(self, feed: WorkspaceFeed, conn: UUID) -> None:
        feed.leave(conn)
        if feed.is_empty and feed.workspace_id in self._open:
            del self._open[feed.workspace_id]
            feed.close(RESTART)

    async def close(self) -> None:
        opened = await asyncio.gather(*self._open.values(), return_exceptions=True)
        self._open.clear()
        for feed in opened:
            if isinstance(feed, WorkspaceFeed):
                feed.close(RESTART)
