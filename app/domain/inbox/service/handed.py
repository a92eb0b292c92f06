"""Hand-offs as they are listed, and a shift's end, which hands over all of mine."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.core.db import UnitOfWork
from app.core.errors import Unacceptable
from app.core.paging import read_cursor, write_cursor
from app.domain.inbox.briefing import needs_acceptor
from app.domain.inbox.handing_schemas import HandoffPage, HandoffRead, ShiftEnd, ShiftEnded, ShiftItem
from app.domain.inbox.service import handing
from app.domain.inbox.store import handing as sql
from app.domain.inbox.store.read import AS_OF

BOXES = {
    "to_me": f"h.state = 'offered' and {sql.TO_ME}",
    "given": "h.from_member_id = $2",
    "all": "true",
}


async def list_handoffs(
    work: UnitOfWork, *, box: str, conversation_id: UUID | None, cursor: str | None, limit: int
) -> HandoffPage:
    """Newest offer first."""
    args: list[Any] = [work.workspace_id] if box == "all" else [work.workspace_id, work.actor.member_id]
    where = [BOXES[box]]
    if conversation_id is not None:
        args.append(conversation_id)
        where.append(f"h.conversation_id = ${len(args)}")
    if cursor:
        args += read_cursor(cursor, tuple[datetime, UUID])
        where.append(f"(h.offered_at, h.id) < (${len(args) - 1}, ${len(args)})")
    args.append(limit + 1)
    rows = await work.fetch(
        f"select row_to_json(x)::text as row, {AS_OF} as as_of from ({sql.HANDOFF} and {' and '.join(where)} "
        f"order by h.offered_at desc, h.id desc limit ${len(args)}) x",
        *args,
    )
    items = [msgspec.json.decode(row["row"], type=HandoffRead) for row in rows]
    kept = items[:limit]
    return HandoffPage(
        items=kept,
        next_cursor=write_cursor(kept[-1].offered_at, kept[-1].id) if len(items) > limit else None,
        as_of_seq=rows[0]["as_of"] if rows else await work.value(f"select {AS_OF}", work.workspace_id),
    )


async def end_shift(work: UnitOfWork, data: ShiftEnd) -> ShiftEnded:
    """What is due within two hours is offered and stays until somebody accepts; the rest changes hands at once."""
    if work.actor.member_id is None:
        raise Unacceptable("a shift is a member's; this key acts for nobody", code="no_member")
    to = await handing.receiver_name(work, data)
    if not data.dry_run:
        mine = await work.fetch(sql.MINE, work.workspace_id, work.actor.member_id)
        await handing.hold(work, [row["id"] for row in mine])
    rows = await work.fetch(sql.MINE, work.workspace_id, work.actor.member_id)
    offered = [row for row in rows if row["offered"]]
    asked = [row for row in rows if not row["offered"] and needs_acceptor(row["next_due_at"], work.now)]
    given = [row for row in rows if row not in offered and row not in asked]
    if not data.dry_run:
        for part, at_once in ((given, True), (asked, False)):
            if part:
                await handing.write_offers(
                    work, {row["id"]: at_once for row in part}, data, to=to, reason="shift", note=data.note, return_after_s=None
                )
    return ShiftEnded(
        given=[_item(row) for row in given], asked=[_item(row) for row in asked], offered=[_item(row) for row in offered],
        done=not data.dry_run,
    )  # fmt: skip


def _item(row: asyncpg.Record) -> ShiftItem:
    return msgspec.convert({"conversation": row["conversation"], "next_due_at": row["next_due_at"]}, ShiftItem)
