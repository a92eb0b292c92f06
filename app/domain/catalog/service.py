"""Variants, and the listings that are their faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import add_keys
from app.core.paging import read_cursor, write_cursor
from app.domain.catalog import rules
from app.domain.catalog import store as sql
from app.domain.catalog.errors import ListingNotFound, MappingRefused, SkuTaken, VariantNotFound
from app.domain.catalog.schemas import ListingPage, ListingRead, VariantCreate, VariantPage, VariantRead, VariantUpdate
from app.domain.catalog.store import LISTING_CHANGE as LISTING_CHANGE
from app.domain.catalog.store import VARIANT_CHANGE
from connectors.base.events import ListingSeen

AS_OF = "coalesce((select seq from outbox_head where workspace_id = $1), 0)"


async def see_listings(work: UnitOfWork, connection_id: UUID, channel: str, seen: Sequence[ListingSeen]) -> list[UUID]:
    """Listings new or told anew; what was seen earlier never overwrites. Those without a variant are matched again."""
    newest = {(one.external_id, one.external_sku): one for one in sorted(seen, key=lambda one: one.seen_at)}
    if not newest:
        return []
    faces = list(newest.values())
    rows = await work.fetch(
        sql.SEE, work.workspace_id, work.now, connection_id, channel, [new_id() for _ in faces],
        [one.external_id for one in faces], [one.external_sku for one in faces], [one.title for one in faces],
        [one.state for one in faces], [one.fulfilment for one in faces], [one.model for one in faces],
        [one.refs for one in faces], [one.barcode for one in faces], [one.price_minor for one in faces],
        [one.currency for one in faces], [one.url for one in faces], [one.picture for one in faces],
        [one.problem for one in faces], [one.seen_at for one in faces],
    )  # fmt: skip
    await _match(work, connection_id, [row for row in rows if row["mapping"] != "confirmed"])
    changed = [row["id"] for row in rows]
    work.touch(LISTING_CHANGE, changed)
    return changed


async def _match(work: UnitOfWork, connection_id: UUID | None, rows: Sequence[Any]) -> list[UUID]:
    """Fills in variants; the listings that have one now."""
    if not rows:
        return []
    found = await work.fetch(
        sql.CANDIDATES, work.workspace_id, [row["external_sku"].strip().lower() for row in rows],
        [row["barcode"].lstrip("0") for row in rows if row["barcode"]], [row["title"].lower() for row in rows],
    )  # fmt: skip
    index = rules.index_of([rules.Candidate(**dict(row)) for row in found])
    settings = await work.value(
        "select settings from connection where workspace_id = $1 and id = $2", work.workspace_id, connection_id
    )
    automatic = (settings or {}).get("auto_map") != "off"
    matches = [
        (row["id"], rules.match(row["external_sku"], row["barcode"], row["title"], index, automatic=automatic)) for row in rows
    ]
    hits = [(row_id, one) for row_id, one in matches if one.variant_id is not None]
    if hits:
        await work.execute(
            sql.MATCHED, work.workspace_id, [row_id for row_id, _ in hits], [one.variant_id for _, one in hits],
            [one.mapping for _, one in hits], [one.confidence for _, one in hits], [one.evidence for _, one in hits],
        )  # fmt: skip
        work.touch(LISTING_CHANGE, [row_id for row_id, _ in hits])
    return [row_id for row_id, one in hits if one.mapping == "confirmed"]


async def match_listings(work: UnitOfWork, *, connection_id: UUID | None = None, sku: str | None = None) -> list[UUID]:
    """Listings that wait for a variant are matched once more, after variants were added; those that have one now."""
    rows = await work.fetch(sql.UNMAPPED, work.workspace_id, connection_id, sku)
    return await _match(work, connection_id, rows)


async def confirm_mapping(work: UnitOfWork, listing_id: UUID, variant_id: UUID | None) -> None:
    """A person's word. Raises ListingNotFound, VariantNotFound, MappingRefused for the marketplace's own stock."""
    row = await work.row("select fulfilment from listing where workspace_id = $1 and id = $2", work.workspace_id, listing_id)
    if row is None:
        raise ListingNotFound("no such listing")
    if variant_id is not None:
        await read_variant(work, variant_id)
    if row["fulfilment"] == "channel" and variant_id is not None:
        raise MappingRefused("the marketplace holds and counts these goods; their number is read, never written")
    await work.execute(
        "update listing set variant_id = $3, mapping = case when $3::uuid is null then 'none' else 'confirmed' end, "
        "confidence = null, evidence = case when $3::uuid is null then '' else 'person' end, version = version + 1 "
        "where workspace_id = $1 and id = $2", work.workspace_id, listing_id, variant_id,
    )  # fmt: skip
    work.touch(LISTING_CHANGE, [listing_id])


async def listings_for_lines(
    work: UnitOfWork, connection_id: UUID, asked: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[UUID, UUID | None]]:
    """(external sku, listing's external id or "") to (listing, variant). A line whose listing id we do not know is found by
    its SKU alone."""
    if not asked:
        return {}
    exact = await work.fetch(
        sql.FOR_LINES, work.workspace_id, connection_id, [one[0] for one in asked], [one[1] for one in asked]
    )
    found = {(row["external_sku"], row["listing_id"]): (row["id"], row["variant_id"]) for row in exact}
    missing = [one for one in asked if one not in found]
    if missing:
        loose = await work.fetch(sql.FOR_LINES_BY_SKU, work.workspace_id, connection_id, [one[0] for one in missing])
        by_sku = {row["external_sku"]: (row["id"], row["variant_id"]) for row in loose}
        found.update({one: by_sku[one[0]] for one in missing if one[0] in by_sku})
    return found


async def create_variant(work: UnitOfWork, data: VariantCreate) -> VariantRead:
    """Raises SkuTaken."""
    variant_id = new_id()
    made = await work.value(
        sql.INSERT_VARIANT, work.workspace_id, variant_id, work.now, data.sku.strip(), data.title.strip(), data.option, data.brand,
        data.barcode, data.picture, data.price_minor, data.cost_minor,
    )  # fmt: skip
    if made is None:
        raise SkuTaken(f"the SKU {data.sku!r} stands for another variant", fields={"sku": "taken"})
    await add_keys(work, [(data.sku, "variant", variant_id), (data.barcode, "variant", variant_id)])
    work.touch(VARIANT_CHANGE, [variant_id])
    return await read_variant(work, variant_id)


async def read_variant(work: UnitOfWork, variant_id: UUID) -> VariantRead:
    found = await work.shapes(VariantRead, f"{sql.VARIANT} and v.id = $2", work.workspace_id, variant_id)
    if not found:
        raise VariantNotFound("no such variant", fields={"variant_id": "unknown"})
    return found[0]


async def update_variant(work: UnitOfWork, variant_id: UUID, data: VariantUpdate) -> VariantRead:
    await read_variant(work, variant_id)
    changes = {name: getattr(data, name) for name in VariantUpdate.__struct_fields__ if getattr(data, name) is not UNSET}
    if changes:
        sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, start=4))
        await work.execute(
            f"update variant set {sets}, version = version + 1, updated_at = $3 where workspace_id = $1 and id = $2",
            work.workspace_id, variant_id, work.now, *changes.values(),
        )  # fmt: skip
        work.touch(VARIANT_CHANGE, [variant_id])
    return await read_variant(work, variant_id)


async def list_variants(work: UnitOfWork, *, q: str, cursor: str | None, limit: int) -> VariantPage:
    after = read_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await work.fetch(
        f"select row_to_json(x)::text as row, {AS_OF} as as_of from ({sql.VARIANT} "
        "and ($2 = '' or v.sku ilike '%' || $2 || '%' or v.title ilike '%' || $2 || '%' or v.barcode = $2) "
        "and ($3::text is null or v.sku > $3) order by v.sku limit $4) x",
        work.workspace_id, q, after, limit + 1,
    )  # fmt: skip
    items = [msgspec.json.decode(row["row"], type=VariantRead) for row in rows]
    kept = items[:limit]
    return VariantPage(
        items=kept,
        next_cursor=write_cursor(kept[-1].sku) if len(items) > limit else None,
        as_of_seq=rows[0]["as_of"] if rows else await work.value(f"select {AS_OF}", work.workspace_id),
    )


class ListingFilter(msgspec.Struct, frozen=True, kw_only=True):
    connection_id: UUID | None = None
    variant_id: UUID | None = None
    external_id: str | None = None
    sku: str | None = None
    state: str | None = None
    mapping: str | None = None


async def list_listings(work: UnitOfWork, wanted: ListingFilter, *, cursor: str | None, limit: int) -> ListingPage:
    after = read_cursor(cursor, tuple[UUID])[0] if cursor else None
    rows = await work.fetch(
        f"select row_to_json(x)::text as row, {AS_OF} as as_of from ({sql.LISTING} "
        "and ($2::uuid is null or l.connection_id = $2) and ($3::uuid is null or l.variant_id = $3) "
        "and ($4::text is null or l.external_id = $4) and ($5::text is null or lower(v.sku) = lower($5)) "
        "and ($6::text is null or s.state = $6) and ($7::text is null or l.mapping = $7) "
        "and ($8::uuid is null or l.id > $8) order by l.id limit $9) x",
        work.workspace_id, wanted.connection_id, wanted.variant_id, wanted.external_id, wanted.sku, wanted.state, wanted.mapping,
        after, limit + 1,
    )  # fmt: skip
    items = [msgspec.json.decode(row["row"], type=ListingRead) for row in rows]
    kept = items[:limit]
    return ListingPage(
        items=kept,
        next_cursor=write_cursor(kept[-1].id) if len(items) > limit else None,
        as_of_seq=rows[0]["as_of"] if rows else await work.value(f"select {AS_OF}", work.workspace_id),
    )
