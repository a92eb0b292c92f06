"""A member writes: a reply waits in line for its channel, a note stays in the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
from msgspec import json, to_builtins

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import audit, lock_objects
from app.domain.customers.service import refusals_of
from app.domain.inbox import rules
from app.domain.inbox.errors import ConversationNotFound, KeyReused, MessageNotFound, NewerReply, ReplyBlocked, TooLate
from app.domain.inbox.schemas import MessageCreate, MessageRead
from app.domain.inbox.service.mentioning import mention
from app.domain.inbox.service.recalling import history_for
from app.domain.inbox.service.receiving import UNPROVEN
from app.domain.inbox.service.standing import await_again, settle_doubts, settle_market_clocks
from app.domain.inbox.store import send as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE, MESSAGE_CHANGE
from connectors.base.events import Handle
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
    hashed = _hash(data)
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
    files = await take_files(work, data.attachment_ids)
    draft = rules.Draft(
        text=data.text,
        files=files,
        by_person=work.actor.member_id is not None,
        template=data.template is not None,
        gaps=tuple(data.template.variables) if data.template else (),
    )
    verdict = rules.check((await ways_of(work, [way], sending_of))[0], draft, work.now)
    if verdict.level == "block":
        raise ReplyBlocked(verdict.reason, code=verdict.code, fields={"text": verdict.reason}, extra={"fix": verdict.fix})
    await _refuse_stale(work, conversation_id, data.if_last_seq)
    sending = sending_of(way["channel"])
    room = sending.text_limit - len(data.text) if sending else 0
    history = await history_for(work, conversation_id, way["id"], sending, room=room)
    return await _write(work, conversation_id, data, hashed, way=way, history=history)


def _hash(data: MessageCreate) -> bytes:
    more = [str(data.reply_to_id)] if data.reply_to_id else []
    more += [json.encode(data.template).decode()] if data.template else []
    return rules.body_hash(data.kind, data.text, tuple(str(one) for one in data.attachment_ids), *more)


async def ways_of(work: UnitOfWork, threads: Sequence[asyncpg.Record], sending_of: SendingOf) -> list[rules.Way]:
    """What the rules want to know of each thread."""
    handles = [Handle(kind=row["handle_kind"], value=row["handle_value"]) for row in threads]
    refused = await refusals_of(work, handles)
    once = [row["id"] for row in threads if (sending := sending_of(row["channel"])) and sending.answers_comment_once]
    answered = {row["id"] for row in await work.fetch(sql.ANSWERED, work.workspace_id, once)} if once else set()
    return [
        rules.Way(
            sending=sending_of(row["channel"]), speaks=row["speaks"], state=row["state"], last_in_at=row["last_in_at"],
            refuses=refused.get((handle.kind, handle.value), frozenset()), unproven=handle.kind == UNPROVEN, answered=row["id"] in answered,
        )
        for row, handle in zip(threads, handles, strict=True)
    ]  # fmt: skip


async def take_files(work: UnitOfWork, ids: Sequence[UUID]) -> tuple[rules.Enclosure, ...]:
    """The files of a message about to be written. Raises ReplyBlocked for one that is unknown, not here yet or sent already."""
    rows = await work.fetch(sql.CHOSEN, work.workspace_id, list(ids)) if ids else []
    if len(rows) != len(set(ids)):
        raise ReplyBlocked("an attachment is unknown or already sent", code="attachment", fields={"attachment_ids": "unknown"})
    return tuple(rules.Enclosure(name=row["name"], media_type=row["media_type"], size=row["size"]) for row in rows)


async def link_files(work: UnitOfWork, ids: Sequence[UUID], message_id: UUID) -> None:
    if ids:
        await work.execute(
            "update attachment set message_id = $3 where workspace_id = $1 and id = any($2)",
            work.workspace_id,
            list(ids),
            message_id,
        )


async def _refuse_stale(work: UnitOfWork, conversation_id: UUID, if_last_seq: int | None) -> None:
    if if_last_seq is None:
        return
    rows = await work.fetch(sql.NEWER, work.workspace_id, conversation_id, if_last_seq, work.actor.member_id)
    if rows:
        newer = await work.shapes(MessageRead, f"{MESSAGE} and m.id = any($2)", work.workspace_id, [row["id"] for row in rows])
        raise NewerReply("the thread moved on since you began; read it and send again", extra={"newer": newer})


async def _write(
    work: UnitOfWork, conversation_id: UUID, data: MessageCreate, hashed: bytes, *, way: asyncpg.Record | None, history: str = ""
) -> MessageRead:
    message_id = new_id()
    note = way is None
    due = None if note else work.now + timedelta(milliseconds=data.hold_ms)
    if note:
        await take_files(work, data.attachment_ids)
    await work.execute(
        sql.INSERT, work.workspace_id, message_id, work.now, conversation_id, way["id"] if way else None,
        way["connection_id"] if way else None, "note" if note else "message", data.text, "sent" if note else "queued",
        data.client_msg_id, hashed, work.actor.member_id, due,
        _detail(data, history), await _quoted(work, conversation_id, data, way),
    )  # fmt: skip
    await link_files(work, data.attachment_ids, message_id)
    if note:
        await mention(work, message_id, data.text)
    shown = data.text or (data.template.name if data.template else "")
    await work.execute(
        sql.WROTE, work.workspace_id, conversation_id, rules.preview(shown, len(data.attachment_ids)),
        "note" if note else "out", work.now, not note,
    )  # fmt: skip
    if not note:
        await settle_market_clocks(work, [conversation_id])
    work.touch(MESSAGE_CHANGE, [message_id])
    work.touch(CONVERSATION_CHANGE, [conversation_id])
    if not note:
        work.wake("send")
    return await read_message(work, message_id)


def _detail(data: MessageCreate, history: str) -> dict[str, object]:
    found = {"template": to_builtins(data.template) if data.template else None, "history": history}
    return {name: value for name, value in found.items() if value}


async def _quoted(work: UnitOfWork, conversation_id: UUID, data: MessageCreate, way: asyncpg.Record | None) -> str:
    """The channel's own id of the message this one answers."""
    if data.reply_to_id is None:
        return ""
    found: str | None = await work.value(
        sql.QUOTED, work.workspace_id, conversation_id, data.reply_to_id, way["id"] if way else None
    )
    if not found:
        raise ReplyBlocked(
            "the message to answer is not one of this thread, or its channel does not know it yet",
            code="quote", fields={"reply_to_id": "unknown"}, extra={"fix": "Answer without quoting it."},
        )  # fmt: skip
    return found


async def take_back(work: UnitOfWork, message_id: UUID) -> str:
    """The text of an own reply still held back; it is as if it had never been written. Raises TooLate."""
    row = await work.row(sql.HELD_BACK, work.workspace_id, message_id, work.actor.member_id, work.now)
    if row is None:
        await read_message(work, message_id)
        raise TooLate("it is on its way already")
    await await_again(work, row["conversation_id"])
    await work.gone(MESSAGE_CHANGE, [message_id])
    return str(row["text"])


BY_HAND = {
    "check": (["unknown"], "unknown"),
    "mark_sent": (["unknown", "failed"], "sent"),
    "send_again": (["unknown", "failed"], "queued"),
    "discard": (["unknown", "failed", "queued"], "failed"),
}


async def resolve(work: UnitOfWork, message_id: UUID, act: str) -> MessageRead:
    """A person decides about a message in doubt. Raises TooLate when it is not in doubt any more."""
    states, state = BY_HAND[act]
    due = work.now if act in ("check", "send_again") else None
    error = ("discarded", "A person decided not to send it.") if act == "discard" else ("", "")
    row = await work.row(sql.BY_HAND, work.workspace_id, message_id, states, state, due, *error)
    if row is None:
        await read_message(work, message_id)
        raise TooLate("this message is not waiting for a decision")
    await audit(work, f"message.{act}", message_id)
    work.touch(MESSAGE_CHANGE, [message_id])
    await await_again(work, row["conversation_id"])
    await settle_doubts(work, [row["conversation_id"]])
    work.wake("send")
    return await read_message(work, message_id)
