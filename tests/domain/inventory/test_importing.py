"""A file of counts: previewed, applied once and whole; what comes back unchanged changes nothing."""

from __future__ import annotations

import time

import pytest

from app.domain.inventory.errors import LinesBad, Settled
from app.domain.inventory.floor_schemas import ImportApply, ImportRead
from app.domain.inventory.service import importing
from app.domain.inventory.sheets import read_sheet
from app.domain.orders.service import add_variants
from tests.domain.inventory.floor import Floor

MANY = 50_000
WITHIN_S = 60.0


async def read(floor: Floor, text: str | bytes) -> ImportRead:
    raw = text.encode() if isinstance(text, str) else text
    async with floor.db.unit(floor.workspace_id, floor.actor) as work:
        return await importing.preview(work, read_sheet(raw), name="stock.csv", location=None)


async def apply(floor: Floor, told: ImportRead, *, skip_bad: bool = False) -> ImportRead:
    async with floor.db.unit(floor.workspace_id, floor.actor) as work:
        await add_variants(work, await importing.new_goods(work, told.id))
        return await importing.apply_import(work, told.id, ImportApply(skip_bad=skip_bad))


async def export(floor: Floor) -> bytes:
    async with floor.db.unit(floor.workspace_id) as work:
        return await importing.export_stock(work, separator="semicolon")


async def test_a_file_is_previewed_applied_once_and_its_export_changes_nothing(floor: Floor) -> None:
    await floor.variant("CUP", 10)
    await floor.variant("POT")
    await floor.location("Jakarta", rank=4)
    told = await read(floor, "sku,title,location,on_hand\nCUP,,,12\ncup,,Jakarta,3\nPOT,,Main,0\nJAR,Glass jar,,5\n")
    assert (told.lines, told.adds, told.changes, told.same, told.bad) == (4, 3, 1, 0, 0)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 10}}
    async with floor.unit() as work:
        page = await importing.list_import_lines(work, told.id, cursor=None, limit=3)
        rest = await importing.list_import_lines(work, told.id, cursor=page.next_cursor, limit=3)
    assert [(one.sku, one.location, one.before, one.units, one.is_new, one.first) for one in [*page.items, *rest.items]] == [
        ("CUP", "Main", 10, 12, False, False), ("CUP", "Jakarta", 0, 3, False, True), ("POT", "Main", 0, 0, False, True),
        ("JAR", "Main", 0, 5, True, True),
    ]  # fmt: skip
    for _ in range(3):
        assert (await apply(floor, told)).state == "applied"
    async with floor.unit():
        pass
    assert await floor.standing("CUP") == {"Main": {"on_hand": 12}, "Jakarta": {"on_hand": 3}}
    assert await floor.standing("JAR") == {"Main": {"on_hand": 5}}
    assert await floor.ledger("CUP") == [("adjust", 10), ("count", 2), ("count", 3)]
    again = await read(floor, await export(floor))
    assert (again.lines, again.adds, again.changes, again.same, again.bad) == (4, 0, 0, 4, 0)
    await apply(floor, again)
    assert len(await floor.ledger("CUP")) == 3
    with pytest.raises(Settled):
        async with floor.unit() as work:
            await importing.drop_import(work, told.id)


async def test_what_was_sold_between_preview_and_apply_is_kept(floor: Floor) -> None:
    cup = await floor.variant("CUP", 10)
    told = await read(floor, "sku,on_hand\nCUP,9\n")
    await floor.sell(cup, 2, "o1")
    await floor.settle("o1", "shipped")
    await apply(floor, told)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 7}}


async def test_bad_lines_are_listed_and_nothing_is_half_done(floor: Floor) -> None:
    await floor.variant("CUP", 10)
    await floor.bundle("SET", CUP=2)
    text = "sku,location,on_hand\nCUP,,4\nCUP,main,5\nSET,,1\nNEW,,1\nCUP,Mars,1\n,,1\nCUP,,x\n"
    told = await read(floor, text)
    assert (told.lines, told.adds, told.changes, told.bad) == (7, 0, 1, 6)
    assert [(one.line, one.code, one.value) for one in told.problems] == [
        (3, "twice", "2"), (4, "bundle", "SET"), (5, "unknown_sku", "NEW"), (6, "unknown_location", "Mars"), (7, "no_sku", "1"),
        (8, "not_a_number", "x"),
    ]  # fmt: skip
    with pytest.raises(LinesBad):
        await apply(floor, told)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 10}}
    await apply(floor, told, skip_bad=True)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 4}}


async def test_a_dropped_file_moves_nothing(floor: Floor) -> None:
    await floor.variant("CUP", 10)
    told = await read(floor, "sku,on_hand\nCUP,9\n")
    async with floor.unit() as work:
        assert (await importing.drop_import(work, told.id)).state == "dropped"
    with pytest.raises(Settled):
        await apply(floor, told)
    assert await floor.standing("CUP") == {"Main": {"on_hand": 10}}


async def test_fifty_thousand_lines_are_one_ledger_row_each_within_a_minute(floor: Floor) -> None:
    raw = ("sku,title,on_hand\n" + "".join(f"SKU-{n:05d},Thing {n},{n % 90}\n" for n in range(MANY))).encode()
    begun = time.monotonic()
    told = await read(floor, raw)
    assert (told.adds, told.bad) == (MANY, 0)
    await apply(floor, told)
    took = time.monotonic() - begun
    (row,) = await floor.rows(
        "select count(*) as rows, sum(on_hand) as units, count(distinct variant_id) as variants from movement where workspace_id = $1"
    )
    assert (row["rows"], row["units"], row["variants"]) == (MANY, sum(n % 90 for n in range(MANY)), MANY)
    again = await read(floor, raw)
    assert (again.adds, again.changes, again.same) == (0, 0, MANY)
    assert took < WITHIN_S
