"""Replies: command to connector to receipt. The attempt is committed before the socket opens; what became of it is
committed after; whatever lies between is `unknown`."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from app.core import metrics
from app.core.claims import claim
from app.core.db import UnitOfWork
from app.core.errors import AppError
from app.core.files import FileGone, FilesDown
from app.core.logs import log
from app.core.vault import VaultLocked
from app.domain.connections import service as connections
from app.domain.inbox.service import sending
from app.domain.inbox.service.sending import Outgoing
from app.pipeline.budget import block, come_back, take_budget
from app.pipeline.house import House
from app.pipeline.media import uploads_of
from app.pipeline.opening import Open
from app.pipeline.pull import note_failure
from connectors.base.commands import Receipt, Upload
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, RateLimited, Unavailable
from connectors.base.manifest import Sending

AT_ONCE = 16
DEADLINE_S = 28.0
FILES_WAIT_S = 30.0
ACTS_ONLY = Sending(text_limit=0)
"""A channel without messages may still have acts on orders; what became of a lost one is for a person to say."""


async def send_round(house: House) -> int:
    """Takes the replies that are due, one per thread at a time."""
    async with house.db.across() as conn:
        token, rows = await claim(conn, sending.QUEUE, now=house.db.clock.now(), limit=AT_ONCE)
    if rows:
        await asyncio.gather(*(_send(house, row, token) for row in rows))
    return len(rows)


async def _send(house: House, row: Any, token: UUID) -> None:
    try:
        opened = await house.connectors.open(row["workspace_id"], row["connection_id"])
    except (AppError, VaultLocked, KeyError):
        if await _removed(house, row, token):
            return
        raise
    terms = opened.manifest.sending or ACTS_ONLY
    wait = await _not_yet(house, opened, terms)
    if wait:
        if opened.state == "ready" or not await _removed(house, row, token):
            await _put_off(house, row, token, wait)
        return
    files = await _files(house, row, token)
    if files is None:
        return
    async with house.db.unit(row["workspace_id"]) as work:
        out = await sending.begin(work, row["id"], token, files)
    if out is not None:
        await _carry(house, opened, out, token, terms)


async def _carry(house: House, opened: Open, out: Outgoing, token: UUID, terms: Sending) -> None:
    if out.phase == "lost":
        async with house.db.unit(opened.workspace_id) as work:
            await sending.mark_unknown(work, out, token, terms, code="worker_lost", detail="We stopped while it was on its way.")
        return
    receipt, error = await _try(opened, out, terms)
    async with house.db.unit(opened.workspace_id) as work:
        outcome = await _settle(work, opened, out, token, terms, receipt, error)
    if isinstance(error, RateLimited):
        until = come_back(house.db.clock.now(), error.after)
        async with house.db.across() as conn:
            await block(conn, opened.workspace_id, opened.connection_id, operation=terms.operation, until=until)
    metrics.sends.labels(out.channel, outcome).inc()


async def _files(house: House, row: Any, token: UUID) -> tuple[Upload, ...] | None:
    """None when they cannot be had: then the message was put off, or has failed with words."""
    try:
        return await uploads_of(house, row["workspace_id"], row["id"])
    except FilesDown:
        await _put_off(house, row, token, FILES_WAIT_S)
    except FileGone as error:
        async with house.db.unit(row["workspace_id"]) as work:
            await sending.give_up(
                work, row["id"], token, code=error.code, detail="A file of this message is not in the store any more.",
                fix="Attach it again.",
            )  # fmt: skip
    return None


async def _put_off(house: House, row: Any, token: UUID, seconds: float) -> None:
    async with house.db.unit(row["workspace_id"]) as work:
        await sending.put_off(work, row["id"], token, seconds)


async def _try(opened: Open, out: Outgoing, terms: Sending) -> tuple[Receipt | None, ChannelError | None]:
    """What the channel said. Anything we did not foresee may have happened after the channel acted."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await _ask(opened, out, terms), None
    except TimeoutError:
        return None, Ambiguous("The channel took too long to answer.", code="no_answer")
    except ChannelError as failure:
        return None, failure
    except Exception as failure:
        log.error("connector raised", channel=out.channel, message=out.message_id, error=f"{type(failure).__name__}: {failure}")
        return None, Ambiguous(f"{type(failure).__name__}: {failure}", code="connector_error")


async def _removed(house: House, row: Any, token: UUID) -> bool:
    async with house.db.unit(row["workspace_id"]) as work:
        return await sending.end_with_connection(work, row["id"], token)


async def _not_yet(house: House, opened: Open, terms: Sending) -> float:
    """Seconds to wait because the connection is paused, broken or out of budget."""
    if opened.state != "ready" or not opened.sends_replies:
        return 30.0
    async with house.db.across() as conn:
        granted, wait = await take_budget(
            conn, opened.workspace_id, opened.connection_id, manifest=opened.manifest, operation=terms.operation,
            now=house.db.clock.now(), wanted=1,
        )  # fmt: skip
    return 0.0 if granted else wait


async def _ask(opened: Open, out: Outgoing, terms: Sending) -> Receipt | None:
    """A channel that can be read back is read before anything is sent a second time."""
    if out.phase == "look" or (out.tries > 1 and terms.proof == "readable"):
        found = await opened.connector.look_up(out.command)
        if found is not None or out.phase == "look":
            return found
    return await opened.connector.execute(out.command)


async def _settle(
    work: UnitOfWork,
    opened: Open,
    out: Outgoing,
    token: UUID,
    terms: Sending,
    receipt: Receipt | None,
    error: ChannelError | None,
) -> str:
    if receipt is not None:
        await sending.mark_sent(work, out, token, terms, external_id=receipt.external_id, at=receipt.at)
        await connections.mark_success(work, opened.connection_id, news=False)
        return "sent"
    if error is None:
        await sending.give_back(work, out, token, terms)
        return "absent"
    if out.phase == "look":
        await sending.keep_looking(work, out, token)
        await note_failure(work, opened.connection_id, error)
        return "unknown"
    if isinstance(error, RateLimited | Unavailable | AuthExpired):
        await sending.mark_retry(
            work, out, token, terms, code=error.code, detail=error.detail, after_s=getattr(error, "after", 0.0),
        )  # fmt: skip
        await note_failure(work, opened.connection_id, error)
        return "retry"
    if isinstance(error, Ambiguous):
        await sending.mark_unknown(work, out, token, terms, code=error.code, detail=error.detail)
        await note_failure(work, opened.connection_id, error)
        return "unknown"
    fix = getattr(error, "fix", "") or "Change the message, or answer on another channel."
    await sending.mark_failed(work, out, token, code=error.code, detail=error.detail, fix=fix)
    return "failed"
