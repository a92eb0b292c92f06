"""The one count reaches the channel: absolute, fenced, zeros first, and never where it may not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from app.core.clock import HeldClock
from app.core.config import Settings
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionUpdate
from app.domain.inventory.service import moving, pushing
from app.pipeline.push import push_round
from connectors.base.commands import Command, LineReceipt, Receipt, SetStock
from connectors.base.errors import AuthExpired, RateLimited, Refused, Unavailable
from connectors.base.events import OrderLine, OrderSeen, StockSeen
from connectors.base.manifest import Bucket
from tests.pipeline.belt import STOCKING, Belt, event


@pytest.fixture
async def shelf(belt: Belt) -> Belt:
    """TEA, ten counted, shown as three at the channel."""
    await belt.list_sku("TEA", shown=3)
    await belt.move("TEA", 10)
    return belt


def sold(
    belt: Belt, units: int, *, name: str = "o1", seconds: float = 0.0, version: str = "1", status: str = "open"
) -> OrderSeen:
    return OrderSeen(
        external_id=name, version=version, status=status, currency="EUR",  # type: ignore[arg-type]
        placed_at=belt.db.clock.now() + timedelta(seconds=seconds),
        lines=(OrderLine(external_id="1", external_sku="TEA", quantity=units),),
    )  # fmt: skip


async def sell(belt: Belt, units: int, **more: object) -> None:
    await belt.deliver(event(sold(belt, units, **more)))  # type: ignore[arg-type]
    await belt.ingest()


def answer(outcome: str, **more: object) -> object:
    def told(command: Command) -> Receipt:
        assert isinstance(command, SetStock)
        lines = tuple(LineReceipt(listing_id=one.listing_id, outcome=outcome, **more) for one in command.lines)  # type: ignore[arg-type]
        return Receipt(key=command.key, lines=lines)

    return told


async def test_what_is_counted_goes_out_once(shelf: Belt) -> None:
    for _ in range(3):
        await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}]
    assert await shelf.listing("TEA", "state", "acked", "expected", "dirty_at") == ("in_step", 10, 10, None)


async def test_a_sale_the_channel_knows_of_is_not_pushed_back_to_it(shelf: Belt, clock: HeldClock) -> None:
    await push_round(shelf.house)
    clock.advance(seconds=10)
    await sell(shelf, 2)
    await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}]
    assert await shelf.listing("TEA", "state", "expected", "wanted") == ("in_step", 8, 8)


async def _someone_waits(admin_url: str, database: str) -> None:
    watcher = await asyncpg.connect(admin_url)
    try:
        async with asyncio.timeout(10):
            while not await watcher.fetchval(
                "select true from pg_stat_activity where wait_event_type = 'Lock' and datname = $1", database
            ):
                pass
    finally:
        await watcher.close()


async def test_a_push_that_waited_for_a_count_sends_the_new_one(shelf: Belt, admin_url: str, settings: Settings) -> None:
    """Both hold the listing's row: whoever comes second must read the counts as the first left them."""
    async with shelf.db.across() as conn:
        token, taken = await pushing.take_listings(
            conn, shelf.workspace, shelf.connection, now=shelf.db.clock.now(), limit=10, every=True
        )
    assert taken == 1

    async def prepare() -> SetStock | None:
        async with shelf.db.unit(shelf.workspace) as work:
            return await pushing.prepare_push(work, token, STOCKING)

    async with shelf.db.unit(shelf.workspace) as work:
        location = await work.value("select id from location where workspace_id = $1 limit 1", shelf.workspace)
        variant = await work.value("select id from variant where workspace_id = $1 and sku = 'TEA'", shelf.workspace)
        await moving.count_stock(work, [(variant, location, 6)], source_ref="recount", reason="count")
        preparing = asyncio.create_task(prepare())
        await _someone_waits(admin_url, settings.database_url.rpartition("/")[2])
    command = await preparing
    assert command is not None
    assert [one.quantity for one in command.lines] == [6]


async def test_a_sale_and_a_push_that_overlapped_make_the_number_go_out_again(shelf: Belt, clock: HeldClock) -> None:
    async def meanwhile() -> None:
        shelf.channel.during = []
        await sell(shelf, 2)

    shelf.channel.during = [meanwhile]
    await push_round(shelf.house)
    clock.advance(seconds=1)
    await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}, {"TEA": 8}]
    assert await shelf.listing("TEA", "state", "acked", "dirty_at") == ("in_step", 8, None)


async def test_a_sale_older_than_our_last_push_does_not_count_as_known(shelf: Belt, clock: HeldClock) -> None:
    await push_round(shelf.house)
    clock.advance(seconds=10)
    await sell(shelf, 2, seconds=-60)
    await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}, {"TEA": 8}]


async def test_a_cancelled_sale_goes_out_again_because_nobody_knows_what_the_channel_did(shelf: Belt, clock: HeldClock) -> None:
    await push_round(shelf.house)
    clock.advance(seconds=10)
    await sell(shelf, 2)
    await push_round(shelf.house)
    await sell(shelf, 2, version="2", status="cancelled")
    await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}, {"TEA": 10}]


async def test_stale_asks_for_the_orders_and_tries_again_with_what_stands_there(shelf: Belt, clock: HeldClock) -> None:
    async with shelf.db.unit(shelf.workspace) as work:
        await work.execute(
            "update feed set name = 'orders', due_at = $2 where workspace_id = $1 and name = 'messages' "
            "and not exists (select 1 from feed where workspace_id = $1 and name = 'orders')",
            shelf.workspace, clock.now(),
        )  # fmt: skip
        await work.execute(
            "update feed set due_at = $2 where workspace_id = $1", shelf.workspace, clock.now() + timedelta(hours=1)
        )
    shelf.channel.answers = [answer("stale", observed=7)]  # type: ignore[list-item]
    await push_round(shelf.house)
    due = await shelf.value("select due_at from feed where workspace_id = $1 and name = 'orders'")
    assert (due, await shelf.listing("TEA", "state", "observed")) == (clock.now(), ("waiting", 7))
    assert (await push_round(shelf.house), len(shelf.pushed())) == (0, 1)
    clock.advance(seconds=1)
    await push_round(shelf.house)
    last = shelf.channel.asked[-1]
    assert isinstance(last, SetStock)
    assert [(one.quantity, one.expected) for one in last.lines] == [(10, 7)]
    assert (await shelf.listing("TEA", "state"))[0] == "in_step"


async def test_a_refused_number_is_shown_with_its_floor_and_not_repeated(shelf: Belt, clock: HeldClock) -> None:
    shelf.channel.answers = [answer("refused", code="promotion", detail="campaign", floor=12)]  # type: ignore[list-item]
    await push_round(shelf.house)
    clock.advance(hours=3)
    await push_round(shelf.house)
    assert len(shelf.pushed()) == 1
    assert await shelf.listing("TEA", "state", "floor", "error_code", "acked") == ("refused", 12, "promotion", None)
    await shelf.move("TEA", 5)
    await push_round(shelf.house)
    assert shelf.pushed()[1:] == [{"TEA": 15}]


@pytest.mark.parametrize(
    ("failure", "state", "connection"),
    [
        (Unavailable("down", code="unavailable"), "waiting", "ready"),
        (RateLimited("slow", code="rate_limited", after=2.0), "waiting", "ready"),
        (RuntimeError("a bug of the connector"), "waiting", "ready"),
        (TimeoutError(), "waiting", "ready"),
        (AuthExpired("no", code="unauthorised"), "waiting", "broken"),
        (Refused("not allowed", code="no_scope"), "refused", "ready"),
    ],
)
async def test_a_failed_call_is_tried_again_unless_the_channel_said_no(
    shelf: Belt, clock: HeldClock, failure: Exception, state: str, connection: str
) -> None:
    shelf.channel.answers = [failure]
    await push_round(shelf.house)
    assert (await shelf.listing("TEA", "state", "acked"), (await shelf.connection_state())[0]) == ((state, None), connection)
    assert (await push_round(shelf.house), len(shelf.pushed())) == (0, 1)
    clock.advance(seconds=60)
    await push_round(shelf.house)
    again = state == "waiting" and connection == "ready"
    assert shelf.pushed() == [{"TEA": 10}] * (2 if again else 1)


async def test_a_listing_the_channel_says_nothing_of_is_not_taken_as_done(shelf: Belt) -> None:
    shelf.channel.answers = [lambda command: Receipt(key=command.key)]
    await push_round(shelf.house)
    assert await shelf.listing("TEA", "state", "acked", "error_code") == ("waiting", None, "no_answer")


async def test_a_push_whose_worker_died_goes_again_and_the_dead_ones_word_is_not_written(shelf: Belt, clock: HeldClock) -> None:
    async def outlive() -> None:
        shelf.channel.during = []
        clock.advance(seconds=61)
        await shelf.move("TEA", -4)
        await push_round(shelf.house)

    shelf.channel.during = [outlive]
    shelf.channel.answers = [answer("accepted"), answer("refused", code="late")]  # type: ignore[list-item]
    await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}, {"TEA": 6}]
    assert await shelf.listing("TEA", "acked", "expected", "state", "error_code") == (6, 6, "in_step", "")


async def test_nothing_is_pushed_before_it_was_counted(belt: Belt) -> None:
    await belt.list_sku("TEA", shown=3)
    async with belt.db.unit(belt.workspace) as work:
        await work.execute("update listing_state set dirty_at = $2 where workspace_id = $1", belt.workspace, work.now)
    await push_round(belt.house)
    assert (belt.pushed(), await belt.listing("TEA", "state")) == ([], ("unknown",))
    await sell(belt, 1)
    await push_round(belt.house)
    assert belt.pushed() == []


@pytest.mark.parametrize("what", ["state = 'paused'", "state = 'broken'"])
async def test_a_connection_that_may_not_push_is_not_written_to(shelf: Belt, what: str) -> None:
    await shelf.change(what)
    await push_round(shelf.house)
    assert shelf.pushed() == []
    await shelf.change("state = 'ready', pushes_stock = true")
    await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}]


async def test_in_shadow_a_listing_says_whether_it_disagrees_and_nothing_leaves(shelf: Belt, clock: HeldClock) -> None:
    await shelf.change("pushes_stock = false")
    told = []
    for units in (None, 10, 4):
        clock.advance(minutes=1)
        if units is not None:
            seen = StockSeen(external_id="L-TEA", external_sku="TEA", quantity=units, seen_at=clock.now())
            await shelf.deliver(event(seen))
            await shelf.ingest()
            clock.advance(seconds=10)
        await push_round(shelf.house)
        told.append(await shelf.listing("TEA", "state", "wanted", "observed", "dirty_at"))
    assert told == [("differs", 10, 3, None), ("in_step", 10, 10, None), ("differs", 10, 4, None)]
    await shelf.move("TEA", -6)
    await push_round(shelf.house)
    assert await shelf.listing("TEA", "state", "wanted") == ("in_step", 4)
    assert shelf.pushed() == []


async def test_what_was_compared_in_shadow_goes_out_once_its_owner_says_so(shelf: Belt) -> None:
    await shelf.change("pushes_stock = false")
    await push_round(shelf.house)
    async with shelf.db.unit(shelf.workspace) as work:
        await connections.update_connection(work, shelf.house.vault, shelf.connection, ConnectionUpdate(pushes_stock=True))
    await push_round(shelf.house)
    assert shelf.pushed() == [{"TEA": 10}]


async def test_the_panic_switch_stops_every_push(shelf: Belt) -> None:
    for stopped, pushed in ((True, []), (False, [{"TEA": 10}])):
        async with shelf.db.unit(shelf.workspace) as work:
            await work.execute("update workspace set pushing_stopped = $2 where id = $1", shelf.workspace, stopped)
        await push_round(shelf.house)
        assert shelf.pushed() == pushed


def narrow(belt: Belt, *, batch: int, burst: float, per_day: int | None = None) -> None:
    """From now on pushes spend from a bucket of their own that never fills again."""
    bucket = Bucket(operation="narrow", per_s=0.0, burst=burst, per_day=per_day)
    belt.channel.manifest = msgspec.structs.replace(
        belt.channel.manifest,
        stocking=msgspec.structs.replace(STOCKING, batch=batch, operation="narrow"),
        buckets=(*belt.channel.manifest.buckets, bucket),
    )


async def test_with_few_calls_left_the_zeros_go_first(belt: Belt, clock: HeldClock) -> None:
    for sku in ("A", "B", "C", "D"):
        await belt.list_sku(sku, shown=3)
        await belt.move(sku, 5)
        await push_round(belt.house)
    belt.channel.asked.clear()
    await belt.move("A", 1)
    clock.advance(minutes=11)
    await belt.move("D", -5)
    await belt.move("B", -2)
    clock.advance(minutes=11)
    await belt.move("C", -5)
    narrow(belt, batch=1, burst=1.0)
    await push_round(belt.house)
    assert belt.pushed() == [{"D": 0}]


async def test_the_last_calls_of_a_budget_are_kept_for_zeros(belt: Belt) -> None:
    for sku in ("A", "B"):
        await belt.list_sku(sku, shown=3)
        await belt.move(sku, 5)
    await push_round(belt.house)
    belt.channel.asked.clear()
    narrow(belt, batch=1, burst=10.0, per_day=10)
    for _ in range(12):
        await belt.move("A", 1)
        await push_round(belt.house)
    assert len(belt.pushed()) == 7
    await belt.move("B", -5)
    await push_round(belt.house)
    assert belt.pushed()[7:] == [{"B": 0}]


async def test_an_edit_at_the_channel_is_put_right_and_our_own_echo_is_not(shelf: Belt, clock: HeldClock) -> None:
    await push_round(shelf.house)
    for units, pushed in ((10, 1), (4, 2)):
        clock.advance(minutes=1)
        seen = StockSeen(external_id="L-TEA", external_sku="TEA", quantity=units, seen_at=clock.now())
        await shelf.deliver(event(seen))
        await shelf.ingest()
        clock.advance(seconds=10)
        await push_round(shelf.house)
        assert len(shelf.pushed()) == pushed
    assert shelf.pushed()[-1] == {"TEA": 10}
