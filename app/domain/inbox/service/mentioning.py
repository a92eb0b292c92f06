"""A note names colleagues: @member or @team."""

from __future__ import annotations

from uuid import UUID

from app.core.db import UnitOfWork
from app.domain.inbox.names import mentioned
from app.domain.inbox.store import mention as sql


async def mention(work: UnitOfWork, message_id: UUID, text: str) -> None:
    """Nobody is told of their own note."""
    if "@" not in text:
        return
    people = [(row["name"], row["members"]) for row in await work.fetch(sql.PEOPLE, work.workspace_id)]
    named = {member for members in mentioned(text, people) for member in members} - {work.actor.member_id}
    if named:
        await work.execute(sql.NAME, work.workspace_id, message_id, sorted(named))
