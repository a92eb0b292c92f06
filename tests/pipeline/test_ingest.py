"""Durable before the answer, taken in once, and one bad delivery never holds up the others."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from app.core.clock import HeldClock
from app.core.timers import set_timer
from app.pipeline.ingest import TRIES, ingest_round
from app.pipeline.timers import timer_round
from connectors.base.contract import Delivery
from connectors.base.errors import Refused, Unavailable
from tests.pipeline.belt import Belt, event, message, told


def raw(kind: str, key: str, body: bytes = b"[]") -> Delivery:
    return Delivery(kind=kind, key=key, body=body)


async def test_everything_is_durable_when_keep_returns_and_a_repeat_makes_no_row(belt: Belt) -> None:
    deliveries = [told(f"text {n}", key=f"k{n}") for n in range(40)]
    kept = await asyncio.gather(*(belt.deliver(one) for one in deliveries * 3))
    assert sum(kept) == 40
    assert len(await belt.deliveries()) == 40


async def test_a_row_the_database_refuses_does_not_lose_those_folded_with_it(belt: Belt) -> None:
    answers = await asyncio.gather(
        *(belt.deliver(told("fine", key=f"k{n}")) for n in range(5)),
        belt.deliver(raw("thing", "bad\0key")),
        belt.house.intake.keep([msgspec.structs.replace(belt.arrived(told("lost")), connection_id=uuid4())]),
        return_exceptions=True,
    )
    assert answers[:5] == [1] * 5
    assert all(isinstance(answer, asyncpg.PostgresError) for answer in answers[5:])
    assert set(await belt.deliveries()) == {f"k{n}" for n in range(5)}


async def test_each_delivery_ends_by_its_own_name(belt: Belt) -> None:
    await belt.deliver(told("hello", key="good"), raw("broken", "bad"), raw("foreign", "other"), raw("thing", "garbage", b"{"))
    assert await ingest_round(belt.house) == 4
    assert await belt.deliveries() == {"good": "ingested", "bad": "parked", "other": "unsupported", "garbage": "parked"}
    assert await belt.texts() == ["hello"]
    body = await belt.value("select body from delivery where workspace_id = $1 and key = 'garbage'")
    assert body == b"{"
    assert await ingest_round(belt.house) == 0


async def test_poison_is_tried_alone_and_parked_while_the_others_go_in(belt: Belt, clock: HeldClock) -> None:
    await belt.deliver(
        told("one", key="k1", thread="a"), told("poi\0son", key="k2", thread="b"), told("two", key="k3", thread="c")
    )
    waits = []
    for _ in range(TRIES):
        await ingest_round(belt.house)
        assert sorted(await belt.texts()) == ["one", "two"]
        due = await belt.value("select due_at from delivery where workspace_id = $1 and key = 'k2'")
        if due is not None:
            assert await ingest_round(belt.house) == 0
            waits.append((due - clock.now()).total_seconds())
            clock.at = due
    assert (len(waits), waits) == (TRIES - 1, sorted(waits))
    assert await belt.deliveries() == {"k1": "ingested", "k2": "parked", "k3": "ingested"}


async def test_one_pointer_that_leads_nowhere_does_not_hold_up_the_others(belt: Belt) -> None:
    belt.channel.fetched = {"gone": Refused("no such thing"), "here": told("fetched", key="f1")}
    await belt.deliver(raw("pointer", "p1", b"gone"), raw("pointer", "p2", b"here"), told("hello", key="k1"))
    await ingest_round(belt.house)
    assert await belt.deliveries() == {"p1": "received", "p2": "ingested", "f1": "ingested", "k1": "ingested"}
    assert sorted(await belt.texts()) == ["fetched", "hello"]


async def test_a_channel_that_is_away_puts_the_pointer_off_and_it_comes_later(belt: Belt, clock: HeldClock) -> None:
    belt.channel.fetched = {"x": Unavailable("503")}
    await belt.deliver(raw("pointer", "p1", b"x"))
    await ingest_round(belt.house)
    assert (await belt.texts(), await belt.deliveries()) == ([], {"p1": "received"})
    belt.channel.fetched = {"x": told("late", key="f1")}
    clock.advance(seconds=5)
    await ingest_round(belt.house)
    assert (await belt.texts(), await belt.deliveries()) == (["late"], {"p1": "ingested", "f1": "ingested"})


async def test_a_fetched_thing_that_points_on_is_parked_not_followed(belt: Belt) -> None:
    belt.channel.fetched = {"x": raw("pointer", "f1", b"x")}
    await belt.deliver(raw("pointer", "p1", b"x"))
    await ingest_round(belt.house)
    assert await belt.deliveries() == {"p1": "ingested", "f1": "parked"}


async def test_the_same_message_by_webhook_and_again_is_there_once(belt: Belt) -> None:
    one = message("hello", external_id="m-1")
    await belt.deliver(event(one, key="a"), event(one, key="b"))
    await ingest_round(belt.house)
    await belt.deliver(event(one, key="c"))
    await ingest_round(belt.house)
    assert await belt.texts() == ["hello"]
    assert set((await belt.deliveries()).values()) == {"ingested"}


async def test_replaying_what_went_in_changes_nothing(belt: Belt) -> None:
    await belt.deliver(told("hello", key="a"))
    await ingest_round(belt.house)
    before = await belt.rows("select id, version, message_count, awaiting_since from conversation where workspace_id = $1")
    async with belt.db.unit(belt.workspace) as work:
        await work.execute(
            "update delivery set state = 'received', due_at = $2 where workspace_id = $1", belt.workspace, work.now
        )
    assert await ingest_round(belt.house) == 1
    after = await belt.rows("select id, version, message_count, awaiting_since from conversation where workspace_id = $1")
    assert (after, await belt.texts()) == (before, ["hello"])


async def test_two_workers_at_once_take_each_delivery_once(belt: Belt) -> None:
    await belt.deliver(*(told(f"text {n}", key=f"k{n}", thread=f"t{n}") for n in range(30)))
    taken = await asyncio.gather(*(ingest_round(belt.house) for _ in range(4)))
    assert sum(taken) == 30
    assert len(await belt.texts()) == 30


async def test_a_timer_strikes_once_and_one_nobody_knows_does_not_stop_it(belt: Belt, clock: HeldClock) -> None:
    await belt.deliver(told("hello", key="a"))
    await ingest_round(belt.house)
    async with belt.db.unit(belt.workspace) as work:
        conversation = await work.value(
            "update conversation set status = 'snoozed' where workspace_id = $1 returning id", belt.workspace
        )
        for minutes, kind in ((1, "no.such.kind"), (2, "conversation.snooze")):
            await set_timer(work, kind, conversation, work.now + timedelta(minutes=minutes))
    await timer_round(belt.house)
    assert await belt.value("select status from conversation where workspace_id = $1") == "snoozed"
    clock.advance(minutes=3)
    await timer_round(belt.house)
    assert await belt.value("select status from conversation where workspace_id = $1") == "open"
    done = await belt.rows("select kind from timer where workspace_id = $1 and done_at is not null")
    assert done == [("conversation.snooze",)]
    lines = "select count(*) from message where workspace_id = $1 and kind = 'event'"
    assert (await timer_round(belt.house), await belt.value(lines)) == (0, 1)


@pytest.mark.parametrize("state", ["paused", "broken"])
async def test_what_comes_by_webhook_is_taken_in_whatever_the_connection_may_send(belt: Belt, state: str) -> None:
    await belt.change(f"state = '{state}'")
    await belt.deliver(told("hello", key="a"))
    await ingest_round(belt.house)
    assert await belt.texts() == ["hello"]
