"""A feed's page and its cursor are stored together or not at all, and a sick channel is left in peace."""

from __future__ import annotations

import pytest

from app.core.clock import HeldClock
from app.pipeline.ingest import ingest_round
from app.pipeline.pull import pull_round
from connectors.base.contract import Batch, Delivery
from connectors.base.errors import AuthExpired, ChannelError, RateLimited, Unavailable
from tests.pipeline.belt import Belt, told


async def feed(belt: Belt) -> tuple[str, float, str]:
    """Cursor, seconds until it is due, last error."""
    (row,) = await belt.rows("select cursor, due_at, last_error from feed where workspace_id = $1 and name = 'messages'")
    return row[0], (row[1] - belt.db.clock.now()).total_seconds(), row[2]


async def test_pages_follow_each_other_and_then_wait_for_the_period(belt: Belt, clock: HeldClock) -> None:
    belt.channel.pages = [
        Batch(deliveries=(told("one", key="k1"), told("two", key="k2")), cursor="c1", more=True),
        Batch(deliveries=(told("two", key="k2"), told("three", key="k3")), cursor="c2"),
    ]
    for _ in range(4):
        await pull_round(belt.house)
    assert belt.channel.cursors == ["", "c1"]
    assert (await belt.texts(), await feed(belt)) == (["one", "two", "three"], ("c2", 60.0, ""))
    assert set((await belt.deliveries()).values()) == {"ingested"}
    assert await belt.value("select pulled from feed where workspace_id = $1 and name = 'messages'") == 3
    belt.channel.pages = [Batch(deliveries=(), cursor="c2")]
    clock.advance(seconds=60)
    await pull_round(belt.house)
    assert belt.channel.cursors == ["", "c1", "c2"]


async def test_a_first_reading_knows_how_much_there_is_and_later_ones_do_not_change_it(belt: Belt, clock: HeldClock) -> None:
    belt.channel.pages = [
        Batch(deliveries=(told("one", key="k1"),), cursor="c1", more=True, about=8000),
        Batch(deliveries=(told("two", key="k2"),), cursor="c2", more=True),
        Batch(deliveries=(told("three", key="k3"),), cursor="c3", about=8001),
        Batch(deliveries=(told("four", key="k4"),), cursor="c4", about=1),
    ]
    known = []
    for _ in range(4):
        await pull_round(belt.house)
        clock.advance(seconds=60)
        known += await belt.rows("select pulled, about from feed where workspace_id = $1 and name = 'messages'")
    assert [tuple(row) for row in known] == [(1, 8000), (2, 8000), (3, 8001), (4, 8001)]


async def test_a_page_that_cannot_be_applied_is_taken_apart_and_the_cursor_moves_with_it(belt: Belt) -> None:
    page = (
        told("one", key="k1", thread="a"), told("poi\0son", key="k2", thread="b"), Delivery(kind="broken", key="k3", body=b"?"),
    )  # fmt: skip
    belt.channel.pages = [Batch(deliveries=page, cursor="c1")]
    await pull_round(belt.house)
    assert (await feed(belt))[0] == "c1"
    assert set((await belt.deliveries()).values()) == {"received"}
    await ingest_round(belt.house)
    assert await belt.deliveries() == {"k1": "ingested", "k2": "received", "k3": "parked"}
    assert await belt.texts() == ["one"]


async def test_a_page_that_cannot_be_stored_leaves_the_cursor_where_it_was(belt: Belt) -> None:
    belt.channel.pages = [Batch(deliveries=(told("one", key="k1"), told("two", key="bad\0key")), cursor="c1")]
    await pull_round(belt.house)
    cursor, wait, error = await feed(belt)
    assert (cursor, error.split(":")[0]) == ("", "not_kept")
    assert 1 <= wait <= 300
    assert (await belt.deliveries(), await belt.texts()) == ({}, [])


async def test_a_page_that_comes_while_somebody_else_took_the_feed_moves_no_cursor(belt: Belt, clock: HeldClock) -> None:
    belt.channel.pages = [
        Batch(deliveries=(told("new", key="k1"),), cursor="late"), Batch(deliveries=(told("new", key="k1"),), cursor="c1"),
    ]  # fmt: skip

    async def overtake() -> None:
        belt.channel.during = []
        clock.advance(seconds=91)
        await pull_round(belt.house)

    belt.channel.during = [overtake]
    await pull_round(belt.house)
    assert ((await feed(belt))[0], await belt.texts()) == ("c1", ["new"])


@pytest.mark.parametrize(
    ("failure", "wait", "state"),
    [
        (Unavailable("down", code="unavailable"), 2.0, "ready"),
        (Unavailable("down", code="unavailable", after=120.0), 120.0, "ready"),
        (RateLimited("slow", code="rate_limited", after=400.0), 400.0, "ready"),
        (AuthExpired("no", code="unauthorised"), 2.0, "broken"),
    ],
)
async def test_a_failed_pull_keeps_the_cursor_and_waits(belt: Belt, failure: ChannelError, wait: float, state: str) -> None:
    belt.channel.pages = [failure]
    await pull_round(belt.house)
    cursor, due, error = await feed(belt)
    assert (cursor, error.split(":")[0]) == ("", failure.code)
    assert wait <= due <= wait * 1.5
    assert (await belt.connection_state())[:2] == (state, failure.code)
    assert (await pull_round(belt.house), len(belt.channel.cursors)) == (0, 1)


async def test_failures_wait_longer_and_a_success_forgives_them(belt: Belt, clock: HeldClock) -> None:
    belt.channel.pages = [Unavailable("down")] * 4
    waits = []
    for _ in range(4):
        await pull_round(belt.house)
        waits.append((await feed(belt))[1])
        clock.advance(seconds=waits[-1])
    assert waits == sorted(waits)
    assert waits[3] >= 6 * waits[0]
    assert (await belt.connection_state())[2] == 4
    belt.channel.pages = [Batch(deliveries=(), cursor="c1"), Unavailable("down")]
    clock.advance(seconds=600)
    await pull_round(belt.house)
    assert ((await belt.connection_state())[2], (await feed(belt))[1:]) == (0, (60.0, ""))
    clock.advance(seconds=60)
    await pull_round(belt.house)
    assert (await feed(belt))[1] <= waits[0]


@pytest.mark.parametrize("state", ["paused", "broken"])
async def test_a_connection_at_rest_is_not_asked(belt: Belt, clock: HeldClock, state: str) -> None:
    await belt.change(f"state = '{state}'")
    await pull_round(belt.house)
    assert belt.channel.cursors == []
    await belt.change("state = 'ready'")
    belt.channel.pages = [Batch(deliveries=(), cursor="c1")]
    clock.advance(seconds=61)
    await pull_round(belt.house)
    assert belt.channel.cursors == [""]


async def test_a_connector_that_breaks_says_so_and_comes_again_soon(belt: Belt) -> None:
    async def break_down() -> None:
        raise RuntimeError("a bug of the connector")

    belt.channel.pages = [Batch(deliveries=(told("one", key="k1"),), cursor="c1")]
    belt.channel.during = [break_down]
    await pull_round(belt.house)
    cursor, wait, error = await feed(belt)
    assert (cursor, error) == ("", "connector_error: RuntimeError: a bug of the connector")
    assert 1 <= wait <= 5
    assert (await belt.connection_state())[:2] == ("ready", "connector_error")
