"""HTTP of opening hours and answer targets."""

from __future__ import annotations

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.core.db import Database
from app.domain.inbox.service import timing
from app.domain.workspaces.guards import Caller, require
from app.domain.workspaces.schemas import HoursRead, HoursWrite


class HoursController(Controller):
    path = "/api/v1/hours"
    tags = ("workspace",)

    @get(guards=[require("workspace.read")], summary="Opening hours and answer targets")
    async def read_hours(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> HoursRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await timing.read_hours(work)

    @put(guards=[require("workspace.write")], summary="Keep opening hours and answer targets")
    async def write_hours(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[HoursWrite]
    ) -> HoursRead:
        """Replaces them all. Company clocks that run are counted anew; clocks of channels are not touched."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await timing.write_hours(work, data)


ROUTES = [HoursController]
