"""What the screen asks: pages without holes, queues that agree with their counts, exact and word search, orders beside the talk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.core.clock import HeldClock
from app.core.db import Actor
from app.core.errors import Invalid, Unacceptable
from app.core.timers import QUEUE
from app.domain.inbox.errors import VersionMoved
from app.domain.inbox.schemas import ConversationRead, ConversationUpdate, ReadUpTo
from app.domain.inbox.service import reading, working
from app.domain.inbox.service.reading import Filter
from app.domain.orders import service as orders
from app.domain.workspaces import service as workspaces
from app.domain.workspaces.schemas import TeamCreate
from connectors.base.events import OrderSeen
from tests.domain.inbox.desk import Desk, at, buyer, message


async def page(desk: Desk, wanted: Filter, cursor: str | None, limit: int) -> tuple[list[UUID], str | None]:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        found = await reading.list_conversations(work, wanted, cursor=cursor, limit=limit)
    return [one.id for one in found.items], found.next_cursor


async def change(desk: Desk, conversation: UUID, **fields: Any) -> ConversationRead:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await working.update_conversation(work, conversation, ConversationUpdate(**fields))


async def crowd(desk: Desk, count: int, minutes: float = -10) -> None:
    """Conversations of as many buyers, all at the same moment."""
    await desk.hear(*(message(f"q{n}", minutes, thread=f"c{n}", customer=buyer(f"b{n}")) for n in range(count)))


@pytest.mark.parametrize("queue", ["all", "deadline", "unassigned"])
async def test_pages_neither_skip_nor_repeat_where_times_are_equal(desk: Desk, queue: str) -> None:
    await crowd(desk, 7)
    whole, _ = await page(desk, Filter(queue=queue), None, 50)
    seen: list[UUID] = []
    cursor: str | None = None
    for number in range(4):
        found, cursor = await page(desk, Filter(queue=queue), cursor, 2)
        seen += found
        assert (cursor is None) == (number == 3)
    assert seen == whole
    assert len(set(seen)) == 7


async def test_a_row_that_jumps_to_the_top_does_not_shake_the_next_page(desk: Desk) -> None:
    await crowd(desk, 4)
    first, cursor = await page(desk, Filter(), None, 2)
    await desk.hear(message("me again", -1, thread="c0", customer=buyer("b0")))
    second, _ = await page(desk, Filter(), cursor, 2)
    assert not set(first) & set(second)
    with pytest.raises(Invalid):
        await page(desk, Filter(), "not-ours", 2)


async def test_every_queue_shows_what_it_counts(desk: Desk) -> None:
    await crowd(desk, 6)
    ids = [one.id for one in await desk.conversations(queue="all")]
    await change(desk, ids[0], assignee_id=desk.shop.owner_id)
    await change(desk, ids[1], status="closed")
    await change(desk, ids[2], status="snoozed", snoozed_until=at(60))
    await desk.write(ids[3], "done")
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        counts = await reading.count_queues(work)
    assert (counts.mine, counts.unassigned, counts.deadline, counts.all, counts.waiting, counts.snoozed) == (1, 3, 3, 4, 1, 1)
    shown = {
        "mine": await desk.conversations(queue="mine"), "unassigned": await desk.conversations(queue="unassigned"),
        "deadline": await desk.conversations(queue="deadline"), "all": await desk.conversations(queue="all"),
        "waiting": await desk.conversations(status="waiting"), "snoozed": await desk.conversations(status="snoozed"),
    }  # fmt: skip
    assert {name: len(rows) for name, rows in shown.items()} == {name: getattr(counts, name) for name in shown}
    assert [one.id for one in await desk.conversations(status="closed")] == [ids[1]]
    assert {one.id for one in await desk.conversations(waiting_on="us")} == {ids[0], ids[4], ids[5]}


async def test_a_teams_count_is_what_its_list_shows(desk: Desk) -> None:
    await crowd(desk, 4)
    ids = [one.id for one in await desk.conversations(queue="all")]
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        busy, idle = [await workspaces.create_team(work, TeamCreate(name=name)) for name in ("Batik", "Coffee")]
    for number, id in enumerate(ids[:3]):
        await change(desk, id, team_id=busy.id, **({"status": "closed"} if number == 0 else {}))
    async with desk.db.look(desk.workspace, desk.actor) as work:
        counts = await reading.count_queues(work)
    assert counts.teams == {busy.id: 2, idle.id: 0}
    assert {one.id for one in await desk.conversations(team_id=busy.id)} == set(ids[1:3])


async def test_filters_take_only_what_matches(desk: Desk) -> None:
    await crowd(desk, 3)
    one, two, three = await desk.conversations(queue="all")
    await change(desk, one.id, tags=["refund"])
    assert [row.id for row in await desk.conversations(tag="refund")] == [one.id]
    assert [row.id for row in await desk.conversations(customer_id=two.customer.id)] == [two.id]
    thread = three.preview.replace("q", "c")
    assert [row.id for row in await desk.conversations(external_id=thread)] == [three.id]
    assert len(await desk.conversations(connection_id=desk.source.connection_id)) == 3
    assert await desk.conversations(channel="elsewhere") == []


def order(external_id: str, customer: str = "rina") -> OrderSeen:
    return OrderSeen(
        external_id=external_id, version="1", status="open", placed_at=at(-90), lines=(), currency="EUR", customer=buyer(customer),
        number=f"N-{external_id}", tracking=f"JX{external_id}",
    )  # fmt: skip


async def take(desk: Desk, *seen: OrderSeen) -> None:
    async with desk.db.unit(desk.workspace) as work:
        await orders.take_orders(work, connection_id=desk.source.connection_id, channel=desk.source.channel, seen=seen)


async def links(desk: Desk, conversation: UUID) -> list[tuple[str, str]]:
    async with desk.db.unit(desk.workspace) as work:
        rows = await work.fetch(
            "select order_ref, source from conversation_order where workspace_id = $1 and conversation_id = $2 order by 1",
            work.workspace_id, conversation,
        )  # fmt: skip
    return [(row["order_ref"], row["source"]) for row in rows]


async def test_orders_are_linked_by_the_channels_word_and_by_the_text(desk: Desk) -> None:
    await take(desk, order("10010001"), order("10010002", "somebody"), order("10010003"))
    await desk.hear(message("about 10010002 and 99999999", -9, order_ids=("10010001",)))
    told = await desk.only()
    assert await links(desk, told.id) == [("10010001", "channel"), ("10010002", "text")]
    async with desk.db.unit(desk.workspace) as work:
        context = await reading.read_context(work, told.id, desk.sending_of)
    assert {one["external_id"] for one in context.orders} == {"10010001", "10010002", "10010003"}
    (thread,) = context.threads
    assert (thread.can_reply, thread.block, thread.text_limit) == (True, None, 1000)


async def test_search_finds_by_exact_key_and_by_words(desk: Desk) -> None:
    await take(desk, order("20020001"))
    await desk.hear(message("The Blue teapot came broken", -9, order_ids=("20020001",)))
    await desk.hear(message("nothing to do with it", -8, thread="t2", customer=buyer("dewi")))
    told = next(one for one in await desk.conversations() if one.customer.name == "Rina")
    await change(desk, told.id, status="closed")
    for words in ("20020001", "N-20020001", "jx20020001", "blue TEAPOT", "teapot broken"):
        assert [one.id for one in await desk.conversations(q=words)] == [told.id], words
    assert await desk.conversations(q="teapot -broken") == []
    assert await desk.conversations(q="2002") == []


async def test_html_is_told_of_but_never_sent_with_a_list(desk: Desk) -> None:
    await desk.hear(message("plain", -9, html="<p>secret <b>markup</b></p>", external_id="h1"))
    told = await desk.only()
    (found,) = await desk.messages(told.id)
    assert (found.html, found.text) == (True, "plain")
    async with desk.db.unit(desk.workspace) as work:
        assert (await reading.read_html(work, found.id)).html == "<p>secret <b>markup</b></p>"
        leaked = await work.value(
            "select count(*) from outbox where workspace_id = $1 and payload::text like '%markup%'", work.workspace_id
        )
    assert leaked == 0


async def test_a_snooze_ends_at_its_time_and_can_be_moved(desk: Desk, clock: HeldClock) -> None:
    await desk.hear(message("later", -9))
    told = await desk.only()
    with pytest.raises(Unacceptable):
        await change(desk, told.id, status="snoozed", snoozed_until=at(0))
    assert (await change(desk, told.id, status="snoozed", snoozed_until=at(60))).snoozed_until == at(60)
    moved = await change(desk, told.id, status="snoozed", snoozed_until=at(120))
    assert (moved.status, moved.snoozed_until, moved.awaiting_since) == ("snoozed", at(120), at(-9))
    async with desk.db.unit(desk.workspace) as work:
        due = await work.fetch(
            f"select t.due_at from timer t where t.workspace_id = $1 and t.subject_id = $2 and {QUEUE.ready.replace('$now', '$3')}",
            work.workspace_id, told.id, at(500),
        )  # fmt: skip
        assert [row["due_at"] for row in due] == [at(120)]
        clock.at = at(120)
        await working.wake_up(work, told.id)
    woken = await desk.only()
    assert (woken.status, woken.snoozed_until) == ("open", None)


async def test_a_snooze_that_a_buyer_or_a_member_ended_strikes_nobody(desk: Desk) -> None:
    await desk.hear(message("later", -9))
    told = await change(desk, (await desk.only()).id, status="snoozed", snoozed_until=at(60))
    await desk.hear(message("sooner!", -1))
    assert (await desk.only()).status == "open"
    await change(desk, told.id, status="closed")
    async with desk.db.unit(desk.workspace) as work:
        await working.wake_up(work, told.id)
    assert (await desk.only()).status == "closed"


async def test_each_member_has_a_read_mark_of_their_own(desk: Desk) -> None:
    await desk.hear(message("one", -9), message("two", -8))
    told = await desk.only()
    other = await workspaces.add_member(
        desk.db,
        desk.workspace,
        name="Budi",
        email=f"budi-{desk.workspace.hex}@shop.test",
        password="only-for-tests-8f3a",
        role="agent",
    )
    assert (told.unread, told.unread_count) == (True, 2)

    async def mark(**data: Any) -> tuple[int | None, bool | None]:
        async with desk.db.unit(desk.workspace, desk.actor) as work:
            await working.mark_read(work, told.id, ReadUpTo(**data))
        found = await desk.only()
        return found.unread_count, found.unread

    assert await mark(in_count=1) == (1, True)
    assert await mark() == (0, False)
    assert await mark(in_count=1) == (0, False)
    assert await mark(in_count=99) == (0, False)
    assert await mark(unread=True) == (1, True)
    await desk.hear(message("three", -7), message("ours", -6, direction="out"))
    assert (await desk.only()).unread_count == 2
    async with desk.db.unit(desk.workspace, Actor(other)) as work:
        assert (await reading.read_conversation(work, told.id)).unread_count == 3


async def test_a_change_on_an_older_version_is_refused_and_leaves_no_line(desk: Desk) -> None:
    await desk.hear(message("one", -9))
    told = await desk.only()
    await change(desk, told.id, priority="high", if_version=told.version)
    with pytest.raises(VersionMoved):
        await change(desk, told.id, priority="low", if_version=told.version)
    events = [one.event for one in await desk.messages(told.id) if one.event is not None]
    assert [(one.code, one.detail) for one in events] == [("priority", {"from": "normal", "to": "high"})]
    with pytest.raises(Unacceptable):
        await change(desk, told.id, assignee_id=told.id)


async def test_followers_come_and_go_one_by_one_and_nobody_unknown_follows(desk: Desk) -> None:
    await desk.hear(message("hello", -5))
    told, me = await desk.only(), desk.shop.owner_id
    tom, floor = [
        await workspaces.add_member(desk.db, desk.workspace, name=name, email=f"{name}@follow.example", role=role)
        for name, role in (("tom", "agent"), ("floor", "stock"))
    ]
    assert (await change(desk, told.id, follow=[me])).follower_ids == [me]
    both = await change(desk, told.id, follow=[tom])
    assert (both.follower_ids, both.assignee_id) == (sorted([me, tom]), None)
    assert (await change(desk, told.id, follow=[tom])).version == both.version
    for stranger in (floor, told.id):
        with pytest.raises(Unacceptable) as refused:
            await change(desk, told.id, follow=[stranger])
        assert refused.value.fields == {"follow": "unknown"}
    assert (await change(desk, told.id, unfollow=[me])).follower_ids == [tom]
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        lines = (await reading.list_messages(work, told.id, cursor=None, limit=50)).items
    said = [one.event.detail["to"] for one in lines if one.event and one.event.code == "followers"]
    assert said == [[str(tom)], [str(one) for one in sorted([me, tom])], [str(me)]]
