"""Visitors who are looking, told when there is something new for them: one listener a workspace, however many visitors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from app.core.clock import Clock
from app.core.errors import TooMany
from app.core.logs import log
from app.live.hub import Hub
from app.live.presence import BuyerTyped, Typed, Word
from app.live.protocol import StampedBatch, changes_topic, presence_topic

AT_COUNTER_FOR = timedelta(seconds=75)
"""An agent's window says what it looks at every 20 s; after three silences nobody is there."""
VISITS_MOST = 5000
VISITS_OF_ONE = 6


class _Row(Struct):
    thread_id: UUID | None = None


_batches = msgspec.json.Decoder(StampedBatch)
_rows = msgspec.json.Decoder(_Row)
_words: msgspec.json.Decoder[Word] = msgspec.json.Decoder(Word)


@dataclass(eq=False, slots=True)
class Visit:
    """One open page. `thread_id` stays None until the visitor has said something."""

    visitor: str
    thread_id: UUID | None = None
    conversation_id: UUID | None = None
    news: bool = True
    typing: bool = False
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Until something happened, or so long."""
        try:
            await asyncio.wait_for(self.bell.wait(), seconds)
        except TimeoutError:
            self.news = True
        self.bell.clear()

    def ring(self) -> None:
        self.news = True
        self.bell.set()


class _Counter:
    """What this process knows of one workspace's counter."""

    def __init__(self, hub: Hub, workspace_id: UUID, clock: Clock) -> None:
        self.visits: set[Visit] = set()
        self.alive_at: datetime | None = None
        self._clock = clock
        self._stops: list[Callable[[], None]] = [
            hub.subscribe(changes_topic(workspace_id), self._hear_changes),
            hub.subscribe(presence_topic(workspace_id), self._hear_agents),
        ]

    def close(self) -> None:
        for stop in self._stops:
            stop()

    def _hear_changes(self, payload: bytes) -> None:
        try:
            batch = _batches.decode(payload)
            touched = {_rows.decode(change.payload).thread_id for change in batch.changes if change.kind == "message"}
        except msgspec.MsgspecError as error:
            log.warning("unreadable batch", error=str(error))
            touched = set()
            batch = StampedBatch(0, 0)
        for visit in self.visits:
            if not batch.changes or (touched and (visit.thread_id is None or visit.thread_id in touched)):
                visit.ring()

    def _hear_agents(self, payload: bytes) -> None:
        try:
            word = _words.decode(payload)
        except msgspec.MsgspecError as error:
            log.warning("unreadable presence", error=str(error))
            return
        if isinstance(word, BuyerTyped):
            return
        self.alive_at = self._clock.now()
        if isinstance(word, Typed) and word.kind == "reply":
            for visit in self.visits:
                if visit.conversation_id == word.conversation_id:
                    visit.typing = True
                    visit.bell.set()


class Visits:
    """One per process. A counter once listened to stays listened to, so that it is known whether somebody is there."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._counters: dict[UUID, _Counter] = {}

    @contextmanager
    def enter(self, workspace_id: UUID, visitor: str) -> Iterator[Visit]:
        """Raises TooMany when this process is full, or one visitor keeps too many pages open."""
        counter = self._of(workspace_id)
        here = sum(visit.visitor == visitor for visit in counter.visits)
        if here >= VISITS_OF_ONE or sum(len(each.visits) for each in self._counters.values()) >= VISITS_MOST:
            raise TooMany("too many pages are open; close one", extra={"after": 30})
        visit = Visit(visitor)
        counter.visits.add(visit)
        try:
            yield visit
        finally:
            counter.visits.discard(visit)

    def is_open(self, workspace_id: UUID) -> bool:
        """Is somebody at the counter?"""
        at = self._of(workspace_id).alive_at
        return at is not None and self._clock.now() - at < AT_COUNTER_FOR

    def close(self) -> None:
        for counter in self._counters.values():
            counter.close()
        self._counters.clear()

    def _of(self, workspace_id: UUID) -> _Counter:
        if workspace_id not in self._counters:
            self._counters[workspace_id] = _Counter(self._hub, workspace_id, self._clock)
        return self._counters[workspace_id]
