"""A conversation changes hands: offered, then taken, declined, given back or withdrawn. The giver keeps it until somebody takes it.

Every verb holds the conversation's row first, so two that meet are one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork
from app.core.errors import Unacceptable
from app.core.ids import new_id
from app.core.timers import set_timer
from app.domain.inbox import briefing as rules
from app.domain.inbox.errors import AlreadyOffered, ConversationNotFound, HandoffNotFound, NotForYou, OfferOver
from app.domain.inbox.handing_schemas import Answer, HandoffCreate, HandoffRead
from app.domain.inbox.service.briefing import briefs_of
from app.domain.inbox.service.drafting import pass_draft
from app.domain.inbox.service.lines import write_lines
from app.domain.inbox.service.promising import make_promises
from app.domain.inbox.store import handing as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE
from app.domain.workspaces.guards import PERMISSIONS

RETURN = "handoff.return"


class Receiver(Protocol):
    """Whom an offer is made to."""

    @property
    def to_member_id(self) -> UUID | None: ...

    @property
    def to_team_id(self) -> UUID | None: ...


async def read_handoff(work: UnitOfWork, handoff_id: UUID) -> HandoffRead:
    found = await work.shapes(HandoffRead, f"{sql.HANDOFF} and h.id = $2", work.workspace_id, handoff_id)
    if not found:
        raise HandoffNotFound("no such hand-off")
    return found[0]


async def offer(work: UnitOfWork, conversation_id: UUID, data: HandoffCreate) -> HandoffRead:
    """Raises AlreadyOffered while another offer of it is open."""
    (held,) = await hold(work, [conversation_id]) or [None]
    if held is None:
        raise ConversationNotFound("no such conversation")
    to = await receiver_name(work, data)
    if held["status"] == "closed":
        raise Unacceptable("this conversation is closed", code="closed", extra={"fix": "Open it again first."})
    if data.to_member_id is not None and held["assignee_id"] == data.to_member_id:
        raise Unacceptable(f"{to} has it already", fields={"to_member_id": "has it already"})
    if await work.value(sql.OFFERED, work.workspace_id, [conversation_id]):
        raise AlreadyOffered("it is offered to somebody already", extra={"fix": "Withdraw that offer first."})
    await make_promises(work, conversation_id, data.promises)
    (handoff_id,) = await write_offers(
        work, {conversation_id: False}, data, to=to, reason=data.reason, note=data.note, return_after_s=data.return_after_s
    )
    return await read_handoff(work, handoff_id)


async def hold(work: UnitOfWork, conversations: Sequence[UUID]) -> list[asyncpg.Record]:
    return await work.fetch(sql.HELD, work.workspace_id, list(conversations))


async def receiver_name(work: UnitOfWork, data: Receiver) -> str:
    """Raises Unacceptable unless exactly one is named who may answer buyers."""
    if (data.to_member_id is None) == (data.to_team_id is None):
        raise Unacceptable("name one receiver", fields={"to_member_id": "a member or a team, not both"})
    if data.to_team_id is not None:
        team: str | None = await work.value(sql.TEAM, work.workspace_id, data.to_team_id)
        if team is None:
            raise Unacceptable("no such team", fields={"to_team_id": "unknown"})
        return team
    if data.to_member_id == work.actor.member_id:
        raise Unacceptable("it is yours already", fields={"to_member_id": "is you"})
    row = await work.row(sql.READER, work.workspace_id, data.to_member_id)
    if row is None:
        raise Unacceptable("no such member", fields={"to_member_id": "unknown"})
    if row["role"] not in PERMISSIONS["inbox.write"]:
        raise Unacceptable(f"{row['name']} does not answer buyers", fields={"to_member_id": "may not write in the inbox"})
    return str(row["name"])


async def write_offers(
    work: UnitOfWork, given: Mapping[UUID, bool], data: Receiver, *, to: str, reason: str, note: str, return_after_s: int | None
) -> list[UUID]:
    """`given`: conversation to whether it changes hands without asking. A direct one for a team waits in the team's queue."""
    briefs = await briefs_of(work, list(given))
    made = [new_id() for _ in given]
    await work.execute(
        sql.OFFER, work.workspace_id, work.now, work.actor.member_id, data.to_member_id, data.to_team_id, reason, note.strip(),
        return_after_s, made, list(given), [briefs[one] for one in given], list(given.values()),
    )  # fmt: skip
    code = "handoff_given" if all(given.values()) else "handoff_offered"
    await write_lines(work, [(one, code, {"to": to, "reason": reason, "note": note.strip()[:500]}) for one in given])
    direct = [one for one, at_once in given.items() if at_once]
    if direct:
        await place(work, direct, data.to_member_id, data.to_team_id)
        for one in direct:
            if data.to_member_id is not None:
                await pass_draft(work, one, work.actor.member_id, data.to_member_id)
    work.touch(sql.HANDOFF_CHANGE, made)
    work.touch(CONVERSATION_CHANGE, list(given))
    return made


async def place(work: UnitOfWork, conversations: Sequence[UUID], member: UUID | None, team: UUID | None) -> None:
    await work.execute(sql.PLACE, work.workspace_id, list(conversations), member, team, work.now)
    work.touch(CONVERSATION_CHANGE, conversations)


async def accept(work: UnitOfWork, handoff_id: UUID) -> HandoffRead:
    """By one of those it was offered to, exactly once. Raises OfferOver with who was quicker."""
    row, held = await _hold_offer(work, handoff_id)
    taker = await _may_answer(work, row)
    if row["state"] == "accepted" and row["taken_by"] == taker:
        return await read_handoff(work, handoff_id)
    await _still_offered(work, row)
    if taker is None:
        raise Unacceptable("an offer to a team is taken by a member; this key acts for nobody", code="no_member")
    await _accept(work, row, taker)
    await place(work, [held["id"]], taker, row["to_team_id"])
    return await read_handoff(work, handoff_id)


async def _accept(work: UnitOfWork, row: asyncpg.Record, taker: UUID) -> None:
    due: datetime | None = await _answer(work, row, "accepted", "", taker)
    if due is not None:
        await set_timer(work, RETURN, row["id"], due)
    await pass_draft(work, row["conversation_id"], row["from_member_id"], taker)


async def decline(work: UnitOfWork, handoff_id: UUID, data: Answer) -> HandoffRead:
    """It stays where it is: with its giver."""
    row, _ = await _hold_offer(work, handoff_id)
    await _may_answer(work, row)
    await _still_offered(work, row)
    await _answer(work, row, "declined", data.reason.strip(), None)
    return await read_handoff(work, handoff_id)


async def withdraw(work: UnitOfWork, handoff_id: UUID) -> HandoffRead:
    row, _ = await _hold_offer(work, handoff_id)
    if None not in (work.actor.member_id, row["from_member_id"]) and work.actor.member_id != row["from_member_id"]:
        raise NotForYou(
            "only who offered it takes the offer back", extra={"fix": "Assign the conversation; that ends the offer."}
        )
    await _still_offered(work, row)
    await _answer(work, row, "withdrawn", "", None)
    return await read_handoff(work, handoff_id)


async def give_back(work: UnitOfWork, handoff_id: UUID, data: Answer) -> HandoffRead:
    """Back to the giver, or to the queue when the giver is gone. Only while whoever took it still has it."""
    row, held = await _hold_offer(work, handoff_id)
    if row["state"] != "accepted" or held["assignee_id"] != row["taken_by"]:
        raise OfferOver("it is not with whoever took it any more", extra={"state": row["state"]})
    if work.actor.member_id not in (None, row["taken_by"]):
        raise NotForYou("only who took it gives it back", extra={"fix": "Assign the conversation instead."})
    await _return(work, row, data.reason.strip(), by_time=False)
    return await read_handoff(work, handoff_id)


async def strike(work: UnitOfWork, handoff_id: UUID) -> None:
    """Its return is due: whoever took it loses it unless a reply of theirs went out, or it was closed or moved on."""
    known = await work.row(sql.FOUND, work.workspace_id, handoff_id)
    if known is None:
        return
    row, held = await _hold_offer(work, handoff_id)
    if row["state"] != "accepted" or held["status"] == "closed" or held["assignee_id"] != row["taken_by"]:
        return
    if await work.value(sql.REPLIED, work.workspace_id, row["conversation_id"], row["taken_by"], row["answered_at"]):
        return
    await _return(work, row, "", by_time=True)


async def _return(work: UnitOfWork, row: asyncpg.Record, reason: str, *, by_time: bool) -> None:
    giver: UUID | None = row["from_member_id"]
    if giver is not None and await work.row(sql.READER, work.workspace_id, giver) is None:
        giver = None
    await _answer(work, row, "returned", reason, None, by_time=by_time)
    await place(work, [row["conversation_id"]], giver, None)
    if giver is not None:
        await pass_draft(work, row["conversation_id"], row["taken_by"], giver)


async def follow(work: UnitOfWork, conversation_id: UUID, changes: Mapping[str, Any]) -> None:
    """Somebody closed or assigned a conversation past its open offer. The caller holds its row."""
    closed = changes.get("status") == "closed"
    if not closed and "assignee_id" not in changes:
        return
    row = await work.row(sql.OPEN_OFFER, work.workspace_id, conversation_id)
    if row is None:
        return
    meant = frozenset({row["to_member_id"], *row["members"]} - {None})
    state = "withdrawn" if closed else rules.after_assignment("offered", meant, changes["assignee_id"])
    full = await work.row(sql.FOUND, work.workspace_id, row["id"])
    assert full is not None
    if state == "accepted":
        await _accept(work, full, changes["assignee_id"])
    else:
        await _answer(work, full, state, "", None)


async def _hold_offer(work: UnitOfWork, handoff_id: UUID) -> tuple[asyncpg.Record, asyncpg.Record]:
    row = await work.row(sql.FOUND, work.workspace_id, handoff_id)
    if row is None:
        raise HandoffNotFound("no such hand-off")
    (held,) = await hold(work, [row["conversation_id"]])
    row = await work.row(sql.FOUND, work.workspace_id, handoff_id)
    assert row is not None
    return row, held


async def _may_answer(work: UnitOfWork, row: asyncpg.Record) -> UUID | None:
    """Who takes it. A program that acts for nobody stands for the member it was offered to."""
    member: UUID | None = work.actor.member_id
    if member is None:
        offered_to: UUID | None = row["to_member_id"]
        return offered_to
    if row["to_team_id"] is not None and await work.value(sql.IN_TEAM, work.workspace_id, row["to_team_id"], member):
        return member
    if row["to_member_id"] != member:
        raise NotForYou("it was not offered to you", extra={"fix": "Assign the conversation to yourself; that ends the offer."})
    return member


async def _still_offered(work: UnitOfWork, row: asyncpg.Record) -> None:
    if row["state"] == "offered":
        return
    taker = await work.row(sql.READER, work.workspace_id, row["taken_by"]) if row["taken_by"] else None
    name = taker["name"] if taker else ""
    words = f"{name} took it" if row["state"] == "accepted" and name else f"this offer was {row['state']} already"
    raise OfferOver(words, extra={"state": row["state"], "taken_by": name, "fix": "Open the conversation to see where it is."})


async def _answer(
    work: UnitOfWork, row: asyncpg.Record, state: str, reason: str, taker: UUID | None, *, by_time: bool = False
) -> datetime | None:
    due: datetime | None = await work.value(sql.ANSWERED, work.workspace_id, row["id"], state, reason, work.now, taker)
    detail = {"handoff": str(row["id"]), "reason": reason, "by_time": by_time}
    await write_lines(work, [(row["conversation_id"], f"handoff_{state}", detail)])
    work.touch(sql.HANDOFF_CHANGE, [row["id"]])
    return due
