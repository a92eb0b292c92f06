"""A stand-in for the relay: writes changes with their seq, as the product's own relay does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from msgspec import Raw

from app.core.db import Database
from app.core.ids import new_id
from app.live.protocol import StampedChange, write_batch


@dataclass(slots=True)
class Stamper:
    db: Database
    workspace_id: UUID
    seq: int = 0
    told: list[StampedChange] = field(default_factory=list)

    async def stamp(self, rooms: Sequence[str], *, keep: bool = True) -> bytes:
        """One committed change a room; the batch to publish. `keep=False` forgets them at once, as after a week."""
        changes = []
        for room in rooms:
            self.seq += 1
            payload = Raw(b'{"id":"%s","name":"caf\xc3\xa9 %d"}' % (str(new_id()).encode(), self.seq))
            changes.append(StampedChange(self.seq, "thing", room, new_id(), 1, payload))
        async with self.db.across() as conn:
            if keep:
                await self._write(changes)
            await conn.execute(
                "insert into outbox_head (workspace_id, seq, oldest) values ($1, $2, $3) on conflict (workspace_id) "
                "do update set seq = excluded.seq, oldest = greatest(outbox_head.oldest, excluded.oldest)",
                self.workspace_id,
                self.seq,
                0 if keep else self.seq,
            )
        self.told += changes
        return write_batch(changes)

    async def _write(self, changes: Sequence[StampedChange]) -> None:
        async with self.db.unit(self.workspace_id) as work:
            for change in changes:
                await work.conn.execute(
                    "insert into outbox (workspace_id, kind, room, entity_id, version, payload, seq, created_at, stamped_at) "
                    "values ($1, $2, $3, $4, $5, $6::text::json, $7, $8, $8)",
                    self.workspace_id,
                    change.kind,
                    change.room,
                    change.id,
                    change.version,
                    bytes(change.payload).decode(),
                    change.seq,
                    work.now,
                )

    def seqs(self, rooms: frozenset[str] | None = None) -> list[int]:
        return [change.seq for change in self.told if rooms is None or change.room in rooms]
