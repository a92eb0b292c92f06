"""Token bucket arithmetic, pure. The pipeline keeps the state in PostgreSQL and deducts within the claim's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from connectors.base.manifest import Bucket

ZERO_SHARE = 0.3


class BucketState(Struct, frozen=True, kw_only=True):
    """`tokens` at `at`; `day_used` of the vendor's day that began at `day`; nothing goes before `blocked_until`."""

    tokens: float
    at: datetime
    day: datetime
    day_used: int = 0
    blocked_until: datetime | None = None


def vendor_day(bucket: Bucket, now: datetime) -> datetime:
    """Start of the vendor's calendar day that contains `now`."""
    shift = timedelta(hours=bucket.day_starts_utc_h)
    return (now - shift).replace(hour=0, minute=0, second=0, microsecond=0) + shift


def fresh(bucket: Bucket, now: datetime) -> BucketState:
    return BucketState(tokens=bucket.burst, at=now, day=vendor_day(bucket, now))


def refill(bucket: Bucket, state: BucketState, now: datetime) -> BucketState:
    elapsed = max((now - state.at).total_seconds(), 0.0)
    day = vendor_day(bucket, now)
    return BucketState(
        tokens=min(bucket.burst, state.tokens + elapsed * bucket.per_s),
        at=max(now, state.at),
        day=max(day, state.day),
        day_used=state.day_used if day <= state.day else 0,
        blocked_until=state.blocked_until if state.blocked_until and state.blocked_until > now else None,
    )


def take(bucket: Bucket, state: BucketState, now: datetime, wanted: int, *, urgent: bool = True) -> tuple[int, BucketState]:
    """How many of `wanted` calls may go now, and the state after. A call that is not `urgent` leaves ZERO_SHARE of the
    bucket and of the day untouched, so that pushes to zero always find a token."""
    state = refill(bucket, state, now)
    if state.blocked_until is not None:
        return 0, state
    kept = 0.0 if urgent else ZERO_SHARE * bucket.burst
    free = int(max(state.tokens - kept, 0.0))
    if not urgent and bucket.burst * (1 - ZERO_SHARE) < 1:
        free = int(state.tokens)
    if bucket.per_day is not None:
        day_kept = 0 if urgent else int(ZERO_SHARE * bucket.per_day)
        free = min(free, max(bucket.per_day - day_kept - state.day_used, 0))
    granted = min(wanted, free)
    return granted, BucketState(tokens=state.tokens - granted, at=state.at, day=state.day, day_used=state.day_used + granted)


def wait_s(bucket: Bucket, state: BucketState, now: datetime) -> float:
    """Seconds until one call may go."""
    state = refill(bucket, state, now)
    waits = [0.0]
    if state.blocked_until is not None:
        waits.append((state.blocked_until - now).total_seconds())
    if bucket.per_day is not None and state.day_used >= bucket.per_day:
        waits.append((state.day + timedelta(days=1) - now).total_seconds())
    if state.tokens < 1:
        waits.append((1 - state.tokens) / bucket.per_s if bucket.per_s else 3600.0)
    return max(waits)
