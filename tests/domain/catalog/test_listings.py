"""Listings as channels tell them, on a real database: the newest word stands, and a person's word stands above it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.db import Database
from app.core.vault import Vault
from app.domain.catalog import service
from app.domain.catalog.errors import ListingNotFound, MappingRefused, SkuTaken, VariantNotFound
from app.domain.catalog.schemas import ListingRead, VariantCreate, VariantRead, VariantUpdate
from app.domain.catalog.service import ListingFilter
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from connectors.base.events import ListingSeen
from connectors.registry import load_sandbox, manifests
from tests.conftest import SECRET_KEYS, open_shop

CHANNEL = next(key for key, one in manifests().items() if one.stocking)
T0 = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EVERYTHING = ListingFilter()


async def link(db: Database, workspace: UUID, name: str = "Main", **settings: str) -> UUID:
    known = {secret.name for secret in manifests()[CHANNEL].secrets}
    secrets = {name: value for name, value in load_sandbox(CHANNEL)[1].items() if name in known}
    async with db.unit(workspace) as work:
        data = ConnectionCreate(channel=CHANNEL, name=name, secrets=secrets, settings=settings)
        return await connections.create_connection(work, Vault(SECRET_KEYS), data)


def face(sku: str, at: int = 0, *, item: str = "", **more: Any) -> ListingSeen:
    told: dict[str, Any] = {"title": f"Thing {sku}", "currency": "USD", "price_minor": 1250, **more}
    return ListingSeen(external_id=item or f"item-{sku}", external_sku=sku, seen_at=T0 + timedelta(minutes=at), **told)


async def see(db: Database, workspace: UUID, connection: UUID, *seen: ListingSeen) -> list[UUID]:
    async with db.unit(workspace) as work:
        return await service.see_listings(work, connection, CHANNEL, seen)


async def shown(db: Database, workspace: UUID, wanted: ListingFilter = EVERYTHING) -> list[ListingRead]:
    async with db.unit(workspace) as work:
        page = await service.list_listings(work, wanted, cursor=None, limit=200)
    return sorted(page.items, key=lambda one: (one.external_sku, one.external_id))


async def add(db: Database, workspace: UUID, sku: str, **more: Any) -> VariantRead:
    async with db.unit(workspace) as work:
        return await service.create_variant(work, VariantCreate(**{"sku": sku, "title": f"Our {sku}", **more}))


async def told(db: Database, workspace: UUID) -> int:
    async with db.unit(workspace) as work:
        return int(await work.value("select count(*) from outbox where workspace_id = $1 and kind = 'listing'", workspace))


async def test_any_order_of_news_ends_in_the_newest(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    news = [face("A", at, title=f"At {at}", price_minor=100 + at, refs={f"r{at}": "1"}) for at in range(6)]
    chance = random.Random(5)
    for _ in range(4):
        chance.shuffle(news)
        await see(db, workspace, connection, *news[:3])
        await see(db, workspace, connection, *news[3:])
    [one] = await shown(db, workspace)
    assert (one.title, one.price_minor) == ("At 5", 105)


async def test_old_and_repeated_news_tell_nobody(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    assert len(await see(db, workspace, connection, face("A", 5), face("B", 5))) == 2
    before = await told(db, workspace), await shown(db, workspace)
    assert await see(db, workspace, connection, face("A", 5), face("B", 1, title="older")) == []
    assert await see(db, workspace, connection) == []
    assert (await told(db, workspace), await shown(db, workspace)) == before


async def test_what_a_later_word_leaves_out_stays(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    await see(db, workspace, connection, face("A", 0, url="https://x.test/a", barcode="42", problem="no picture"))
    await see(db, workspace, connection, face("A", 1, title="", price_minor=None, currency=""))
    [one] = await shown(db, workspace)
    assert (one.title, one.price_minor, one.currency, one.url, one.problem) == ("Thing A", 1250, "USD", "https://x.test/a", "")


async def test_the_same_sku_is_linked_and_lesser_likeness_is_suggested(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    tee, mug, cap = (
        await add(db, workspace, "Tee-M"),
        await add(db, workspace, "MUG", barcode="0012345678905"),
        await add(db, workspace, "CAP", title="Straw Cap Größe Ü"),
    )
    await see(
        db, workspace, connection,
        face("TEE-M"), face("a", barcode="12345678905"), face("b", title="straw cap größe ü"), face("c"),
    )  # fmt: skip
    assert [(one.external_sku, one.variant_id, one.mapping, one.evidence) for one in await shown(db, workspace)] == [
        ("TEE-M", tee.id, "confirmed", "sku"),
        ("a", mug.id, "suggested", "barcode"),
        ("b", cap.id, "suggested", "title"),
        ("c", None, "none", ""),
    ]


async def test_an_owner_may_want_to_confirm_each(db: Database, workspace: UUID) -> None:
    careful, plain = await link(db, workspace, "a", auto_map="off"), await link(db, workspace, "b")
    for connection in (careful, plain):
        await see(db, workspace, connection, face("MUG"))
    mug = await add(db, workspace, "MUG")
    async with db.unit(workspace) as work:
        linked = await service.match_listings(work, sku="mug")
    found = {one.connection_id: one for one in await shown(db, workspace)}
    assert (found[careful].mapping, found[careful].variant_id) == ("suggested", mug.id)
    assert (found[plain].mapping, linked) == ("confirmed", [found[plain].id])


async def test_goods_the_marketplace_holds_are_never_linked(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    mug = await add(db, workspace, "MUG")
    [listing] = await see(db, workspace, connection, face("MUG", fulfilment="channel"))
    assert [one.mapping for one in await shown(db, workspace)] == ["suggested"]
    with pytest.raises(MappingRefused):
        async with db.unit(workspace) as work:
            await service.confirm_mapping(work, listing, mug.id)
    async with db.unit(workspace) as work:
        assert await service.listings_for_lines(work, connection, [("MUG", "item-MUG")]) == {("MUG", "item-MUG"): (listing, None)}


async def test_a_persons_word_outlives_every_later_read(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    mug, cap = await add(db, workspace, "MUG"), await add(db, workspace, "CAP")
    cleared, moved = await see(db, workspace, connection, face("MUG"), face("x"))
    async with db.unit(workspace) as work:
        await service.confirm_mapping(work, cleared, None)
        await service.confirm_mapping(work, moved, cap.id)
    await see(db, workspace, connection, face("MUG", 1, title="news"), face("x", 1, title=f"Our {mug.sku}"))
    async with db.unit(workspace) as work:
        assert await service.match_listings(work) == []
    found = {one.id: one for one in await shown(db, workspace)}
    assert (found[cleared].variant_id, found[cleared].mapping, found[cleared].title) == (None, "none", "news")
    assert (found[moved].variant_id, found[moved].mapping) == (cap.id, "confirmed")


async def test_mapping_to_nothing_known_is_refused(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    [listing] = await see(db, workspace, connection, face("A"))
    variant = await add(db, workspace, "A2")
    for one, other, refusal in ((uuid4(), variant.id, ListingNotFound), (listing, uuid4(), VariantNotFound)):
        with pytest.raises(refusal):
            async with db.unit(workspace) as work:
                await service.confirm_mapping(work, one, other)
    stranger = (await open_shop(db)).workspace_id
    with pytest.raises(ListingNotFound):
        async with db.unit(stranger) as work:
            await service.confirm_mapping(work, listing, None)
    assert await shown(db, stranger) == []


async def test_order_lines_find_their_listing(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    mug, cap = await add(db, workspace, "MUG"), await add(db, workspace, "CAP")
    one, two, bare, other = await see(
        db, workspace, connection,
        face("MUG", item="1"), face("CAP", item="2"), face("", item="3", title="no sku"), face("OTHER", item="4"),
    )  # fmt: skip
    async with db.unit(workspace) as work:
        rows = await work.fetch("select id, external_id from listing where workspace_id = $1", workspace)
    ids = {row["external_id"]: row["id"] for row in rows}
    assert set(ids.values()) == {one, two, bare, other}
    asked = [("MUG", "1"), ("MUG", ""), ("CAP", "relisted"), ("OTHER", "4"), ("", "3"), ("", "9"), ("", ""), ("GONE", "1")]
    async with db.unit(workspace) as work:
        assert await service.listings_for_lines(work, connection, asked) == {
            ("MUG", "1"): (ids["1"], mug.id),
            ("MUG", ""): (ids["1"], mug.id),
            ("CAP", "relisted"): (ids["2"], cap.id),
            ("OTHER", "4"): (ids["4"], None),
            ("", "3"): (ids["3"], None),
        }
        assert await service.listings_for_lines(work, connection, []) == {}


async def test_a_suggestion_never_hides_a_confirmed_listing_of_the_same_sku(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    cap = await add(db, workspace, "CAP", title="Straw cap")
    seen = await see(db, workspace, connection, face("Z", item="1", title="straw cap"), face("Z", item="2"))
    async with db.unit(workspace) as work:
        second = await work.value("select id from listing where workspace_id = $1 and external_id = '2'", workspace)
        assert second in seen
        await service.confirm_mapping(work, second, cap.id)
        assert await service.listings_for_lines(work, connection, [("Z", "")]) == {("Z", ""): (second, cap.id)}


async def test_the_first_import_makes_each_good_once(db: Database, workspace: UUID) -> None:
    source, elsewhere = await link(db, workspace, "a"), await link(db, workspace, "b")
    known = await add(db, workspace, "known")
    await see(
        db, workspace, source,
        face("KNOWN"), face("MUG", item="1"), face("mug", item="2", state="ended"), face("", title="no sku"),
        face("FBA", fulfilment="channel"), face("YEN", currency="JPY"), face("OLD", state="ended"),
    )  # fmt: skip
    await see(db, workspace, elsewhere, face("Mug"), face("ONLY-THERE"))
    async with db.unit(workspace) as work:
        made, linked = await service.make_variants_from_listings(work, source)
        page = await service.list_variants(work, q="", cursor=None, limit=50)
    assert [(one.sku, one.price_minor) for one in page.items] == [("MUG", 1250), ("YEN", None), ("known", None)]
    found = {(one.connection_id, one.external_sku): one for one in await shown(db, workspace)}
    by_sku = {one.sku: one.id for one in page.items}
    assert {key: one.variant_id for key, one in found.items() if one.mapping == "confirmed"} == {
        (source, "KNOWN"): known.id,
        (source, "MUG"): by_sku["MUG"],
        (source, "mug"): by_sku["MUG"],
        (source, "YEN"): by_sku["YEN"],
        (elsewhere, "Mug"): by_sku["MUG"],
    }
    assert (made, len(linked)) == (2, 4)
    async with db.unit(workspace) as work:
        assert await service.make_variants_from_listings(work, source) == (0, [])


async def test_lists_are_filtered_and_go_on_where_they_stopped(db: Database, workspace: UUID) -> None:
    one, other = await link(db, workspace, "a"), await link(db, workspace, "b")
    mug = await add(db, workspace, "MUG")
    await see(db, workspace, one, *(face(f"s{n}") for n in range(5)), face("MUG"))
    await see(db, workspace, other, face("MUG"))
    assert len(await shown(db, workspace, ListingFilter(connection_id=one))) == 6
    assert len(await shown(db, workspace, ListingFilter(variant_id=mug.id))) == 2
    assert len(await shown(db, workspace, ListingFilter(sku="mug", connection_id=other))) == 1
    assert [each.external_sku for each in await shown(db, workspace, ListingFilter(external_id="item-s3"))] == ["s3"]
    assert len(await shown(db, workspace, ListingFilter(mapping="none"))) == 5
    assert len(await shown(db, workspace, ListingFilter(state="unknown"))) == 7
    assert await shown(db, workspace, ListingFilter(state="differs")) == []
    got: list[UUID] = []
    cursor: str | None = None
    for _ in range(4):
        async with db.unit(workspace) as work:
            page = await service.list_listings(work, EVERYTHING, cursor=cursor, limit=2)
        got += [each.id for each in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert len(got) == len(set(got)) == 7


async def test_a_sku_is_one_variant_whatever_its_case(db: Database, workspace: UUID) -> None:
    await add(db, workspace, "Mug 1")
    for sku in ("Mug 1", "MUG 1", " mug 1 "):
        with pytest.raises(SkuTaken):
            await add(db, workspace, sku)
    assert (await add(db, workspace, "Mug1")).sku == "Mug1"
    assert (await add(db, (await open_shop(db)).workspace_id, "Mug 1")).sku == "Mug 1"


async def test_variants_are_found_by_parts_and_changed(db: Database, workspace: UUID) -> None:
    connection = await link(db, workspace)
    mug = await add(db, workspace, "MUG_1", title="Clay mug 100%")
    await add(db, workspace, "CAP", title="Straw cap")

    async def find(q: str) -> list[str]:
        async with db.unit(workspace) as work:
            return [one.sku for one in (await service.list_variants(work, q=q, cursor=None, limit=50)).items]

    assert [await find(q) for q in ("ug_", "CLAY", "%", "_", "a", "zz")] == [
        ["MUG_1"],
        ["MUG_1"],
        ["MUG_1"],
        ["MUG_1"],
        ["CAP", "MUG_1"],
        [],
    ]
    async with db.unit(workspace) as work:
        changed = await service.update_variant(work, mug.id, VariantUpdate(barcode="4006381333931", price_minor=900))
    assert (changed.barcode, changed.price_minor, changed.title, changed.version) == (
        "4006381333931",
        900,
        "Clay mug 100%",
        mug.version + 1,
    )
    assert await find("4006381333931") == ["MUG_1"]
    await see(db, workspace, connection, face("x", barcode="04006381333931"))
    assert [one.variant_id for one in await shown(db, workspace)] == [mug.id]
    with pytest.raises(VariantNotFound):
        async with db.unit((await open_shop(db)).workspace_id) as work:
            await service.update_variant(work, mug.id, VariantUpdate(title="stolen"))
