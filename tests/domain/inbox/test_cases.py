"""A channel's case finds its conversation, tells what happened and keeps its own clock there."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.customers.service import note_consents, read_timeline
from app.domain.inbox.errors import ReplyBlocked
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import cases, reading, working
from app.domain.orders import matters, service
from app.domain.orders.service import take_orders
from connectors.base.events import CaseSeen, CheckoutSeen, ConsentChanged, OrderLine, OrderSeen
from tests.domain.inbox.desk import Desk, at, buyer, message


def case(version: str = "1", **more: Any) -> CaseSeen:
    told: dict[str, Any] = {
        "external_id": "c1", "kind": "return", "version": version, "open": True, "seen_at": at(-5), "order_id": "o1",
        "customer": buyer(), "title": "Return", "detail": "too small", "respond_by": at(60),
    }  # fmt: skip
    return CaseSeen(**(told | more))


async def see(desk: Desk, *seen: CaseSeen) -> None:
    async with desk.db.unit(desk.workspace) as work:
        await cases.see_cases(work, desk.source, seen)


async def lines(desk: Desk) -> list[str]:
    only = await desk.only()
    return [one.event.code for one in await desk.messages(only.id) if one.event]


async def test_it_stands_in_the_talk_about_its_order_and_no_reply_stops_its_clock(desk: Desk) -> None:
    await desk.hear(message("it is too small", -30, order_ids=("o1",)))
    await see(desk, case())
    told = await desk.only()
    assert (told.market_due_at, told.next_due_at) == (at(60), at(60))
    await desk.write(told.id, "send it back")
    after = await desk.only()
    assert (after.awaiting_since, after.market_due_at, after.next_due_at) == (None, at(60), at(60))
    (line,) = [one for one in await desk.messages(told.id) if one.event]
    assert line.event is not None
    assert line.event.detail["words"] == "too small"
    assert line.event.detail["order"] == "o1"


async def test_newer_facts_add_a_line_and_older_ones_change_nothing(desk: Desk) -> None:
    await see(desk, case("1"))
    await see(desk, case("3", respond_by=at(30)))
    await see(desk, case("2", respond_by=at(90)), case("3"), case("1"))
    assert (await lines(desk), (await desk.only()).market_due_at) == (["case_opened", "case_changed"], at(30))
    await see(desk, case("4", open=False))
    assert await lines(desk) == ["case_opened", "case_changed", "case_closed"]
    assert (await desk.only()).next_due_at is None


async def test_the_earliest_open_case_counts(desk: Desk) -> None:
    await desk.hear(message("two of them", -30, order_ids=("o1",)))
    await see(desk, case(respond_by=at(90)), case(external_id="c2", respond_by=at(20)), case(external_id="c3", respond_by=None))
    assert (await desk.only()).market_due_at == at(20)
    await see(desk, case("2", external_id="c2", open=False))
    assert (await desk.only()).market_due_at == at(90)


async def test_one_that_opens_reopens_a_closed_talk(desk: Desk) -> None:
    await desk.hear(message("hello", -30, order_ids=("o1",)))
    only = await desk.only()
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await working.update_conversation(work, only.id, ConversationUpdate(status="closed"))
    await see(desk, case())
    assert (await desk.only()).status == "open"


async def test_its_thread_leads_where_its_order_does_not(desk: Desk) -> None:
    await desk.hear(message("hello", -30))
    await see(desk, case(order_id="", customer=None, thread="t1"))
    assert await lines(desk) == ["case_opened"]


async def test_talk_that_comes_later_in_its_thread_joins_it(desk: Desk) -> None:
    await see(desk, case(thread="t1"))
    await desk.hear(message("about my return", -1))
    assert (await desk.only()).subject == "Return"
    assert await desk.texts((await desk.only()).id) == ["about my return"]


async def test_one_of_nobody_is_worked_on_all_the_same(desk: Desk) -> None:
    await see(desk, case(order_id="", customer=None))
    only = await desk.only()
    assert (only.subject, only.customer.name, only.market_due_at) == ("Return", "c1", at(60))


async def test_the_buyer_is_taken_from_the_order_and_the_order_shows_the_case(desk: Desk) -> None:
    line = OrderLine(external_id="1", external_sku="MUG", quantity=1)
    order = OrderSeen(
        external_id="o1", version="1", status="open", placed_at=at(-99), lines=(line,), currency="USD", customer=buyer("budi")
    )
    async with desk.db.unit(desk.workspace) as work:
        (order_id,) = await take_orders(work, connection_id=desk.source.connection_id, channel=desk.source.channel, seen=[order])
    await see(desk, case(customer=None))
    assert (await desk.only()).customer.name == "Budi"
    async with desk.db.unit(desk.workspace) as work:
        shown = (await service.read_order(work, order_id)).cases
    assert [(one.kind, one.open, one.respond_by) for one in shown] == [("return", True, at(60))]


async def test_a_basket_stands_on_the_timeline_and_stays_recovered(desk: Desk) -> None:
    line = OrderLine(external_id="1", external_sku="MUG", quantity=2)
    left = CheckoutSeen(
        external_id="b1", customer=buyer(), at=at(-60), lines=(line,), total_minor=900, currency="USD", url="https://x.test"
    )
    found = CheckoutSeen(external_id="b1", customer=buyer(), at=at(-30), total_minor=900, currency="USD", recovered=True)
    async with desk.db.unit(desk.workspace) as work:
        for seen in ([left], [found], [left], [left, found]):
            await matters.take_checkouts(work, connection_id=desk.source.connection_id, channel="somewhere", seen=seen)
        customer = await work.value("select id from customer where workspace_id = $1", work.workspace_id)
        (stop,) = (await read_timeline(work, customer, cursor=None, limit=10)).items
    assert (stop.kind, stop.at, stop.detail["recovered"], stop.detail["total_minor"]) == ("checkout", at(-30), True, 900)


async def consent(desk: Desk, *told: tuple[bool, str, float]) -> None:
    async with desk.db.unit(desk.workspace) as work:
        for allowed, scope, minutes in told:
            await note_consents(work, [ConsentChanged(handle=buyer(), allowed=allowed, at=at(minutes), scope=scope)])  # type: ignore[arg-type]


async def blocked(desk: Desk) -> str:
    only = await desk.only()
    async with desk.db.unit(desk.workspace) as work:
        (thread,) = (await reading.read_context(work, only.id, desk.sending_of)).threads
    told = thread.block.code if thread.block else ""
    assert thread.can_reply == (not told)
    if not told:
        await desk.write(only.id, "hello")
        return ""
    with pytest.raises(ReplyBlocked) as refused:
        await desk.write(only.id, "hello")
    assert refused.value.code == told
    return told


async def test_whoever_refused_is_not_written_to_until_they_allow_it_again(desk: Desk) -> None:
    await consent(desk, (False, "all", -40))
    await desk.hear(message("hello", -30))
    assert await blocked(desk) == "refused_all"
    await consent(desk, (True, "all", -50))
    assert await blocked(desk) == "refused_all"
    await consent(desk, (True, "all", -20))
    assert await blocked(desk) == ""
    await consent(desk, (False, "unasked", -10))
    assert await blocked(desk) == ""


async def test_whoever_wants_nothing_unasked_still_gets_answers_only(desk: Desk) -> None:
    await consent(desk, (False, "unasked", -40))
    await desk.hear(message("our offer", -30, direction="out"))
    assert await blocked(desk) == "refused_unasked"
    async with desk.db.unit(desk.workspace) as work:
        context = await reading.read_context(work, (await desk.only()).id, desk.sending_of)
    assert context.customer["handles"][0]["refuses"] == ["unasked"]
    await desk.hear(message("what is this", -20))
    assert await blocked(desk) == ""
