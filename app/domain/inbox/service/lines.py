"""System lines: codes and values, worded by the screen in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.inbox.store.read import MESSAGE_CHANGE

LINES = """
insert into message (workspace_id, id, created_at, conversation_id, direction, kind, text, state, author_id, sent_at, detail)
select $1, k.id, $2, k.conversation_id, 'out', 'event', k.code, 'sent', $3, $2, k.detail
from unnest($4::uuid[], $5::uuid[], $6::text[], $7::jsonb[]) as k(id, conversation_id, code, detail)
"""

Line = tuple[UUID, str, Mapping[str, Any]]
"""Conversation, code, detail."""


async def write_lines(work: UnitOfWork, lines: Sequence[Line]) -> None:
    ids = [new_id() for _ in lines]
    await work.execute(
        LINES, work.workspace_id, work.now, work.actor.member_id, ids, [one[0] for one in lines], [one[1] for one in lines],
        [dict(one[2]) for one in lines],
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, ids)
