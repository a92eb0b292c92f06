"""Files: fetched in a second step, judged by their content, stored once by hash under the data folder."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

from app.core.claims import backoff
from app.domain.inbox.service.sending import MESSAGE_CHANGE
from app.pipeline.house import House
from connectors.base.commands import Upload
from connectors.base.errors import ChannelError
from connectors.base.visitors import Welcoming

LARGEST = 25 * 1024 * 1024
TRIES = 6
SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"PK\x03\x04", "application/zip"),
)
DUE = """
update attachment a set attempts = a.attempts + 1, due_at = $1::timestamptz + interval '2 minutes'
from (select workspace_id, id from attachment where due_at <= $1 order by due_at limit 8 for no key update skip locked) d
where a.workspace_id = d.workspace_id and a.id = d.id
returning a.workspace_id, a.id, a.message_id, a.connection_id, a.ref, a.attempts
"""


def type_of(content: bytes) -> str:
    """By the first bytes, never by name or header. Anything unknown is offered for download only."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for sign, kind in SIGNS if content.startswith(sign)), "application/octet-stream")


def path_of(data: Path, sha256: str) -> Path:
    return data / "files" / sha256[:2] / sha256


async def keep_file(data: Path, content: bytes) -> str:
    """The hash it is stored under; the same bytes are stored once."""
    sha256 = hashlib.sha256(content).hexdigest()
    await asyncio.to_thread(_write, path_of(data, sha256), content)
    return sha256


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)


async def media_round(house: House) -> int:
    async with house.db.across() as conn:
        rows = await conn.fetch(DUE, house.db.clock.now())
    await asyncio.gather(*(_fetch(house, row) for row in rows))
    return len(rows)


async def _fetch(house: House, row: Any) -> None:
    opened = await house.connectors.open(row["workspace_id"], row["connection_id"])
    if isinstance(opened.connector, Welcoming):
        await _take_kept(house, row, opened.connector)
        return
    try:
        content = await opened.connector.fetch_media(row["ref"])
    except ChannelError as error:
        later = None if row["attempts"] >= TRIES else house.db.clock.now() + backoff(row["attempts"])
        await _mark(house, row, state="waiting" if later else "refused", detail=error.detail, due=later)
        return
    if len(content) > LARGEST:
        await _mark(house, row, state="refused", detail=f"larger than {LARGEST // 1024 // 1024} MB", size=len(content))
        return
    sha256 = await keep_file(house.settings.data, content)
    await _mark(house, row, state="stored", sha256=sha256, size=len(content), media_type=type_of(content))


async def _take_kept(house: House, row: Any, host: Welcoming) -> None:
    """A visitor's file came to our own door before its message did."""
    try:
        sha256 = host.kept(row["ref"])
        content = await asyncio.to_thread(path_of(house.settings.data, sha256).read_bytes)
    except (ChannelError, FileNotFoundError) as error:
        await _mark(house, row, state="refused", detail=str(error))
        return
    await _mark(house, row, state="stored", sha256=sha256, size=len(content), media_type=type_of(content))


async def _mark(
    house: House,
    row: Any,
    *,
    state: str,
    detail: str = "",
    due: Any = None,
    sha256: str = "",
    size: int = 0,
    media_type: str = "",
) -> None:
    async with house.db.unit(row["workspace_id"]) as work:
        await work.execute(
            "update attachment set state = $3, detail = $4, due_at = $5, sha256 = $6, size = case when $7 > 0 then $7 else size end, "
            "media_type = coalesce(nullif($8, ''), media_type) where workspace_id = $1 and id = $2",
            work.workspace_id, row["id"], state, detail[:300], due, sha256, size, media_type,
        )  # fmt: skip
        if row["message_id"] is not None:
            await work.execute(
                "update message set version = version + 1 where workspace_id = $1 and id = $2",
                work.workspace_id,
                row["message_id"],
            )
            work.touch(MESSAGE_CHANGE, [row["message_id"]])


async def uploads_of(house: House, workspace_id: UUID, message_id: UUID) -> tuple[Upload, ...]:
    async with house.db.unit(workspace_id) as work:
        rows = await work.fetch(
            "select id, name, media_type, sha256 from attachment where workspace_id = $1 and message_id = $2 and state = 'stored' "
            "order by id", work.workspace_id, message_id,
        )  # fmt: skip
    return tuple(
        [
            Upload(
                name=row["name"],
                media_type=row["media_type"],
                content=await asyncio.to_thread(path_of(house.settings.data, row["sha256"]).read_bytes),
            )
            for row in rows
        ]
    )
