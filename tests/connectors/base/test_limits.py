"""Token buckets: never more than the channel allows, and always something left for pushes to zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.base.limits import ZERO_SHARE, BucketState, fresh, refill, take, vendor_day, wait_s
from connectors.base.manifest import Bucket

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CALLS = st.lists(st.tuples(st.floats(0, 30), st.integers(0, 60), st.booleans()), max_size=40)
BUCKETS = st.builds(
    Bucket,
    operation=st.just("stock"),
    per_s=st.floats(0.01, 50),
    burst=st.floats(1, 100),
    per_day=st.none() | st.integers(1, 500),
    day_starts_utc_h=st.floats(0, 23),
)


def bucket(per_s: float = 1.0, burst: float = 10.0, per_day: int | None = None, starts: float = 0.0) -> Bucket:
    return Bucket(operation="stock", per_s=per_s, burst=burst, per_day=per_day, day_starts_utc_h=starts)


def test_a_fresh_bucket_grants_its_burst_and_no_more() -> None:
    granted, state = take(bucket(), fresh(bucket(), NOON), NOON, 15)
    assert (granted, state.tokens, state.day_used) == (10, 0, 10)
    assert take(bucket(), state, NOON, 1)[0] == 0


def test_tokens_come_back_with_time_up_to_the_burst() -> None:
    _, state = take(bucket(), fresh(bucket(), NOON), NOON, 10)
    assert take(bucket(), state, NOON + timedelta(seconds=3.5), 10)[0] == 3
    assert take(bucket(), state, NOON + timedelta(hours=1), 99)[0] == 10


def test_a_push_above_zero_leaves_the_zero_share() -> None:
    granted, state = take(bucket(), fresh(bucket(), NOON), NOON, 10, urgent=False)
    assert (granted, state.tokens) == (7, 3)
    assert take(bucket(), state, NOON, 5, urgent=False)[0] == 0
    assert take(bucket(), state, NOON, 5, urgent=True)[0] == 3


def test_a_bucket_of_one_token_serves_ordinary_calls_too() -> None:
    one = bucket(per_s=0.1, burst=1.0)
    assert take(one, fresh(one, NOON), NOON, 3, urgent=False)[0] == 1


def test_the_day_ends_the_grants_and_its_zero_share_is_kept() -> None:
    daily = bucket(per_s=100, burst=100, per_day=20)
    granted, state = take(daily, fresh(daily, NOON), NOON, 50, urgent=False)
    assert granted == 14
    assert take(daily, state, NOON, 50)[0] == 6


def test_the_vendors_day_begins_at_its_own_hour() -> None:
    pacific = bucket(per_day=20, starts=8.0)
    assert vendor_day(pacific, NOON) == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert vendor_day(pacific, NOON.replace(hour=7)) == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def test_a_new_vendors_day_gives_the_calls_back() -> None:
    daily = bucket(per_s=100, burst=100, per_day=20, starts=8.0)
    _, state = take(daily, fresh(daily, NOON), NOON, 20)
    assert take(daily, state, NOON.replace(hour=23), 1)[0] == 0
    assert take(daily, state, NOON + timedelta(hours=20), 50)[0] == 20


def test_nothing_goes_while_the_channel_said_wait() -> None:
    state = BucketState(tokens=10, at=NOON, day=vendor_day(bucket(), NOON), blocked_until=NOON + timedelta(seconds=30))
    assert take(bucket(), state, NOON + timedelta(seconds=29), 5)[0] == 0
    assert take(bucket(), state, NOON + timedelta(seconds=30), 5)[0] == 5
    assert wait_s(bucket(), state, NOON) == 30


def test_the_wait_is_the_longest_of_all_reasons() -> None:
    daily = bucket(per_s=0.5, burst=10, per_day=10)
    _, state = take(daily, fresh(daily, NOON), NOON, 10)
    assert wait_s(daily, state, NOON) == 12 * 3600
    slow = bucket(per_s=0.5)
    _, empty = take(slow, fresh(slow, NOON), NOON, 10)
    assert wait_s(slow, empty, NOON) == 2.0
    assert wait_s(slow, fresh(slow, NOON), NOON) == 0.0


def test_a_clock_that_steps_back_takes_nothing_away() -> None:
    state = refill(bucket(), fresh(bucket(), NOON), NOON - timedelta(minutes=5))
    assert (state.tokens, state.at) == (10, NOON)


@given(BUCKETS, CALLS)
def test_grants_never_exceed_burst_and_refill(rate: Bucket, calls: list[tuple[float, int, bool]]) -> None:
    state, now, granted_in_all = fresh(rate, NOON), NOON, 0
    for pause, wanted, urgent in calls:
        now += timedelta(seconds=pause)
        granted, state = take(rate, state, now, wanted, urgent=urgent)
        assert 0 <= granted <= wanted
        assert state.tokens > -1e-6
        granted_in_all += granted
    assert granted_in_all <= rate.burst + rate.per_s * (now - NOON).total_seconds() + 1e-6


@given(BUCKETS, CALLS)
def test_ordinary_calls_alone_never_touch_the_zero_share(rate: Bucket, calls: list[tuple[float, int, bool]]) -> None:
    state, now = fresh(rate, NOON), NOON
    for pause, wanted, _ in calls:
        now += timedelta(seconds=pause)
        _, state = take(rate, state, now, wanted, urgent=False)
        if rate.burst * (1 - ZERO_SHARE) >= 1:
            assert state.tokens >= ZERO_SHARE * rate.burst - 1e-6


@given(BUCKETS, st.integers(0, 200))
def test_after_the_wait_one_call_goes(rate: Bucket, spent: int) -> None:
    _, state = take(rate, fresh(rate, NOON), NOON, spent)
    ready = NOON + timedelta(seconds=wait_s(rate, state, NOON) + 0.001)
    assert take(rate, state, ready, 1)[0] == 1
