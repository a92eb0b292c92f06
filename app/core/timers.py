"""One table for everything that strikes at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.core.claims import Queue
from app.core.db import UnitOfWork
from app.core.ids import new_id

QUEUE = Queue(
    table="timer",
    ready="t.done_at is null and t.due_at <= $now",
    returning="t.workspace_id, t.id, t.kind, t.subject_id, t.data, t.due_at, t.attempts",
)


async def set_timer(
    work: UnitOfWork, kind: str, subject_id: UUID, due_at: datetime, data: Mapping[str, object] | None = None
) -> None:
    """Moves the open timer of this kind and subject, or makes it."""
    await work.execute(
        "insert into timer (workspace_id, id, created_at, kind, subject_id, due_at, data) values ($1, $2, $3, $4, $5, $6, $7) "
        "on conflict (workspace_id, kind, subject_id) where done_at is null "
        "do update set due_at = excluded.due_at, data = excluded.data, lease_until = null, lease_token = null, attempts = 0",
        work.workspace_id,
        new_id(),
        work.now,
        kind,
        subject_id,
        due_at,
        dict(data or {}),
    )
    work.wake("timers")


async def clear_timer(work: UnitOfWork, kind: str, subject_id: UUID) -> None:
    await work.execute(
        "update timer set done_at = $4 where workspace_id = $1 and kind = $2 and subject_id = $3 and done_at is null",
        work.workspace_id,
        kind,
        subject_id,
        work.now,
    )
