"""The life of one send: leased, begun, settled. Whatever is not known to have failed is `unknown`, never `queued`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg
from msgspec import Struct, convert

from app.core.claims import backoff
from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.inbox.service.following import await_reading
from app.domain.inbox.service.noting import apply_early, lock_sent
from app.domain.inbox.service.promising import keep_replies
from app.domain.inbox.service.standing import await_again, settle_doubts
from app.domain.inbox.store import send as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE
from app.domain.inbox.store.read import MESSAGE_CHANGE as MESSAGE_CHANGE
from connectors.base.commands import OrderAct, SendReply, Template, Upload
from connectors.base.events import Handle
from connectors.base.manifest import Sending

QUEUE = sql.QUEUE
CHECK_AFTER_S = 20.0
RETRIES = 8
ABSENT_MOST = 3


class Outgoing(Struct, kw_only=True):
    """One message under our lease. `phase`: `send` (an attempt is committed), `look` (it may have been sent: read back first),
    `lost` (a worker died during the attempt). `tries` counts attempts begun, this one included."""

    message_id: UUID
    conversation_id: UUID
    connection_id: UUID
    thread_id: UUID | None
    channel: str
    phase: Literal["send", "look", "lost"]
    command: SendReply | OrderAct
    tries: int
    last_try: datetime | None


async def begin(work: UnitOfWork, message_id: UUID, token: UUID, files: tuple[Upload, ...] = ()) -> Outgoing | None:
    """Commits the attempt before any socket opens. None when the lease is not ours any more."""
    row = await work.row(sql.OUTGOING, work.workspace_id, message_id, token)
    if row is None:
        return None
    phase: Literal["send", "look", "lost"] = {"queued": "send", "unknown": "look"}.get(row["state"], "lost")  # type: ignore[assignment]
    if phase == "send":
        await work.execute(sql.ATTEMPT, work.workspace_id, new_id(), work.now, message_id, token)
        await work.execute(sql.START, work.workspace_id, message_id, token)
        work.touch(MESSAGE_CHANGE, [message_id])
    return Outgoing(
        message_id=message_id,
        conversation_id=row["conversation_id"],
        connection_id=row["connection_id"],
        thread_id=row["thread_id"],
        channel=row["channel"],
        phase=phase,
        command=_command(row, work.now, files),
        tries=row["tries"] + (phase == "send"),
        last_try=work.now if phase == "send" else row["last_try"],
    )


def _command(row: asyncpg.Record, now: datetime, files: tuple[Upload, ...]) -> SendReply | OrderAct:
    key, started = row["client_msg_id"] or str(row["id"]), row["first_try"] or now
    detail = row["detail"]
    if row["kind"] == "act":
        return OrderAct(
            key=key, name=detail["act"], order_id=detail["order"], text=row["text"], files=files, refs=detail["refs"], started_at=started
        )  # fmt: skip
    return SendReply(
        key=key,
        thread=row["thread"],
        text="\n\n".join(filter(None, (row["text"], detail.get("history", "")))),
        customer=Handle(kind=row["handle_kind"], value=row["handle_value"], label=row["handle_label"]),
        refs=row["refs"],
        subject=row["subject"] or row["conversation_subject"],
        files=files,
        started_at=started,
        template=convert(detail["template"], Template) if "template" in detail else None,
        by_person=row["author_id"] is not None,
        reply_to=row["reply_to"],
    )


async def mark_sent(
    work: UnitOfWork, out: Outgoing, token: UUID, sending: Sending | None = None, *, external_id: str, at: datetime | None
) -> bool:
    """The channel has it. If its echo was taken for somebody else's words before we knew, that twin goes."""
    if external_id:
        await lock_sent(work, out.connection_id, [external_id])
        twins = await work.fetch(sql.DROP_TWINS, work.workspace_id, out.connection_id, external_id, out.message_id, token)
        if twins:
            await work.gone(MESSAGE_CHANGE, [row["id"] for row in twins])
            work.touch(CONVERSATION_CHANGE, {row["conversation_id"] for row in twins})
    done = await _settle(work, out, token, "sent", outcome="sent", external_id=external_id, at=at)
    if done and external_id:
        await apply_early(work, out.connection_id, [external_id])
    if done and isinstance(out.command, SendReply) and out.command.by_person:
        await await_reading(work, out.thread_id, sending)
        await keep_replies(work, out.conversation_id)
    return done


async def mark_retry(
    work: UnitOfWork, out: Outgoing, token: UUID, sending: Sending, *, code: str, detail: str, after_s: float
) -> bool:
    """Nothing was done; it waits and goes again, at most RETRIES times."""
    if out.tries >= RETRIES:
        return await mark_failed(
            work, out, token, code=code, detail=f"gave up after {out.tries} tries: {detail}", fix="Send it again."
        )
    due = work.now + max(backoff(out.tries, base=1.0, cap=120.0), timedelta(seconds=after_s))
    return await _settle(work, out, token, "queued", outcome="retry", code=code, detail=detail, due=due)


async def mark_failed(work: UnitOfWork, out: Outgoing, token: UUID, *, code: str, detail: str, fix: str) -> bool:
    """The channel said no. The buyer still waits, so the clocks run again."""
    done = await _settle(work, out, token, "failed", outcome="failed", code=code, detail=detail, fix=fix)
    if done:
        await await_again(work, out.conversation_id)
    return done


async def mark_unknown(work: UnitOfWork, out: Outgoing, token: UUID, sending: Sending, *, code: str, detail: str) -> bool:
    """It may have arrived. Readable channels are read back, the others wait for a person."""
    due = None if sending.proof == "blind" else work.now + timedelta(seconds=CHECK_AFTER_S)
    return await _settle(work, out, token, "unknown", outcome="unknown", code=code, detail=detail, due=due)


async def give_back(work: UnitOfWork, out: Outgoing, token: UUID, sending: Sending) -> bool:
    """A clean read-back: long enough after the attempt it proves absence, and the message goes again, at most ABSENT_MOST times;
    else look again."""
    proved = out.last_try is not None and work.now >= out.last_try + timedelta(seconds=sending.absent_after_s)
    if proved and out.tries >= ABSENT_MOST:
        return await mark_failed(
            work, out, token, code="never_arrived",
            detail=f"It was sent {out.tries} times without an answer, and the channel never showed it.",
            fix="Look at the talk on the channel itself, then send it again or answer elsewhere.",
        )  # fmt: skip
    if proved:
        return await _settle(work, out, token, "queued", outcome="retry", code="", detail="", due=work.now)
    return await _settle(
        work, out, token, "unknown", outcome="unknown", code="no_answer",
        detail="The channel did not answer; its thread does not show the message yet.", due=work.now + timedelta(seconds=30),
    )  # fmt: skip


async def keep_looking(work: UnitOfWork, out: Outgoing, token: UUID) -> bool:
    """The thread could not be read back just now."""
    due = work.now + timedelta(seconds=CHECK_AFTER_S)
    return await _settle(
        work, out, token, "unknown", outcome="unknown", code="no_answer", detail="It could not be checked yet.", due=due
    )


async def put_off(work: UnitOfWork, message_id: UUID, token: UUID, seconds: float) -> None:
    """Not begun: the connection is paused, broken or out of budget."""
    await work.execute(sql.PUT_OFF, work.workspace_id, message_id, token, work.now + timedelta(seconds=seconds))


async def end_with_connection(work: UnitOfWork, message_id: UUID, token: UUID) -> bool:
    """True when its connection was removed: that one comes back never, so its replies end with words."""
    if not await work.value(sql.REMOVED, work.workspace_id, message_id):
        return False
    await give_up(
        work, message_id, token, code="connection_removed", detail="Its connection was removed before it was sent.",
        fix="Connect the channel again, or answer on another one.",
    )  # fmt: skip
    return True


async def give_up(work: UnitOfWork, message_id: UUID, token: UUID, *, code: str, detail: str, fix: str) -> None:
    """It will not leave: what had not begun has failed, what may have been sent waits for a person."""
    row = await work.row(sql.GIVE_UP, work.workspace_id, message_id, token, code, detail, fix)
    if row is not None:
        work.touch(MESSAGE_CHANGE, [message_id])
        await await_again(work, row["conversation_id"])
        await settle_doubts(work, [row["conversation_id"]])


async def _settle(
    work: UnitOfWork,
    out: Outgoing,
    token: UUID,
    state: str,
    *,
    outcome: str,
    external_id: str = "",
    at: datetime | None = None,
    due: datetime | None = None,
    code: str = "",
    detail: str = "",
    fix: str = "",
) -> bool:
    """False when the lease went to somebody else: then nothing is written."""
    row = await work.row(
        sql.SETTLE, work.workspace_id, out.message_id, token, state, external_id or None, at, due, code, detail[:500], fix
    )
    if row is None:
        return False
    await work.execute(sql.SETTLE_ATTEMPT, work.workspace_id, out.message_id, outcome, external_id, code, detail[:500], work.now)
    work.touch(MESSAGE_CHANGE, [out.message_id])
    await settle_doubts(work, [out.conversation_id])
    if due is not None:
        work.wake("send")
    return True
