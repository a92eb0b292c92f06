"""The dry run: what turning the stock of a connection on would change at its channel, worked out as the push itself does."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from app.core.db import UnitOfWork
from app.core.paging import read_cursor, write_cursor
from app.domain.inventory.schemas import DryRun, DryRunSum, WouldPush
from app.domain.inventory.service.pushing import would_be
from app.domain.inventory.store import rehearse as sql
from connectors.base.manifest import Stocking

Verdict = Literal["to_zero", "lower", "raise", "unread", "not_counted", "not_mapped", "read_only", "same"]
ORDER: tuple[Verdict, ...] = ("to_zero", "lower", "raise", "unread", "not_counted", "not_mapped", "read_only", "same")
"""What costs sales first, what changes nothing last."""


async def dry_run(work: UnitOfWork, connection_id: UUID, stocking: Stocking, *, cursor: str | None, limit: int) -> DryRun:
    """One statement. The sum is over all listings of the connection, the items are one page of them."""
    rows = await work.fetch(sql.LISTINGS, work.workspace_id, connection_id)
    items = sorted((_rehearse(row, stocking) for row in rows if row["listing_id"]), key=_place)
    after = read_cursor(cursor, tuple[int, int, str]) if cursor else None
    left = [item for item in items if after is None or _place(item) > after]
    return DryRun(
        items=left[:limit],
        next_cursor=write_cursor(*_place(left[limit - 1])) if len(left) > limit else None,
        as_of_seq=rows[0]["as_of"],
        sum=_sum(items),
    )


def _rehearse(row: Any, stocking: Stocking) -> WouldPush:
    push, _ = would_be(row, stocking)
    shows = row["observed"] if row["expected"] is None else row["expected"]
    return WouldPush(
        listing_id=row["listing_id"],
        external_id=row["external_id"],
        external_sku=row["external_sku"],
        title=row["title"],
        sku=row["sku"],
        shows=shows,
        shown_at=row["observed_at"],
        push=push,
        difference=push - shows if push is not None and shows is not None else None,
        verdict=_verdict(row, shows, push),
    )


def _verdict(row: Any, shows: int | None, push: int | None) -> Verdict:
    if row["fulfilment"] == "channel":
        return "read_only"
    if row["mapping"] != "confirmed":
        return "not_mapped"
    if push is None:
        return "not_counted"
    if shows is None:
        return "unread"
    if push == shows:
        return "same"
    return "raise" if push > shows else "lower" if push else "to_zero"


def _place(item: WouldPush) -> tuple[int, int, str]:
    return ORDER.index(item.verdict), -abs(item.difference or 0), str(item.listing_id)


def _sum(items: list[WouldPush]) -> DryRunSum:
    counts = dict.fromkeys(ORDER, 0)
    for item in items:
        counts[item.verdict] += 1
    named = {"raise_" if name == "raise" else name: count for name, count in counts.items()}
    return DryRunSum(**named, listings=len(items))
