"""A promise is kept, broken, or owed; it is a clock of its conversation, and its time strikes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.clock import HeldClock
from app.core.errors import Unacceptable
from app.domain.inbox.errors import ConversationNotFound, OpenPromises, PromiseNotFound
from app.domain.inbox.handing_schemas import PromiseCreate, PromiseRead, PromiseUpdate
from app.domain.inbox.schemas import ConversationRead
from app.domain.inbox.service import promising, sending
from tests.conftest import NOON
from tests.domain.inbox.desk import Desk, message
from tests.domain.inbox.hands import Hands, open_hands

FRIDAY = NOON + timedelta(days=3)


@pytest.fixture
async def hands(desk: Desk) -> Hands:
    return await open_hands(desk)


@pytest.fixture
async def told(desk: Desk) -> ConversationRead:
    await desk.hear(message("where is my money?", -30))
    return await desk.only()


async def promise(desk: Desk, conversation: UUID, text: str = "Refund", **more: Any) -> PromiseRead:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await promising.add_promise(work, conversation, PromiseCreate(text=text, **more))


async def change(desk: Desk, one: PromiseRead, **given: Any) -> PromiseRead:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await promising.update_promise(work, one.conversation_id, one.id, PromiseUpdate(**given))


async def strike(desk: Desk, promise_id: UUID) -> None:
    async with desk.db.unit(desk.workspace) as work:
        await promising.strike(work, promise_id)


async def read(desk: Desk, promise_id: UUID) -> PromiseRead:
    async with desk.db.unit(desk.workspace) as work:
        return await promising.read_promise(work, promise_id)


async def due(desk: Desk) -> datetime | None:
    return (await desk.only()).promise_due_at


async def test_it_is_a_clock_of_its_conversation(desk: Desk, told: ConversationRead) -> None:
    near = NOON + timedelta(minutes=10)
    await promise(desk, told.id, due_at=FRIDAY, kind="refund")
    assert await due(desk) == FRIDAY
    first = await promise(desk, told.id, "Call back", due_at=near)
    now = await desk.only()
    assert (now.promise_due_at, now.next_due_at) == (near, near)
    await change(desk, first, state="kept")
    assert await due(desk) == FRIDAY
    assert (await desk.only()).version > now.version


async def test_kept_is_said_once_and_can_be_taken_back(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    made = await promise(desk, told.id, due_at=FRIDAY)
    kept = await change(desk, made, state="kept")
    assert (kept.state, kept.settled_at) == ("kept", NOON)
    await change(desk, made, state="kept")
    assert await hands.lines(told.id) == ["promise_made", "promise_kept"]
    assert (await change(desk, made, state="open")).settled_at is None
    assert await due(desk) == FRIDAY


async def test_its_time_breaks_it_and_it_is_owed_still(
    desk: Desk, hands: Hands, told: ConversationRead, clock: HeldClock
) -> None:
    made = await promise(desk, told.id, due_at=FRIDAY)
    await strike(desk, made.id)
    assert (await read(desk, made.id)).state == "open"
    await hands.update(told.id, status="closed", open_promises="leave")
    clock.at = FRIDAY
    await strike(desk, made.id)
    await strike(desk, made.id)
    broken = await read(desk, made.id)
    assert (broken.state, broken.settled_at) == ("broken", None)
    now = await desk.only()
    assert (now.status, now.promise_due_at) == ("open", FRIDAY)
    assert await hands.lines(told.id) == ["promise_made", "closed", "promise_broken"]
    later = await change(desk, made, due_at=FRIDAY + timedelta(days=1))
    assert (later.state, await due(desk)) == ("open", FRIDAY + timedelta(days=1))
    assert (await change(desk, made, state="kept")).state == "kept"
    assert await due(desk) is None


async def test_what_was_settled_in_time_does_not_break(
    desk: Desk, hands: Hands, told: ConversationRead, clock: HeldClock
) -> None:
    made = await promise(desk, told.id, due_at=FRIDAY)
    await change(desk, made, state="kept")
    clock.at = FRIDAY
    await strike(desk, made.id)
    await strike(desk, uuid4())
    assert (await read(desk, made.id)).state == "kept"
    assert "promise_broken" not in await hands.lines(told.id)


async def test_a_reply_that_went_out_keeps_a_promised_reply(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    answer = await promise(desk, told.id, "Tell her the date", kind="reply", due_at=FRIDAY)
    money = await promise(desk, told.id, kind="refund", due_at=FRIDAY)
    await desk.write(told.id, "It leaves on Friday")
    token, out = await desk.begin()
    assert (await read(desk, answer.id)).state == "open"
    async with desk.db.unit(desk.workspace) as work:
        assert await sending.mark_sent(work, out, token, desk.terms, external_id="x1", at=None)
    assert ((await read(desk, answer.id)).state, (await read(desk, money.id)).state) == ("kept", "open")


@pytest.mark.parametrize(("choice", "state"), [("kept", "kept"), ("broken", "broken"), ("leave", "open")])
async def test_closing_asks(desk: Desk, hands: Hands, told: ConversationRead, choice: str, state: str) -> None:
    made = await promise(desk, told.id, due_at=FRIDAY)
    with pytest.raises(OpenPromises) as refused:
        await hands.update(told.id, status="closed")
    assert [one["id"] for one in refused.value.extra["promises"]] == [str(made.id)]  # type: ignore[attr-defined]
    assert (await desk.only()).status == "open"
    await hands.update(told.id, status="closed", open_promises=choice)
    assert ((await desk.only()).status, (await read(desk, made.id)).state) == ("closed", state)
    assert await due(desk) == (FRIDAY if choice == "leave" else None)


async def test_what_makes_no_promise(desk: Desk, told: ConversationRead) -> None:
    await desk.hear(message("other", -20, thread="t2"))
    other = next(one for one in await desk.conversations() if one.id != told.id)
    (said,) = await desk.messages(other.id)
    for given, field in (
        ({"due_at": NOON}, "due_at"),
        ({"message_id": said.id}, "message_id"),
        ({"message_id": uuid4()}, "message_id"),
    ):
        with pytest.raises(Unacceptable) as refused:
            await promise(desk, told.id, **given)
        assert list(refused.value.fields) == [field]
    with pytest.raises(ConversationNotFound):
        await promise(desk, uuid4())
    made = await promise(desk, told.id)
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        assert [one.id for one in (await promising.list_promises(work, told.id)).items] == [made.id]
        with pytest.raises(PromiseNotFound):
            await promising.update_promise(work, other.id, made.id, PromiseUpdate(state="kept"))


async def test_promises_are_handed_over_and_a_refused_one_hands_over_nothing(
    desk: Desk, hands: Hands, told: ConversationRead
) -> None:
    with pytest.raises(Unacceptable):
        await hands.offer(told.id, to_member_id=hands.tom, promises=[PromiseCreate(text="Refund", due_at=NOON)])
    assert await hands.lines(told.id) == []
    offered = await hands.offer(
        told.id, to_member_id=hands.tom, promises=[PromiseCreate(text="Refund by Friday", kind="refund", due_at=FRIDAY)]
    )
    (shown,) = offered.brief.promised
    assert (shown.text, shown.kind, shown.due_at, shown.by, shown.found) == (
        "Refund by Friday",
        "refund",
        FRIDAY,
        "Ayu Lestari",
        False,
    )
