"""States, returns, goods on their way, counts and bundles: each act once, whole, and proved by the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.clock import HeldClock
from app.core.ids import new_id
from app.domain.inventory.errors import (
    BelowZero,
    FromTheFuture,
    IsBundle,
    KeyReused,
    LastLocation,
    NameTaken,
    NotABundle,
    OutOfStock,
    ReturnedAlready,
    SameLocation,
    SameState,
    Settled,
    SkuTwice,
    TooManyReceived,
    UnknownConnection,
    UnknownIncoming,
    UnknownLocation,
    UnknownOrder,
    UnknownSku,
)
from app.domain.inventory.floor_schemas import (
    ComponentsWrite,
    ComponentWrite,
    CountCreate,
    CountLinesWrite,
    CountLineWrite,
    HoldCreate,
    IncomingClose,
    IncomingCreate,
    LineWrite,
    LocationCreate,
    LocationUpdate,
    ReceiptCreate,
    ReturnCreate,
    SellsFrom,
)
from app.domain.inventory.schemas import Demand, MovementCreate
from app.domain.inventory.service import arriving, counting, holding, incidents, moving, placing, reserving, showing
from app.domain.orders.schemas import OrderCreate, OrderLineCreate
from app.domain.orders.service import place_order
from tests.conftest import NOON
from tests.domain.inventory.floor import Floor


async def test_units_change_their_state_once_and_are_never_more_than_there_are(floor: Floor) -> None:
    await floor.variant("CUP", 10)
    hold = HoldCreate(sku="cup", units=3, taken_from="available", put_to="quality", key="h1")
    for _ in range(3):
        async with floor.unit() as work:
            row = await holding.hold(work, hold)
    assert (row.on_hand, row.quality, row.unavailable, row.available) == (10, 3, 3, 7)
    async with floor.unit() as work:
        await holding.hold(work, HoldCreate(sku="CUP", units=2, taken_from="quality", put_to="damaged", key="h2"))
    assert await floor.standing("CUP") == {"Main": {"on_hand": 10, "damaged": 2, "quality": 1}}
    for wrong, error in (
        (HoldCreate(sku="CUP", units=2, taken_from="quality", put_to="safety", key="h3"), BelowZero),
        (HoldCreate(sku="CUP", units=8, taken_from="available", put_to="safety", key="h4"), BelowZero),
        (HoldCreate(sku="CUP", units=1, taken_from="safety", put_to="safety", key="h5"), SameState),
        (HoldCreate(sku="CUP", units=4, taken_from="available", put_to="quality", key="h1"), KeyReused),
        (HoldCreate(sku="NO-CUP", units=1, taken_from="available", put_to="safety", key="h6"), UnknownSku),
    ):
        with pytest.raises(error):
            async with floor.unit() as work:
                await holding.hold(work, wrong)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 10, "damaged": 2, "quality": 1}}
    assert [kind for kind, _ in await floor.ledger("CUP")] == ["adjust", "hold", "hold"]


async def test_setting_promised_units_aside_is_an_oversell_and_letting_them_go_ends_it(floor: Floor) -> None:
    cup = await floor.variant("CUP", 4)
    await floor.sell(cup, 3, "o1")
    async with floor.unit() as work:
        await holding.hold(work, HoldCreate(sku="CUP", units=2, taken_from="available", put_to="damaged", key="broke"))
    async with floor.unit() as work:
        found, _ = await incidents.list_incidents(work, state="open", limit=5)
    assert [(one.sku, one.units) for one in found] == [("CUP", 1)]
    async with floor.unit() as work:
        await holding.hold(work, HoldCreate(sku="CUP", units=1, taken_from="damaged", put_to="available", key="mended"))
    async with floor.unit() as work:
        assert (await incidents.list_incidents(work, state="open", limit=5))[0] == []


async def test_a_return_comes_back_in_its_condition_and_never_more_than_the_order_sold(floor: Floor) -> None:
    await floor.variant("CUP", 5)
    async with floor.unit() as work:
        order = await place_order(work, OrderCreate(key="o1", lines=[OrderLineCreate(sku="CUP", quantity=3)]), currency="USD")
        await reserving.settle(work, [("manual", "o1|1", "shipped")])
    assert await floor.standing("CUP") == {"Main": {"on_hand": 2}}

    def back(units: int, condition: str, key: str) -> ReturnCreate:
        return ReturnCreate(sku="CUP", units=units, condition=condition, key=key, order_id=order.id)  # type: ignore[arg-type]

    for one in (back(1, "resellable", "r1"), back(1, "resellable", "r1"), back(1, "damaged", "r2"), back(1, "missing", "r3")):
        async with floor.unit() as work:
            await holding.take_back(work, one)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 4, "damaged": 1}}
    with pytest.raises(ReturnedAlready):
        async with floor.unit() as work:
            await holding.take_back(work, back(2, "damaged", "r4"))
    with pytest.raises(UnknownOrder):
        async with floor.unit() as work:
            await holding.take_back(work, ReturnCreate(sku="CUP", units=1, condition="damaged", key="r5", order_id=new_id()))
    assert [row for row in await floor.ledger("CUP") if row[0] == "return"] == [("return", 1), ("return", 1), ("return", 0)]


async def test_an_order_of_goods_arrives_in_parts_and_a_repeated_receipt_adds_once(floor: Floor) -> None:
    await floor.variant("CUP", 1)
    await floor.variant("POT", 0)
    asked = IncomingCreate(
        key="po-1", supplier="Kasongan Clay", arrives_at=NOON + timedelta(days=9),
        lines=[LineWrite(sku="CUP", quantity=10), LineWrite(sku="POT", quantity=4)],
    )  # fmt: skip
    async with floor.unit() as work:
        first = await arriving.create_incoming(work, asked)
    async with floor.unit() as work:
        assert (await arriving.create_incoming(work, asked)).id == first.id
    assert await floor.standing("CUP") == {"Main": {"on_hand": 1, "incoming": 10}}
    part = ReceiptCreate(key="box 1", lines=[LineWrite(sku="CUP", quantity=6)])
    for _ in range(3):
        async with floor.unit() as work:
            told = await arriving.receive(work, first.id, part)
    assert (told.state, [(line.sku, line.received) for line in told.lines]) == ("open", [("CUP", 6), ("POT", 0)])
    assert await floor.standing("CUP") == {"Main": {"on_hand": 7, "incoming": 4}}
    with pytest.raises(KeyReused):
        async with floor.unit() as work:
            await arriving.receive(work, first.id, ReceiptCreate(key="box 1", lines=[LineWrite(sku="CUP", quantity=5)]))
    more = ReceiptCreate(key="box 2", lines=[LineWrite(sku="CUP", quantity=5), LineWrite(sku="POT", quantity=4)])
    async with floor.unit() as work:
        told = await arriving.receive(work, first.id, more)
    assert (told.state, told.settled_at) == ("received", NOON)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 12}}
    assert await floor.standing("POT") == {"Main": {"on_hand": 4}}
    with pytest.raises(Settled):
        async with floor.unit() as work:
            await arriving.receive(work, first.id, ReceiptCreate(key="box 3", lines=[LineWrite(sku="CUP", quantity=1)]))


async def test_a_transfer_is_in_transit_until_received_and_the_rest_is_lost_or_back(floor: Floor) -> None:
    cup = await floor.variant("CUP", 10)
    await floor.location("Jakarta", rank=5)
    await floor.sell(cup, 4, "o1")

    def send(key: str, units: int) -> IncomingCreate:
        return IncomingCreate(key=key, from_location="Main", location="Jakarta", lines=[LineWrite(sku="CUP", quantity=units)])

    with pytest.raises(OutOfStock):
        async with floor.unit() as work:
            await arriving.create_incoming(work, send("t0", 7))
    async with floor.unit() as work:
        sent = await arriving.create_incoming(work, send("t1", 6))
    assert await floor.standing("CUP") == {"Main": {"on_hand": 4, "reserved": 4}, "Jakarta": {"incoming": 6}}
    assert await floor.sell(cup, 1, "o2") is None
    with pytest.raises(TooManyReceived):
        async with floor.unit() as work:
            await arriving.receive(work, sent.id, ReceiptCreate(key="in", lines=[LineWrite(sku="CUP", quantity=7)]))
    async with floor.unit() as work:
        await arriving.receive(work, sent.id, ReceiptCreate(key="in", lines=[LineWrite(sku="CUP", quantity=3)]))
    assert await floor.sell(cup, 1, "o2") is not None
    for _ in range(2):
        async with floor.unit() as work:
            closed = await arriving.close_incoming(work, sent.id, IncomingClose(rest="returned"))
    assert closed.state == "closed"
    assert await floor.standing("CUP") == {"Main": {"on_hand": 7, "reserved": 4}, "Jakarta": {"on_hand": 3, "reserved": 1}}
    async with floor.unit() as work:
        lost = await arriving.create_incoming(work, send("t2", 3))
        await arriving.close_incoming(work, lost.id, IncomingClose())
    assert await floor.standing("CUP") == {"Main": {"on_hand": 4, "reserved": 4}, "Jakarta": {"on_hand": 3, "reserved": 1}}
    here = IncomingCreate(key="t3", from_location="Main", lines=[LineWrite(sku="CUP", quantity=1)])
    for wrong, error in ((send("t1", 5), KeyReused), (here, SameLocation)):
        with pytest.raises(error):
            async with floor.unit() as work:
                await arriving.create_incoming(work, wrong)
    with pytest.raises(UnknownIncoming):
        async with floor.unit() as work:
            await arriving.close_incoming(work, new_id(), IncomingClose())


async def test_what_moves_between_the_look_and_the_entry_is_kept(floor: Floor, clock: HeldClock) -> None:
    """field/inventory row 32: counted 9 at t0, one sold and shipped at t1, entered at t2 gives 8."""
    cup = await floor.variant("CUP", 10)
    clock.at = NOON + timedelta(minutes=10)
    await floor.sell(cup, 1, "o1")
    await floor.settle("o1", "shipped")
    clock.at = NOON + timedelta(minutes=20)
    async with floor.unit() as work:
        begun = await counting.begin_count(work, CountCreate(key="c1", name="Shelf A"))
        look = CountLineWrite(sku="CUP", units=9, at=NOON + timedelta(minutes=5))
        await counting.enter_lines(work, begun.id, CountLinesWrite(lines=[look]))
    async with floor.unit() as work:
        (line,) = (await counting.list_lines(work, begun.id, cursor=None, limit=5)).items
    assert (line.expected, line.difference) == (10, -1)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 9}}
    for _ in range(3):
        async with floor.unit() as work:
            told = await counting.apply_count(work, begun.id)
    assert (told.state, told.lines) == ("applied", 1)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 8}}
    assert [row for row in await floor.ledger("CUP") if row[0] == "count"] == [("count", -1)]
    async with floor.unit() as work:
        (line,) = (await counting.list_lines(work, begun.id, cursor=None, limit=5)).items
    assert (line.expected, line.difference) == (10, -1)
    with pytest.raises(Settled):
        async with floor.unit() as work:
            await counting.enter_lines(work, begun.id, CountLinesWrite(lines=[look]))


async def test_a_count_takes_the_last_entry_and_a_dropped_one_moves_nothing(floor: Floor) -> None:
    await floor.variant("CUP", 10)
    async with floor.unit() as work:
        begun = await counting.begin_count(work, CountCreate(key="c1"))
        assert (await counting.begin_count(work, CountCreate(key="c1"))).id == begun.id
        for units in (3, 10):
            await counting.enter_lines(work, begun.id, CountLinesWrite(lines=[CountLineWrite(sku="CUP", units=units)]))
    ahead = CountLineWrite(sku="CUP", units=1, at=NOON + timedelta(seconds=1))
    with pytest.raises(FromTheFuture):
        async with floor.unit() as work:
            await counting.enter_lines(work, begun.id, CountLinesWrite(lines=[ahead]))
    twice = CountLinesWrite(lines=[CountLineWrite(sku="CUP", units=1), CountLineWrite(sku="cup", units=2)])
    with pytest.raises(SkuTwice):
        async with floor.unit() as work:
            await counting.enter_lines(work, begun.id, twice)
    async with floor.unit() as work:
        assert (await counting.drop_count(work, begun.id)).state == "dropped"
    with pytest.raises(Settled):
        async with floor.unit() as work:
            await counting.apply_count(work, begun.id)
    assert [kind for kind, _ in await floor.ledger("CUP")] == ["adjust"]


async def test_a_bundle_takes_every_part_or_none_and_promises_what_its_scarcest_part_allows(floor: Floor) -> None:
    cup, pot = await floor.variant("CUP", 7), await floor.variant("POT", 2)
    tea = await floor.bundle("TEASET", CUP=3, POT=1)
    async with floor.unit() as work:
        assert (await placing.read_bundle(work, tea)).available == 2
        assert [one.available for one in await showing.show_available(work, ["teaset"])] == [2]
    first = await floor.sell(tea, 2, "o1")
    assert first is not None
    assert await floor.sell(tea, 2, "o1") == first
    assert await floor.standing("CUP") == {"Main": {"on_hand": 7, "reserved": 6}}
    assert await floor.standing("POT") == {"Main": {"on_hand": 2, "reserved": 2}}
    await floor.variant("POT", 5)
    assert await floor.sell(tea, 1, "o2") is None
    assert await floor.standing("POT") == {"Main": {"on_hand": 7, "reserved": 2}}
    async with floor.unit() as work:
        assert await reserving.shrink(work, [("test", "o1", 1)]) == 2
    assert await floor.standing("CUP") == {"Main": {"on_hand": 7, "reserved": 3}}
    await floor.settle("o1", "shipped")
    assert await floor.standing("CUP") == {"Main": {"on_hand": 4}}
    assert await floor.standing("POT") == {"Main": {"on_hand": 6}}
    assert cup != pot


async def test_lines_that_share_a_part_are_judged_together(floor: Floor) -> None:
    """medusajs/medusa #16502: each line was checked against the same number."""
    cup = await floor.variant("CUP", 4)
    await floor.variant("POT", 9)
    tea = await floor.bundle("TEASET", CUP=2, POT=1)
    async with floor.unit() as work:
        answers = await reserving.reserve_many(
            work,
            [
                Demand(variant_id=tea, quantity=1, source="test", source_ref="o|1"),
                Demand(variant_id=cup, quantity=1, source="test", source_ref="o|2"),
                Demand(variant_id=tea, quantity=1, source="test", source_ref="o|3"),
            ],
        )
    assert [answer is not None for answer in answers] == [True, True, False]
    assert await floor.standing("CUP") == {"Main": {"on_hand": 4, "reserved": 3}}
    assert await floor.standing("POT") == {"Main": {"on_hand": 9, "reserved": 1}}


async def test_a_bundle_has_no_units_of_its_own_and_no_bundle_in_it(floor: Floor) -> None:
    await floor.variant("CUP", 4)
    tea = await floor.bundle("TEASET", CUP=2)
    big = await floor.variant("BIG")
    full = await floor.variant("FULL", 1)
    for bundle, lines, error in (
        (big, [ComponentWrite(sku="TEASET", quantity=1)], IsBundle),
        (big, [ComponentWrite(sku="BIG", quantity=1)], NotABundle),
        (full, [ComponentWrite(sku="CUP", quantity=1)], NotABundle),
        (tea, [ComponentWrite(sku="CUP", quantity=1), ComponentWrite(sku="cup", quantity=1)], SkuTwice),
        (new_id(), [ComponentWrite(sku="CUP", quantity=1)], UnknownSku),
    ):
        with pytest.raises(error):
            async with floor.unit() as work:
                await placing.make_bundle(work, bundle, ComponentsWrite(lines=lines))
    with pytest.raises(IsBundle):
        async with floor.unit() as work:
            await moving.move_stock(work, MovementCreate(sku="TEASET", delta=1, key="no"))
    async with floor.unit() as work:
        assert (await placing.make_bundle(work, tea, ComponentsWrite(lines=[]))).lines == []
        await moving.move_stock(work, MovementCreate(sku="TEASET", delta=1, key="now"))


async def test_a_place_that_is_closed_promises_nothing_and_one_stays_open(floor: Floor) -> None:
    cup = await floor.variant("CUP", 5)
    other = await floor.location("Jakarta", rank=3)
    await floor.variant("CUP", 2, location="Jakarta")
    async with floor.unit() as work:
        await placing.update_location(work, other, LocationUpdate(sellable=False))
    assert await floor.sell(cup, 6, "o1") is None
    async with floor.unit() as work:
        assert [one.available for one in await showing.show_available(work, ["CUP"])] == [5]
        main = await moving.find_location(work, "Main")
    with pytest.raises(LastLocation):
        async with floor.unit() as work:
            await placing.update_location(work, main, LocationUpdate(sellable=False))
    with pytest.raises(NameTaken):
        async with floor.unit() as work:
            await placing.create_location(work, LocationCreate(name=" jakarta "))
    with pytest.raises(UnknownLocation):
        async with floor.unit() as work:
            await placing.update_location(work, new_id(), LocationUpdate(rank=1))
    with pytest.raises(UnknownConnection):
        async with floor.unit() as work:
            await placing.sell_from(work, new_id(), SellsFrom(location_ids=[main]))


async def test_units_of_one_place_are_not_sold_while_another_place_owes_more(floor: Floor) -> None:
    """Found by the invariants (I4): what is free at one place had been sold though the count over all places was below zero."""
    cup = await floor.variant("CUP", 1)
    await floor.location("Jakarta", rank=5)
    await floor.sell(cup, 4, "o1", forced=True)
    await floor.variant("CUP", 2, location="Jakarta")
    assert await floor.standing("CUP") == {"Main": {"on_hand": 1, "reserved": 4}, "Jakarta": {"on_hand": 2}}
    assert await floor.sell(cup, 1, "o2") is None
    await floor.variant("CUP", 2, location="Jakarta")
    assert await floor.sell(cup, 1, "o2") is not None
