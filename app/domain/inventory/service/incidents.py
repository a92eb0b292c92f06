"""Oversells: one open incident a variant, whose units follow the balance."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.inventory.schemas import IncidentRead
from app.domain.inventory.store import reserve as sql
from app.domain.inventory.store.read import AS_OF, INCIDENT, INCIDENT_CHANGE


async def settle_incidents(work: UnitOfWork, variants: Iterable[UUID], *, cause: str) -> None:
    """Opens, updates or resolves. A variant nobody has counted yet cannot be oversold."""
    ordered = sorted(set(variants))
    rows = await work.fetch(sql.INCIDENTS, work.workspace_id, work.now, ordered, [new_id() for _ in ordered], cause)
    work.touch(INCIDENT_CHANGE, [row["id"] for row in rows])


async def list_incidents(work: UnitOfWork, *, state: str | None, limit: int) -> tuple[list[IncidentRead], int]:
    found = await work.shapes(
        IncidentRead, f"{INCIDENT} and ($2::text is null or i.state = $2) order by i.id desc limit $3",
        work.workspace_id, state, limit,
    )  # fmt: skip
    return found, await work.value(f"select {AS_OF}", work.workspace_id)
