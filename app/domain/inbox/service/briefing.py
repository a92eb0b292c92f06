"""Facts gathered for briefs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.db import UnitOfWork
from app.domain.inbox.briefing import Brief, Facts, write_brief
from app.domain.inbox.errors import ConversationNotFound
from app.domain.inbox.store import brief as sql


async def briefs_of(work: UnitOfWork, conversations: Sequence[UUID]) -> dict[UUID, Brief]:
    zone = ZoneInfo(await work.value(sql.ZONE, work.workspace_id))
    facts = await work.shapes(Facts, sql.FACTS, work.workspace_id, list(conversations))
    return {one.conversation_id: write_brief(one, work.now, zone) for one in facts}


async def read_brief(work: UnitOfWork, conversation_id: UUID) -> Brief:
    found = await briefs_of(work, [conversation_id])
    if not found:
        raise ConversationNotFound("no such conversation")
    return found[conversation_id]
