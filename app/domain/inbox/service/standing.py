"""What a conversation's row says of the messages in it, worked out anew."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.core.db import UnitOfWork
from app.domain.inbox.store import receive as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE
from connectors.base.manifest import Sending


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


async def await_again(work: UnitOfWork, conversation_id: UUID, sending: Sending | None) -> None:
    """A reply of ours came to nothing or goes out after all: works out anew since when the buyer waits, and both clocks."""
    market = float(sending.market_clock_s) if sending and sending.market_clock_s else None
    await work.execute(sql.AWAIT_AGAIN, work.workspace_id, conversation_id, market)
    work.touch(CONVERSATION_CHANGE, [conversation_id])
