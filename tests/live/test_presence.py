"""Who looks at what: one viewer a member, forgotten when not told again, the same in every process."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app.core.clock import HeldClock
from app.core.ids import new_id
from app.live.hub import MemoryHub
from app.live.presence import Presences
from app.live.protocol import Presence, Typing, Viewer
from tests.conftest import NOON

WORKSPACE, SARI, BUDI, TALK, OTHER = (new_id() for _ in range(5))


class Process:
    """One process's view; all share the hub."""

    def __init__(self, hub: MemoryHub, clock: HeldClock, workspace_id: UUID = WORKSPACE) -> None:
        self.changed: list[Presence] = []
        self.typed: list[Typing] = []
        self.presences = Presences(hub, workspace_id, clock=clock, changed=self.changed.append, typed=self.typed.append)
        self.presences.listen()


def processes() -> tuple[Process, Process, HeldClock]:
    hub, clock = MemoryHub(), HeldClock(NOON)
    return Process(hub, clock), Process(hub, clock), clock


def test_every_process_hears_who_looks() -> None:
    here, there, _ = processes()
    conn = new_id()
    here.presences.view(conn, SARI, TALK)
    assert here.changed == there.changed == [Presence(TALK, [Viewer(SARI, False)])]
    here.presences.view(conn, SARI, TALK)
    assert len(there.changed) == 1
    here.presences.view(conn, SARI, TALK, replying=True)
    assert there.changed[-1] == Presence(TALK, [Viewer(SARI, True)])
    here.presences.view(conn, SARI, OTHER)
    assert there.changed[-2:] == [Presence(TALK, []), Presence(OTHER, [Viewer(SARI, False)])]
    here.presences.leave(conn)
    assert there.changed[-1] == Presence(OTHER, [])
    assert there.presences.all() == []


def test_a_member_with_two_windows_is_one_viewer() -> None:
    here, there, _ = processes()
    here.presences.view(new_id(), SARI, TALK)
    there.presences.view(new_id(), SARI, TALK, replying=True)
    there.presences.view(new_id(), BUDI, TALK)
    assert here.presences.of(TALK) == Presence(TALK, sorted([Viewer(SARI, True), Viewer(BUDI, False)], key=lambda v: v.member_id))


def test_a_look_lasts_thirty_seconds_unless_renewed() -> None:
    here, there, clock = processes()
    conn, gone = new_id(), new_id()
    here.presences.view(conn, SARI, TALK)
    here.presences.view(gone, BUDI, TALK)
    clock.advance(seconds=20)
    here.presences.view(conn, SARI, TALK)
    clock.advance(seconds=10)
    there.presences.forget_stale()
    assert there.changed[-1] == Presence(TALK, [Viewer(SARI, False)])
    clock.at += timedelta(seconds=20)
    there.presences.forget_stale()
    assert there.presences.all() == []


def test_typing_is_told_once_in_three_seconds() -> None:
    here, there, clock = processes()
    conn = new_id()
    here.presences.type(conn, SARI, TALK, "reply")
    here.presences.type(conn, SARI, TALK, "reply")
    clock.advance(seconds=3)
    here.presences.type(conn, SARI, TALK, "note")
    assert there.typed == [Typing(TALK, SARI, "reply"), Typing(TALK, SARI, "note")]


def test_another_workspace_hears_nothing() -> None:
    hub, clock = MemoryHub(), HeldClock(NOON)
    here, stranger = Process(hub, clock), Process(hub, clock, new_id())
    here.presences.view(new_id(), SARI, TALK)
    here.presences.type(new_id(), SARI, TALK, "reply")
    assert (stranger.changed, stranger.typed) == ([], [])
