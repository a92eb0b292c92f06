"""Who looks at which conversation, over all processes. Nothing is stored: it is told again every 20 s or forgotten after 30."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from app.core.clock import Clock
from app.core.logs import log
from app.live.hub import Hub
from app.live.protocol import Presence, Typing, Viewer, presence_topic

VIEWING_FOR = timedelta(seconds=30)
TYPING_EVERY = timedelta(seconds=3)
VIEWED_MOST = 5000
"""Viewings kept of one workspace."""


class Viewing(Struct, tag="viewing"):
    """`conversation_id` None: this socket looks at nothing any more."""

    conn: UUID
    member_id: UUID
    conversation_id: UUID | None
    replying: bool = False


class Typed(Struct, tag="typed"):
    member_id: UUID
    conversation_id: UUID
    kind: str


class BuyerTyped(Struct, tag="buyer_typed"):
    """On a page of ours; no member's word."""

    conversation_id: UUID


Word = Viewing | Typed | BuyerTyped
_told: msgspec.json.Decoder[Word] = msgspec.json.Decoder(Word)


def tell_buyer_typed(hub: Hub, workspace_id: UUID, conversation_id: UUID) -> None:
    hub.publish(presence_topic(workspace_id), msgspec.json.encode(BuyerTyped(conversation_id)))


@dataclass(frozen=True, slots=True)
class _Seat:
    conversation_id: UUID
    viewer: Viewer
    until: datetime


class Presences:
    def __init__(
        self,
        hub: Hub,
        workspace_id: UUID,
        *,
        clock: Clock,
        changed: Callable[[Presence], None],
        typed: Callable[[Typing], None],
    ) -> None:
        self._hub = hub
        self._topic = presence_topic(workspace_id)
        self._clock = clock
        self._changed = changed
        self._typed = typed
        self._seats: dict[UUID, _Seat] = {}
        self._here: dict[UUID, UUID] = {}
        self._typed_at: dict[UUID, datetime] = {}

    def listen(self) -> Callable[[], None]:
        return self._hub.subscribe(self._topic, self._hear)

    def view(self, conn: UUID, member_id: UUID, conversation_id: UUID | None, *, replying: bool = False) -> None:
        """A socket of this process says what its member looks at."""
        self._here[conn] = member_id
        self._say(Viewing(conn, member_id, conversation_id, replying))

    def type(self, conn: UUID, member_id: UUID, conversation_id: UUID, kind: str) -> None:
        """Told on at most once in three seconds for a socket."""
        now = self._clock.now()
        last = self._typed_at.get(conn)
        if last is None or now - last >= TYPING_EVERY:
            self._typed_at[conn] = now
            self._say(Typed(member_id, conversation_id, kind))

    def leave(self, conn: UUID) -> None:
        self._typed_at.pop(conn, None)
        member_id = self._here.pop(conn, None)
        if member_id is not None:
            self._say(Viewing(conn, member_id, None))

    def all(self) -> list[Presence]:
        """Everything that is looked at, for a socket that just came."""
        return [self.of(conversation_id) for conversation_id in {seat.conversation_id for seat in self._seats.values()}]

    def of(self, conversation_id: UUID) -> Presence:
        """A member with several windows is one viewer, replying if any of them is."""
        found: dict[UUID, bool] = {}
        for seat in self._seats.values():
            if seat.conversation_id == conversation_id:
                found[seat.viewer.member_id] = found.get(seat.viewer.member_id, False) or seat.viewer.replying
        return Presence(conversation_id, [Viewer(member_id, found[member_id]) for member_id in sorted(found)])

    def forget_stale(self) -> None:
        now = self._clock.now()
        for conn, seat in tuple(self._seats.items()):
            if seat.until <= now:
                del self._seats[conn]
                self._changed(self.of(seat.conversation_id))

    def _say(self, word: Viewing | Typed) -> None:
        self._hub.publish(self._topic, msgspec.json.encode(word))

    def _hear(self, payload: bytes) -> None:
        try:
            word = _told.decode(payload)
        except msgspec.MsgspecError as error:
            log.warning("unreadable presence", error=str(error))
            return
        if isinstance(word, BuyerTyped):
            self._typed(Typing(word.conversation_id, None, "buyer"))
        elif isinstance(word, Typed):
            self._typed(Typing(word.conversation_id, word.member_id, word.kind))
        else:
            self._seat(word)

    def _seat(self, word: Viewing) -> None:
        before = self._seats.pop(word.conn, None)
        after = None
        if word.conversation_id is not None and len(self._seats) < VIEWED_MOST:
            viewer = Viewer(word.member_id, word.replying)
            after = self._seats[word.conn] = _Seat(word.conversation_id, viewer, self._clock.now() + VIEWING_FOR)
        if before is not None and (after is None or before.conversation_id != after.conversation_id):
            self._changed(self.of(before.conversation_id))
        if after is not None and (
            before is None or (before.conversation_id, before.viewer) != (after.conversation_id, after.viewer)
        ):
            self._changed(self.of(after.conversation_id))
