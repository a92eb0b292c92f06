"""What is typed into the search box: words to find, and `name:value` to narrow by. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

OPERATOR = re.compile(
    r'(?<!\S)(from|channel|tag|is|before|after|assignee|team|priority|language):("[^"]+"|[^\s"]+)(?!\S)', re.IGNORECASE
)
IS = ("open", "waiting", "snoozed", "closed", "unassigned")
PRIORITIES = ("low", "normal", "high", "urgent")
LOWERED = ("is", "channel", "priority", "language")


class Search(Struct, frozen=True, kw_only=True):
    """`text`: what no operator took. Days are UTC; `before` ends and `after` begins with one. An empty field narrows nothing."""

    text: str = ""
    sender: str = ""
    channel: str = ""
    tag: str = ""
    state: str = ""
    assignee: str = ""
    team: str = ""
    priority: str = ""
    language: str = ""
    before: datetime | None = None
    after: datetime | None = None


FIELDS = {
    "from": "sender",
    "channel": "channel",
    "tag": "tag",
    "is": "state",
    **{name: name for name in ("assignee", "team", "priority", "language")},
}


def read_search(typed: str) -> Search:
    """The last of two operators of one name counts. What makes no sense, `is:purple`, is looked for as it stands."""
    found = Search()
    left = []
    end = 0
    for part in OPERATOR.finditer(typed):
        name, value = part[1].lower(), part[2].strip('"')
        narrowed = _narrowed(found, name, value)
        left.append(typed[end : part.start() if narrowed else part.end()])
        found, end = narrowed or found, part.end()
    return replace(found, text=" ".join("".join([*left, typed[end:]]).split()))


def _narrowed(found: Search, name: str, value: str) -> Search | None:
    if name in ("before", "after"):
        day = _day(value)
        if day is None:
            return None
        return replace(found, before=day) if name == "before" else replace(found, after=day + timedelta(days=1))
    if value.lower() not in {"is": IS, "priority": PRIORITIES}.get(name, (value.lower(),)):
        return None
    return replace(found, **{FIELDS[name]: value.lower() if name in LOWERED else value})


def _day(value: str) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
