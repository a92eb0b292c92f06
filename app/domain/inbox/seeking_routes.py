"""HTTP of the one search box."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.core.db import Database
from app.domain.inbox.seeking_schemas import Findings
from app.domain.inbox.service import seeking
from app.domain.workspaces.guards import Caller, require


class SearchController(Controller):
    path = "/api/v1/search"
    tags = ("inbox",)

    @get("/", guards=[require("inbox.read")])
    async def search(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        q: Annotated[str, QueryParameter(max_length=300)] = "",
    ) -> Findings:
        """Orders, conversations, customers and variants by one text: exact numbers, addresses and SKUs before words."""
        async with db.look(caller.workspace_id, caller.actor) as work:
            return await seeking.seek(work, q)


ROUTES = [SearchController]
