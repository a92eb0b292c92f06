"""What a colleague must know to go on, from facts alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from msgspec import Struct

WORDS_MOST = 280
"""Characters of one message shown in a brief."""
SHIFT_URGENT = timedelta(hours=2)
"""What is due sooner than this does not change hands without somebody who takes it."""


class Said(Struct, frozen=True, kw_only=True):
    """One message, oldest first in every list of them."""

    id: UUID
    direction: str
    channel: str
    text: str
    at: datetime
    automated: bool = False
    author: str = ""


class Vow(Struct, frozen=True, kw_only=True):
    """A promise on record."""

    id: UUID
    message_id: UUID | None
    text: str
    kind: str
    state: str
    due_at: datetime | None
    by: str


class Facts(Struct, frozen=True, kw_only=True):
    """`orders` carry lines with the stock of now; `cases` the channel's open ones; `doubtful` counts replies nobody knows the fate
    of, `failed` those that did not go out."""

    conversation_id: UUID
    customer: str
    language: str
    since: datetime
    order_count: int
    channels: list[str]
    handles: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    awaiting_since: datetime | None
    doubtful: int
    failed: int
    said: list[Said]
    vows: list[Vow]


class Who(Struct, kw_only=True):
    name: str
    language: str
    since: datetime
    order_count: int
    channels: list[str]
    handles: list[dict[str, Any]]


class Asked(Struct, kw_only=True):
    message_id: UUID
    channel: str
    text: str
    at: datetime


class Promised(Struct, kw_only=True):
    """`found`: read out of our own words, nobody wrote it down as a promise."""

    promise_id: UUID | None
    message_id: UUID | None
    text: str
    kind: str
    due_at: datetime | None
    by: str
    found: bool


class StillOpen(Struct, kw_only=True):
    """`kind`: unanswered, case, unknown, failed or unshipped; `what` names it, `count` counts it."""

    kind: str
    what: str = ""
    count: int = 1
    due_at: datetime | None = None


class Brief(Struct, kw_only=True):
    """`asked`: the buyer's words nobody has answered; when all are, their last ones, and `answered` is true."""

    as_of: datetime
    who: Who
    bought: list[dict[str, Any]]
    asked: list[Asked]
    answered: bool
    promised: list[Promised]
    open: list[StillOpen]


def write_brief(facts: Facts, now: datetime, zone: tzinfo) -> Brief:
    unanswered = _unanswered(facts)
    last_words = [one for one in facts.said if one.direction == "in" and not one.automated][-1:]
    return Brief(
        as_of=now,
        who=Who(
            name=facts.customer, language=facts.language, since=facts.since, order_count=facts.order_count,
            channels=facts.channels, handles=facts.handles,
        ),
        bought=facts.orders,
        asked=[Asked(message_id=one.id, channel=one.channel, text=_short(one.text), at=one.at) for one in unanswered or last_words],
        answered=not unanswered,
        promised=[*_on_record(facts), *_found(facts, now, zone)],
        open=list(_still_open(facts, unanswered)),
    )  # fmt: skip


def _unanswered(facts: Facts) -> list[Said]:
    since = facts.awaiting_since
    if since is None:
        return []
    return [one for one in facts.said if one.direction == "in" and not one.automated and one.at >= since][-5:]


def _on_record(facts: Facts) -> Iterator[Promised]:
    for vow in facts.vows:
        yield Promised(
            promise_id=vow.id, message_id=vow.message_id, text=vow.text, kind=vow.kind, due_at=vow.due_at, by=vow.by, found=False
        )


def _found(facts: Facts, now: datetime, zone: tzinfo) -> Iterator[Promised]:
    """Dates in our own words that are still to come and that nobody has put on record."""
    known = {vow.message_id for vow in facts.vows}
    for one in facts.said:
        if one.direction == "out" and not one.automated and one.id not in known:
            for words, due in promises_in(one.text, one.at, zone):
                if due >= now:
                    yield Promised(
                        promise_id=None, message_id=one.id, text=words, kind=kind_of(words), due_at=due, by=one.author, found=True
                    )


def _still_open(facts: Facts, unanswered: Sequence[Said]) -> Iterator[StillOpen]:
    if unanswered:
        yield StillOpen(kind="unanswered", count=len(unanswered))
    for case in facts.cases:
        due = datetime.fromisoformat(case["respond_by"]) if case["respond_by"] else None
        yield StillOpen(kind="case", what=case["title"] or case["external_id"], due_at=due)
    if facts.doubtful:
        yield StillOpen(kind="unknown", count=facts.doubtful)
    if facts.failed:
        yield StillOpen(kind="failed", count=facts.failed)
    for order in facts.orders:
        if order["status"] in UNSHIPPED:
            due = datetime.fromisoformat(order["ship_by"]) if order["ship_by"] else None
            yield StillOpen(kind="unshipped", what=order["external_id"] or order["number"], due_at=due)


UNSHIPPED = ("pending", "open")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= WORDS_MOST else f"{plain[: WORDS_MOST - 1]}…"


SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\d)[^.!?\n]+)*[.!?]?")
WE_WILL = re.compile(
    r"\b(?:(?:i|we)(?:['’]ll| will| shall| promise)|you(?:['’]ll| will) (?:get|have|receive)|"
    r"(?:akan|pasti) (?:kami|saya)|(?:kami|saya)(?: pasti)? akan)\b",
    re.IGNORECASE,
)
PERHAPS = re.compile(
    r"\b(?:if|unless|might|may|maybe|perhaps|not|can['’]?t|won['’]?t|jika|kalau|mungkin|tidak|belum)\b", re.IGNORECASE
)
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
DAYS = {
    day: number
    for number, names in enumerate(
        ("monday senin", "tuesday selasa", "wednesday rabu", "thursday kamis", "friday jumat", "saturday sabtu", "sunday minggu")
    )
    for day in names.split()
}
ON_DAY = re.compile(rf"\b(?:by|on|before|until|this|hari|sebelum|paling lambat(?: hari)?) ({'|'.join(DAYS)})\b", re.IGNORECASE)
NEAR = {"today": 0, "tonight": 0, "hari ini": 0, "tomorrow": 1, "besok": 1, "lusa": 2}
NEAR_DAY = re.compile(rf"\b({'|'.join(NEAR)})\b", re.IGNORECASE)
WITHIN = re.compile(r"\b(?:within|dalam(?: waktu)?) (\d{1,2}) (hours?|days?|jam|hari)\b", re.IGNORECASE)
BOUND = re.compile(r"\b(?:next week|next month|minggu depan|bulan depan)\b", re.IGNORECASE)


def promises_in(text: str, at: datetime, zone: tzinfo) -> list[tuple[str, datetime]]:
    """Sentences in which we bind ourselves to a day, with the end of that day in the shop's own time. Rather misses one than
    invents one: no condition, no denial, no question, and exactly one day named."""
    found = []
    for match in SENTENCE.finditer(text):
        words = " ".join(match.group().split())
        if WE_WILL.search(words) and not PERHAPS.search(words) and not words.endswith("?") and not BOUND.search(words):
            days = set(_days_in(words, at.astimezone(zone)))
            if len(days) == 1:
                found.append((words, days.pop()))
    return found


def _days_in(words: str, at: datetime) -> Iterator[datetime]:
    for match in ISO.finditer(words):
        try:
            yield _end_of(datetime(*(int(part) for part in match.groups()), tzinfo=at.tzinfo))  # type: ignore[misc, arg-type]
        except ValueError:
            continue
    for match in ON_DAY.finditer(words):
        ahead = (DAYS[match.group(1).lower()] - at.weekday()) % 7
        yield _end_of(at + timedelta(days=ahead))
    for match in NEAR_DAY.finditer(words):
        yield _end_of(at + timedelta(days=NEAR[match.group(1).lower()]))
    for match in WITHIN.finditer(words):
        number, unit = int(match.group(1)), match.group(2).lower()
        yield at + (timedelta(hours=number) if unit.startswith(("hour", "jam")) else timedelta(days=number))


def _end_of(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(23, 59), day.tzinfo)


KINDS = {
    "refund": re.compile(r"\b(?:refund|money back|kembalikan|pengembalian dana)", re.IGNORECASE),
    "replacement": re.compile(r"\b(?:replace|exchange|new one|ganti|tukar)", re.IGNORECASE),
    "send": re.compile(r"\b(?:send|ship|deliver|post|kirim)", re.IGNORECASE),
    "reply": re.compile(r"\b(?:let you know|get back|answer|reply|tell you|kabari|jawab|hubungi)", re.IGNORECASE),
}


def kind_of(words: str) -> str:
    return next((kind for kind, pattern in KINDS.items() if pattern.search(words)), "other")


def needs_acceptor(due_at: datetime | None, now: datetime) -> bool:
    """At a shift's end: too near its deadline to be given away unasked."""
    return due_at is not None and due_at <= now + SHIFT_URGENT


def after_assignment(state: str, offered_to: frozenset[UUID], assignee: UUID | None) -> str:
    """What becomes of an offer when somebody assigns the conversation past it: whoever was meant has taken it."""
    if state != "offered":
        return state
    return "accepted" if assignee in offered_to else "withdrawn"
