"""The dry run says beforehand what turning stock on changes, in the numbers that the push then sends."""

from __future__ import annotations

from app.domain.inventory.schemas import DryRun
from app.domain.inventory.service import rehearsing
from app.pipeline.push import push_round
from tests.pipeline.belt import STOCKING, Belt

SHELF = {"MUG": (3, 10), "TEA": (5, 2), "CUP": (4, 0), "TIN": (7, 7)}
"""By SKU: what the channel shows, what we counted."""


async def filled(belt: Belt) -> Belt:
    await belt.change("pushes_stock = false")
    for sku, (shown, counted) in SHELF.items():
        await belt.list_sku(sku, shown=shown)
        await belt.move(sku, max(counted, 1))
        if counted == 0:
            await belt.move(sku, -1)
    await belt.list_sku("NOT-OURS", shown=2)
    return belt


async def rehearse(belt: Belt, *, cursor: str | None = None, limit: int = 100) -> DryRun:
    async with belt.db.unit(belt.workspace) as work:
        return await rehearsing.dry_run(work, belt.connection, STOCKING, cursor=cursor, limit=limit)


async def test_what_costs_sales_is_told_first(belt: Belt) -> None:
    told = await rehearse(await filled(belt))
    shown = [(item.external_sku, item.verdict, item.shows, item.push, item.difference) for item in told.items]
    assert shown == [
        ("CUP", "to_zero", 4, 0, -4),
        ("TEA", "lower", 5, 2, -3),
        ("MUG", "raise", 3, 10, 7),
        ("NOT-OURS", "not_mapped", 2, None, None),
        ("TIN", "same", 7, 7, 0),
    ]
    counts = told.sum
    assert (counts.listings, counts.to_zero, counts.lower, counts.raise_, counts.same, counts.not_mapped) == (5, 1, 1, 1, 1, 1)
    assert (counts.unread, counts.not_counted, counts.read_only) == (0, 0, 0)


async def test_pages_follow_one_another_and_the_sum_is_over_all(belt: Belt) -> None:
    await filled(belt)
    told, seen, sums = await rehearse(belt, limit=2), [], []
    while True:
        seen += [item.external_sku for item in told.items]
        sums.append(told.sum)
        if told.next_cursor is None:
            break
        told = await rehearse(belt, cursor=told.next_cursor, limit=2)
    assert seen == ["CUP", "TEA", "MUG", "NOT-OURS", "TIN"]
    assert sums == [sums[0]] * 3


async def test_what_was_rehearsed_is_what_goes_out(belt: Belt) -> None:
    await filled(belt)
    foretold = {item.external_sku: item.push for item in (await rehearse(belt)).items if item.difference}
    await push_round(belt.house)
    assert belt.pushed() == []
    await belt.change("pushes_stock = true")
    async with belt.db.unit(belt.workspace) as work:
        await work.execute(
            "update listing_state set dirty_at = $2 where workspace_id = $1 and variant_id is not null", belt.workspace, work.now
        )
    await push_round(belt.house)
    sent = {sku: count for call in belt.pushed() for sku, count in call.items()}
    assert {sku: sent[sku] for sku in foretold} == foretold


async def test_nothing_is_foretold_of_what_nobody_counted(belt: Belt) -> None:
    await belt.list_sku("TEA", shown=3)
    (item,) = (await rehearse(belt)).items
    assert (item.verdict, item.push) == ("not_mapped", None)
