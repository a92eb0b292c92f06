"""Variants, and the listings that are their faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import add_keys, folded, lock_objects
from app.core.paging import page, read_cursor
from app.domain.catalog import rules
from app.domain.catalog import store as sql
from app.domain.catalog.errors import ListingNotFound, MappingRefused, SkuTaken, VariantNotFound
from app.domain.catalog.schemas import ListingPage, ListingRead, VariantCreate, VariantPage, VariantRead, VariantUpdate
from app.domain.catalog.store import LISTING_CHANGE as LISTING_CHANGE
from app.domain.catalog.store import VARIANT_CHANGE
from connectors.base.events import ListingSeen

NEW_SKUS = "skus"
IMPORTED = ("sku", "title", "barcode", "picture", "price_minor")


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
    await _match(work, [row for row in rows if row["mapping"] != "confirmed" and row["evidence"] != "person"])
    changed = [row["id"] for row in rows]
    work.touch(LISTING_CHANGE, changed)
    return changed


async def _match(work: UnitOfWork, rows: Sequence[Any]) -> list[UUID]:
    """Fills in variants; the listings that have one now. Goods the marketplace holds are never linked to our count."""
    if not rows:
        return []
    words = {
        folded(word) for row in rows for word in rules.keys_of(row["external_sku"], row["barcode"], row["title"])
    }  # fmt: skip
    found = await work.fetch(sql.CANDIDATES, work.workspace_id, list(words))
    by_hand = {row["id"] for row in await work.fetch(sql.BY_HAND_ONLY, work.workspace_id)}
    index = rules.index_of([rules.Candidate(**dict(row)) for row in found])
    matches = [
        (
            row["id"],
            rules.match(
                row["external_sku"],
                row["barcode"],
                row["title"],
                index,
                automatic=row["connection_id"] not in by_hand and row["fulfilment"] == "merchant",
            ),
        )
        for row in rows
    ]
    hits = [(row_id, one) for row_id, one in matches if one.variant_id is not None]
    if not hits:
        return []
    written = await work.fetch(
        sql.MATCHED, work.workspace_id, [row_id for row_id, _ in hits], [one.variant_id for _, one in hits],
        [one.mapping for _, one in hits], [one.confidence for _, one in hits], [one.evidence for _, one in hits],
    )  # fmt: skip
    work.touch(LISTING_CHANGE, [row["id"] for row in written])
    return [row["id"] for row in written if row["mapping"] == "confirmed"]


async def match_listings(work: UnitOfWork, *, connection_id: UUID | None = None, sku: str | None = None) -> list[UUID]:
    """Listings that wait for a variant are matched once more, after variants were added; those that have one now."""
    rows = await work.fetch(sql.UNMAPPED, work.workspace_id, connection_id, sku)
    return await _match(work, rows)


async def confirm_mapping(work: UnitOfWork, listing_id: UUID, variant_id: UUID | None) -> None:
    """A person's word. Raises ListingNotFound, VariantNotFound, MappingRefused for the marketplace's own stock."""
    row = await work.row("select fulfilment from listing where workspace_id = $1 and id = $2", work.workspace_id, listing_id)
    if row is None:
        raise ListingNotFound("no such listing")
    if variant_id is not None:
        await read_variant(work, variant_id)
    if row["fulfilment"] == "channel" and variant_id is not None:
        raise MappingRefused("the marketplace holds and counts these goods; their number is read, never written")
    await work.execute(sql.MAP, work.workspace_id, listing_id, variant_id, work.now)
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
    """Raises SkuTaken, also for a SKU that differs in case only: channels do not keep case."""
    await lock_objects(work, [NEW_SKUS])
    same = {row["sku"].lower() for row in await work.fetch(sql.SAME_SKU, work.workspace_id, folded(data.sku))}
    if data.sku.strip().lower() in same:
        raise SkuTaken(f"the SKU {data.sku!r} stands for another variant", fields={"sku": "taken"})
    variant_id = new_id()
    made = await work.value(
        sql.INSERT_VARIANT, work.workspace_id, variant_id, work.now, data.sku.strip(), data.title.strip(), data.option, data.brand,
        data.barcode, data.picture, data.price_minor, data.cost_minor,
    )  # fmt: skip
    if made is None:
        raise SkuTaken(f"the SKU {data.sku!r} stands for another variant", fields={"sku": "taken"})
    await _keep_keys(work, variant_id, data.sku, data.barcode, data.title)
    work.touch(VARIANT_CHANGE, [variant_id])
    return await read_variant(work, variant_id)


async def _keep_keys(work: UnitOfWork, variant_id: UUID, sku: str, barcode: str, title: str) -> None:
    await add_keys(work, [(word, "variant", variant_id) for word in rules.keys_of(sku, barcode, title)])


async def make_variants_from_listings(work: UnitOfWork, connection_id: UUID) -> tuple[int, list[UUID]]:
    """The first import: every listing of this connection whose SKU nothing stands for becomes a variant. How many were made,
    and the listings, of any connection, that have one now."""
    await lock_objects(work, [NEW_SKUS])
    rows = await work.fetch(sql.WITHOUT_VARIANT, work.workspace_id, connection_id)
    return len(rows), await _make(work, rows)


async def create_variants(work: UnitOfWork, goods: Sequence[tuple[str, str]]) -> list[UUID]:
    """(SKU, title) of many at once. One whose SKU stands for a variant already, in any case, is left out. The listings, of any
    connection, that have a variant now."""
    await lock_objects(work, [NEW_SKUS])
    taken = {row["sku"] for row in await work.fetch(sql.TAKEN, work.workspace_id, [sku.lower() for sku, _ in goods])}
    fresh = {sku.lower(): (sku, title) for sku, title in goods if sku.lower() not in taken}
    rows = [dict(zip(IMPORTED, (sku, title, "", "", None), strict=True)) for sku, title in fresh.values()]
    return await _make(work, rows)


async def _make(work: UnitOfWork, rows: Sequence[Any]) -> list[UUID]:
    if not rows:
        return []
    ids = [new_id() for _ in rows]
    await work.execute(sql.MADE, work.workspace_id, work.now, ids, *([row[name] for row in rows] for name in IMPORTED))
    await add_keys(
        work,
        [
            (word, "variant", made)
            for made, row in zip(ids, rows, strict=True)
            for word in rules.keys_of(row["sku"], row["barcode"], row["title"])
        ],
    )
    work.touch(VARIANT_CHANGE, ids)
    return await match_listings(work)


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
    after = await read_variant(work, variant_id)
    if changes:
        await _keep_keys(work, variant_id, after.sku, after.barcode, after.title)
    return after


async def list_variants(work: UnitOfWork, *, q: str, cursor: str | None, limit: int) -> VariantPage:
    """By SKU. `q` is a part of a SKU or title, or a whole barcode."""
    after = read_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await work.fetch(sql.VARIANTS, work.workspace_id, q, after, limit + 1)
    kept, cursor_after = page([msgspec.json.decode(row["row"], type=VariantRead) for row in rows if row["row"]], limit, "sku")
    return VariantPage(items=kept, next_cursor=cursor_after, as_of_seq=rows[0]["as_of"])


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
        sql.LISTINGS, work.workspace_id, wanted.connection_id, wanted.variant_id, wanted.external_id, wanted.sku, wanted.state,
        wanted.mapping, after, limit + 1,
    )  # fmt: skip
    kept, cursor_after = page([msgspec.json.decode(row["row"], type=ListingRead) for row in rows if row["row"]], limit, "id")
    return ListingPage(items=kept, next_cursor=cursor_after, as_of_seq=rows[0]["as_of"])
