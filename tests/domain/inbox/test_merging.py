"""Conversations merged, split and parted again: every row is where it was, and what came since goes with its thread."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import HeldClock
from app.core.errors import AppError
from app.core.vault import Vault
from app.domain.customers.errors import CannotMerge, MergedSince, MergeOver
from app.domain.inbox.errors import AlreadyOffered
from app.domain.inbox.handing_schemas import HandoffCreate, PromiseCreate
from app.domain.inbox.schemas import ConversationUpdate, ReadUpTo
from app.domain.inbox.service import handing, joining, merging, noting, promising, reading, working
from app.domain.inbox.service.reading import Filter
from app.domain.workspaces import service as workspaces
from connectors.base.events import MessageStatus
from tests.conftest import NOON, SECRET_KEYS, open_shop
from tests.domain.inbox.desk import Desk, at, buyer, message, open_desk

TABLES = {
    "conversation": "to_jsonb(x) - 'version' - 'updated_at'",
    "thread": "to_jsonb(x)",
    "message": "to_jsonb(x) - 'search'",
    "conversation_order": "to_jsonb(x)",
    "conversation_case": "to_jsonb(x)",
    "read_mark": "to_jsonb(x)",
    "draft": "to_jsonb(x)",
    "promise": "to_jsonb(x) - 'version' - 'updated_at'",
    "handoff": "to_jsonb(x) - 'version' - 'updated_at'",
}


async def picture(desk: Desk, *, lines: bool = False) -> dict[str, list[str]]:
    """Every row of the inbox but the system lines that merging itself writes."""
    async with desk.db.unit(desk.workspace) as work:
        shown = {}
        for table, columns in TABLES.items():
            where = " and not (kind = 'event' and detail ? 'merge')" if table == "message" and not lines else ""
            rows = await work.fetch(
                f"select ({columns})::text as row from {table} x where workspace_id = $1{where} order by 1", work.workspace_id
            )
            shown[table] = [row["row"] for row in rows]
        return shown


async def talks(desk: Desk, count: int) -> list[UUID]:
    """One buyer in as many threads, each a conversation with something of every kind in it. Oldest first."""
    for at_, name in enumerate("abcdefgh"[:count]):
        await desk.hear(message(f"about {name}", -60 + at_, thread=name, order_ids=(f"O-{name}",)))
    found = (await desk.conversations())[::-1]
    for one in found[: count - 1]:
        await desk.write(one.id, "a note", kind="note")
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        first, second = found[0].id, found[-1].id
        await working.update_conversation(work, first, ConversationUpdate(tags=["gift", "late"], priority="high"))
        await working.update_conversation(work, second, ConversationUpdate(tags=["late", "size"]))
        await working.mark_read(work, first, ReadUpTo())
        await promising.add_promise(work, second, PromiseCreate(text="refund by Friday", due_at=at(600)))
    return [one.id for one in found]


async def merge(desk: Desk, survivor: UUID, *absorb: UUID) -> UUID:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await merging.merge_conversations(work, survivor, list(absorb))


async def undo(desk: Desk, merge_id: UUID) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await joining.undo(work, merge_id)


async def split(desk: Desk, conversation: UUID, thread: UUID) -> UUID:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await merging.split_thread(work, conversation, thread)


async def thread_of(desk: Desk, name: str) -> UUID:
    async with desk.db.unit(desk.workspace) as work:
        found: UUID = await work.value(
            "select id from thread where workspace_id = $1 and external_id = $2", work.workspace_id, name
        )
        return found


async def test_three_become_one_and_three_again_row_for_row(desk: Desk) -> None:
    a, b, c = await talks(desk, 3)
    before = await picture(desk)
    done = await merge(desk, a, b, c)
    (listed,) = await desk.conversations(status="open")
    assert (listed.id, listed.message_count, listed.in_count, listed.tags) == (a, 5, 3, ["gift", "late", "size"])
    assert (listed.preview, listed.last_activity_at, listed.promise_due_at) == ("a note", at(0), at(600))
    assert (listed.awaiting_since, listed.unread_count) == (at(-60), 2)
    assert await desk.texts(a) == ["about a", "about b", "about c"]
    assert len(await desk.conversations(customer_id=listed.customer.id)) == 1
    await undo(desk, done)
    assert await picture(desk) == before
    with pytest.raises(MergeOver):
        await undo(desk, done)
    assert await picture(desk) == before


async def test_whoever_follows_one_follows_all_and_only_their_own_again(desk: Desk) -> None:
    a, b, c = await talks(desk, 3)
    ayu = desk.shop.owner_id
    tom, eva, dan = [
        await workspaces.add_member(desk.db, desk.workspace, name=name, email=f"{name}@follow.example", role="agent")
        for name in ("tom", "eva", "dan")
    ]
    for one, members in ((a, [ayu]), (b, [ayu, tom]), (c, [tom, eva])):
        await follow(desk, one, *members)
    before = await picture(desk)
    first, second = await merge(desk, a, b), await merge(desk, a, c)
    assert await followers(desk, a) == sorted([ayu, tom, eva])
    await undo(desk, first)
    assert (await followers(desk, a), await followers(desk, b)) == (sorted([ayu, tom, eva]), sorted([ayu, tom]))
    await undo(desk, second)
    assert await picture(desk) == before
    both = await merge(desk, a, b, c)
    await follow(desk, a, dan)
    await undo(desk, both)
    assert [await followers(desk, one) for one in (a, b, c)] == [sorted([ayu, dan]), sorted([ayu, tom]), sorted([tom, eva])]


async def follow(desk: Desk, conversation: UUID, *members: UUID) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await working.update_conversation(work, conversation, ConversationUpdate(follow=list(members)))


async def followers(desk: Desk, conversation: UUID) -> list[UUID]:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return (await reading.read_conversation(work, conversation)).follower_ids


async def test_the_absorbed_id_answers_as_the_survivor(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    await merge(desk, a, b)
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        assert (await reading.read_conversation(work, b)).id == a
        shown = (await reading.list_messages(work, b, cursor=None, limit=50)).items
        assert {one.conversation_id for one in shown} == {a}
        assert [one.text for one in shown if one.kind == "message"] == ["about b", "about a"]
        assert len((await reading.read_context(work, b, desk.sending_of)).threads) == 2
        assert await merging.place_of(work, b) == a
        assert await merging.places_of(work, [b, desk.workspace, a]) == [a, desk.workspace]


async def test_messages_are_told_where_they_went(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    done = await merge(desk, a, b)
    assert await _last_told(desk, "about b") == str(a)
    await undo(desk, done)
    assert await _last_told(desk, "about b") == str(b)


async def _last_told(desk: Desk, text: str) -> str | None:
    async with desk.db.unit(desk.workspace) as work:
        told: str | None = await work.value(
            "select payload ->> 'conversation_id' from outbox where workspace_id = $1 and kind = 'message' "
            "and payload ->> 'text' = $2 order by id desc limit 1", work.workspace_id, text,
        )  # fmt: skip
        return told


async def test_a_late_reply_lands_in_the_survivor_and_goes_back_with_its_thread(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    before = await desk.conversations()
    done = await merge(desk, a, b)
    await desk.hear(message("later", 5, thread="b"))
    assert await desk.texts(a) == ["about a", "about b", "later"]
    assert len(await desk.conversations(status="open")) == 1
    await undo(desk, done)
    assert (await desk.texts(a), await desk.texts(b)) == (["about a"], ["about b", "later"])
    now = {one.id: one for one in await desk.conversations()}
    was = {one.id: one for one in before}
    assert (now[b].in_count, now[b].preview, now[b].last_activity_at, now[b].unread_count) == (2, "later", at(5), 2)
    assert (now[a].in_count, now[a].preview, now[a].last_activity_at) == (1, "a note", was[a].last_activity_at)
    await desk.hear(message("and again", 6, thread="b"))
    assert await desk.texts(b) == ["about b", "later", "and again"]
    assert await desk.texts(a) == ["about a"]


async def test_a_reply_in_one_thread_leaves_the_other_waiting_after_the_undo(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    done = await merge(desk, a, b)
    await desk.write(a, "for b", thread_id=await thread_of(desk, "b"))
    (merged,) = await desk.conversations(status="open")
    assert merged.awaiting_since is None
    await undo(desk, done)
    now = {one.id: one for one in await desk.conversations()}
    assert (now[a].awaiting_since, now[b].awaiting_since) == (at(-60), None)
    assert await desk.texts(b) == ["about b", "for b"]


async def test_a_state_that_came_late_is_seen_after_the_undo(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    told = await desk.write(b, "sent before", thread_id=await thread_of(desk, "b"))
    done = await merge(desk, a, b)
    async with desk.db.unit(desk.workspace) as work:
        news = MessageStatus(external_id="x1", echo_of=told.client_msg_id or "", state="failed", at=at(1), detail="gone")
        await noting.note_statuses(work, desk.source.connection_id, [news])
    await undo(desk, done)
    now = {one.id: one for one in await desk.conversations()}
    assert (now[b].awaiting_since, now[a].awaiting_since) == (at(-59), at(-60))


async def test_what_cannot_be_merged_is_refused_with_its_reason(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    await desk.hear(message("mine", thread="x", customer=buyer("tono")))
    (stranger,) = (one.id for one in await desk.conversations() if one.id not in (a, b))
    before = await picture(desk, lines=True)
    with pytest.raises(CannotMerge, match="itself"):
        await merge(desk, a, a)
    with pytest.raises(CannotMerge) as refused:
        await merge(desk, a, stranger)
    assert refused.value.code == "other_customer"
    assert await picture(desk, lines=True) == before
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        member = await work.value("select id from member where workspace_id = $1", work.workspace_id)
        team = await work.value(
            "insert into team (workspace_id, id, created_at, name) values ($1, gen_random_uuid(), $2, 'Night') returning id",
            work.workspace_id, work.now,
        )  # fmt: skip
        assert member
        await handing.offer(work, b, HandoffCreate(to_team_id=team, reason="shift"))
    with pytest.raises(AlreadyOffered):
        await merge(desk, a, b)


async def test_what_was_built_on_a_merge_is_undone_first(desk: Desk) -> None:
    a, b, c = await talks(desk, 3)
    before = await picture(desk)
    inner = await merge(desk, b, c)
    outer = await merge(desk, a, b)
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        assert [(await reading.read_conversation(work, one)).id for one in (b, c)] == [a, a]
    with pytest.raises(MergedSince):
        await undo(desk, inner)
    await undo(desk, outer)
    assert await desk.texts(b) == ["about b", "about c"]
    await undo(desk, inner)
    assert await picture(desk) == before


async def test_a_split_thread_keeps_its_followers_and_brings_back_new_ones(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    tom = await workspaces.add_member(desk.db, desk.workspace, name="tom", email="tom@follow.example", role="agent")
    await follow(desk, a, desk.shop.owner_id)
    await merge(desk, a, b)
    done = await split(desk, a, await thread_of(desk, "b"))
    own = await _home(desk, "b")
    assert await followers(desk, own) == [desk.shop.owner_id]
    await follow(desk, own, tom)
    await undo(desk, done)
    assert await followers(desk, a) == sorted([desk.shop.owner_id, tom])


async def test_a_thread_is_split_off_and_put_back(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    before = await picture(desk)
    joined = await merge(desk, a, b)
    merged = await picture(desk)
    done = await split(desk, a, await thread_of(desk, "b"))
    own = next(one for one in await desk.conversations(status="open") if one.id != a)
    assert await desk.texts(own.id) == ["about b"]
    assert (own.in_count, own.message_count, own.preview) == (1, 1, "about b")
    assert await desk.texts(a) == ["about a"]
    with pytest.raises(CannotMerge, match="only thread"):
        await split(desk, own.id, await thread_of(desk, "b"))
    with pytest.raises(MergedSince):
        await undo(desk, joined)
    await undo(desk, done)
    rest = await picture(desk)
    rest["conversation"] = [row for row in rest["conversation"] if str(own.id) not in row.split('"merged_into"')[0]]
    rest["read_mark"] = [row for row in rest["read_mark"] if str(own.id) not in row]
    rest["conversation_order"] = [row for row in rest["conversation_order"] if str(own.id) not in row]
    assert rest == merged
    await undo(desk, joined)
    assert (await picture(desk))["message"] == before["message"]


STEPS = st.lists(
    st.tuples(st.sampled_from(("merge", "undo", "hear", "write", "note", "read")), st.integers(0, 5), st.integers(0, 5)),
    min_size=1, max_size=10,
)  # fmt: skip
THREADS = 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
async def test_any_order_of_merges_and_undos_ends_as_if_there_had_been_none(
    desk: Desk, clock: HeldClock, steps: list[tuple[str, int, int]]
) -> None:
    """A twin desk hears and writes the same, without a merge. When all merges are undone both show the same."""
    clock.at = NOON
    merged, plain = await _twin(desk), await _twin(desk)
    standing: list[UUID] = []
    arrivals = 0
    for kind, one, other in steps:
        if kind in ("merge", "undo"):
            await _try(merged, kind, one, other, standing)
            continue
        arrivals += 1
        clock.at = at(arrivals)
        for side in (merged, plain):
            await _arrive(side, kind, one % THREADS, arrivals)
    while standing:
        await _undo_newest(merged, standing)
    assert await _told(merged) == await _told(plain)
    if not arrivals:
        assert await picture(merged.desk) == merged.before


class Twin:
    def __init__(self, desk: Desk, conversations: list[UUID], before: dict[str, list[str]]) -> None:
        self.desk, self.conversations, self.before = desk, conversations, before


_names = itertools.count(1)


async def _twin(desk: Desk) -> Twin:
    from_shop = await open_shop(desk.db, name=f"Twin {next(_names)}")
    twin = await open_desk(desk.db, Vault(SECRET_KEYS), from_shop)
    conversations = await talks(twin, THREADS)
    return Twin(twin, conversations, await picture(twin))


async def _try(twin: Twin, kind: str, one: int, other: int, standing: list[UUID]) -> None:
    """Refusals are part of it: they change nothing."""
    before = await picture(twin.desk, lines=True)
    try:
        if kind == "merge":
            standing.append(await merge(twin.desk, twin.conversations[one % THREADS], twin.conversations[other % THREADS]))
        elif standing:
            chosen = standing[one % len(standing)]
            await undo(twin.desk, chosen)
            standing.remove(chosen)
    except AppError:
        assert await picture(twin.desk, lines=True) == before


async def _undo_newest(twin: Twin, standing: list[UUID]) -> None:
    await undo(twin.desk, standing.pop())


async def _arrive(twin: Twin, kind: str, at_: int, nth: int) -> None:
    name = "abcdefgh"[at_]
    desk = twin.desk
    if kind == "hear":
        await desk.hear(message(f"more {nth}", nth, thread=name, external_id=f"late-{nth}"))
    elif kind == "write":
        await desk.write(await _home(desk, name), f"reply {nth}", key=f"key-{nth}", thread_id=await thread_of(desk, name))


async def _home(desk: Desk, name: str) -> UUID:
    async with desk.db.unit(desk.workspace) as work:
        found: UUID = await work.value(
            "select conversation_id from thread where workspace_id = $1 and external_id = $2", work.workspace_id, name
        )
        return found


async def _told(twin: Twin) -> list[Any]:
    """What a list and its threads show, without what differs between two workspaces."""
    shown = []
    for conversation in twin.conversations:
        async with twin.desk.db.unit(twin.desk.workspace, twin.desk.actor) as work:
            one = await reading.read_conversation(work, conversation)
        shown.append(
            (
                one.number, one.status, one.message_count, one.in_count, one.preview, one.tags, one.awaiting_since, one.market_due_at,
                one.company_due_at, one.promise_due_at, one.last_in_at, one.last_out_at, one.last_activity_at, one.channels,
                one.has_unknown, one.reply_until_at, await twin.desk.texts(conversation),
            )
        )  # fmt: skip
    return shown


async def test_two_who_merge_at_once_make_one_merge(desk: Desk) -> None:
    a, b = await talks(desk, 2)
    results = await asyncio.gather(merge(desk, a, b), merge(desk, a, b), return_exceptions=True)
    done = [one for one in results if isinstance(one, UUID)]
    (refused,) = [one for one in results if not isinstance(one, UUID)]
    assert isinstance(refused, (MergedSince, CannotMerge))
    assert len(done) == 1
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        found = await reading.list_conversations(work, Filter(status="open"), cursor=None, limit=10)
    assert [one.id for one in found.items] == [a]
