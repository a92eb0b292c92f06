"""A talk goes on over another connection: the ways it may take, and the thread it gets there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import lock_objects
from app.domain.customers.service import refusals_of
from app.domain.inbox import rules
from app.domain.inbox.errors import CannotContinue, ConversationNotFound
from app.domain.inbox.schemas import ContinueOn, WayRead
from app.domain.inbox.service.lines import write_lines
from app.domain.inbox.store import cross as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE
from app.domain.inbox.words import tell_buyer
from connectors.base.events import Handle
from connectors.base.manifest import Sending

SendingOf = Callable[[str], Sending | None]
MAY_LEAVE = "leaving"
"""Setting of a connection: `allowed` lets its talks go on elsewhere although its channel's rules forbid it."""
SUREST = ("verified", "provided", "guessed")


class Known(Struct, kw_only=True):
    kind: str
    value: str
    label: str
    strength: str


class Side(Struct, kw_only=True):
    """A connection. `thread_id`: the conversation has a thread there already."""

    id: UUID
    channel: str
    name: str
    state: str
    speaks: bool
    thread_id: UUID | None


class Talk(Struct, kw_only=True):
    """A thread of the same customer in another conversation, with that one's number."""

    id: UUID
    connection_id: UUID
    kind: str
    value: str
    label: str
    last_in_at: datetime
    number: int


class Source(Struct, kw_only=True):
    channel: str
    settings: dict[str, Any]


class Crossing(Struct, kw_only=True):
    """All that the ways of one conversation hang on."""

    id: UUID
    number: int
    customer_id: UUID
    subject: str
    language: str
    shop: str
    source: Source | None
    connections: list[Side]
    handles: list[Known]
    talks: list[Talk]


class Way(Struct, kw_only=True):
    side: Side
    step: rules.Step
    verdict: rules.Verdict
    handles: list[Known]
    talk: Talk | None = None


async def read_crossing(work: UnitOfWork, conversation_id: UUID) -> Crossing:
    found = await work.shapes(Crossing, sql.CROSSING, work.workspace_id, conversation_id)
    if not found:
        raise ConversationNotFound("no such conversation")
    return found[0]


async def list_ways(work: UnitOfWork, conversation_id: UUID, sending_of: SendingOf) -> list[WayRead]:
    """Every connection the conversation has no thread on yet: what may go first, or why it may not."""
    crossing = await read_crossing(work, conversation_id)
    ways = await _ways(work, crossing, sending_of)
    return [_shown(way, work.now) for way in ways if way.side.thread_id is None]


async def _ways(work: UnitOfWork, crossing: Crossing, sending_of: SendingOf, typed: str = "") -> list[Way]:
    """`typed`: an address to use instead of those known, where it is one."""
    drawn = [(side, *_reached(side, crossing, sending_of, typed)) for side in crossing.connections if sending_of(side.channel)]
    refused = await refusals_of(work, [Handle(kind=one.kind, value=one.value) for *_, handles in drawn for one in handles[:1]])
    keeps = _keeps(crossing, sending_of)
    ways = []
    for side, talk, handles in drawn:
        first = handles[0] if handles else None
        step = rules.Step(
            way=rules.Way(
                sending=sending_of(side.channel), speaks=side.speaks, state=side.state,
                last_in_at=talk.last_in_at if talk else None,
                refuses=refused.get((first.kind, first.value), frozenset()) if first else frozenset(),
            ),
            address=first.value if first else "", met=talk is not None, keeps=keeps,
            guessed=first is not None and first.strength == "guessed", elsewhere=talk.number if talk else None,
        )  # fmt: skip
        ways.append(Way(side=side, step=step, verdict=rules.may_continue(step, work.now), handles=handles, talk=talk))
    return ways


def _reached(side: Side, crossing: Crossing, sending_of: SendingOf, typed: str) -> tuple[Talk | None, list[Known]]:
    """Whom a connection reaches, the surest first: in the thread they have there, or where a new one may begin."""
    sending = sending_of(side.channel)
    first = sending.first if sending else None
    talk = next((one for one in crossing.talks if one.connection_id == side.id), None)
    if talk and not typed and not (first and first.thread == "ours"):
        return talk, [Known(kind=talk.kind, value=talk.value, label=talk.label or talk.value, strength="verified")]
    if first is None:
        return None, []
    if typed:
        address = rules.address_of(first.to, typed)
        known = [one for one in crossing.handles if (one.kind, one.value) == (first.to, address)]
        return None, known[:1] or ([Known(kind=first.to, value=address, label=address, strength="provided")] if address else [])
    fitting = {one.value: one for one in sorted(crossing.handles, key=lambda one: -SUREST.index(one.strength))}
    found = [one for one in fitting.values() if one.kind == first.to and rules.address_of(first.to, one.value)]
    return None, sorted(found, key=lambda one: SUREST.index(one.strength))


def _keeps(crossing: Crossing, sending_of: SendingOf) -> bool:
    source = crossing.source
    left = sending_of(source.channel) if source else None
    return bool(source and left and left.keeps_buyers and source.settings.get(MAY_LEAVE) != "allowed")


def _shown(way: Way, now: datetime) -> WayRead:
    sending = way.step.way.sending
    return WayRead(
        connection_id=way.side.id,
        connection_name=way.side.name,
        channel=way.side.channel,
        kind=sending.first.to if sending and sending.first else "",
        handles=[one.label for one in way.handles],
        level=way.verdict.level,
        code=way.verdict.code,
        reason=way.verdict.reason,
        fix=way.verdict.fix,
        opens="template" if rules.opening_draft(way.step.way, now).template else "text",
    )


async def continue_on(work: UnitOfWork, conversation_id: UUID, data: ContinueOn, sending_of: SendingOf) -> UUID:
    """The thread on that connection, begun or moved here when the conversation had none. Raises CannotContinue with the rule's
    reason and fix."""
    await work.execute(
        "select 1 from conversation where workspace_id = $1 and id = $2 for no key update", work.workspace_id, conversation_id
    )
    crossing = await read_crossing(work, conversation_id)
    typed = (data.handle or "").strip()
    ways = await _ways(work, crossing, sending_of, typed)
    way = next((one for one in ways if one.side.id == data.connection_id), None)
    if way is None:
        raise CannotContinue("no such connection, or its channel takes no messages", fields={"connection_id": "unknown"})
    if typed and not way.step.address:
        raise CannotContinue(
            "nobody can be reached under this address there", code="no_address", fields={"handle": "is no address of that channel"},
            extra={"fix": "Correct it, or leave it out."},
        )  # fmt: skip
    if way.side.thread_id is not None:
        return way.side.thread_id
    if way.verdict.level == "block":
        verdict = way.verdict
        raise CannotContinue(
            verdict.reason, code=verdict.code, fields={"connection_id": verdict.reason}, extra={"fix": verdict.fix}
        )
    return await go_over(work, crossing, way)


async def way_by(
    work: UnitOfWork, crossing: Crossing, connection_id: UUID, sending_of: SendingOf, address: str = ""
) -> Way | None:
    return next((one for one in await _ways(work, crossing, sending_of, address) if one.side.id == connection_id), None)


async def go_over(work: UnitOfWork, crossing: Crossing, way: Way) -> UUID:
    thread_id = new_id()
    reached = way.handles[0]
    if way.talk is not None:
        await work.execute(sql.MOVE, work.workspace_id, way.talk.id, thread_id, work.now, crossing.id)
    else:
        sending = way.step.way.sending
        assert sending is not None
        assert sending.first is not None
        name = rules.thread_named(sending.first.thread, reached.value, thread_id.hex)
        await _refuse_taken(work, way.side.id, name)
        subject = crossing.subject or tell_buyer(crossing.language, "subject", shop=crossing.shop)
        await work.execute(
            sql.BEGIN, work.workspace_id, thread_id, work.now, crossing.id, way.side.id, way.side.channel, name, reached.kind,
            reached.value, reached.label, subject,
        )  # fmt: skip
    await work.execute(sql.WIDEN, work.workspace_id, crossing.id, way.side.channel, work.now)
    await write_lines(work, [(crossing.id, "continued", {"channel": way.side.channel, "to": reached.label})])
    work.touch(CONVERSATION_CHANGE, [crossing.id])
    return thread_id


async def _refuse_taken(work: UnitOfWork, connection_id: UUID, name: str) -> None:
    await lock_objects(work, [f"thread:{connection_id}:{name}"])
    number = await work.value(sql.HOLDER, work.workspace_id, connection_id, name)
    if number is not None:
        raise CannotContinue(
            f"this address belongs to the customer of conversation {number}", code="someone_else",
            fields={"handle": "belongs to somebody else"}, extra={"fix": "Merge the two customers when they are one person."},
        )  # fmt: skip
