"""Reserving holds whatever comes at once: nothing promised twice, nothing lost, ledger and balances one."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.domain.catalog.schemas import VariantCreate
from app.domain.inventory.errors import BelowZero, KeyReused, OutOfStock
from app.domain.inventory.schemas import Demand, MovementCreate
from app.domain.inventory.service import auditing, incidents, moving, reserving
from app.domain.inventory.service.reserving import Reserver
from app.domain.orders.service import add_variant


async def put(db: Database, workspace: UUID, sku: str, units: int, *, location: str | None = None) -> UUID:
    async with db.unit(workspace) as work:
        known = await work.value("select id from variant where workspace_id = $1 and sku = $2", workspace, sku)
        variant = known or (await add_variant(work, VariantCreate(sku=sku, title=sku))).id
        await moving.move_stock(work, MovementCreate(sku=sku, delta=units, key=f"{sku}:{location}:{units}", location=location))
    return UUID(str(variant))


def demand(variant: UUID, quantity: int, ref: str) -> Demand:
    return Demand(variant_id=variant, quantity=quantity, source="test", source_ref=ref)


async def standing(db: Database, workspace: UUID, variant: UUID) -> tuple[int, int]:
    async with db.unit(workspace) as work:
        row = await work.row(
            "select sum(on_hand)::int as h, sum(reserved)::int as r from balance where workspace_id = $1 and variant_id = $2",
            workspace, variant,
        )  # fmt: skip
        assert row is not None
        assert await auditing.audit_stock(work) == []
    return row["h"], row["r"]


@pytest.fixture
async def reserver(db: Database) -> Reserver:
    return Reserver(db)


async def test_callers_at_once_get_exactly_what_is_there(db: Database, workspace: UUID, reserver: Reserver) -> None:
    variant = await put(db, workspace, "HOT", 50)
    answers = await asyncio.gather(
        *(reserver.reserve(workspace, demand(variant, 1, f"r{n}")) for n in range(400)), return_exceptions=True
    )
    assert sum(isinstance(answer, UUID) for answer in answers) == 50
    assert sum(isinstance(answer, OutOfStock) for answer in answers) == 350
    assert await standing(db, workspace, variant) == (50, 50)


async def test_two_processes_share_the_count(db: Database, workspace: UUID) -> None:
    variant = await put(db, workspace, "TWO", 30)
    first, second = Reserver(db), Reserver(db)
    answers = await asyncio.gather(
        *((first if n % 2 else second).reserve(workspace, demand(variant, 1, f"p{n}")) for n in range(200)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, UUID) for answer in answers) == 30
    assert await standing(db, workspace, variant) == (30, 30)


async def test_the_same_demand_asked_a_hundred_times_reserves_once(db: Database, workspace: UUID) -> None:
    variant = await put(db, workspace, "SAME", 10)
    folds = [Reserver(db) for _ in range(4)]
    answers = await asyncio.gather(*(folds[n % 4].reserve(workspace, demand(variant, 3, "order-1|1")) for n in range(100)))
    assert len(set(answers)) == 1
    assert await standing(db, workspace, variant) == (10, 3)


async def test_a_large_demand_does_not_shut_out_a_small_one(db: Database, workspace: UUID, reserver: Reserver) -> None:
    variant = await put(db, workspace, "MIX", 5)
    large, small = await asyncio.gather(
        reserver.reserve(workspace, demand(variant, 9, "large")),
        reserver.reserve(workspace, demand(variant, 2, "small")),
        return_exceptions=True,
    )
    assert isinstance(large, OutOfStock)
    assert isinstance(small, UUID)
    assert await standing(db, workspace, variant) == (5, 2)


async def test_a_demand_is_split_over_locations_by_rank(db: Database, workspace: UUID) -> None:
    async with db.unit(workspace) as work:
        await moving.add_location(work, "Near", rank=-2)
        await moving.add_location(work, "Far", rank=-1)
    variant = await put(db, workspace, "SPLIT", 2, location="Near")
    await put(db, workspace, "SPLIT", 3, location="Far")
    async with db.unit(workspace) as work:
        await reserving.reserve_many(work, [demand(variant, 4, "s1"), demand(variant, 1, "s2")])
    async with db.unit(workspace) as work:
        rows = await work.fetch(
            "select l.name, b.reserved from balance b join location l on l.workspace_id = b.workspace_id and l.id = b.location_id "
            "where b.workspace_id = $1 and b.variant_id = $2 order by l.rank", workspace, variant,
        )  # fmt: skip
    assert [(row["name"], row["reserved"]) for row in rows] == [("Near", 2), ("Far", 3)]
    assert await standing(db, workspace, variant) == (5, 5)


async def test_forced_orders_open_one_incident_that_names_the_uncovered_units(db: Database, workspace: UUID) -> None:
    variant = await put(db, workspace, "OVER", 20)

    async def sell(number: int) -> None:
        async with db.unit(workspace) as work:
            await reserving.reserve_many(work, [demand(variant, 1, f"o{number}")], forced=True)

    await asyncio.gather(*(sell(number) for number in range(50)))
    async with db.unit(workspace) as work:
        found, _ = await incidents.list_incidents(work, state="open", limit=50)
    (incident,) = [one for one in found if one.sku == "OVER"]
    assert incident.units == 30
    assert sum(order.uncovered for order in incident.orders) == 30
    assert len(incident.orders) == 30
    assert await standing(db, workspace, variant) == (20, 50)
    async with db.unit(workspace) as work:
        settled = await reserving.settle(work, [("test", f"o{number}", "released") for number in range(30)])
    assert settled == 30
    async with db.unit(workspace) as work:
        found, _ = await incidents.list_incidents(work, state="open", limit=50)
    assert [one for one in found if one.sku == "OVER"] == []


async def test_releasing_and_shipping_again_changes_nothing(db: Database, workspace: UUID) -> None:
    variant = await put(db, workspace, "SHIP", 8)
    async with db.unit(workspace) as work:
        await reserving.reserve_many(work, [demand(variant, 2, "a"), demand(variant, 3, "b")])
    for _ in range(3):
        async with db.unit(workspace) as work:
            await reserving.settle(work, [("test", "a", "shipped"), ("test", "b", "released")])
    assert await standing(db, workspace, variant) == (6, 0)


async def test_a_part_of_a_line_is_given_back(db: Database, workspace: UUID) -> None:
    variant = await put(db, workspace, "PART", 8)
    async with db.unit(workspace) as work:
        await reserving.reserve_many(work, [demand(variant, 5, "line")])
    for _ in range(2):
        async with db.unit(workspace) as work:
            await reserving.shrink(work, [("test", "line", 2)])
    assert await standing(db, workspace, variant) == (8, 2)


async def test_a_movement_key_moves_once_and_stands_for_one_movement(db: Database, workspace: UUID) -> None:
    variant = await put(db, workspace, "KEY", 4)
    for _ in range(3):
        async with db.unit(workspace) as work:
            row = await moving.move_stock(work, MovementCreate(sku="key", delta=3, key="k-1"))
    assert row.on_hand == 7
    with pytest.raises(KeyReused):
        async with db.unit(workspace) as work:
            await moving.move_stock(work, MovementCreate(sku="KEY", delta=4, key="k-1"))
    with pytest.raises(BelowZero):
        async with db.unit(workspace) as work:
            await moving.move_stock(work, MovementCreate(sku="KEY", delta=-8, key="k-2"))
    assert await standing(db, workspace, variant) == (7, 0)


async def test_the_ledger_refuses_to_be_changed(db: Database, workspace: UUID) -> None:
    await put(db, workspace, "LEDGER", 1)
    for statement in ("update movement set on_hand = 9", "delete from movement"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.unit(workspace) as work:
                await work.execute(f"{statement} where workspace_id = $1", workspace)


STEP = st.one_of(
    st.tuples(st.just("reserve"), st.integers(0, 7), st.integers(1, 4)),
    st.tuples(st.just("force"), st.integers(0, 7), st.integers(1, 4)),
    st.tuples(st.just("release"), st.integers(0, 7), st.just(0)),
    st.tuples(st.just("ship"), st.integers(0, 7), st.just(0)),
    st.tuples(st.just("shrink"), st.integers(0, 7), st.integers(1, 3)),
    st.tuples(st.just("add"), st.integers(0, 50), st.integers(1, 5)),
)
_runs = iter(range(10**9))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=25))
async def test_any_sequence_keeps_ledger_balance_and_reservations_one(
    db: Database, workspace: UUID, steps: list[tuple[str, int, int]]
) -> None:
    run = next(_runs)
    variant = await put(db, workspace, f"ANY-{run}", 6)
    on_hand = 6
    held: dict[str, int] = {}
    done: set[str] = set()
    for act, number, units in steps:
        ref = f"{run}:{number}"
        async with db.unit(workspace) as work:
            if act in ("reserve", "force"):
                (answer,) = await reserving.reserve_many(work, [demand(variant, units, ref)], forced=act == "force")
                fits = act == "force" or units <= on_hand - sum(held.values())
                assert (answer is not None) == (ref in done or fits)
                if ref not in done and fits:
                    held[ref] = units
                    done.add(ref)
            elif act in ("release", "ship"):
                settled = await reserving.settle(work, [("test", ref, "released" if act == "release" else "shipped")])
                assert settled == (ref in held)
                units = held.pop(ref, 0)
                on_hand -= units if act == "ship" else 0
            elif act == "shrink":
                assert await reserving.shrink(work, [("test", ref, units)]) == (held.get(ref, 0) > units)
                if held.get(ref, 0) > units:
                    held[ref] = units
            else:
                key = f"{run}:add:{number}:{units}"
                await moving.move_stock(work, MovementCreate(sku=f"ANY-{run}", delta=units, key=key))
                on_hand += 0 if key in done else units
                done.add(key)
        assert await standing(db, workspace, variant) == (on_hand, sum(held.values()))
