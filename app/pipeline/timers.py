"""What strikes at its time: one table, kind to act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from app.core.claims import claim
from app.core.db import UnitOfWork
from app.core.errors import Down
from app.core.logs import log
from app.core.timers import QUEUE
from app.domain.connections.service import sending_of
from app.domain.inbox.service import following, handing, promising, working
from app.pipeline.house import House

Strike = Callable[[UnitOfWork, UUID, dict[str, Any]], Awaitable[None]]


async def _wake_conversation(work: UnitOfWork, subject_id: UUID, data: dict[str, Any]) -> None:
    await working.wake_up(work, subject_id)


async def _follow_visitor(work: UnitOfWork, subject_id: UUID, data: dict[str, Any]) -> None:
    await following.follow(work, subject_id, sending_of)


async def _give_back(work: UnitOfWork, subject_id: UUID, data: dict[str, Any]) -> None:
    await handing.strike(work, subject_id)


async def _break_promise(work: UnitOfWork, subject_id: UUID, data: dict[str, Any]) -> None:
    await promising.strike(work, subject_id)


STRIKES: dict[str, Strike] = {
    working.SNOOZE: _wake_conversation,
    following.TO_MAIL: _follow_visitor,
    handing.RETURN: _give_back,
    promising.DUE: _break_promise,
}


async def timer_round(house: House) -> int:
    """Strikes what is due, each on its own: one that fails does not hold up those after it."""
    async with house.db.across() as conn:
        token, rows = await claim(conn, QUEUE, now=house.db.clock.now(), limit=100)
    for row in rows:
        try:
            await _strike(house, row, token)
        except Down:
            raise
        except Exception as error:
            log.error("timer failed", kind=row["kind"], subject=row["subject_id"], error=f"{type(error).__name__}: {error}")
    return len(rows)


async def _strike(house: House, row: Any, token: UUID) -> None:
    """In one unit with its mark, so a timer that fails comes again when its lease ends."""
    async with house.db.unit(row["workspace_id"]) as work:
        struck = await work.value(
            "update timer set done_at = $3, lease_until = null where workspace_id = $1 and id = $2 and lease_token = $4 "
            "and done_at is null returning true", work.workspace_id, row["id"], work.now, token,
        )  # fmt: skip
        if struck:
            await STRIKES[row["kind"]](work, row["subject_id"], row["data"])
