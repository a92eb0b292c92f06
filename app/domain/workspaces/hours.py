"""When a shop is open, and when so much open time has passed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Seconds = Annotated[int, Meta(ge=60, le=2_592_000)]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FARTHEST_DAYS = 800
"""So far ahead open hours are counted."""


class Span(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Wall-clock times of one day; `closes` may be 24:00."""

    opens: Clock
    closes: Clock


class Holiday(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`date` is YYYY-MM-DD, or MM-DD for one that comes every year."""

    date: Annotated[str, Meta(pattern=r"^(\d{4}-)?\d{2}-\d{2}$")]
    name: Annotated[str, Meta(max_length=80)] = ""


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`week`: seven days from Monday, each with any number of spans."""

    week: Annotated[list[Annotated[list[Span], Meta(max_length=12)]], Meta(min_length=7, max_length=7)]
    holidays: Annotated[list[Holiday], Meta(max_length=400)] = field(default_factory=list)


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open seconds until the first answer, and until each later one."""

    first_s: Seconds
    next_s: Seconds


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def problems(hours: Hours) -> dict[str, str]:
    """By field; empty when they can be kept."""
    found: dict[str, str] = {}
    for name, spans in zip(DAYS, hours.week, strict=True):
        ordered = sorted(spans, key=lambda span: minutes(span.opens))
        if any(minutes(span.closes) <= minutes(span.opens) for span in spans):
            found[name] = "closes before it opens; split hours over midnight into two days"
        elif any(minutes(later.opens) < minutes(earlier.closes) for earlier, later in pairwise(ordered)):
            found[name] = "two of its hours overlap"
    for holiday in hours.holidays:
        if not _is_date(holiday.date):
            found["holidays"] = f"{holiday.date} is not a date"
    if not found and not any(hours.week):
        found["week"] = "is closed on all days; open at least one, or take the hours away to be open always"
    if not found and not any(_spans(hours, "UTC", date(2027, 1, 1) + timedelta(days=one)) for one in range(FARTHEST_DAYS)):
        found["holidays"] = "leave no open day"
    return found


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) == 10 else f"2024-{text}")
    except ValueError:
        return False
    return re.fullmatch(r"(\d{4}-)?\d{2}-\d{2}", text) is not None


def is_open(hours: Hours, zone: str, when: datetime) -> bool:
    day = when.astimezone(ZoneInfo(zone)).date()
    return any(opens <= when < closes for opens, closes in _spans(hours, zone, day))


def due(hours: Hours | None, zone: str, since: datetime, seconds: float) -> datetime:
    """When so many open seconds have passed, FARTHEST_DAYS on at the latest. None is open always."""
    since, left = since.astimezone(UTC), timedelta(seconds=seconds)
    if hours is None:
        return since + left
    for opens, closes in _ahead(hours, zone, since):
        begins = max(opens, since)
        if closes > begins:
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
    return since + timedelta(days=FARTHEST_DAYS)


def target(targets: Mapping[str, Target], priority: str, *, first: bool, otherwise: int) -> int:
    chosen = targets.get(priority)
    if chosen is None:
        return otherwise
    return chosen.first_s if first else chosen.next_s


def _ahead(hours: Hours, zone: str, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    begins = since.astimezone(ZoneInfo(zone)).date()
    for offset in range(FARTHEST_DAYS):
        yield from _spans(hours, zone, begins + timedelta(days=offset))


def _spans(hours: Hours, zone: str, day: date) -> list[tuple[datetime, datetime]]:
    closed = {holiday.date for holiday in hours.holidays}
    if day.isoformat() in closed or day.isoformat()[5:] in closed:
        return []
    spans = sorted(hours.week[day.weekday()], key=lambda span: minutes(span.opens))
    return [(_instant(day, span.opens, zone), _instant(day, span.closes, zone)) for span in spans]


def _instant(day: date, clock: str, zone: str) -> datetime:
    """A wall-clock time that a change of clocks skips is as far after the change as it is named."""
    at = minutes(clock)
    local = datetime.combine(day + timedelta(days=at // 1440), time(at % 1440 // 60, at % 60), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
