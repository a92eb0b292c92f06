"""What members do with a conversation: assign, follow, close, reopen, tag, read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import UNSET

from app.core.db import UnitOfWork
from app.core.errors import Unacceptable
from app.core.timers import clear_timer, set_timer
from app.domain.inbox import rules
from app.domain.inbox.errors import ConversationNotFound, VersionMoved
from app.domain.inbox.schemas import ConversationRead, ConversationUpdate, ReadUpTo
from app.domain.inbox.service import handing, promising
from app.domain.inbox.service.lines import write_lines
from app.domain.inbox.service.reading import read_conversation
from app.domain.inbox.service.standing import rest_threads
from app.domain.inbox.service.timing import settle_company_clocks
from app.domain.inbox.store.read import CONVERSATION_CHANGE

SNOOZE = "conversation.snooze"
FIELDS = ("status", "assignee_id", "team_id", "tags", "priority", "subject")


async def update_conversation(work: UnitOfWork, conversation_id: UUID, data: ConversationUpdate) -> ConversationRead:
    """Raises VersionMoved when `if_version` is not the current one, OpenPromises when it would close over something owed. Each
    change leaves a system line with its code."""
    row = await work.row(
        "select version, status, snoozed_until, assignee_id, team_id, follower_ids, tags, priority, subject from conversation "
        "where workspace_id = $1 and id = $2 for no key update",
        work.workspace_id, conversation_id,
    )  # fmt: skip
    if row is None:
        raise ConversationNotFound("no such conversation")
    if data.status == "snoozed" and (data.snoozed_until is None or data.snoozed_until <= work.now):
        raise Unacceptable("say until when, in the future", fields={"snoozed_until": "must be in the future"})
    if data.if_version is not None and data.if_version != row["version"]:
        raise VersionMoved("somebody changed this conversation meanwhile", extra={"version": row["version"]})
    given = {name: getattr(data, name) for name in FIELDS if getattr(data, name) is not UNSET}
    if data.follow or data.unfollow:
        await _known_followers(work, data)
        given["follower_ids"] = rules.followers(row["follower_ids"], data.follow, data.unfollow)
    changes = {name: value for name, value in given.items() if value != row[name]}
    if given.get("status") == "snoozed" and data.snoozed_until != row["snoozed_until"]:
        changes["status"] = "snoozed"
    if changes:
        await _known_people(work, changes)
        if changes.get("status") == "closed":
            await promising.settle_before_closing(work, conversation_id, data.open_promises)
        await _write(work, conversation_id, changes)
        if "status" in changes:
            await _set_alarm(work, conversation_id, data.snoozed_until if changes["status"] == "snoozed" else None)
        if "team_id" in changes or "priority" in changes:
            await settle_company_clocks(work, [conversation_id])
        await _tell(work, conversation_id, row, changes)
        await handing.follow(work, conversation_id, changes)
        work.touch(CONVERSATION_CHANGE, [conversation_id])
    return await read_conversation(work, conversation_id)


async def _set_alarm(work: UnitOfWork, conversation_id: UUID, until: datetime | None) -> None:
    await work.execute(
        "update conversation set snoozed_until = $3 where workspace_id = $1 and id = $2",
        work.workspace_id,
        conversation_id,
        until,
    )
    if until is None:
        await clear_timer(work, SNOOZE, conversation_id)
    else:
        await set_timer(work, SNOOZE, conversation_id, until)


async def wake_up(work: UnitOfWork, conversation_id: UUID) -> None:
    """A snooze ended. One that was opened or closed meanwhile is left alone."""
    row = await work.row(
        "select status from conversation where workspace_id = $1 and id = $2", work.workspace_id, conversation_id
    )
    if row is not None and row["status"] == "snoozed":
        await update_conversation(work, conversation_id, ConversationUpdate(status="open"))


async def _known_people(work: UnitOfWork, changes: dict[str, Any]) -> None:
    for name, table in (("assignee_id", "member"), ("team_id", "team")):
        wanted = changes.get(name)
        if wanted is not None:
            alive = " and disabled_at is null" if table == "member" else ""
            there = await work.value(
                f"select true from {table} where workspace_id = $1 and id = $2{alive}", work.workspace_id, wanted
            )
            if there is None:
                raise Unacceptable(f"no such {table}", fields={name: "unknown"})


async def _known_followers(work: UnitOfWork, data: ConversationUpdate) -> None:
    """Whoever has no inbox cannot begin to follow; anyone may cease."""
    for name, ids, able in (
        ("follow", data.follow, " and disabled_at is null and role <> 'stock'"),
        ("unfollow", data.unfollow, ""),
    ):
        known = await work.value(
            f"select count(*) from member where workspace_id = $1 and id = any($2){able}", work.workspace_id, ids
        )
        if known < len(set(ids)):
            raise Unacceptable("a follower must be an active member with an inbox", fields={name: "unknown"})


async def _write(work: UnitOfWork, conversation_id: UUID, changes: dict[str, Any]) -> None:
    columns = list(changes)
    sets = [f"{name} = ${number}" for number, name in enumerate(columns, start=4)]
    if "status" in changes:
        sets.append(f"closed_at = {'$3' if changes['status'] == 'closed' else 'null::timestamptz'}")
        if changes["status"] == "closed":
            sets.append("awaiting_since = null, market_due_at = null, company_due_at = null")
    await work.execute(
        f"update conversation set {', '.join(sets)}, version = version + 1, updated_at = $3 where workspace_id = $1 and id = $2",
        work.workspace_id, conversation_id, work.now, *(changes[name] for name in columns),
    )  # fmt: skip
    if changes.get("status") == "closed":
        await rest_threads(work, conversation_id)
        await _mark_read(work, conversation_id, None)


CODES = {
    "assignee_id": "assigned",
    "team_id": "team",
    "follower_ids": "followers",
    "tags": "tagged",
    "priority": "priority",
    "subject": "renamed",
}
STATUS_CODES = {"open": "reopened", "snoozed": "snoozed", "closed": "closed"}


async def _tell(work: UnitOfWork, conversation_id: UUID, before: asyncpg.Record, changes: dict[str, Any]) -> None:
    await write_lines(
        work,
        [
            (conversation_id, CODES.get(name) or STATUS_CODES[value], {"from": _json(before[name]), "to": _json(value)})
            for name, value in changes.items()
        ],
    )


def _json(value: Any) -> Any:
    if isinstance(value, list):
        return [_json(each) for each in value]
    return str(value) if isinstance(value, UUID) else value


async def mark_read(work: UnitOfWork, conversation_id: UUID, data: ReadUpTo) -> None:
    there = await work.value(
        "select in_count from conversation where workspace_id = $1 and id = $2", work.workspace_id, conversation_id
    )
    if there is None:
        raise ConversationNotFound("no such conversation")
    await _mark_read(work, conversation_id, max(there - 1, 0) if data.unread else data.in_count, back=data.unread)


async def _mark_read(work: UnitOfWork, conversation_id: UUID, upto: int | None, *, back: bool = False) -> None:
    if work.actor.member_id is not None:
        await work.execute(
            "insert into read_mark (workspace_id, conversation_id, member_id, in_count) "
            "select $1, $2, $3, least(coalesce($4, c.in_count), c.in_count) from conversation c where c.workspace_id = $1 and c.id = $2 "
            "on conflict (workspace_id, conversation_id, member_id) do update set in_count = "
            "case when $5 then excluded.in_count else greatest(read_mark.in_count, excluded.in_count) end",
            work.workspace_id, conversation_id, work.actor.member_id, upto, back,
        )  # fmt: skip
