"""Open time is counted in the shop's own zone, over gaps, nights, holidays and both changes of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.workspaces.hours import FARTHEST_DAYS, Holiday, Hours, Span, Target, due, is_open, problems, target

BERLIN = "Europe/Berlin"


def span(opens: str, closes: str) -> Span:
    return Span(opens=opens, closes=closes)


def office(*spans: Span, holidays: list[Holiday] | None = None) -> Hours:
    """From Monday to Friday."""
    return Hours(week=[list(spans)] * 5 + [[], []], holidays=holidays or [])


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


NINE = office(span("09:00", "17:00"))


def test_friday_evening_is_answered_on_monday_morning() -> None:
    assert due(NINE, BERLIN, local("2026-11-27T18:00"), 3600) == local("2026-11-30T10:00")
    assert due(None, BERLIN, local("2026-11-27T18:00"), 3600) == local("2026-11-27T19:00")


def test_a_lunch_gap_and_a_night_are_not_counted() -> None:
    hours = office(span("13:00", "17:00"), span("09:00", "12:00"))
    assert due(hours, BERLIN, local("2026-11-30T11:30"), 3600) == local("2026-11-30T13:30")
    assert due(hours, BERLIN, local("2026-11-30T16:30"), 3600) == local("2026-12-01T09:30")
    assert due(hours, BERLIN, local("2026-11-30T16:00"), 3600) == local("2026-11-30T17:00")


def test_midnight_joins_two_days() -> None:
    always = Hours(week=[[span("00:00", "24:00")]] * 7)
    assert due(always, BERLIN, local("2026-11-30T23:30"), 3600) == local("2026-12-01T00:30")
    assert is_open(always, BERLIN, local("2026-12-01T00:00"))


def test_holidays_once_and_every_year_are_closed() -> None:
    hours = office(span("09:00", "17:00"), holidays=[Holiday(date="2026-12-24"), Holiday(date="12-25", name="Christmas")])
    assert due(hours, BERLIN, local("2026-12-23T18:00"), 3600) == local("2026-12-28T10:00")
    assert due(hours, BERLIN, local("2028-12-24T18:00"), 3600) == local("2028-12-26T10:00")
    assert not is_open(hours, BERLIN, local("2029-12-25T10:00"))


def test_the_nights_when_clocks_change_count_what_really_passes() -> None:
    night = Hours(week=[[span("00:00", "24:00")]] * 7)
    assert due(night, BERLIN, local("2026-03-29T01:30"), 3600) == local("2026-03-29T03:30")
    assert due(night, BERLIN, local("2026-10-25T00:30"), 4 * 3600) == local("2026-10-25T03:30")
    early = Hours(week=[[span("01:00", "04:00")]] * 7)
    assert due(early, BERLIN, local("2026-03-28T20:00"), 2 * 3600) == local("2026-03-29T04:00")
    assert due(early, BERLIN, local("2026-10-24T20:00"), 4 * 3600) == local("2026-10-25T04:00")


def test_what_cannot_be_kept_is_named_by_its_field() -> None:
    assert problems(NINE) == {}
    assert list(problems(Hours(week=[[]] * 7))) == ["week"]
    assert list(problems(office(span("09:00", "12:00"), span("11:00", "13:00")))) == [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
    ]
    assert list(problems(Hours(week=[[span("22:00", "06:00")]] + [[]] * 6))) == ["monday"]
    assert list(problems(office(span("09:00", "17:00"), holidays=[Holiday(date="2026-02-30")]))) == ["holidays"]
    every = [Holiday(date=f"{one:%m-%d}") for one in (datetime(2028, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(366))]
    assert problems(office(span("09:00", "17:00"), holidays=every)) == {"holidays": "leave no open day"}


def test_each_priority_has_a_first_and_a_next_target() -> None:
    targets = {"urgent": Target(first_s=600, next_s=1200)}
    found = [
        target(targets, name, first=first, otherwise=3600) for name, first in (("urgent", True), ("urgent", False), ("low", True))
    ]
    assert found == [600, 1200, 3600]


QUARTERS = st.integers(0, 96)


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    week = []
    for _ in range(7):
        edges = sorted(set(draw(st.lists(QUARTERS, max_size=6))))
        pairs = list(zip(edges[::2], edges[1::2], strict=False))
        week.append([span(f"{a // 4:02}:{a % 4 * 15:02}", f"{b // 4:02}:{b % 4 * 15:02}") for a, b in pairs])
    return Hours(week=week)


STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda one: one.replace(tzinfo=UTC, second=0, microsecond=0)
)
ZONES = st.sampled_from([BERLIN, "America/New_York", "Asia/Jakarta", "Australia/Lord_Howe", "UTC"])


@given(hours=weeks(), zone=ZONES, since=STARTS, asked=st.integers(1, 20).map(lambda one: one * 900))
def test_between_the_word_and_its_due_time_the_shop_was_open_so_long(
    hours: Hours, zone: str, since: datetime, asked: int
) -> None:
    if problems(hours):
        return
    found = due(hours, zone, since, asked)
    if found - since > timedelta(days=60):
        return
    step = timedelta(minutes=1)
    opened, when = 0, since
    while when < found:
        opened += is_open(hours, zone, when)
        when += step
    assert opened * 60 == asked
    assert found > since
    assert is_open(hours, zone, found - step)
    assert found < since + timedelta(days=FARTHEST_DAYS)
