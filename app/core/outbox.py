"""Changed rows, written in the transaction that changed them and told to browsers by the relay.

A change carries the whole row exactly as GET shows it, so applying one twice is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class Change:
    """`select` is the projection that GET uses too: its first parameter is the workspace and it ends inside its where
    clause; `key` is the column that the ids name. The rows have `id` and `version`. `room` decides who may see them."""

    kind: str
    room: str
    select: str
    key: str

    def one(self) -> str:
        """The projection for the ids in $2."""
        return f"{self.select} and {self.key} = any($2)"


async def write_changes(
    conn: asyncpg.Connection, workspace_id: UUID, now: datetime, touched: Mapping[Change, Mapping[UUID, None]]
) -> None:
    for change, ids in touched.items():
        await conn.execute(
            f"insert into outbox (workspace_id, kind, room, entity_id, version, payload, created_at) "
            f"select $1, '{change.kind}', '{change.room}', x.id, x.version, row_to_json(x), $3 from ({change.one()}) x",
            workspace_id,
            list(ids),
            now,
        )
