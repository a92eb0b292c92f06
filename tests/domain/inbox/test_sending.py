"""A reply is written once, leaves once, and ends sent, failed or unknown; whoever lost the lease writes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.core.clock import HeldClock
from app.domain.inbox.errors import ConversationNotFound, KeyReused, NewerReply, ReplyBlocked, TooLate
from app.domain.inbox.schemas import ConversationRead
from app.domain.inbox.service import replying, sending
from app.domain.inbox.service.sending import RETRIES
from connectors.base.manifest import Sending
from tests.domain.inbox.desk import TERMS, Desk, at, message

DAY = timedelta(days=1)


@pytest.fixture
async def told(desk: Desk) -> ConversationRead:
    """A buyer asked at half past eleven."""
    await desk.hear(message("where is it?", -30))
    return await desk.only()


async def test_the_same_key_twenty_times_at_once_is_one_reply(desk: Desk, told: ConversationRead) -> None:
    answers = await asyncio.gather(*(desk.write(told.id, "on its way", key="one") for _ in range(20)))
    assert len({answer.id for answer in answers}) == 1
    assert await desk.texts(told.id) == ["where is it?", "on its way"]
    assert (await desk.only()).message_count == 2


async def test_a_key_stands_for_one_text_in_one_conversation(desk: Desk, told: ConversationRead) -> None:
    await desk.write(told.id, "on its way", key="one")
    await desk.hear(message("other", -20, thread="t2"))
    other = next(one for one in await desk.conversations() if one.id != told.id)
    for conversation, text in ((told.id, "another text"), (other.id, "on its way")):
        with pytest.raises(KeyReused):
            await desk.write(conversation, text, key="one")
    assert await desk.texts(other.id) == ["other"]
    with pytest.raises(ConversationNotFound):
        await desk.write(uuid4(), "nobody", key="two")


async def test_a_reply_stops_the_clocks_and_a_note_does_not(desk: Desk, told: ConversationRead) -> None:
    assert (told.awaiting_since, told.market_due_at) == (at(-30), at(-30) + DAY)
    assert told.company_due_at is not None
    assert told.next_due_at == min(told.company_due_at, at(-30) + DAY)
    note = await desk.write(told.id, "ask the warehouse", kind="note")
    assert (note.state, note.due_at) == ("sent", None)
    assert (await desk.only()).awaiting_since == at(-30)
    assert (await desk.claim())[1] == []
    await desk.write(told.id, "on its way")
    found = await desk.only()
    assert (found.awaiting_since, found.market_due_at, found.company_due_at, found.waiting_on) == (None, None, None, "customer")
    assert (found.preview, found.preview_direction) == ("on its way", "out")


async def test_a_blocked_reply_writes_nothing(desk: Desk, told: ConversationRead) -> None:
    with pytest.raises(ReplyBlocked) as refused:
        await desk.write(told.id, "x" * 1001)
    assert refused.value.code == "too_long"
    with pytest.raises(ReplyBlocked) as refused:
        await desk.write(told.id, "x", attachment_ids=[uuid4()])
    assert refused.value.code == "attachment"
    assert (await desk.texts(told.id), (await desk.only()).awaiting_since) == (["where is it?"], at(-30))


async def stamp(desk: Desk) -> int:
    """Gives what is committed its place, as the relay does; the last one given."""
    async with desk.db.across() as conn:
        await conn.execute(
            "with n as (select id, row_number() over (order by id) as n from outbox where workspace_id = $1), "
            "head as (insert into outbox_head (workspace_id, seq) select $1, count(*) from n "
            "on conflict (workspace_id) do update set seq = excluded.seq) "
            "update outbox o set seq = n.n, stamped_at = $2 from n where o.workspace_id = $1 and o.id = n.id and o.seq is null",
            desk.workspace, desk.db.clock.now(),
        )  # fmt: skip
        return int(await conn.fetchval("select max(seq) from outbox where workspace_id = $1", desk.workspace))


async def test_a_reply_to_an_older_state_of_the_talk_is_refused(desk: Desk, told: ConversationRead) -> None:
    seen = await stamp(desk)
    await desk.hear(message("never mind, it came", -1))
    for _ in range(2):
        with pytest.raises(NewerReply) as refused:
            await desk.write(told.id, "on its way", if_last_seq=seen)
        newer = refused.value.extra["newer"]
        assert isinstance(newer, list)
        assert [one.text for one in newer] == ["never mind, it came"]
        latest = await stamp(desk)
    await desk.write(told.id, "glad to hear", if_last_seq=latest)
    await desk.write(told.id, "my own words before do not count", if_last_seq=latest)


async def test_a_reply_held_back_can_be_taken_back_and_the_buyer_waits_again(
    desk: Desk, told: ConversationRead, clock: HeldClock
) -> None:
    held = await desk.write(told.id, "oops", hold_ms=5000)
    assert (await desk.claim())[1] == []
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        assert await replying.take_back(work, held.id) == "oops"
    found = await desk.only()
    assert (found.awaiting_since, found.market_due_at, found.company_due_at) == (at(-30), at(-30) + DAY, told.company_due_at)
    late = await desk.write(told.id, "gone", hold_ms=5000)
    clock.advance(seconds=5)
    await desk.begin()
    with pytest.raises(TooLate):
        async with desk.db.unit(desk.workspace, desk.actor) as work:
            await replying.take_back(work, late.id)
    assert (await desk.read(late.id)).state == "attempting"


async def test_replies_of_one_thread_leave_one_at_a_time_in_order(desk: Desk, told: ConversationRead, clock: HeldClock) -> None:
    first = await desk.write(told.id, "one")
    clock.advance(seconds=1)
    second = await desk.write(told.id, "two")
    token, out = await desk.begin()
    assert (out.message_id, out.phase, out.tries) == (first.id, "send", 1)
    assert (await desk.claim())[1] == []
    await sent(desk, token, out)
    assert (await desk.claim())[1] == [second.id]


async def sent(desk: Desk, token: UUID, out: sending.Outgoing, external_id: str = "e-1") -> bool:
    async with desk.db.unit(desk.workspace) as work:
        return await sending.mark_sent(work, out, token, external_id=external_id, at=None)


async def test_the_attempt_is_there_before_the_channel_hears_of_it(desk: Desk, told: ConversationRead) -> None:
    reply = await desk.write(told.id, "on its way", key="k-1")
    token, out = await desk.begin()
    assert await desk.attempts(reply.id) == [(1, None)]
    assert (out.command.key, out.command.text, out.command.thread) == ("k-1", "on its way", "t1")
    assert await sent(desk, token, out)
    found = await desk.read(reply.id)
    assert (found.state, found.external_id, await desk.attempts(reply.id)) == ("sent", "e-1", [(1, "sent")])
    assert not await sent(desk, token, out, "e-2")
    assert (await desk.read(reply.id)).external_id == "e-1"


async def test_a_worker_that_lost_the_lease_writes_nothing(desk: Desk, told: ConversationRead, clock: HeldClock) -> None:
    reply = await desk.write(told.id, "on its way")
    token, out = await desk.begin()
    clock.advance(seconds=61)
    later, found = await desk.begin()
    assert (found.phase, found.tries) == ("lost", 1)
    await desk.hear(message("on its way!", 1, direction="out", external_id="e-1"))
    before = (await desk.read(reply.id), await desk.attempts(reply.id), await desk.messages(told.id))
    assert not await sent(desk, token, out)
    async with desk.db.unit(desk.workspace) as work:
        assert not await sending.mark_failed(work, out, token, code="no", detail="no", fix="no")
        assert not await sending.mark_unknown(work, out, token, TERMS, code="no", detail="no")
        assert not await sending.give_back(work, out, token, TERMS)
    assert (await desk.read(reply.id), await desk.attempts(reply.id), await desk.messages(told.id)) == before
    async with desk.db.unit(desk.workspace) as work:
        assert await sending.mark_unknown(work, found, later, TERMS, code="worker_lost", detail="")
    told = await desk.only()
    assert ((await desk.read(reply.id)).state, told.has_unknown) == ("unknown", True)


async def test_an_echo_taken_for_somebody_elses_words_goes_when_the_answer_comes(desk: Desk, told: ConversationRead) -> None:
    reply = await desk.write(told.id, "on its way")
    token, out = await desk.begin()
    await desk.hear(message("On its way. Sent from Main", 0, direction="out", external_id="e-1"))
    assert (await desk.only()).message_count == 3
    assert await sent(desk, token, out)
    assert await desk.texts(told.id) == ["where is it?", "on its way"]
    assert ((await desk.read(reply.id)).external_id, (await desk.only()).message_count) == ("e-1", 2)


async def test_a_refused_reply_starts_the_clocks_again_until_it_goes_after_all(desk: Desk, told: ConversationRead) -> None:
    reply = await desk.write(told.id, "call 0812")
    token, out = await desk.begin()
    async with desk.db.unit(desk.workspace) as work:
        assert await sending.mark_failed(work, out, token, code="bad_words", detail="no numbers", fix="Change it.")
    found, failed = await desk.only(), await desk.read(reply.id)
    assert failed.error is not None
    assert (failed.state, failed.error.code, failed.error.fix, failed.due_at) == ("failed", "bad_words", "Change it.", None)
    assert (found.awaiting_since, found.market_due_at, found.company_due_at) == (at(-30), at(-30) + DAY, told.company_due_at)
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await replying.resolve(work, reply.id, "send_again")
    assert (await desk.only()).awaiting_since is None
    assert await sent(desk, *(await desk.begin()))
    assert (await desk.only()).awaiting_since is None


async def test_a_reply_that_cannot_leave_waits_longer_each_time_and_then_fails(
    desk: Desk, told: ConversationRead, clock: HeldClock
) -> None:
    reply = await desk.write(told.id, "on its way")
    waits = []
    for _ in range(RETRIES):
        token, out = await desk.begin()
        async with desk.db.unit(desk.workspace) as work:
            await sending.mark_retry(work, out, token, TERMS, code="unavailable", detail="503", after_s=0.0)
        found = await desk.read(reply.id)
        if found.due_at is not None:
            waits.append((found.due_at - clock.now()).total_seconds())
            assert ((await desk.claim())[1], found.state) == ([], "queued")
            clock.at = found.due_at
    assert waits == sorted(waits)
    assert waits[-1] > 8 * waits[0]
    assert len(waits) == RETRIES - 1
    assert ((await desk.read(reply.id)).state, (await desk.only()).awaiting_since) == ("failed", at(-30))
    assert [outcome for _, outcome in await desk.attempts(reply.id)] == ["retry"] * (RETRIES - 1) + ["failed"]


async def test_a_clean_read_back_proves_absence_only_long_after_the_attempt(
    desk: Desk, told: ConversationRead, clock: HeldClock
) -> None:
    reply = await desk.write(told.id, "on its way")
    token, out = await desk.begin()
    async with desk.db.unit(desk.workspace) as work:
        await sending.mark_unknown(work, out, token, TERMS, code="no_answer", detail="")
    states = []
    for seconds in (299, 31):
        clock.advance(seconds=seconds)
        token, out = await desk.begin()
        assert (out.phase, out.tries, out.command.started_at) == ("look", 1, at(0))
        async with desk.db.unit(desk.workspace) as work:
            await sending.give_back(work, out, token, TERMS)
        states.append((await desk.read(reply.id)).state)
    assert states == ["unknown", "queued"]
    assert (await desk.only()).has_unknown is False
    assert (await desk.begin())[1].tries == 2


async def test_what_no_one_can_read_back_waits_for_a_person(desk: Desk, told: ConversationRead, clock: HeldClock) -> None:
    reply = await desk.write(told.id, "on its way")
    token, out = await desk.begin()
    async with desk.db.unit(desk.workspace) as work:
        await sending.mark_unknown(work, out, token, Sending(text_limit=9, proof="blind"), code="no_answer", detail="")
    clock.advance(days=3)
    assert (await desk.claim())[1] == []
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        found = await replying.resolve(work, reply.id, "discard")
    told = await desk.only()
    assert (found.state, told.has_unknown, told.awaiting_since) == ("failed", False, at(-30))
    with pytest.raises(TooLate):
        async with desk.db.unit(desk.workspace, desk.actor) as work:
            await replying.resolve(work, reply.id, "check")


async def test_putting_off_is_no_attempt(desk: Desk, told: ConversationRead, clock: HeldClock) -> None:
    reply = await desk.write(told.id, "on its way")
    token, _ = await desk.claim()
    async with desk.db.unit(desk.workspace) as work:
        await sending.put_off(work, reply.id, token, 30.0)
    assert (await desk.attempts(reply.id), (await desk.claim())[1]) == ([], [])
    clock.advance(seconds=30)
    assert (await desk.begin())[1].phase == "send"
