"""Slow rounds: webhooks still point at us, old changes are forgotten, the clock still agrees with the database."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import asyncpg

from app.core.allowances import forget_full
from app.core.errors import AppError
from app.core.files import FilesDown
from app.core.logs import log
from app.core.vault import VaultLocked
from app.domain.connections import service as connections
from app.domain.inbox.service import filing
from app.pipeline.house import House
from app.pipeline.pull import note_failure
from app.pipeline.relay import forget_old
from connectors.base.errors import ChannelError, NotSupported

MOST = 16


def hook_url(public_url: str, token: str) -> str:
    return f"{public_url}/hooks/{token}"


async def watch_round(house: House) -> int:
    """A few connections at a time: new ones at once, each again every five minutes."""
    async with house.db.across() as conn:
        rows = await connections.claim_unwatched(conn, house.db.clock.now(), most=MOST)
    await asyncio.gather(*(_look_after(house, row) for row in rows))
    return len(rows)


async def _look_after(house: House, row: asyncpg.Record) -> None:
    """One that is slow or cannot be opened holds up no other."""
    try:
        if not row["account"]:
            await _learn_account(house, row["workspace_id"], row["id"])
        await subscribe(house, row["workspace_id"], row["id"])
    except (AppError, VaultLocked) as error:
        log.warning("connection not watched", connection=str(row["id"]), error=f"{type(error).__name__}: {error}")


async def _learn_account(house: House, workspace_id: UUID, connection_id: UUID) -> None:
    """Who we are there: deliveries that name an account are told apart by it. A refusal is told by whatever reads next."""
    opened = await house.connectors.open(workspace_id, connection_id)
    with suppress(ChannelError):
        health = await opened.connector.check()
        if health.ok:
            async with house.db.unit(workspace_id) as work:
                await connections.mark_ready(work, connection_id, account=health.account)


async def tidy_round(house: House) -> int:
    """The clock agrees with the database; old changes, full allowances and files that no message took are forgotten."""
    await house.db.learn_time()
    await forget_old(house)
    now = house.db.clock.now()
    async with house.db.across() as conn:
        await forget_full(conn, now)
        unsent = await filing.forget_unsent(conn, now)
    for sha256 in unsent:
        try:
            await house.files.drop(sha256)
        except FilesDown as error:
            log.warning("file not dropped", sha256=sha256, detail=error.detail)
    return 0


async def subscribe(house: House, workspace_id: UUID, connection_id: UUID) -> None:
    """Channels drop subscriptions by themselves; asking again is harmless. An address without https may have been passed over
    in silence."""
    opened = await house.connectors.open(workspace_id, connection_id)
    try:
        await opened.connector.subscribe(hook_url(house.settings.public_url, opened.hook_token))
        state, detail = ("set" if house.settings.secure else "unknown"), ""
    except NotSupported as error:
        state, detail = "by_hand", error.detail
    except ChannelError as error:
        log.warning("webhooks not set", channel=opened.channel, code=error.code, detail=error.detail)
        state, detail = "failed", error.detail
        async with house.db.unit(opened.workspace_id) as work:
            await note_failure(work, opened.connection_id, error)
    async with house.db.unit(opened.workspace_id) as work:
        await connections.note_hook(work, opened.connection_id, state, detail)
