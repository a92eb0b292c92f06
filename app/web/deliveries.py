"""Deliveries as an operator sees them, and a second chance for parked ones."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Struct

from app.core.db import Database
from app.core.errors import NotFound
from app.core.keys import audit
from app.core.paging import read_cursor, write_cursor
from app.domain.workspaces.guards import Caller, require

DELIVERY = """
select d.id, d.connection_id, d.channel, d.kind, d.state, d.error, d.attempts, d.received_at, d.ingested_at,
  octet_length(d.body) as size from delivery d where d.workspace_id = $1
"""


class DeliveryRead(Struct, kw_only=True):
    id: UUID
    connection_id: FromPath[UUID]
    channel: str
    kind: str
    state: str
    error: str
    attempts: int
    received_at: datetime
    ingested_at: datetime | None
    size: int


class DeliveryPage(Struct, kw_only=True):
    items: list[DeliveryRead]
    next_cursor: str | None
    as_of_seq: int


class DeliveryController(Controller):
    path = "/api/v1/deliveries"
    tags = ("deliveries",)

    @get("/", guards=[require("deliveries.read")])
    async def list_deliveries(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        connection_id: FromQuery[UUID | None] = None,
        in_state: Annotated[Literal["received", "ingested", "unsupported", "parked"] | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> DeliveryPage:
        before = read_cursor(cursor, tuple[UUID])[0] if cursor else None
        async with db.unit(caller.workspace_id) as work:
            rows = await work.fetch(
                "select row_to_json(x)::text as row, coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of "
                f"from ({DELIVERY} and ($2::uuid is null or d.connection_id = $2) and ($3::text is null or d.state = $3) "
                "and ($4::uuid is null or d.id < $4) order by d.id desc limit $5) x",
                work.workspace_id, connection_id, in_state, before, limit + 1,
            )  # fmt: skip
        items = [msgspec.json.decode(row["row"], type=DeliveryRead) for row in rows]
        kept = items[:limit]
        return DeliveryPage(
            items=kept,
            next_cursor=write_cursor(kept[-1].id) if len(items) > limit else None,
            as_of_seq=rows[0]["as_of"] if rows else 0,
        )

    @post("/{delivery_id:uuid}/replay", guards=[require("deliveries.write")], status_code=200)
    async def replay_delivery(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], delivery_id: FromPath[UUID]
    ) -> DeliveryRead:
        """Reads the kept bytes once more. What was applied before is not applied again."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            there = await work.execute(
                "update delivery set state = 'received', error = '', attempts = 0, due_at = $3, lease_until = null, lease_token = null "
                "where workspace_id = $1 and id = $2", work.workspace_id, delivery_id, work.now,
            )  # fmt: skip
            if not there:
                raise NotFound("no such delivery", code="delivery_not_found")
            await audit(work, "delivery.replay", delivery_id)
            work.wake("ingest")
            (found,) = await work.shapes(DeliveryRead, f"{DELIVERY} and d.id = $2", work.workspace_id, delivery_id)
        return found


ROUTES = [DeliveryController]
