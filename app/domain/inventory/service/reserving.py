"""Reserve, release, ship, shrink; and the public `reserve`, which folds everyone who waits into one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from app.core.db import Database, UnitOfWork
from app.core.ids import new_id
from app.domain.inventory.errors import OutOfStock
from app.domain.inventory.schemas import Demand
from app.domain.inventory.service.incidents import settle_incidents
from app.domain.inventory.store import reserve as sql
from app.domain.inventory.store.read import STOCK_CHANGE

FOLD_MOST = 200


async def reserve_many(work: UnitOfWork, demands: Sequence[Demand], *, forced: bool = False) -> list[UUID | None]:
    """One reservation id per demand, in order; None where the count did not cover it. A demand known already gives its
    first reservation and moves nothing. `forced` is for orders a channel took: always reserved, and an oversell shows.
    A bundle's demand reserves every component or none; its id is that of the first."""
    if not demands:
        return []
    ids = [new_id() for _ in demands]
    by_place: dict[UUID | None, list[tuple[UUID, Demand]]] = {}
    for pair in zip(ids, demands, strict=True):
        by_place.setdefault(pair[1].connection_id, []).append(pair)
    if len(by_place) > 1:
        await work.execute(sql.LOCK, work.workspace_id, list({demand.variant_id for demand in demands}))
    rows: list[asyncpg.Record] = []
    for connection_id, pairs in by_place.items():
        rows += await _reserve_from(work, connection_id, pairs, forced=forced)
    note(work, rows)
    done = {row["id"] for row in rows if row["what"] == "made"}
    answers: list[UUID | None] = [made_id if made_id in done else None for made_id in ids]
    if None in answers:
        await _fill_known(work, demands, answers)
    if forced and done:
        await settle_incidents(work, {row["variant_id"] for row in rows if row["what"] == "made"}, cause="order")
    return answers


async def _reserve_from(
    work: UnitOfWork, connection_id: UUID | None, pairs: Sequence[tuple[UUID, Demand]], *, forced: bool
) -> list[asyncpg.Record]:
    """From the locations of this connection, by rank."""
    if forced:
        variants = list({demand.variant_id for _, demand in pairs})
        made = await work.fetch(sql.PLACES, work.workspace_id, work.now, variants, connection_id)
        work.touch(STOCK_CHANGE, [row["id"] for row in made])
    return await work.fetch(
        sql.RESERVE, work.workspace_id, work.now, [made_id for made_id, _ in pairs],
        [demand.variant_id for _, demand in pairs], [demand.quantity for _, demand in pairs],
        [demand.source for _, demand in pairs], [demand.source_ref for _, demand in pairs],
        [demand.order_id for _, demand in pairs], [demand.state for _, demand in pairs], forced, work.actor.member_id,
        connection_id,
    )  # fmt: skip


async def _fill_known(work: UnitOfWork, demands: Sequence[Demand], answers: list[UUID | None]) -> None:
    """Two equal demands in one batch are one reservation too: the second finds the first."""
    missing = [number for number, answer in enumerate(answers) if answer is None]
    known = await work.fetch(
        sql.KNOWN, work.workspace_id,
        [demands[number].source for number in missing], [demands[number].source_ref for number in missing],
        [demands[number].variant_id for number in missing],
    )  # fmt: skip
    for row in known:
        answers[missing[row["nth"] - 1]] = row["id"]


def note(work: UnitOfWork, rows: Iterable[asyncpg.Record]) -> set[UUID]:
    """Tells the changed balances, wakes the pusher when a listing waits; gives the variants that moved."""
    variants = set()
    for row in rows:
        if row["what"] == "balance":
            work.touch(STOCK_CHANGE, [row["id"]])
            variants.add(row["variant_id"])
        elif row["what"] == "listing":
            work.wake("push")
    return variants


async def settle(work: UnitOfWork, settled: Sequence[tuple[str, str, str]]) -> int:
    """(source, source_ref, `released` | `shipped`) of reservations still open; how many were. A repeat settles nothing."""
    if not settled:
        return 0
    sources, refs, outcomes = zip(*settled, strict=True)
    rows = await work.fetch(sql.SETTLE, work.workspace_id, work.now, sources, refs, outcomes, work.actor.member_id)
    variants = note(work, rows)
    if variants:
        await settle_incidents(work, variants, cause="order")
    return sum(row["what"] == "settled" for row in rows)


async def shrink(work: UnitOfWork, smaller: Sequence[tuple[str, str, int]]) -> int:
    """(source, source_ref, new quantity > 0) after a part of a line was cancelled. Never grows a reservation."""
    if not smaller:
        return 0
    sources, refs, quantities = zip(*smaller, strict=True)
    rows = await work.fetch(sql.SHRINK, work.workspace_id, work.now, sources, refs, quantities, work.actor.member_id)
    variants = note(work, rows)
    if variants:
        await settle_incidents(work, variants, cause="order")
    return sum(row["what"] == "settled" for row in rows)


@dataclass(slots=True)
class _Fold:
    waiting: list[tuple[Demand, asyncio.Future[UUID]]] = field(default_factory=list)
    running: bool = False


class Reserver:
    """Whatever asks while one commit is under way shares the next: a hot SKU is locked once for all of them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._folds: dict[UUID, _Fold] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def reserve(self, workspace_id: UUID, demand: Demand) -> UUID:
        """The reservation, committed. Raises OutOfStock when the count does not cover it."""
        fold = self._folds.setdefault(workspace_id, _Fold())
        future: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()
        fold.waiting.append((demand, future))
        if not fold.running:
            fold.running = True
            task = asyncio.create_task(self._drain(workspace_id, fold))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _drain(self, workspace_id: UUID, fold: _Fold) -> None:
        await asyncio.sleep(0)
        while fold.waiting:
            batch, fold.waiting = fold.waiting[:FOLD_MOST], fold.waiting[FOLD_MOST:]
            await self._commit(workspace_id, batch)
        fold.running = False

    async def _commit(self, workspace_id: UUID, batch: list[tuple[Demand, asyncio.Future[UUID]]]) -> None:
        try:
            async with self._db.unit(workspace_id) as work:
                answers = await _answered(work, [demand for demand, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (demand, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue
            if answer is None:
                future.set_exception(OutOfStock(f"{demand.quantity} wanted, fewer are available"))
            else:
                future.set_result(answer)


async def _answered(work: UnitOfWork, demands: Sequence[Demand]) -> list[UUID | None]:
    """A demand the batch could not take whole is asked once more alone: a large one must not shut out a small one. What is
    refused alone is refused to all who want as many or more: within one commit there is never more than before."""
    answers = await reserve_many(work, demands)
    if len({(demand.variant_id, demand.quantity) for demand in demands}) == 1:
        return answers
    refused: dict[tuple[UUID, UUID | None], int] = {}
    for number, demand in enumerate(demands):
        place = (demand.variant_id, demand.connection_id)
        if answers[number] is None and demand.quantity < refused.get(place, demand.quantity + 1):
            (answers[number],) = await reserve_many(work, [demand])
            if answers[number] is None:
                refused[place] = demand.quantity
    return answers
