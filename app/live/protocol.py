"""Frames both ways on the live socket, and what travels between processes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import Raw, Struct

PROTO = 1
HEARTBEAT_S = 25
SILENCE_S = 60
TOLD_BYTES = 200_000
"""A stamped batch larger than this is told without its changes; readers then read the outbox."""

SIGN_IN_AGAIN = 4401
STOP = 4403
PROTOCOL_OLD = 4406
RESTART = 1012
TRY_LATER = 1013
NOT_UNDERSTOOD = 1008
SILENT = 1001


def changes_topic(workspace_id: UUID) -> str:
    return f"changes:{workspace_id}"


def presence_topic(workspace_id: UUID) -> str:
    return f"presence:{workspace_id}"


class StampedChange(Struct, frozen=True):
    """`payload` is the row's JSON as stored, null when the row is gone."""

    seq: int
    kind: str
    room: str
    id: UUID
    version: int
    payload: Raw


class StampedBatch(Struct, frozen=True):
    """Consecutive changes `first`..`last` of one workspace. Without `changes`: look them up in the outbox."""

    first: int
    last: int
    changes: list[StampedChange] = []


def write_batch(changes: Sequence[StampedChange]) -> bytes:
    """What the relay publishes after its commit, in order of seq; at least one change."""
    first, last = changes[0].seq, changes[-1].seq
    told = msgspec.json.encode(StampedBatch(first, last, list(changes)))
    return told if len(told) <= TOLD_BYTES else msgspec.json.encode(StampedBatch(first, last))


def change_frame(change: StampedChange) -> str:
    """The stored row is spliced in as it is."""
    head = msgspec.json.encode(
        {"type": "change", "seq": change.seq, "kind": change.kind, "id": change.id, "version": change.version}
    )
    return f'{head[:-1].decode()},"data":{bytes(change.payload).decode()}}}'


class Hello(Struct, tag_field="type", tag="hello"):
    latest: int
    oldest: int
    conn: UUID
    proto: int = PROTO
    heartbeat_s: int = HEARTBEAT_S


class CaughtUp(Struct, tag_field="type", tag="caught_up"):
    cursor: int


class Reset(Struct, tag_field="type", tag="reset"):
    """What the client shows is too old to be mended: load afresh."""


class Pong(Struct, tag_field="type", tag="pong"):
    pass


class Viewer(Struct, frozen=True):
    member_id: UUID
    replying: bool


class Presence(Struct, tag_field="type", tag="presence"):
    """Everybody who looks at the conversation now; empty when nobody does."""

    conversation_id: UUID
    viewers: list[Viewer]


class Typing(Struct, tag_field="type", tag="typing"):
    """Without a member it is the buyer who writes."""

    conversation_id: UUID
    member_id: UUID | None
    kind: str


class SaysResume(Struct, tag_field="type", tag="resume"):
    cursor: int


class SaysViewing(Struct, tag_field="type", tag="viewing"):
    """Renewed every 20 s; null when no conversation is open."""

    conversation_id: UUID | None
    replying: bool = False


class SaysTyping(Struct, tag_field="type", tag="typing"):
    conversation_id: UUID
    kind: str = "reply"


class SaysPing(Struct, tag_field="type", tag="ping"):
    pass


class SaysPong(Struct, tag_field="type", tag="pong"):
    pass


Said = SaysResume | SaysViewing | SaysTyping | SaysPing | SaysPong


class _Kind(Struct):
    type: str


_KNOWN = frozenset({"resume", "viewing", "typing", "ping", "pong"})
_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
_kind = msgspec.json.Decoder(_Kind)
_frames = msgspec.json.Encoder()


def read_said(text: str | bytes) -> Said | None:
    """None for a type of a newer client. Raises msgspec.MsgspecError when it makes no sense."""
    if _kind.decode(text).type not in _KNOWN:
        return None
    return _said.decode(text)


def write_frame(frame: Struct) -> str:
    return _frames.encode(frame).decode()
