"""What a conversation's row says of the messages in it, worked out anew."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.core.db import UnitOfWork
from app.domain.inbox.service.timing import settle_company_clocks
from app.domain.inbox.store import receive as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE


async def settle_doubts(work: UnitOfWork, conversations: Iterable[UUID]) -> None:
    """Brings `has_unknown` of these conversations up to date and tells their rows."""
    ids = list(conversations)
    if ids:
        await work.execute(
            "update conversation c set version = version + 1, has_unknown = exists (select 1 from message m where "
            "m.workspace_id = $1 and m.conversation_id = c.id and m.state = 'unknown') where c.workspace_id = $1 and c.id = any($2)",
            work.workspace_id, ids,
        )  # fmt: skip
        work.touch(CONVERSATION_CHANGE, ids)


async def settle_market_clocks(work: UnitOfWork, conversations: Iterable[UUID]) -> None:
    """Each thread's from the messages in it, the conversation's from its threads: the earliest. For conversations whose row this
    unit has written."""
    ids = list(conversations)
    if ids:
        await work.execute(sql.MARKET_CLOCKS, work.workspace_id, ids)


async def rest_threads(work: UnitOfWork, conversation_id: UUID) -> None:
    """The conversation is closed: nobody waits in its threads until they write again."""
    await work.execute(sql.REST, work.workspace_id, [conversation_id])


async def await_again(work: UnitOfWork, conversation_id: UUID) -> None:
    """A reply of ours came to nothing or goes out after all: works out anew since when the buyer waits, and both clocks."""
    await work.execute(sql.AWAIT_AGAIN, work.workspace_id, conversation_id)
    await settle_market_clocks(work, [conversation_id])
    await settle_company_clocks(work, [conversation_id])
    work.touch(CONVERSATION_CHANGE, [conversation_id])
