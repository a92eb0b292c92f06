"""The only now(). It runs on the database's clock, so that a skewed machine changes nothing but its log times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...


class SystemClock:
    """Machine time plus the measured offset of the database."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def learn(self, database_now: datetime, asked_at: datetime, answered_at: datetime) -> None:
        """`asked_at` and `answered_at` are machine times around the question. Small differences are noise."""
        offset = database_now - (asked_at + (answered_at - asked_at) / 2)
        self.offset = offset if abs(offset) > timedelta(milliseconds=250) else timedelta()


class HeldClock:
    """Time that moves only when told: for tests and simulation."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)
