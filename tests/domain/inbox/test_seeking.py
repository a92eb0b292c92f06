"""The one search box: a pasted number, address or SKU is the first hit; words follow; the neighbour's shop is not looked through."""

from __future__ import annotations

import pytest

from app.core.db import Actor
from app.domain.catalog import service as catalog
from app.domain.catalog.schemas import VariantCreate
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import seeking, working
from app.domain.orders import service as orders
from connectors.base.events import OrderSeen
from tests.conftest import open_shop
from tests.domain.inbox.desk import Desk, at, buyer, message

ORDER = "27-10012-55"


async def found(desk: Desk, typed: str) -> list[tuple[str, str, bool]]:
    async with desk.db.look(desk.workspace, desk.actor) as work:
        return [(one.kind, one.title, one.exact) for one in (await seeking.seek(work, typed)).items]


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    """Rina asks about her order; Budi, later, writes its number in a sentence and the name of a mug in another."""
    seen = OrderSeen(
        external_id=ORDER, version="1", status="open", placed_at=at(-90), lines=(), currency="EUR", customer=buyer("rina"),
        number="N-1001", tracking="JX 4471 0098",
    )  # fmt: skip
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await orders.take_orders(work, connection_id=desk.source.connection_id, channel=desk.source.channel, seen=[seen])
        await catalog.create_variant(work, VariantCreate(sku="MUG-1", title="Stone mug"))
    await desk.hear(message("where is it", -30, order_ids=(ORDER,), subject="Parcel"))
    await desk.hear(message("the mug is lovely, my friend had JX44710098 too", -10, thread="t2", customer=buyer("budi")))
    return desk


@pytest.mark.parametrize("typed", [ORDER, f"  {ORDER} ", "n-1001", "JX44710098", "jx 4471 0098"])
async def test_a_pasted_order_or_parcel_is_the_first_hit(filled: Desk, typed: str) -> None:
    hits = await found(filled, typed)
    assert hits == [("order", "N-1001", True), ("conversation", "Rina", True), ("conversation", "Budi", True)]


async def test_words_come_after_exact_keys(filled: Desk) -> None:
    await filled.hear(message("is mug-1 still made", -5, thread="t3", customer=buyer("siti")))
    assert await found(filled, "mug-1") == [("variant", "MUG-1", True), ("conversation", "Siti", False)]
    assert await found(filled, "lovely") == [("conversation", "Budi", False)]


async def test_a_sku_a_buyer_and_a_number_are_found_as_what_they_are(filled: Desk) -> None:
    assert await found(filled, "mug-1") == [("variant", "MUG-1", True)]
    assert await found(filled, "rina") == [("conversation", "Rina", True), ("customer", "Rina", True)]
    (rina,) = [one for one in await filled.conversations() if one.subject == "Parcel"]
    assert ("conversation", "Rina", True) in await found(filled, f"#{rina.number}")
    async with filled.db.look(filled.workspace, filled.actor) as work:
        (customer,) = [one for one in (await seeking.seek(work, "rina")).items if one.kind == "customer"]
    assert customer.conversation_id == rina.id


async def test_a_closed_conversation_is_found_and_nothing_finds_nothing(filled: Desk) -> None:
    (rina,) = [one for one in await filled.conversations() if one.subject == "Parcel"]
    async with filled.db.unit(filled.workspace, filled.actor) as work:
        await working.update_conversation(work, rina.id, ConversationUpdate(status="closed"))
    assert ("conversation", "Rina", True) in await found(filled, ORDER)
    for typed in ("", "   ", "zebra", "999999999", "%", "' or 1=1"):
        assert await found(filled, typed) == []


async def test_the_neighbours_shop_is_not_looked_through(filled: Desk) -> None:
    other = await open_shop(filled.db, name="Toko Sebelah")
    async with filled.db.look(other.workspace_id, Actor(other.owner_id)) as work:
        for typed in (ORDER, "mug-1", "rina", "lovely", "1"):
            assert (await seeking.seek(work, typed)).items == []
