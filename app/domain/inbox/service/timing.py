"""The company's clock runs while the shop, or the team whose turn it is, is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct, convert, to_builtins

from app.core.db import UnitOfWork
from app.core.errors import Unacceptable
from app.core.keys import audit
from app.domain.inbox.store import timing as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE
from app.domain.workspaces import hours as rules
from app.domain.workspaces import service as workspaces
from app.domain.workspaces.hours import Hours, Target
from app.domain.workspaces.schemas import HoursRead, HoursWrite


class Measures(Struct, frozen=True, kw_only=True):
    time_zone: str
    reply_target_s: int
    hours: Hours | None
    targets: dict[str, Target]
    teams: dict[UUID, Hours]

    @property
    def plain(self) -> bool:
        """Open always, one target: the statement that wrote the message has counted already."""
        return self.hours is None and not self.targets and not self.teams

    def due(self, row: asyncpg.Record) -> datetime:
        seconds = rules.target(self.targets, row["priority"], first=row["first"], otherwise=self.reply_target_s)
        return rules.due(self.teams.get(row["team_id"], self.hours), self.time_zone, row["awaiting_since"], seconds)


async def settle_company_clocks(work: UnitOfWork, conversations: Iterable[UUID], *, anew: bool = False) -> None:
    """Of conversations whose row this unit has written. `anew`: what they are counted by has changed, which their readers hear."""
    ids = list(conversations)
    measures = await _measures(work) if ids else None
    if measures is None or (measures.plain and not anew):
        return
    rows = await work.fetch(sql.WAITING, work.workspace_id, ids)
    dues = [measures.due(row) for row in rows]
    changed = await work.fetch(sql.DUE, work.workspace_id, [row["id"] for row in rows], dues, int(anew))
    work.touch(CONVERSATION_CHANGE, [row["id"] for row in changed])


async def read_hours(work: UnitOfWork) -> HoursRead:
    found = await _measures(work)
    return HoursRead(
        time_zone=found.time_zone,
        reply_target_s=found.reply_target_s,
        hours=found.hours,
        targets=found.targets,
        teams=found.teams,
    )


async def write_hours(work: UnitOfWork, data: HoursWrite) -> HoursRead:
    """All of them at once; every clock that runs is counted anew in the same commit."""
    fields = {} if data.hours is None else rules.problems(data.hours)
    for team, hours in data.teams.items():
        fields |= {f"teams.{team}.{name}": said for name, said in rules.problems(hours).items()}
    if fields:
        raise Unacceptable("these hours cannot be kept; see the fields", code="hours", fields=fields)
    await workspaces.known_teams(work, list(data.teams))
    values: dict[str, Any] = {
        "hours": to_builtins(data.hours) if data.hours else {},
        "reply_targets": to_builtins(data.targets),
        "reply_target_s": data.reply_target_s,
    }
    if data.time_zone is not None:
        values["time_zone"] = data.time_zone
    await workspaces.keep_hours(work, values, {team: to_builtins(hours) for team, hours in data.teams.items()})
    await audit(work, "hours.changed", work.workspace_id)
    waiting = await work.fetch(sql.ALL_WAITING, work.workspace_id)
    await settle_company_clocks(work, [row["id"] for row in waiting], anew=True)
    return await read_hours(work)


async def _measures(work: UnitOfWork) -> Measures:
    row = await work.row(sql.RULES, work.workspace_id)
    assert row is not None
    return Measures(
        time_zone=row["time_zone"], reply_target_s=row["reply_target_s"],
        hours=convert(row["hours"], Hours) if row["hours"] else None,
        targets=convert(row["reply_targets"], dict[str, Target]), teams=convert(row["teams"], dict[UUID, Hours]),
    )  # fmt: skip
