"""Recognising buyers on a real database: one person stays one, two stay two, the erased stay forgotten."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.domain.customers import service
from app.domain.customers.errors import CustomerNotFound
from app.domain.customers.schemas import CustomerRead
from connectors.base.events import Handle
from tests.conftest import open_shop

Seen = tuple[Handle, tuple[Handle, ...], str]
EBAY = Handle(kind="ebay_user", value="siti_r", label="siti_r")
TELEGRAM = Handle(kind="telegram_user", value="9007199254740993", name="Siti Rahmawati")
MAIL = Handle(kind="email", value="siti@mail.example")


async def meet(db: Database, workspace: UUID, *seen: Seen) -> list[UUID]:
    async with db.unit(workspace) as work:
        return await service.identify(work, seen)


async def read(db: Database, workspace: UUID, customer: UUID) -> CustomerRead:
    async with db.unit(workspace) as work:
        return await service.read_customer(work, customer)


async def find(db: Database, workspace: UUID, q: str) -> list[UUID]:
    async with db.unit(workspace) as work:
        return [one.id for one in (await service.list_customers(work, q=q, cursor=None, limit=50)).items]


async def count(db: Database, workspace: UUID, table: str) -> int:
    async with db.unit(workspace) as work:
        return int(await work.value(f"select count(*) from {table} where workspace_id = $1", workspace))


async def changes(db: Database, workspace: UUID) -> int:
    async with db.unit(workspace) as work:
        return int(await work.value("select count(*) from outbox where workspace_id = $1 and kind = 'customer'", workspace))


async def test_nobody_is_nobody(db: Database, workspace: UUID) -> None:
    assert await meet(db, workspace) == []


async def test_answers_stand_in_the_order_asked(db: Database, workspace: UUID) -> None:
    first, second, again = await meet(db, workspace, (TELEGRAM, (), "id"), (EBAY, (), ""), (TELEGRAM, (), ""))
    assert first == again != second
    found = await read(db, workspace, first)
    assert (found.name, found.language) == ("Siti Rahmawati", "id")
    assert [(one.kind, one.value) for one in found.handles] == [("telegram_user", "9007199254740993")]


async def test_meeting_again_writes_nothing(db: Database, workspace: UUID) -> None:
    seen = (EBAY, (MAIL,), "en")
    [one] = await meet(db, workspace, seen)
    before = await read(db, workspace, one), await changes(db, workspace)
    assert await meet(db, workspace, seen, seen) == [one, one]
    assert (await read(db, workspace, one), await changes(db, workspace)) == before


async def test_a_vouched_mail_joins_channels(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (EBAY, (MAIL,), ""))
    [same] = await meet(db, workspace, (TELEGRAM, (Handle(kind="email", value="SITI@mail.example"),), ""))
    assert same == one
    found = await read(db, workspace, one)
    assert {(handle.kind, handle.value) for handle in found.handles} == {
        ("ebay_user", "siti_r"),
        ("email", "siti@mail.example"),
        ("telegram_user", "9007199254740993"),
    }
    assert found.version > 1


async def test_a_second_id_of_the_same_kind_is_another_person(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (EBAY, (MAIL,), ""))
    [other] = await meet(db, workspace, (Handle(kind="ebay_user", value="budi_s"), (MAIL,), ""))
    assert other != one
    assert [handle.value for handle in (await read(db, workspace, other)).handles] == ["budi_s"]


async def test_a_guess_is_not_kept(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (EBAY, (Handle(kind="email", value="siti@mail.example", strength="guessed"),), ""))
    assert [handle.kind for handle in (await read(db, workspace, one)).handles] == ["ebay_user"]
    assert await find(db, workspace, "siti@mail.example") == []


async def test_a_name_fills_a_gap_and_never_overwrites(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (Handle(kind="phone", value="+628125550001"), (), ""))
    await meet(db, workspace, (Handle(kind="phone", value="+62 812 555 0001", name="Siti"), (), ""))
    assert (await read(db, workspace, one)).name == "Siti"
    await meet(db, workspace, (Handle(kind="phone", value="+628125550001", name="Someone else"), (), ""))
    assert (await read(db, workspace, one)).name == "Siti"


async def test_a_new_label_is_shown_and_told(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (EBAY, (), ""))
    before, told = await read(db, workspace, one), await changes(db, workspace)
    await meet(db, workspace, (Handle(kind="ebay_user", value="siti_r", label="siti.shop"), (), ""))
    after = await read(db, workspace, one)
    assert [handle.label for handle in after.handles] == ["siti.shop"]
    assert after.version == before.version + 1
    assert await changes(db, workspace) == told + 1


async def test_two_at_once_meet_one_person(db: Database, workspace: UUID) -> None:
    answers = await asyncio.gather(*(meet(db, workspace, (EBAY, (MAIL,), "")) for _ in range(6)))
    assert len({answer[0] for answer in answers}) == 1
    assert await count(db, workspace, "customer") == 1


async def test_two_channels_at_once_meet_one_mail_address(db: Database, workspace: UUID) -> None:
    answers = await asyncio.gather(
        *(meet(db, workspace, (primary, (MAIL,), "")) for primary in (EBAY, TELEGRAM, MAIL, TELEGRAM, EBAY, MAIL))
    )
    assert len({answer[0] for answer in answers}) == 1
    assert await count(db, workspace, "handle") == 3


HANDLE = st.builds(
    Handle, kind=st.sampled_from(["ebay_user", "telegram_user", "email"]), value=st.sampled_from(["a", "b"]), name=st.just("")
)
SEEN = st.tuples(HANDLE, st.lists(HANDLE, max_size=2).map(tuple), st.just("en"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=st.lists(SEEN, min_size=1, max_size=5), random=st.randoms(use_true_random=False))
async def test_order_and_repetition_change_no_grouping(db: Database, seen: list[Seen], random: object) -> None:
    order = [*range(len(seen)), *range(len(seen))]
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, mixed = (await open_shop(db)).workspace_id, (await open_shop(db)).workspace_id
    plain = await meet(db, straight, *seen)
    shuffled = dict(zip(order, await meet(db, mixed, *(seen[at] for at in order)), strict=True))
    pairs = [(one, two) for one in range(len(seen)) for two in range(len(seen))]
    assert [plain[a] == plain[b] for a, b in pairs] == [shuffled[a] == shuffled[b] for a, b in pairs]
    assert await meet(db, straight, *seen) == plain


async def test_another_workspace_sees_nothing(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (EBAY, (MAIL,), ""))
    stranger = (await open_shop(db)).workspace_id
    with pytest.raises(CustomerNotFound):
        await read(db, stranger, one)
    assert await find(db, stranger, "siti_r") == []
    [theirs] = await meet(db, stranger, (EBAY, (MAIL,), ""))
    assert theirs != one
    async with db.unit(stranger) as work:
        assert await work.value("select count(*) from handle where customer_id = $1", one) == 0


async def test_people_are_found_by_words_of_their_name_and_by_handle(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (TELEGRAM, (MAIL, Handle(kind="phone", value="+62 812-555")), ""))
    await meet(db, workspace, (Handle(kind="ebay_user", value="u2", name="Budi 100% Santoso"), (), ""))
    for q in ("siti", "rahma", "Siti Rahmawati", "SITI@mail.example", "9007199254740993", "+62812-555"):
        assert await find(db, workspace, q) == [one], q
    assert await find(db, workspace, "iti") == []
    assert await find(db, workspace, "%") == []
    assert len(await find(db, workspace, "")) == 2


async def test_a_list_goes_on_where_it_stopped(db: Database, workspace: UUID) -> None:
    made = [(await meet(db, workspace, (Handle(kind="ebay_user", value=f"u{n}"), (), "")))[0] for n in range(5)]
    got, cursor = [], None
    for _ in range(3):
        async with db.unit(workspace) as work:
            page = await service.list_customers(work, q="", cursor=cursor, limit=2)
        got += [one.id for one in page.items]
        cursor = page.next_cursor
    assert got == made[::-1]
    assert cursor is None


async def test_the_erased_leave_a_hash_and_no_name(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (TELEGRAM, (MAIL,), "id"))
    async with db.unit(workspace) as work:
        assert await service.find_by_handle(work, TELEGRAM) == [one]
        await service.erase_customer(work, one)
    found = await read(db, workspace, one)
    assert (found.name, found.language, found.note) == ("", "", "")
    assert {handle.kind for handle in found.handles} == {"telegram_user", "email"}
    assert all(handle.value.startswith("erased:") and not handle.label for handle in found.handles)
    assert await find(db, workspace, "siti") == []
    assert await find(db, workspace, MAIL.value) == []
    async with db.unit(workspace) as work:
        assert await service.find_by_handle(work, TELEGRAM) == []


async def test_old_news_of_the_erased_brings_nothing_back(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (TELEGRAM, (MAIL,), "id"))
    async with db.unit(workspace) as work:
        await service.erase_customer(work, one)
    before = await read(db, workspace, one)
    assert await meet(db, workspace, (TELEGRAM, (MAIL,), "id")) == [one]
    assert await read(db, workspace, one) == before
    assert await find(db, workspace, "siti") == []


async def test_an_address_of_the_erased_may_belong_to_somebody_new_and_be_erased_again(db: Database, workspace: UUID) -> None:
    [one] = await meet(db, workspace, (TELEGRAM, (MAIL,), ""))
    async with db.unit(workspace) as work:
        await service.erase_customer(work, one)
    [other] = await meet(db, workspace, (EBAY, (MAIL,), ""))
    assert other != one
    async with db.unit(workspace) as work:
        await service.erase_customer(work, other)
    assert all(handle.value.startswith("erased:") for handle in (await read(db, workspace, other)).handles)


async def test_a_number_stands_in_only_until_a_name_is_told(db: Database, workspace: UUID) -> None:
    phone = Handle(kind="phone", value="+6281255500093", label="+6281255500093")
    named = Handle(kind="phone", value="+6281255500093", name="Mega Puspita")
    (first,) = await meet(db, workspace, (phone, (), ""))
    assert (await read(db, workspace, first)).name == "+6281255500093"
    assert await meet(db, workspace, (named, (), "")) == [first]
    assert (await read(db, workspace, first)).name == "Mega Puspita"
    account = Handle(kind="ebay_user", value="hannah_11", label="hannah_11")
    (second,) = await meet(db, workspace, (account, (), ""))
    await meet(db, workspace, (Handle(kind="ebay_user", value="hannah_11", label="hannah_11", name="Hannah Whitlock"), (), ""))
    assert (await read(db, workspace, second)).name == "Hannah Whitlock"
    await meet(db, workspace, (phone, (), ""))
    await meet(db, workspace, (Handle(kind="phone", value="+6281255500093", name="Someone Else"), (), ""))
    assert (await read(db, workspace, first)).name == "Mega Puspita"
