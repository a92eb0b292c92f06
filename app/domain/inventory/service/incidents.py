"""Oversells: one open incident a variant, whose units follow the balance."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from msgspec import to_builtins

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.inventory.errors import Settled, UnknownIncident
from app.domain.inventory.schemas import Decision, IncidentRead
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


async def read_incident(work: UnitOfWork, incident_id: UUID) -> IncidentRead:
    found = await work.shapes(IncidentRead, f"{INCIDENT} and i.id = $2", work.workspace_id, incident_id)
    if not found:
        raise UnknownIncident("no such incident")
    return found[0]


async def hold_incident(work: UnitOfWork, incident_id: UUID) -> None:
    """Two who decide on one incident go one after the other."""
    await work.execute("select id from incident where workspace_id = $1 and id = $2 for update", work.workspace_id, incident_id)


async def decide(work: UnitOfWork, incident_id: UUID, decision: Decision) -> None:
    """Writes down what was chosen. Raises Settled when the count covers everything meanwhile."""
    done = await work.execute(
        "update incident set version = version + 1, updated_at = $3, detail = jsonb_set(detail, '{decisions}', "
        "coalesce(detail -> 'decisions', '[]'::jsonb) || jsonb_build_array($4::jsonb)) "
        "where workspace_id = $1 and id = $2 and state = 'open'",
        work.workspace_id, incident_id, work.now, to_builtins(decision),
    )  # fmt: skip
    if not done:
        raise Settled("this incident is covered already; nothing is left to decide")
    work.touch(INCIDENT_CHANGE, [incident_id])
