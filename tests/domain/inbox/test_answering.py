"""An oversell is answered: whom it is suggested to ask, what is offered, and exactly what each choice does."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.core.errors import Unacceptable
from app.domain.catalog.schemas import VariantCreate
from app.domain.inbox import incident_rules as rules
from app.domain.inbox.errors import ReplyBlocked
from app.domain.inbox.incident_schemas import Alternative, IncidentDetail, IncidentResolve
from app.domain.inbox.service import answering, promising
from app.domain.inventory.errors import UnknownIncident
from app.domain.inventory.floor_schemas import HoldCreate, IncomingCreate, LineWrite
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import arriving, holding, incidents, moving
from app.domain.orders.service import add_variant, take_orders
from connectors.base.events import OrderLine, OrderSeen
from connectors.base.manifest import Cancelling
from connectors.registry import manifests
from tests.conftest import NOON
from tests.domain.inbox.desk import Desk, buyer, message

DUE = NOON + timedelta(days=2)
RATE = Cancelling(cost="rate", most_pct=2.5, warn_pct=2.0)


def free(channel: str) -> Cancelling | None:
    return None


async def oversold(desk: Desk) -> IncidentDetail:
    """One shirt on hand beside one kept back; Rina, who wrote to us, and after her Budi bought one each, and one more is wanted."""
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        for sku, title in (("SHIRT", "Kawung shirt sogan"), ("OTHER", "Kawung shirt indigo"), ("CUP", "Clay cup")):
            await add_variant(work, VariantCreate(sku=sku, title=title))
            await moving.move_stock(work, MovementCreate(sku=sku, delta=2, key=f"put {sku}"))
        await holding.hold(work, HoldCreate(sku="SHIRT", units=1, taken_from="available", put_to="safety", key="h"))
        goods = IncomingCreate(key="po", supplier="Sekar", lines=[LineWrite(sku="SHIRT", quantity=12)], arrives_at=DUE)
        await arriving.create_incoming(work, goods)
    await desk.hear(message("is it in stock"))
    await orders(desk, "rina", "budi")
    async with desk.db.unit(desk.workspace) as work:
        ((found,), _) = await incidents.list_incidents(work, state="open", limit=5)
        return await answering.read_detail(work, found.id, free)


async def orders(desk: Desk, *names: str) -> None:
    from_ = desk.source
    async with desk.db.unit(desk.workspace) as work:
        variant = await work.value("select id from variant where workspace_id = $1 and sku = 'SHIRT'", work.workspace_id)
        await work.execute(
            "insert into listing (workspace_id, id, created_at, connection_id, channel, external_id, external_sku, variant_id, mapping, "
            "fulfilment) values ($1, gen_random_uuid(), $2, $3, $5, 'l1', 'SHIRT', $4, 'confirmed', 'merchant')",
            work.workspace_id, work.now, from_.connection_id, variant, from_.channel,
        )  # fmt: skip
        seen = [
            OrderSeen(
                external_id=f"o-{name}", number=f"#{name}", version="1", status="open", placed_at=NOON - timedelta(minutes=9 - number),
                currency="USD", total_minor=4200, customer=buyer(name),
                lines=(OrderLine(external_id="1", external_sku="SHIRT", quantity=1, title="Shirt", listing_id="l1"),),
            )
            for number, name in enumerate(names)
        ]  # fmt: skip
        await take_orders(work, connection_id=from_.connection_id, channel=from_.channel, seen=seen)


async def answer(desk: Desk, detail: IncidentDetail, data: IncidentResolve) -> IncidentDetail:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await answering.resolve(work, detail.incident.id, data, sending_of=desk.sending_of, cancelling_of=free)


async def test_the_last_buyer_is_suggested_and_what_can_be_offered_is_listed(desk: Desk) -> None:
    detail = await oversold(desk)
    assert (detail.incident.units, detail.incident.decisions, detail.why.cause) == (1, [], "order")
    assert [(one.customer, one.units, one.conversation_id is not None) for one in detail.suggestions] == [
        ("Budi", 1, False), ("Rina", 1, True),
    ]  # fmt: skip
    assert [(one.offer, one.name, one.units) for one in detail.alternatives] == [
        ("held_back", "Main", 1), ("incoming", "Sekar", 12), ("substitute", "Kawung shirt indigo", 2), ("cancel", "", 1),
    ]  # fmt: skip
    drafts = detail.suggestions[1].drafts
    assert drafts[0] == ""
    assert drafts[1].startswith("Hello Rina, we are sorry: Kawung shirt sogan in your order #rina was sold elsewhere")


async def test_goods_on_their_way_are_promised_in_one_message_and_a_repeat_sends_none(desk: Desk) -> None:
    detail = await oversold(desk)
    rina, coming = detail.suggestions[1], detail.alternatives[1]
    assert rina.conversation_id is not None
    data = IncidentResolve(key="k1", offer="incoming", order_id=rina.order_id, ref=str(coming.ref), text=rina.drafts[1])
    for _ in range(2):
        after = await answer(desk, detail, data)
    (decision,) = after.incident.decisions
    assert (decision.offer, decision.order_id, decision.units, decision.by) == ("incoming", rina.order_id, 1, "Ayu Lestari")
    assert await desk.texts(rina.conversation_id) == ["is it in stock", rina.drafts[1]]
    async with desk.db.unit(desk.workspace) as work:
        (promise,) = (await promising.list_promises(work, rina.conversation_id)).items
    assert (promise.kind, promise.due_at, promise.message_id) == ("send", DUE, decision.message_id)
    assert (after.incident.state, after.incident.units) == ("open", 1)


async def test_letting_go_what_was_kept_back_ends_it_and_tells_nobody(desk: Desk) -> None:
    detail = await oversold(desk)
    back = detail.alternatives[0]
    after = await answer(desk, detail, IncidentResolve(key="k1", offer="held_back", order_id=None, ref=str(back.ref)))
    assert after.incident.state == "resolved"
    assert [one.offer for one in after.incident.decisions] == ["held_back"]
    assert await desk.texts((await desk.only()).id) == ["is it in stock"]


async def test_what_the_channel_refuses_or_nobody_offers_leaves_nothing_behind(desk: Desk) -> None:
    detail = await oversold(desk)
    budi, rina = detail.suggestions
    wrong = (
        (IncidentResolve(key="a", offer="incoming", order_id=rina.order_id, text="x"), Unacceptable),
        (IncidentResolve(key="b", offer="cancel", order_id=None, text="x"), Unacceptable),
        (IncidentResolve(key="c", offer="cancel", order_id=budi.order_id, text="x"), Unacceptable),
        (IncidentResolve(key="d", offer="cancel", order_id=rina.order_id, text="x" * 1001), ReplyBlocked),
    )
    for data, error in wrong:
        with pytest.raises(error):
            await answer(desk, detail, data)
    async with desk.db.unit(desk.workspace) as work:
        now = await answering.read_detail(work, detail.incident.id, free)
        with pytest.raises(UnknownIncident):
            await answering.read_detail(work, rina.order_id, free)
    assert (now.incident.decisions, now.incident.version) == ([], detail.incident.version)
    assert await desk.texts((await desk.only()).id) == ["is it in stock"]


def test_the_rate_is_projected_and_warned_of_above_two_percent() -> None:
    near = rules.penalty(RATE, sold=100, cancelled=1)
    assert (near.now_pct, near.then_pct, near.most_pct, near.warn) == (1.0, 2.0, 2.5, False)
    over = rules.penalty(RATE, sold=95, cancelled=1)
    assert (over.then_pct, over.warn) == (2.1, True)
    assert rules.penalty(None, sold=5, cancelled=5).cost == "none"
    assert rules.penalty(Cancelling(cost="defect"), sold=5, cancelled=0).cost == "defect"


def test_words_are_in_the_buyers_language_with_the_shops_date() -> None:
    offer = Alternative(offer="incoming", name="Sekar", units=3, at=NOON.replace(month=12, day=1, hour=23))
    zone = ZoneInfo("Asia/Jakarta")
    said = [
        rules.draft(offer, language=one, customer="Laras Wibowo", title="Kawung", number="#1903", zone=zone)
        for one in ("id", "en")
    ]
    assert said[0].startswith("Kak Laras, mohon maaf: Kawung di pesanan #1903 baru saja terjual")
    assert "Stok baru datang tanggal 2 Des, dan" in said[0]
    assert "More arrive on 2 Dec, and" in said[1]


def test_what_channels_charge_for_a_cancelled_sale_is_in_their_manifests() -> None:
    terms = {key: one.cancelling.cost for key, one in manifests().items() if one.cancelling}
    assert sorted(terms.values()) == ["defect", "rate"]
