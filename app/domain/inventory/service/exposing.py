"""Listings under the count: linking one to a variant, and what a count read at the channel means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.core.db import UnitOfWork
from app.core.keys import audit
from app.domain.catalog.service import LISTING_CHANGE, confirm_mapping
from app.domain.inventory import rules
from app.domain.inventory.store import push as sql


async def link_listings(work: UnitOfWork, listings: Iterable[UUID]) -> None:
    """Gives new listings a state and makes those whose variant changed dirty."""
    rows = await work.fetch(sql.LINK, work.workspace_id, list(listings), work.now)
    if rows:
        work.touch(LISTING_CHANGE, [row["listing_id"] for row in rows])
        work.wake("push")


async def map_listing(work: UnitOfWork, listing_id: UUID, variant_id: UUID | None) -> None:
    """A person says which variant this is; from now on the one count stands there."""
    await confirm_mapping(work, listing_id, variant_id)
    await link_listings(work, [listing_id])
    await audit(work, "listing.map", listing_id, {"variant_id": str(variant_id) if variant_id else None})


async def see_stock(work: UnitOfWork, connection_id: UUID, seen: Sequence[tuple[str, str, int, datetime]]) -> None:
    """(external id, external sku, units, when) as read or announced by the channel. An echo of our own push, a known sale
    or late news changes nothing; an outside edit is put right by the normal push, because ours is the count."""
    if not seen:
        return
    newest = {(item[0], item[1]): item for item in sorted(seen, key=lambda item: item[3])}
    rows = await work.fetch(sql.SEEN, work.workspace_id, connection_id, [key[0] for key in newest], [key[1] for key in newest])
    observed = []
    for row in rows:
        _, _, units, seen_at = newest[row["external_id"], row["external_sku"]]
        told = rules.meaning(
            units,
            seen_at=seen_at,
            target=row["wanted"],
            expected=row["expected"],
            sent_at=row["sent_at"],
            acked_at=row["acked_at"],
        )
        if told == "late":
            continue
        differs = told == "differs" and row["variant_id"] is not None and row["state"] != "read_only" and row["dirty_at"] is None
        state = {"in_step": "in_step", "differs": "differs"}.get(told) if row["dirty_at"] is None and row["variant_id"] else None
        if row["state"] == "read_only":
            state = None
        observed.append((row["listing_id"], units, seen_at, state, differs))
    if observed:
        await work.execute(sql.OBSERVED, work.workspace_id, work.now, *(list(column) for column in zip(*observed, strict=True)))
        work.touch(LISTING_CHANGE, [entry[0] for entry in observed])
        if any(entry[4] for entry in observed):
            work.wake("push")


async def note_floors(work: UnitOfWork, connection_id: UUID, floors: Sequence[tuple[str, str, int]]) -> None:
    """(external id, external sku, floor): a campaign holds units, the channel takes no count below that."""
    rows = await work.fetch(
        sql.FLOORS,
        work.workspace_id,
        connection_id,
        [one[0] for one in floors],
        [one[1] for one in floors],
        [one[2] for one in floors],
    )
    work.touch(LISTING_CHANGE, [row["listing_id"] for row in rows])
