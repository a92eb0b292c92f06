"""Files that came with messages: fetched in a second step, judged by their content, kept by the file store."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.claims import backoff
from app.core.errors import AppError
from app.core.files import type_of
from app.core.logs import log
from app.domain.inbox.service import filing
from app.pipeline.house import House
from connectors.base.commands import Upload
from connectors.base.errors import ChannelError
from connectors.base.visitors import Welcoming

LARGEST = filing.LARGEST
TRIES = 6


async def media_round(house: House) -> int:
    async with house.db.across() as conn:
        rows = await conn.fetch(filing.DUE, house.db.clock.now())
    await asyncio.gather(*(_fetch(house, row) for row in rows))
    return len(rows)


async def _fetch(house: House, row: Any) -> None:
    """A file that cannot be had is said so; the others of the round are fetched all the same."""
    try:
        opened = await house.connectors.open(row["workspace_id"], row["connection_id"])
        if isinstance(opened.connector, Welcoming):
            sha256 = opened.connector.kept(row["ref"])
            content = await house.files.read(sha256)
        else:
            content = await opened.connector.fetch_media(row["ref"])
            sha256 = await house.files.keep(content) if len(content) <= LARGEST else ""
    except (ChannelError, AppError) as error:
        await _later(house, row, error.detail, for_good=isinstance(error, filing.GONE))
    except Exception as error:
        log.error("file not fetched", connection=row["connection_id"], error=f"{type(error).__name__}: {error}")
        await _later(house, row, f"{type(error).__name__}: {error}")
    else:
        if not sha256:
            detail = f"larger than {LARGEST // 1024 // 1024} MB"
            await _mark(house, row, filing.Outcome(state="refused", detail=detail, size=len(content)))
            return
        await _mark(house, row, filing.Outcome(state="stored", sha256=sha256, size=len(content), media_type=type_of(content)))


async def _later(house: House, row: Any, detail: str, *, for_good: bool = False) -> None:
    over = for_good or row["attempts"] >= TRIES
    due: datetime | None = None if over else house.db.clock.now() + backoff(row["attempts"])
    await _mark(house, row, filing.Outcome(state="refused" if over else "waiting", detail=detail, due=due))


async def _mark(house: House, row: Any, outcome: filing.Outcome) -> None:
    async with house.db.unit(row["workspace_id"]) as work:
        await filing.settle_file(work, row["id"], row["message_id"], outcome)


async def uploads_of(house: House, workspace_id: UUID, message_id: UUID) -> tuple[Upload, ...]:
    """Raises FileGone or FilesDown."""
    async with house.db.unit(workspace_id) as work:
        rows = await filing.files_of(work, message_id)
    contents = await asyncio.gather(*(house.files.read(row["sha256"]) for row in rows))
    passes, now = house.file_passes, house.db.clock.now()
    return tuple(
        Upload(
            name=row["name"],
            media_type=row["media_type"],
            content=content,
            public_url=passes.address(workspace_id, row["id"], now),
        )
        for row, content in zip(rows, contents, strict=True)
    )
