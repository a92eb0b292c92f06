"""A reply nobody read on the shop's page goes after the visitor by letter, once, in the same conversation."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.timers import set_timer
from app.domain.inbox import rules
from app.domain.inbox.service import crossing
from app.domain.inbox.service.crossing import SendingOf, Way
from app.domain.inbox.service.lines import write_lines
from app.domain.inbox.service.recalling import history_for
from app.domain.inbox.service.standing import settle_market_clocks
from app.domain.inbox.store import cross as sql
from app.domain.inbox.store import send as send_sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE
from connectors.base.manifest import Sending

TO_MAIL = "chat.to_mail"
CONNECTION = "mail_connection"
AFTER_S = "mail_after_s"
"""Settings of a chat's connection: the id of the one that sends the letter, and the seconds a reply may lie unread."""
OTHERWISE_S = 300.0
HERE_FOR = timedelta(seconds=60)
"""An open page puts the letter off, ever again, by this much."""


def waits(settings: dict[str, str]) -> float | None:
    """Seconds until an unread reply is followed; None where no connection is named."""
    told = str(settings.get(AFTER_S, ""))
    return (float(told) if told.isdigit() else OTHERWISE_S) if settings.get(CONNECTION) else None


async def await_reading(work: UnitOfWork, thread_id: UUID | None, sending: Sending | None) -> None:
    """A reply of a person lies on the page now. The timer runs from the newest one."""
    if thread_id is None or sending is None or sending.proof != "own":
        return
    row = await work.row(sql.FOLLOWED, work.workspace_id, thread_id)
    after_s = waits(row["settings"]) if row and row["reachable"] else None
    if after_s is not None:
        await set_timer(work, TO_MAIL, thread_id, work.now + timedelta(seconds=after_s))


async def stay(work: UnitOfWork, thread_id: UUID) -> None:
    """The visitor's page is open."""
    await work.execute(sql.PUT_OFF, work.workspace_id, TO_MAIL, thread_id, work.now + HERE_FOR)


async def follow(work: UnitOfWork, thread_id: UUID, sending_of: SendingOf) -> None:
    """Sends what lies unread as one letter. What was read, answered or followed before is left alone; what the rules block is
    said in the conversation."""
    thread = await work.row(sql.LEFT, work.workspace_id, thread_id)
    unread = await work.fetch(sql.UNREAD, work.workspace_id, thread_id)
    if thread is None or not unread:
        return
    found = await crossing.read_crossing(work, thread["conversation_id"])
    way = await crossing.way_by(work, found, thread["mail"], sending_of, thread["email"])
    if way is None or way.verdict.level == "block":
        reason = way.verdict.reason if way else "The connection for letters is gone."
        await write_lines(work, [(found.id, "not_followed", {"reason": reason})])
        return
    there = way.side.thread_id or await crossing.go_over(work, found, way)
    await _write(work, found.id, there, way, unread)


async def _write(work: UnitOfWork, conversation_id: UUID, there: UUID, way: Way, unread: list[asyncpg.Record]) -> None:
    message_id, newest = new_id(), unread[-1]
    ids = [row["id"] for row in unread]
    text = "\n\n".join(row["text"] for row in unread if row["text"])
    sending = way.step.way.sending
    room = sending.text_limit - len(text) if sending else 0
    history = await history_for(work, conversation_id, there, sending, room=room, without=ids)
    await work.execute(
        send_sql.INSERT, work.workspace_id, message_id, work.now, conversation_id, there, way.side.id, "message", text, "queued",
        f"follow-{newest['id']}", None, newest["author_id"], work.now, {"history": history} if history else {}, "",
    )  # fmt: skip
    files = await work.fetch(sql.FILES, work.workspace_id, ids)
    if files:
        columns = [[row[name] for row in files] for name in ("name", "media_type", "size", "sha256")]
        await work.execute(sql.COPY_FILES, work.workspace_id, work.now, message_id, [new_id() for _ in files], *columns)
    await work.execute(sql.FOLLOWED_BY, work.workspace_id, ids, str(message_id))
    await work.execute(
        send_sql.WROTE, work.workspace_id, conversation_id, rules.preview(text, len(files)), "out", work.now, False
    )
    await settle_market_clocks(work, [conversation_id])
    work.touch(MESSAGE_CHANGE, [message_id, *ids])
    work.touch(CONVERSATION_CHANGE, [conversation_id])
    work.wake("send")
