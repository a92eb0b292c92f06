"""HTTP of deciding on an oversell."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.db import Database
from app.core.errors import Forbidden
from app.domain.connections.service import cancelling_of, sending_of
from app.domain.inbox.incident_schemas import IncidentDetail, IncidentResolve
from app.domain.inbox.service import answering
from app.domain.workspaces.guards import Caller, require


class IncidentController(Controller):
    path = "/api/v1/incidents/{incident_id:uuid}"
    tags = ("inbox",)

    @get("/", guards=[require("inbox.read")])
    async def read_incident(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], incident_id: FromPath[UUID]
    ) -> IncidentDetail:
        """Why it happened, whom to ask first and what that costs, and what can be offered."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await answering.read_detail(work, incident_id, cancelling_of)

    @post("/resolve", guards=[require("inbox.write")], status_code=200)
    async def resolve_incident(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        incident_id: FromPath[UUID],
        data: JSONBody[IncidentResolve],
    ) -> IncidentDetail:
        """The choice, its message and what it moves, all or nothing."""
        if data.offer == "held_back" and not caller.may("stock.write"):
            raise Forbidden(f"your role ({caller.role}) may not move stock", extra={"permission": "stock.write"})
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await answering.resolve(work, incident_id, data, sending_of=sending_of, cancelling_of=cancelling_of)


ROUTES = [IncidentController]
