"""Files of counts. A preview is kept and moves nothing; applying it writes one ledger row a line, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.paging import page, read_cursor
from app.domain.inventory.errors import LinesBad, Settled, UnknownImport
from app.domain.inventory.floor_schemas import ImportApply, ImportLinePage, ImportLineRead, ImportRead
from app.domain.inventory.service import moving
from app.domain.inventory.service.moving import Move
from app.domain.inventory.sheets import SEPARATORS, Line, Problem, Sheet, write_sheet
from app.domain.inventory.store import sheet as sql
from app.domain.inventory.store.move import IN_BULK

LISTED_MOST = 500


class Known(Struct, frozen=True, kw_only=True):
    """The stock that a sheet is held against. Names are in lower case; `home` is where lines without a location belong."""

    variants: Mapping[str, UUID]
    bundles: frozenset[str]
    locations: Mapping[str, UUID]
    warehouses: frozenset[str]
    home: UUID
    there: Mapping[tuple[UUID, UUID], tuple[int, bool]]


class Judged(Struct, frozen=True, kw_only=True):
    """A good line with its place. `variant_id` is None for a SKU that becomes a variant."""

    line: Line
    variant_id: UUID | None
    location_id: UUID
    units: int
    before: int
    first: bool

    @property
    def is_same(self) -> bool:
        return not self.first and self.units == self.before


def judge(lines: Sequence[Line], known: Known) -> tuple[list[Judged], list[Problem]]:
    """Each line once, in order; a second one for the same place is a problem that names the first. A SKU is spelt as its first
    line spells it."""
    good: list[Judged] = []
    bad: list[Problem] = []
    seen: dict[tuple[str, UUID], int] = {}
    spelt: dict[str, str] = {}
    for line in lines:
        sku, place = line.sku.lower(), line.location.lower()
        location = known.locations.get(place) if place else known.home
        if location is None:
            code = "channel_location" if place in known.warehouses else "unknown_location"
            bad.append(Problem(line=line.line, code=code, value=line.location[:80]))
        elif sku in known.bundles:
            bad.append(Problem(line=line.line, code="bundle", value=line.sku))
        elif sku not in known.variants and not line.title:
            bad.append(Problem(line=line.line, code="unknown_sku", value=line.sku))
        elif (sku, location) in seen:
            bad.append(Problem(line=line.line, code="twice", value=str(seen[sku, location])))
        elif line.units is not None:
            seen[sku, location] = line.line
            same = msgspec.structs.replace(line, sku=spelt.setdefault(sku, line.sku))
            good.append(_held_against(same, known.variants.get(sku), location, line.units, known))
    return good, bad


def _held_against(line: Line, variant: UUID | None, location: UUID, units: int, known: Known) -> Judged:
    before, counted = known.there.get((variant, location), (0, False)) if variant else (0, False)
    return Judged(line=line, variant_id=variant, location_id=location, units=units, before=before, first=not counted)


async def preview(work: UnitOfWork, sheet: Sheet, *, name: str, location: str | None) -> ImportRead:
    """Raises UnknownLocation."""
    home = await moving.find_location(work, location)
    good, bad = judge(sheet.lines, await _known(work, sheet.lines, home))
    bad = sorted([*sheet.problems, *bad], key=lambda one: one.line)
    moving_lines = [one for one in good if not one.is_same]
    adds = sum(one.first for one in moving_lines)
    made = new_id()
    told = msgspec.to_builtins(bad[:LISTED_MOST])
    total = len(sheet.lines) + len(sheet.problems)
    await work.execute(
        sql.CREATE, work.workspace_id, made, work.now, name[:200], work.actor.member_id, total, adds, len(moving_lines) - adds,
        total - len(bad) - len(moving_lines), len(bad), {"lines": told},
    )  # fmt: skip
    await work.execute(
        sql.LINES, work.workspace_id, made, [one.line.line for one in moving_lines], [one.line.sku for one in moving_lines],
        [one.line.title for one in moving_lines], [one.variant_id for one in moving_lines],
        [one.location_id for one in moving_lines], [one.units for one in moving_lines], [one.before for one in moving_lines],
        [one.first for one in moving_lines],
    )  # fmt: skip
    return await read_import(work, made)


async def _known(work: UnitOfWork, lines: Sequence[Line], home: UUID) -> Known:
    variants = await work.fetch(sql.VARIANTS, work.workspace_id, list({line.sku.lower() for line in lines}))
    places = await work.fetch(sql.LOCATIONS, work.workspace_id)
    balances = await work.fetch(sql.BALANCES, work.workspace_id, [row["id"] for row in variants])
    own = {row["name"].lower(): row["id"] for row in reversed(places) if row["kind"] == "own"}
    return Known(
        variants={row["sku"]: row["id"] for row in variants if not row["is_bundle"]},
        bundles=frozenset(row["sku"] for row in variants if row["is_bundle"]),
        locations=own,
        warehouses=frozenset(row["name"].lower() for row in places if row["kind"] == "channel"),
        home=home,
        there={(row["variant_id"], row["location_id"]): (row["on_hand"], row["counted"]) for row in balances},
    )


async def new_goods(work: UnitOfWork, import_id: UUID) -> list[tuple[str, str]]:
    """(SKU, title) that had no variant when the file was read, the first line of a SKU last. Raises UnknownImport."""
    await _held(work, import_id)
    await work.execute(IN_BULK)
    return [(row["sku"], row["title"]) for row in await work.fetch(sql.NEW_GOODS, work.workspace_id, import_id)]


async def apply_import(work: UnitOfWork, import_id: UUID, data: ImportApply) -> ImportRead:
    """What was sold or moved since the file was read is kept: each line adds its difference to the ledger of then.
    Applying again changes nothing. Raises UnknownImport, Settled for a dropped one, LinesBad, BelowZero."""
    row = await _held(work, import_id)
    if row["state"] == "applied":
        return await read_import(work, import_id)
    if row["state"] == "dropped":
        raise Settled("this file was dropped; read it again")
    if row["bad"] and not data.skip_bad:
        raise LinesBad(f"{row['bad']} lines cannot be taken; mend the file, or leave them out", fields={"skip_bad": "is needed"})
    skus = {sku.lower() for sku, _ in await new_goods(work, import_id)}
    made = {one["sku"]: one["id"] for one in await work.fetch(sql.VARIANTS, work.workspace_id, list(skus))}
    await moving.move_many(
        work,
        [
            Move(
                variant_id=line["variant_id"] or made[line["sku"]], location_id=line["location_id"], kind="count",
                on_hand=line["difference"], source="import", source_ref=str(import_id), reason=row["name"],
            )
            for line in await work.fetch(sql.DUE, work.workspace_id, import_id)
        ],
    )  # fmt: skip
    return await _settle(work, import_id, "applied")


async def drop_import(work: UnitOfWork, import_id: UUID) -> ImportRead:
    """Raises UnknownImport, Settled for an applied one."""
    row = await _held(work, import_id)
    if row["state"] == "dropped":
        return await read_import(work, import_id)
    if row["state"] == "applied":
        raise Settled("this file was applied already")
    return await _settle(work, import_id, "dropped")


async def _held(work: UnitOfWork, import_id: UUID) -> Any:
    row = await work.row(sql.LOCK, work.workspace_id, import_id)
    if row is None:
        raise UnknownImport("no such file was read")
    return row


async def _settle(work: UnitOfWork, import_id: UUID, state: str) -> ImportRead:
    await work.execute(sql.SETTLE, work.workspace_id, import_id, state, work.now)
    work.touch(sql.IMPORT_CHANGE, [import_id])
    return await read_import(work, import_id)


async def read_import(work: UnitOfWork, import_id: UUID) -> ImportRead:
    found = await work.shapes(ImportRead, sql.IMPORT_CHANGE.one(), work.workspace_id, [import_id])
    if not found:
        raise UnknownImport("no such file was read")
    return found[0]


async def list_import_lines(work: UnitOfWork, import_id: UUID, *, cursor: str | None, limit: int) -> ImportLinePage:
    """Lines that change something, in the file's order. Raises UnknownImport."""
    await read_import(work, import_id)
    after = read_cursor(cursor, tuple[int])[0] if cursor else None
    rows = await work.fetch(sql.PREVIEW, work.workspace_id, import_id, after, limit + 1)
    found = [msgspec.json.decode(row["row"], type=ImportLineRead) for row in rows if row["row"]]
    kept, next_cursor = page(found, limit, "line")
    return ImportLinePage(items=kept, next_cursor=next_cursor, as_of_seq=rows[0]["as_of"])


async def export_stock(work: UnitOfWork, *, separator: str) -> bytes:
    """Every place of every variant; one that nobody counted has no number, and stays untouched when the sheet comes back."""
    return write_sheet(await work.fetch(sql.EXPORT, work.workspace_id), separator=SEPARATORS[separator])
