"""Days found in our own words: rather missed than invented. What becomes of an offer that is assigned past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inbox.briefing import Facts, Said, Vow, after_assignment, kind_of, needs_acceptor, promises_in, write_brief

JAKARTA = ZoneInfo("Asia/Jakarta")
TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""Seven in the evening in Jakarta."""


def day(number: int, month: int = 11) -> datetime:
    return datetime(2026, month, number, 23, 59, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("We will refund you by Friday.", day(27)),
        ("I'll send the M tomorrow, promised", day(25)),
        ("Thanks! You will receive it before Monday.", day(30)),
        ("We'll ship it on 2026-12-03.", day(3, 12)),
        ("I will let you know within 24 hours.", TUESDAY + timedelta(hours=24)),
        ("We will replace it within 3 days", TUESDAY + timedelta(days=3)),
        ("Kami akan kirim besok ya Kak.", day(25)),
        ("Saya akan kembalikan dananya paling lambat hari Jumat.", day(27)),
        ("Kami pasti akan kabari dalam 2 jam.", TUESDAY + timedelta(hours=2)),
        ("We will do it on Tuesday", day(24)),
    ],
)
def test_a_day_we_bind_ourselves_to(text: str, due: datetime) -> None:
    ((_, found),) = promises_in(text, TUESDAY, JAKARTA)
    assert found == due


@pytest.mark.parametrize(
    "text",
    [
        "It was delivered on Friday.",
        "Will we see you on Friday?",
        "We will refund you by Friday if it is not there.",
        "We might send it tomorrow.",
        "We will not ship on Sunday.",
        "We will refund you soon.",
        "You can call us on Monday.",
        "We will send it on Monday or on Tuesday.",
        "We will look at it next week, by Friday.",
        "We will send it on 2026-13-45.",
        "Kami akan kirim besok kalau stoknya ada.",
        "",
    ],
)
def test_what_binds_nobody(text: str) -> None:
    assert promises_in(text, TUESDAY, JAKARTA) == []


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for words, due in promises_in(text, TUESDAY, JAKARTA):
        assert words
        assert due.tzinfo is not None


@pytest.mark.parametrize(
    ("words", "kind"),
    [("We will refund you", "refund"), ("a new one goes out", "replacement"), ("we ship it", "send"), ("I will let you know", "reply"),
     ("we will look", "other"), ("kami kembalikan", "refund")],
)  # fmt: skip
def test_what_kind_it_is(words: str, kind: str) -> None:
    assert kind_of(words) == kind


def facts(*said: Said, **more: object) -> Facts:
    given = {
        "conversation_id": uuid4(), "customer": "Rina", "language": "id", "since": TUESDAY, "order_count": 0, "channels": ["one"],
        "handles": [], "orders": [], "cases": [], "awaiting_since": None, "doubtful": 0, "failed": 0, "said": list(said), "vows": [],
    }  # fmt: skip
    return Facts(**(given | more))  # type: ignore[arg-type]


def said(text: str, minutes: int, direction: str = "in", **more: object) -> Said:
    at = TUESDAY + timedelta(minutes=minutes)
    return Said(id=uuid4(), direction=direction, channel="one", text=text, at=at, **more)  # type: ignore[arg-type]


def test_asked_is_what_nobody_answered() -> None:
    old, new, auto = said("old", -60), said("new", -10), said("out of office", -5, automated=True)
    brief = write_brief(facts(old, new, auto, awaiting_since=new.at), TUESDAY, JAKARTA)
    assert ([one.text for one in brief.asked], brief.answered) == (["new"], False)
    brief = write_brief(facts(old, new, auto), TUESDAY, JAKARTA)
    assert ([one.text for one in brief.asked], brief.answered, brief.open) == (["new"], True, [])


def test_long_words_are_cut_and_say_so() -> None:
    (asked,) = write_brief(facts(said("x " * 500, -1)), TUESDAY, JAKARTA).asked
    assert len(asked.text) == 280
    assert asked.text.endswith("…")


def test_found_promises_are_ours_to_come_and_not_on_record() -> None:
    ours = said("We will refund you by Friday.", -60, "out", author="Ayu")
    past = said("We will call you within 1 hour.", -120, "out")
    theirs, auto = said("I will pay tomorrow.", -50), said("We will answer tomorrow.", -40, "out", automated=True)
    brief = write_brief(facts(past, ours, theirs, auto), TUESDAY, JAKARTA)
    assert [(one.text, one.kind, one.due_at, one.by, one.found) for one in brief.promised] == [
        ("We will refund you by Friday.", "refund", day(27), "Ayu", True)
    ]
    vow = Vow(id=uuid4(), message_id=ours.id, text="Refund", kind="refund", state="open", due_at=day(27), by="Ayu")
    brief = write_brief(facts(ours, vows=[vow]), TUESDAY, JAKARTA)
    assert [(one.text, one.found) for one in brief.promised] == [("Refund", False)]


def test_open_names_each_thing() -> None:
    order = {"external_id": "27-1", "number": "", "status": "open", "ship_by": "2026-11-25T10:00:00+00:00"}
    done = {"external_id": "27-0", "number": "", "status": "delivered", "ship_by": None}
    case = {"title": "", "external_id": "5310", "respond_by": None}
    brief = write_brief(facts(orders=[order, done], cases=[case], doubtful=1, failed=2), TUESDAY, JAKARTA)
    assert [(one.kind, one.what, one.count) for one in brief.open] == [
        ("case", "5310", 1), ("unknown", "", 1), ("failed", "", 2), ("unshipped", "27-1", 1),
    ]  # fmt: skip
    assert brief.open[-1].due_at == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@given(st.integers(-10_000, 10_000))
def test_who_needs_somebody_to_take_it(minutes: int) -> None:
    assert needs_acceptor(TUESDAY + timedelta(minutes=minutes), TUESDAY) == (minutes <= 120)
    assert not needs_acceptor(None, TUESDAY)


def test_past_its_offer() -> None:
    tom, sari = uuid4(), uuid4()
    assert after_assignment("offered", frozenset({tom}), tom) == "accepted"
    assert after_assignment("offered", frozenset({tom}), sari) == "withdrawn"
    assert after_assignment("offered", frozenset({tom}), None) == "withdrawn"
    for state in ("accepted", "declined", "returned", "withdrawn"):
        assert after_assignment(state, frozenset({tom}), tom) == state
