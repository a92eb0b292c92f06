"""Each kind of failure has one end, and nothing a channel may have done is done twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.core.clock import HeldClock
from app.domain.inbox.service import replying
from app.pipeline.execute import send_round
from connectors.base.commands import Receipt
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, RateLimited, Refused, Unavailable
from tests.pipeline.belt import SENDING, Belt


async def state(belt: Belt, message: UUID) -> tuple[str, str, float | None]:
    """State, error code, seconds until it is due again."""
    (row,) = await belt.rows("select state, error_code, due_at from message where workspace_id = $1 and id = $2", message)
    return row[0], row[1], (row[2] - belt.db.clock.now()).total_seconds() if row[2] else None


async def test_a_reply_leaves_once(belt: Belt) -> None:
    reply = await belt.reply("on its way")
    for _ in range(3):
        await send_round(belt.house)
    assert (await state(belt, reply), belt.said(), belt.channel.looked) == (("sent", "", None), ["on its way"], [])


@pytest.mark.parametrize(
    ("failure", "ends", "least_wait", "connection"),
    [
        (Unavailable("down", code="unavailable"), "queued", 0.5, ("ready", "unavailable")),
        (Unavailable("down", code="unavailable", after=90.0), "queued", 90.0, ("ready", "unavailable")),
        (RateLimited("slow", code="rate_limited", after=40.0), "queued", 40.0, ("ready", "rate_limited")),
        (AuthExpired("no", code="unauthorised"), "queued", 0.5, ("broken", "unauthorised")),
        (Refused("no phone numbers", code="bad_words"), "failed", None, ("ready", "")),
        (Ambiguous("lost", code="no_answer"), "unknown", 20.0, ("ready", "no_answer")),
        (RuntimeError("a bug of the connector"), "unknown", 20.0, ("ready", "connector_error")),
    ],
)
async def test_every_failure_has_its_end(
    belt: Belt, failure: Exception, ends: str, least_wait: float | None, connection: tuple[str, str]
) -> None:
    reply = await belt.reply()
    belt.channel.answers = [failure]
    await send_round(belt.house)
    await send_round(belt.house)
    found, code, wait = await state(belt, reply)
    assert (found, code) == (ends, getattr(failure, "code", "connector_error"))
    assert (wait is None) == (least_wait is None)
    assert wait is None or least_wait is None or least_wait <= wait <= least_wait + 3
    assert (len(belt.said()), (await belt.connection_state())[:2]) == (1, connection)


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_503_a_readable_channel_is_read_before_anything_is_sent_again(
    belt: Belt, clock: HeldClock, arrived: bool
) -> None:
    reply = await belt.reply()
    belt.channel.answers = [Unavailable("503")]
    belt.channel.found = [Receipt(key="", external_id="seen-1") if arrived else None]
    await send_round(belt.house)
    clock.advance(seconds=5)
    await send_round(belt.house)
    assert (len(belt.channel.looked), len(belt.said())) == (1, 1 if arrived else 2)
    assert (await state(belt, reply))[0] == "sent"


async def test_a_lost_answer_is_settled_by_reading_back_and_never_sent_twice(belt: Belt, clock: HeldClock) -> None:
    reply = await belt.reply()
    belt.channel.answers = [Ambiguous("lost")]
    belt.channel.found = [None, Unavailable("cannot read now"), Receipt(key="", external_id="seen-1")]
    states = []
    for _ in range(4):
        await send_round(belt.house)
        states.append((await state(belt, reply))[0])
        clock.advance(seconds=31)
    assert states == ["unknown", "unknown", "unknown", "sent"]
    assert (len(belt.said()), len(belt.channel.looked)) == (1, 3)
    assert await belt.value("select external_id from message where workspace_id = $1 and id = $2", reply) == "seen-1"


async def test_proof_of_absence_sends_it_again(belt: Belt, clock: HeldClock) -> None:
    reply = await belt.reply()
    belt.channel.answers = [Ambiguous("lost")]
    belt.channel.found = [None, None]
    await send_round(belt.house)
    clock.advance(seconds=SENDING.absent_after_s + 1)
    await send_round(belt.house)
    assert ((await state(belt, reply))[0], len(belt.said())) == ("queued", 1)
    await send_round(belt.house)
    assert ((await state(belt, reply))[0], len(belt.said())) == ("sent", 2)


async def test_a_worker_that_died_on_the_way_leaves_it_unknown(belt: Belt, clock: HeldClock) -> None:
    reply = await belt.reply()

    class Killed(BaseException):
        """As when the process ends at this await."""

    async def die() -> None:
        raise Killed

    belt.channel.during = [die]
    with pytest.raises(Killed):
        await send_round(belt.house)
    belt.channel.during = []
    await send_round(belt.house)
    assert (await state(belt, reply))[0] == "attempting"
    clock.advance(seconds=61)
    await send_round(belt.house)
    assert ((await state(belt, reply))[:2], len(belt.said())) == (("unknown", "worker_lost"), 1)


@pytest.mark.parametrize("what", ["state = 'paused'", "state = 'broken'", "sends_replies = false"])
async def test_a_connection_that_may_not_send_sends_nothing(belt: Belt, clock: HeldClock, what: str) -> None:
    reply = await belt.reply()
    await belt.change(what)
    await send_round(belt.house)
    assert ((await state(belt, reply))[0], belt.said()) == ("queued", [])
    assert await belt.value("select count(*) from send_attempt where workspace_id = $1") == 0
    await belt.change("state = 'ready', sends_replies = true")
    clock.advance(seconds=30)
    await send_round(belt.house)
    assert (await state(belt, reply))[0] == "sent"


async def test_a_channel_that_said_wait_hears_no_other_reply_either(belt: Belt, clock: HeldClock) -> None:
    await belt.reply("first")
    belt.channel.answers = [RateLimited("slow", after=40.0)]
    await send_round(belt.house)
    clock.advance(seconds=10)
    await belt.reply("second")
    await send_round(belt.house)
    assert belt.said() == ["first"]
    clock.advance(seconds=60)
    belt.channel.found = [None]
    for _ in range(2):
        await send_round(belt.house)
    assert belt.said() == ["first", "first", "second"]


async def test_what_a_person_marks_as_sent_is_not_sent_again(belt: Belt, clock: HeldClock) -> None:
    reply = await belt.reply()
    belt.channel.answers = [Ambiguous("lost")]
    await send_round(belt.house)
    async with belt.db.unit(belt.workspace) as work:
        await replying.resolve(work, reply, "mark_sent")
    clock.at += timedelta(hours=1)
    await send_round(belt.house)
    assert ((await state(belt, reply))[0], len(belt.said()), belt.channel.looked) == ("sent", 1, [])


def test_every_error_kind_is_in_the_table() -> None:
    kinds = {kind.__name__ for kind in ChannelError.__subclasses__()}
    assert kinds == {
        "AuthExpired", "RateLimited", "Unavailable", "Ambiguous", "Refused", "Malformed", "NotSupported", "BadSignature",
    }  # fmt: skip
