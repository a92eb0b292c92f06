"""A conversation changes hands: one offer at a time, taken exactly once, and the giver has it until then."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.clock import HeldClock
from app.core.errors import Unacceptable
from app.domain.inbox.errors import AlreadyOffered, ConversationNotFound, HandoffNotFound, NotForYou, OfferOver
from app.domain.inbox.handing_schemas import HandoffRead, ShiftEnd, ShiftEnded
from app.domain.inbox.schemas import ConversationRead
from app.domain.inbox.service import handed, handing, reading
from app.domain.workspaces import service as workspaces
from tests.conftest import NOON
from tests.domain.inbox.desk import Desk, message
from tests.domain.inbox.hands import Hands, open_hands


@pytest.fixture
async def hands(desk: Desk) -> Hands:
    return await open_hands(desk)


@pytest.fixture
async def told(desk: Desk, hands: Hands) -> ConversationRead:
    """A buyer asked at half past eleven; it is Ayu's."""
    await desk.hear(message("where is it?", -30))
    found = await desk.only()
    await hands.update(found.id, assignee_id=hands.ayu)
    return await desk.only()


async def assignee(desk: Desk, conversation: UUID) -> UUID | None:
    return next(one.assignee_id for one in await desk.conversations() if one.id == conversation)


async def test_the_giver_keeps_it_until_it_is_taken(desk: Desk, hands: Hands, told: ConversationRead, clock: HeldClock) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom, reason="shift", note="Call the hotel.")
    assert (offered.state, offered.giver and offered.giver.id, offered.taken_by) == ("offered", hands.ayu, None)
    assert await assignee(desk, told.id) == hands.ayu
    clock.advance(seconds=48)
    taken = await hands.accept(offered.id, hands.tom)
    assert (taken.state, taken.taken_by and taken.taken_by.id, taken.took_s) == ("accepted", hands.tom, 48.0)
    assert await assignee(desk, told.id) == hands.tom
    assert await hands.lines(told.id) == ["assigned", "handoff_offered", "handoff_accepted"]


async def test_the_queue_of_what_is_handed_to_me(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_team_id=hands.team)
    for member, shown in ((hands.tom, [told.id]), (hands.ayu, [])):
        async with desk.db.unit(desk.workspace, hands.actor(member)) as work:
            page = await reading.list_conversations(work, reading.Filter(queue="handed"), cursor=None, limit=10)
            assert [one.id for one in page.items] == shown
            assert (await reading.count_queues(work)).handed == len(shown)
    await hands.accept(offered.id, hands.sari)
    async with desk.db.unit(desk.workspace, hands.actor(hands.tom)) as work:
        assert (await reading.count_queues(work)).handed == 0


async def test_the_clocks_run_on(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    await hands.accept(offered.id, hands.tom)
    now = await desk.only()
    assert (now.awaiting_since, now.market_due_at, now.company_due_at) == (
        told.awaiting_since, told.market_due_at, told.company_due_at,
    )  # fmt: skip


async def test_of_two_who_take_it_at_once_one_has_it(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_team_id=hands.team)
    answers = await asyncio.gather(
        hands.accept(offered.id, hands.tom), hands.accept(offered.id, hands.sari), return_exceptions=True
    )
    (taken,) = [one for one in answers if isinstance(one, HandoffRead)]
    (refused,) = [one for one in answers if isinstance(one, OfferOver)]
    assert taken.taken_by is not None
    assert refused.detail == f"{taken.taken_by.name} took it"
    assert await assignee(desk, told.id) == taken.taken_by.id
    assert await hands.lines(told.id) == ["assigned", "handoff_offered", "handoff_accepted"]


async def test_taking_it_twice_is_taking_it_once(hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    first, second = await hands.accept(offered.id, hands.tom), await hands.accept(offered.id, hands.tom)
    assert first == second
    assert (await hands.lines(told.id)).count("handoff_accepted") == 1


async def test_only_whom_it_was_offered_to_may_answer(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    for act in (hands.accept, hands.decline):
        with pytest.raises(NotForYou):
            await act(offered.id, hands.sari)
    with pytest.raises(NotForYou):
        await hands.withdraw(offered.id, hands.tom)
    assert (await hands.read(offered.id)).state == "offered"
    assert await assignee(desk, told.id) == hands.ayu


async def test_one_open_offer(hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    with pytest.raises(AlreadyOffered) as refused:
        await hands.offer(told.id, to_member_id=hands.sari)
    assert refused.value.extra["fix"] == "Withdraw that offer first."
    await hands.withdraw(offered.id, hands.ayu)
    assert (await hands.offer(told.id, to_member_id=hands.sari)).state == "offered"


async def test_two_offers_at_once_are_one(hands: Hands, told: ConversationRead) -> None:
    answers = await asyncio.gather(
        *(hands.offer(told.id, to_member_id=to) for to in (hands.tom, hands.sari)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in answers) == ["AlreadyOffered", "HandoffRead"]


async def test_declined_it_stays_and_says_why(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    declined = await hands.decline(offered.id, hands.tom, "needs a price")
    assert (declined.state, declined.answer, declined.bounces, declined.took_s) == ("declined", "needs a price", 1, None)
    assert await assignee(desk, told.id) == hands.ayu
    with pytest.raises(OfferOver, match="declined already"):
        await hands.accept(offered.id, hands.tom)


async def test_given_back_it_is_the_givers_again(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    with pytest.raises(OfferOver):
        await hands.give_back(offered.id, hands.tom)
    await hands.accept(offered.id, hands.tom)
    with pytest.raises(NotForYou):
        await hands.give_back(offered.id, hands.sari)
    returned = await hands.give_back(offered.id, hands.tom, "not mine")
    assert (returned.state, returned.answer, returned.bounces) == ("returned", "not mine", 1)
    assert await assignee(desk, told.id) == hands.ayu
    again = await hands.offer(told.id, to_member_id=hands.sari)
    assert again.bounces == 1


async def test_it_goes_back_to_the_queue_when_the_giver_is_gone(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    offered = await hands.offer(told.id, by=hands.sari, to_member_id=hands.tom)
    await hands.accept(offered.id, hands.tom)
    async with desk.db.unit(desk.workspace) as work:
        await work.execute(
            "update member set disabled_at = $3 where workspace_id = $1 and id = $2", work.workspace_id, hands.sari, work.now
        )
    await hands.give_back(offered.id, hands.tom)
    assert await assignee(desk, told.id) is None


async def test_assigned_past_its_offer(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    """To one who was meant: taken. To anybody else, or closed: the offer is over."""
    first = await hands.offer(told.id, to_team_id=hands.team)
    await hands.update(told.id, by=hands.sari, assignee_id=hands.sari)
    assert (await hands.read(first.id)).state == "accepted"
    second = await hands.offer(told.id, by=hands.sari, to_member_id=hands.tom)
    await hands.update(told.id, assignee_id=hands.ayu)
    assert (await hands.read(second.id)).state == "withdrawn"
    third = await hands.offer(told.id, to_member_id=hands.tom)
    await hands.update(told.id, status="closed")
    assert (await hands.read(third.id)).state == "withdrawn"
    with pytest.raises(Unacceptable, match="closed"):
        await hands.offer(told.id, to_member_id=hands.tom)


async def test_whom_it_cannot_be_offered_to(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    keeper = await workspaces.add_member(
        desk.db, desk.workspace, name="Wayan", email=f"{uuid4()}@shop.test", password="", role="stock"
    )
    wrong: tuple[dict[str, Any], ...] = (
        {}, {"to_member_id": hands.tom, "to_team_id": hands.team}, {"to_member_id": hands.ayu}, {"to_member_id": uuid4()},
        {"to_team_id": uuid4()}, {"to_member_id": keeper},
    )  # fmt: skip
    for given in wrong:
        with pytest.raises(Unacceptable) as refused:
            await hands.offer(told.id, **given)
        assert refused.value.fields
    with pytest.raises(Unacceptable, match="has it already"):
        await hands.offer(told.id, by=hands.tom, to_member_id=hands.ayu)
    with pytest.raises(ConversationNotFound):
        await hands.offer(uuid4(), to_member_id=hands.tom)
    with pytest.raises(HandoffNotFound):
        await hands.accept(uuid4(), hands.tom)
    assert await hands.lines(told.id) == ["assigned"]


async def test_the_draft_goes_along(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    await hands.save(told.id, hands.ayu, "All set, Rina. ")
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    assert offered.draft is not None
    assert offered.draft.text == "All set, Rina. "
    await hands.save(told.id, hands.ayu, "All set, Rina. It leaves today.")
    shown = await hands.read(offered.id)
    assert shown.draft is not None
    assert shown.draft.text == "All set, Rina. It leaves today."
    await hands.accept(offered.id, hands.tom)
    theirs = await hands.draft(told.id, hands.tom)
    assert (theirs.text, theirs.written_by and theirs.written_by.id) == ("All set, Rina. It leaves today.", hands.ayu)
    assert (await hands.draft(told.id, hands.ayu)).text == ""
    await hands.save(told.id, hands.tom, "All set. Tomorrow.")
    await hands.give_back(offered.id, hands.tom)
    assert (await hands.draft(told.id, hands.ayu)).text == "All set. Tomorrow."


async def test_own_words_are_never_overwritten(hands: Hands, told: ConversationRead) -> None:
    await hands.save(told.id, hands.ayu, "from Ayu")
    await hands.save(told.id, hands.tom, "from Tom")
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    taken = await hands.accept(offered.id, hands.tom)
    assert (await hands.draft(told.id, hands.tom)).text == "from Tom"
    assert (await hands.draft(told.id, hands.ayu)).text == "from Ayu"
    assert taken.draft is not None
    assert taken.draft.text == "from Ayu"


async def strike(desk: Desk, handoff: UUID) -> None:
    async with desk.db.unit(desk.workspace) as work:
        await handing.strike(work, handoff)


async def test_without_a_reply_it_comes_back(desk: Desk, hands: Hands, told: ConversationRead, clock: HeldClock) -> None:
    offered = await hands.offer(told.id, to_member_id=hands.tom, return_after_s=900)
    await strike(desk, offered.id)
    assert (await hands.read(offered.id)).state == "offered"
    taken = await hands.accept(offered.id, hands.tom)
    assert taken.return_due_at == NOON + timedelta(minutes=15)
    async with desk.db.unit(desk.workspace) as work:
        due = await work.value(
            "select due_at from timer where workspace_id = $1 and subject_id = $2 and done_at is null",
            work.workspace_id, offered.id,
        )  # fmt: skip
    assert due == taken.return_due_at
    clock.advance(minutes=15)
    await strike(desk, offered.id)
    assert await assignee(desk, told.id) == hands.ayu
    assert (await hands.lines(told.id))[-1] == "handoff_returned"
    (line,) = [one for one in await desk.messages(told.id) if one.event and one.event.code == "handoff_returned"]
    assert line.event is not None
    assert line.event.detail["by_time"] is True


async def test_with_a_reply_it_stays(desk: Desk, hands: Hands, told: ConversationRead, clock: HeldClock) -> None:
    await hands.update(told.id, assignee_id=hands.tom)
    offered = await hands.offer(told.id, by=hands.tom, to_member_id=hands.ayu, return_after_s=900)
    await hands.accept(offered.id, hands.ayu)
    await desk.write(told.id, "on its way")
    clock.advance(minutes=15)
    await strike(desk, offered.id)
    assert (await hands.read(offered.id)).state == "accepted"
    assert await assignee(desk, told.id) == hands.ayu


async def test_the_brief_is_of_the_moment(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    await desk.hear(message("and by when?", -5))
    offered = await hands.offer(told.id, to_member_id=hands.tom)
    brief = offered.brief
    assert (brief.who.name, [one["label"] for one in brief.who.handles], brief.who.channels) == (
        "Rina", ["Rina"], [desk.source.channel],
    )  # fmt: skip
    assert ([one.text for one in brief.asked], brief.answered) == (["where is it?", "and by when?"], False)
    assert [(one.kind, one.count) for one in brief.open] == [("unanswered", 2)]
    await desk.hear(message("hello?", -1))
    assert (await hands.read(offered.id)).brief == brief


async def shift_end(desk: Desk, **given: Any) -> ShiftEnded:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await handed.end_shift(work, ShiftEnd(**given))


async def test_a_shift_ends(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    """What is due soon waits for somebody who takes it; the rest goes at once; a preview changes nothing."""
    await desk.hear(message("no hurry", -1, thread="t2"))
    other = next(one for one in await desk.conversations() if one.id != told.id)
    await hands.update(other.id, assignee_id=hands.ayu)
    async with desk.db.unit(desk.workspace) as work:
        await work.execute(
            "update conversation set market_due_at = case when id = $2 then $3::timestamptz else $4 end, company_due_at = null "
            "where workspace_id = $1",
            work.workspace_id, told.id, NOON + timedelta(minutes=90), NOON + timedelta(hours=20),
        )  # fmt: skip
    preview = await shift_end(desk, to_member_id=hands.tom, dry_run=True)
    assert ([one.conversation.id for one in preview.asked], [one.conversation.id for one in preview.given]) == (
        [told.id],
        [other.id],
    )
    assert {await assignee(desk, one) for one in (told.id, other.id)} == {hands.ayu}
    ended = await shift_end(desk, to_member_id=hands.tom, note="Good night.")
    assert (ended.asked, ended.given, ended.done) == (preview.asked, preview.given, True)
    assert (await assignee(desk, told.id), await assignee(desk, other.id)) == (hands.ayu, hands.tom)
    again = await shift_end(desk, to_member_id=hands.tom)
    assert ([one.conversation.id for one in again.offered], again.asked, again.given) == ([told.id], [], [])
    async with desk.db.unit(desk.workspace, hands.actor(hands.tom)) as work:
        mine = await handed.list_handoffs(work, box="to_me", conversation_id=None, cursor=None, limit=10)
    assert [one.conversation.id for one in mine.items] == [told.id]


async def test_a_shift_given_to_a_team_waits_in_its_queue(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    async with desk.db.unit(desk.workspace) as work:
        await work.execute(
            "update conversation set market_due_at = null, company_due_at = null where workspace_id = $1", work.workspace_id
        )
    await shift_end(desk, to_team_id=hands.team)
    now = await desk.only()
    assert (now.assignee_id, now.team_id) == (None, hands.team)
    async with desk.db.unit(desk.workspace, hands.actor(hands.sari)) as work:
        (waiting,) = (await handed.list_handoffs(work, box="to_me", conversation_id=None, cursor=None, limit=10)).items
    taken = await hands.accept(waiting.id, hands.sari)
    assert (taken.direct, taken.state, await assignee(desk, told.id)) == (True, "accepted", hands.sari)


async def test_lists_are_paged(desk: Desk, hands: Hands, told: ConversationRead, clock: HeldClock) -> None:
    made = []
    for _ in range(3):
        offered = await hands.offer(told.id, to_member_id=hands.tom)
        made.append((await hands.decline(offered.id, hands.tom)).id)
        clock.advance(seconds=1)
    seen, cursor = [], None
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        while True:
            page = await handed.list_handoffs(work, box="given", conversation_id=told.id, cursor=cursor, limit=2)
            seen += [one.id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == made[::-1]
