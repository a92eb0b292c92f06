"""A member writes: a reply waits in line for its channel, a note stays in the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import lock_objects
from app.domain.inbox import rules
from app.domain.inbox.errors import ConversationNotFound, KeyReused, MessageNotFound, NewerReply, ReplyBlocked, TooLate
from app.domain.inbox.schemas import MessageCreate, MessageRead
from app.domain.inbox.service.receiving import await_again, settle_doubts
from app.domain.inbox.store import send as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE, MESSAGE_CHANGE
from connectors.base.manifest import Sending

SendingOf = Callable[[str], Sending | None]


async def read_message(work: UnitOfWork, message_id: UUID) -> MessageRead:
    found = await work.shapes(MessageRead, f"{MESSAGE} and m.id = $2", work.workspace_id, message_id)
    if not found:
        raise MessageNotFound("no such message")
    return found[0]


async def write_message(work: UnitOfWork, conversation_id: UUID, data: MessageCreate, sending_of: SendingOf) -> MessageRead:
    """Raises ReplyBlocked with the rule's reason and fix, NewerReply with what was written meanwhile, KeyReused when the
    client_msg_id stands for another text. A repeat gives the first one."""
    await lock_objects(work, [f"send:{data.client_msg_id}"])
    hashed = rules.body_hash(data.kind, data.text, tuple(str(one) for one in data.attachment_ids))
    known = await work.row(sql.EXISTING, work.workspace_id, data.client_msg_id)
    if known is not None:
        if known["body_hash"] != hashed or known["conversation_id"] != conversation_id:
            raise KeyReused(
                "this client_msg_id stands for another message; make a new one", fields={"client_msg_id": "already used"}
            )
        return await read_message(work, known["id"])
    there = await work.value(
        "select true from conversation where workspace_id = $1 and id = $2 for no key update", work.workspace_id, conversation_id
    )
    if there is None:
        raise ConversationNotFound("no such conversation")
    if data.kind == "note":
        return await _write(work, conversation_id, data, hashed, way=None)
    way = await work.row(sql.WAYS, work.workspace_id, conversation_id, data.thread_id)
    if way is None:
        raise ReplyBlocked("this conversation has no such thread", code="no_thread", fields={"thread_id": "unknown"})
    verdict = rules.check(
        rules.Way(sending=sending_of(way["channel"]), speaks=way["speaks"], state=way["state"], last_in_at=way["last_in_at"]),
        rules.Draft(text=data.text, files=len(data.attachment_ids)),
        work.now,
    )
    if verdict.level == "block":
        raise ReplyBlocked(verdict.reason, code=verdict.code, fields={"text": verdict.reason}, extra={"fix": verdict.fix})
    await _refuse_stale(work, conversation_id, data.if_last_seq)
    return await _write(work, conversation_id, data, hashed, way=way)


async def _refuse_stale(work: UnitOfWork, conversation_id: UUID, if_last_seq: int | None) -> None:
    if if_last_seq is None:
        return
    rows = await work.fetch(sql.NEWER, work.workspace_id, conversation_id, if_last_seq, work.actor.member_id)
    if rows:
        newer = await work.shapes(MessageRead, f"{MESSAGE} and m.id = any($2)", work.workspace_id, [row["id"] for row in rows])
        raise NewerReply("the thread moved on since you began; read it and send again", extra={"newer": newer})


async def _write(
    work: UnitOfWork, conversation_id: UUID, data: MessageCreate, hashed: bytes, *, way: asyncpg.Record | None
) -> MessageRead:
    message_id = new_id()
    note = way is None
    due = None if note else work.now + timedelta(milliseconds=data.hold_ms)
    await work.execute(
        sql.INSERT, work.workspace_id, message_id, work.now, conversation_id, way["id"] if way else None,
        way["connection_id"] if way else None, "note" if note else "message", data.text, "sent" if note else "queued",
        data.client_msg_id, hashed, work.actor.member_id, due, {},
    )  # fmt: skip
    if data.attachment_ids:
        linked = await work.execute(
            "update attachment set message_id = $3 where workspace_id = $1 and id = any($2) and message_id is null",
            work.workspace_id, data.attachment_ids, message_id,
        )  # fmt: skip
        if linked != len(set(data.attachment_ids)):
            raise ReplyBlocked(
                "an attachment is unknown or already sent", code="attachment", fields={"attachment_ids": "unknown"}
            )
    await work.execute(
        sql.WROTE, work.workspace_id, conversation_id, rules.preview(data.text, len(data.attachment_ids)),
        "note" if note else "out", work.now, not note,
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, [message_id])
    work.touch(CONVERSATION_CHANGE, [conversation_id])
    if not note:
        work.wake("send")
    return await read_message(work, message_id)


async def take_back(work: UnitOfWork, message_id: UUID, sending_of: SendingOf) -> str:
    """The text of an own reply still held back; it is as if it had never been written. Raises TooLate."""
    row = await work.row(sql.HELD_BACK, work.workspace_id, message_id, work.actor.member_id, work.now)
    if row is None:
        await read_message(work, message_id)
        raise TooLate("it is on its way already")
    await _await_again(work, row["conversation_id"], sending_of)
    await work.gone(MESSAGE_CHANGE, [message_id])
    return str(row["text"])


async def _await_again(work: UnitOfWork, conversation_id: UUID, sending_of: SendingOf) -> None:
    channel = await work.value(
        "select channel from conversation where workspace_id = $1 and id = $2", work.workspace_id, conversation_id
    )
    await await_again(work, conversation_id, sending_of(channel))


BY_HAND = {
    "check": (["unknown"], "unknown"),
    "mark_sent": (["unknown", "failed"], "sent"),
    "send_again": (["unknown", "failed"], "queued"),
    "discard": (["unknown", "failed", "queued"], "failed"),
}


async def resolve(work: UnitOfWork, message_id: UUID, act: str, sending_of: SendingOf) -> MessageRead:
    """A person decides about a message in doubt. Raises TooLate when it is not in doubt any more."""
    states, state = BY_HAND[act]
    due = work.now if act in ("check", "send_again") else None
    error = ("discarded", "A person decided not to send it.") if act == "discard" else ("", "")
    row = await work.row(sql.BY_HAND, work.workspace_id, message_id, states, state, due, *error)
    if row is None:
        await read_message(work, message_id)
        raise TooLate("this message is not waiting for a decision")
    await work.execute(
        "insert into audit (workspace_id, id, created_at, actor_id, act, subject_id) values ($1, $2, $3, $4, $5, $6)",
        work.workspace_id, new_id(), work.now, work.actor.member_id, f"message.{act}", message_id,
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, [message_id])
    await _await_again(work, row["conversation_id"], sending_of)
    await settle_doubts(work, [row["conversation_id"]])
    work.wake("send")
    return await read_message(work, message_id)
