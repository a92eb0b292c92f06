"""What the inbox screen asks for. A list page is one statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.paging import read_cursor, write_cursor
from app.domain.inbox import rules
from app.domain.inbox.errors import ConversationNotFound, MessageNotFound
from app.domain.inbox.finding import read_search
from app.domain.inbox.html import shown
from app.domain.inbox.schemas import (
    ApprovedRead,
    Context,
    ConversationPage,
    ConversationRead,
    Counts,
    MessagePage,
    MessageRead,
    SendError,
    ShownHtml,
    ThreadRead,
)
from app.domain.inbox.service.crossing import list_ways
from app.domain.inbox.service.replying import SendingOf, ways_of
from app.domain.inbox.store import read as sql
from app.domain.inbox.store.handing import HANDED, TO_ME
from app.domain.inbox.store.mention import MENTIONED, OF_ME


class Filter(Struct, frozen=True, kw_only=True):
    """`q` may hold operators; `narrowed` reads them into the fields from `before` on, and into others that are still empty."""

    queue: str = "all"
    status: str | None = None
    waiting_on: str | None = None
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    customer_id: UUID | None = None
    channel: str | None = None
    connection_id: UUID | None = None
    external_id: str | None = None
    tag: str | None = None
    q: str = ""
    before: datetime | None = None
    after: datetime | None = None
    sender: str = ""
    assignee: str = ""
    state: str = ""
    team: str = ""
    priority: str = ""
    language: str = ""


async def list_conversations(work: UnitOfWork, wanted: Filter, *, cursor: str | None, limit: int) -> ConversationPage:
    """Newest first, or the next deadline first in the queue `deadline`."""
    wanted = narrowed(wanted)
    args: list[Any] = [work.workspace_id, work.actor.member_id]
    where = _conditions(wanted, args)
    column = "c.next_due_at" if wanted.queue == "deadline" else "c.last_activity_at"
    sign, way = (">", "asc") if wanted.queue == "deadline" else ("<", "desc")
    if cursor:
        args += read_cursor(cursor, tuple[datetime, UUID])
        where.append(f"({column}, c.id) {sign} (${len(args) - 1}, ${len(args)})")
    hits = f"with {sql.HITS.format(q=f'${args.index(wanted.q) + 1}')} " if wanted.q else ""
    args.append(limit + 1)
    rows = await work.fetch(
        f"{hits}select row_to_json(x)::text as row, {sql.AS_OF} as as_of from ({sql.CONVERSATION_FOR} "
        f"{''.join(f' and {part}' for part in where)} order by {column} {way}, c.id {way} limit ${len(args)}) x",
        *args,
    )
    items = [msgspec.json.decode(row["row"], type=ConversationRead) for row in rows]
    kept = items[:limit]
    more = write_cursor(getattr(kept[-1], column[2:]), kept[-1].id) if len(items) > limit else None
    as_of = rows[0]["as_of"] if rows else await work.value(f"select {sql.AS_OF}", work.workspace_id)
    return ConversationPage(items=kept, next_cursor=more, as_of_seq=as_of)


def narrowed(wanted: Filter) -> Filter:
    """Whoever searches sees every status unless one is asked for."""
    if not wanted.q:
        return wanted
    found = read_search(wanted.q)
    return msgspec.structs.replace(
        wanted, q=found.text, status=wanted.status or "any", channel=wanted.channel or found.channel, tag=wanted.tag or found.tag,
        before=found.before, after=found.after, sender=found.sender, assignee=found.assignee, state=found.state,
        team=found.team, priority=found.priority, language=found.language,
    )  # fmt: skip


QUEUES = {
    "mine": "c.assignee_id = $2",
    "unassigned": "c.assignee_id is null",
    "deadline": "c.next_due_at is not null",
    "mentions": OF_ME,
    "handed": f"c.id in (select h.conversation_id from handoff h where h.workspace_id = $1 and h.state = 'offered' and {TO_ME})",
}
STATUSES = {
    "any": "c.status <> 'merged'",
    "open": "c.status = 'open'",
    "waiting": "c.status = 'open' and c.awaiting_since is null",
    "snoozed": "c.status = 'snoozed'",
    "closed": "c.status = 'closed'",
}
STATES = {**STATUSES, "unassigned": "c.assignee_id is null"}
ASSIGNEES = {"me": "c.assignee_id = $2", "nobody": "c.assignee_id is null"}
WAITING = {"us": "c.awaiting_since is not null", "customer": "c.awaiting_since is null"}
NAMED = """c.assignee_id in (select m.id from member m where m.workspace_id = $1
  and lower({0}) in (lower(m.name), lower(split_part(m.name, ' ', 1))))"""
MATCHES = {
    "assignee_id": "c.assignee_id = {}",
    "team_id": "c.team_id = {}",
    "customer_id": "c.customer_id = {}",
    "channel": "c.channel = {}",
    "connection_id": "c.connection_id = {}",
    "tag": "{} = any(c.tags)",
    "priority": "c.priority = {}",
    "language": "split_part(lower(c.language), '-', 1) = {}",
    "team": "c.team_id in (select m.id from team m where m.workspace_id = $1 and lower(m.name) = lower({}))",
    "before": "c.last_activity_at < {}",
    "after": "c.last_activity_at >= {}",
    "sender": "c.customer_id in (select k.subject_id from find_keys(lower(regexp_replace({}, '\\s', '', 'g')), 200) k where k.kind = 'customer')",
    "external_id": "c.id in (select t.conversation_id from thread t where t.workspace_id = $1 and t.external_id = {})",
}


def _conditions(wanted: Filter, args: list[Any]) -> list[str]:
    """Written out one by one, so that each queue finds its own partial index. A search or a customer's list shows every status."""
    status = wanted.status or ("any" if wanted.customer_id or wanted.external_id else "open")
    given = (
        QUEUES.get(wanted.queue), STATUSES.get(status), WAITING.get(wanted.waiting_on or ""), STATES.get(wanted.state),
        ASSIGNEES.get(wanted.assignee.lower()),
    )  # fmt: skip
    where = [found for found in given if found]
    if wanted.assignee and wanted.assignee.lower() not in ASSIGNEES:
        args.append(wanted.assignee)
        where.append(NAMED.format(f"${len(args)}"))
    for name, condition in MATCHES.items():
        value = getattr(wanted, name)
        if value:
            args.append(value)
            where.append(condition.format(f"${len(args)}"))
    if wanted.q:
        args.append(wanted.q)
        where.append("c.id in (select conversation_id from hits)")
    return where


async def read_conversation(work: UnitOfWork, conversation_id: UUID) -> ConversationRead:
    """One that was merged into another answers as that one."""
    found = await work.shapes(
        ConversationRead, f"{sql.CONVERSATION_FOR} and c.id = $3", work.workspace_id, work.actor.member_id, conversation_id
    )
    if not found:
        raise ConversationNotFound("no such conversation")
    if found[0].merged_into is not None:
        return await read_conversation(work, found[0].merged_into)
    return found[0]


async def count_queues(work: UnitOfWork) -> Counts:
    (counts,) = await work.shapes(
        Counts, f"{sql.COUNTS}, {HANDED} as handed, {MENTIONED} as mentions", work.workspace_id, work.actor.member_id
    )
    return counts


async def list_messages(work: UnitOfWork, conversation_id: UUID, *, cursor: str | None, limit: int) -> MessagePage:
    """Newest first, by (sent_at, id)."""
    before = read_cursor(cursor, tuple[datetime, UUID]) if cursor else (None, None)
    rows = await work.fetch(
        f"select row_to_json(x)::text as row, {sql.AS_OF} as as_of from ({sql.MESSAGE} and m.conversation_id = $2 "
        "and ($3::timestamptz is null or (m.sent_at, m.id) < ($3, $4::uuid)) order by m.sent_at desc, m.id desc limit $5) x",
        work.workspace_id, conversation_id, before[0], before[1], limit + 1,
    )  # fmt: skip
    if not rows:
        there = (await read_conversation(work, conversation_id)).id
        if there != conversation_id:
            return await list_messages(work, there, cursor=cursor, limit=limit)
    items = [msgspec.json.decode(row["row"], type=MessageRead) for row in rows]
    kept = items[:limit]
    return MessagePage(
        items=kept,
        next_cursor=write_cursor(kept[-1].sent_at, kept[-1].id) if len(items) > limit else None,
        as_of_seq=rows[0]["as_of"] if rows else await work.value(f"select {sql.AS_OF}", work.workspace_id),
    )


async def read_context(work: UnitOfWork, conversation_id: UUID, sending_of: SendingOf) -> Context:
    """Customer, threads with what may be sent there, orders, their stock, earlier conversations: two statements."""
    row = await work.row(sql.CONTEXT, work.workspace_id, conversation_id)
    threads = await work.fetch(sql.THREADS, work.workspace_id, conversation_id)
    if row is None or row["customer"] is None:
        raise ConversationNotFound("no such conversation")
    if not threads:
        there = (await read_conversation(work, conversation_id)).id
        if there != conversation_id:
            return await read_context(work, there, sending_of)
    ways = await ways_of(work, threads, sending_of)
    return Context(
        customer=row["customer"],
        orders=row["orders"],
        stock=row["stock"],
        earlier=row["earlier"],
        threads=[_thread(thread, way, work.now) for thread, way in zip(threads, ways, strict=True)],
        ways=await list_ways(work, conversation_id, sending_of),
    )


def _thread(row: Any, way: rules.Way, now: datetime) -> ThreadRead:
    sending = way.sending
    verdict = rules.check(way, rules.Draft(text="?"), now)
    blocked = verdict.level == "block"
    return ThreadRead(
        id=row["id"],
        channel=row["channel"],
        connection_id=row["connection_id"],
        connection_name=row["connection_name"],
        to=row["to"],
        subject=row["subject"],
        reply_until_at=row["reply_until_at"],
        can_reply=not blocked,
        block=SendError(code=verdict.code, detail=verdict.reason, fix=verdict.fix) if blocked else None,
        text_limit=sending.text_limit if sending else None,
        text_unit=sending.unit if sending else None,
        files_max=sending.files_max if sending else 0,
        file_bytes=sending.file_bytes if sending else 0,
        file_types=list(sending.file_types) if sending else [],
        forbids_contact_details=sending.forbids_contact_details if sending else False,
        templates=sending.templates if sending else False,
        approved=[
            ApprovedRead(name=one.name, language=one.language, text=one.text) for one in rules.approved_texts(row["templates"])
        ],
        quotes=sending.quotes if sending else False,
        page=row["page"],
        referrer=row["referrer"],
    )


async def read_thread(work: UnitOfWork, conversation_id: UUID, thread_id: UUID, sending_of: SendingOf) -> ThreadRead:
    threads = [row for row in await work.fetch(sql.THREADS, work.workspace_id, conversation_id) if row["id"] == thread_id]
    (way,) = await ways_of(work, threads, sending_of)
    return _thread(threads[0], way, work.now)


async def read_html(work: UnitOfWork, message_id: UUID) -> ShownHtml:
    """Raises MessageNotFound when there is no formatted body."""
    found: str | None = await work.value(
        "select html from message where workspace_id = $1 and id = $2 and html <> '' and deleted_at is null",
        work.workspace_id, message_id,
    )  # fmt: skip
    if found is None:
        raise MessageNotFound("this message has no formatted body")
    rows = await work.fetch(sql.OWN_PICTURES, work.workspace_id, message_id)
    return shown(found, {row["ref"]: f"/api/v1/attachments/{row['id']}" for row in rows})
