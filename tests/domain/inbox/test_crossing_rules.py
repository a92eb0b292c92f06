"""May a talk go on elsewhere: the rule as a table, and what holds whatever is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inbox import rules
from app.domain.inbox.rules import Draft, Line, Step, Way
from connectors.base.manifest import First, Sending
from tests.conftest import NOON

LETTER = Sending(text_limit=100, first=First(to="email", thread="ours"), letters=True)
TEMPLATED = Sending(text_limit=100, window_s=3600.0, templates=True, first=First(to="phone", thread="digits"))
ANSWERS_ONLY = Sending(text_limit=100, window_s=3600.0)


def step(sending: Sending | None = LETTER, *, last_in_at: Any = None, way: dict[str, Any] | None = None, **more: Any) -> Step:
    told: dict[str, Any] = {"sending": sending, "speaks": True, "state": "ready", "last_in_at": last_in_at} | (way or {})
    return Step(**({"way": Way(**told), "address": "siti@mail.example"} | more))


@pytest.mark.parametrize(
    ("given_step", "level", "code"),
    [
        (step(), "allow", ""),
        (step(keeps=True), "block", "keeps_buyers"),
        (step(None), "block", "cannot_begin"),
        (step(ANSWERS_ONLY), "block", "cannot_begin"),
        (step(ANSWERS_ONLY, met=True, last_in_at=NOON), "allow", ""),
        (step(ANSWERS_ONLY, met=True, last_in_at=NOON - timedelta(hours=2)), "block", "window_closed"),
        (step(address=""), "block", "no_address"),
        (step(keeps=True, address=""), "block", "keeps_buyers"),
        (step(way={"speaks": False}), "block", "shadow"),
        (step(way={"state": "paused"}), "block", "paused"),
        (step(way={"refuses": frozenset({"all"})}), "block", "refused_all"),
        (step(way={"refuses": frozenset({"unasked"})}), "block", "refused_unasked"),
        (step(TEMPLATED), "allow", ""),
        (step(elsewhere=12, met=True, last_in_at=NOON), "warn", "moves"),
        (step(guessed=True), "warn", "guessed"),
    ],
)
def test_the_first_reason_decides(given_step: Step, level: str, code: str) -> None:
    verdict = rules.may_continue(given_step, NOON)
    assert (verdict.level, verdict.code) == (level, code)
    assert (verdict.level == "allow") == (verdict.reason == "")
    assert (verdict.level == "allow") == (verdict.fix == "")


@pytest.mark.parametrize(
    ("sending", "last_in_at", "template"),
    [(LETTER, None, False), (TEMPLATED, None, True), (TEMPLATED, NOON, False), (ANSWERS_ONLY, None, False)],
)
def test_what_may_be_said_first(sending: Sending, last_in_at: Any, template: bool) -> None:
    way = Way(sending=sending, speaks=True, state="ready", last_in_at=last_in_at)
    assert rules.opening_draft(way, NOON) == Draft(text="?", template=template)


SENDINGS = st.builds(
    Sending,
    text_limit=st.just(100),
    window_s=st.one_of(st.none(), st.floats(60, 1e6)),
    templates=st.booleans(),
    first=st.one_of(st.none(), st.just(First(to="email", thread="ours"))),
)
WAYS = st.builds(
    Way,
    sending=st.one_of(st.none(), SENDINGS),
    speaks=st.booleans(),
    state=st.sampled_from(["ready", "paused", "broken"]),
    last_in_at=st.one_of(st.none(), st.floats(0, 2e6).map(lambda ago: NOON - timedelta(seconds=ago))),
    refuses=st.sets(st.sampled_from(["all", "unasked"])).map(frozenset),
    unproven=st.booleans(),
)
STEPS = st.builds(
    Step, way=WAYS, address=st.sampled_from(["", "siti@mail.example"]), met=st.booleans(), keeps=st.booleans(),
    guessed=st.booleans(), elsewhere=st.one_of(st.none(), st.integers(1, 99)),
)  # fmt: skip


@given(STEPS)
def test_no_way_that_is_offered_refuses_its_first_word(given_step: Step) -> None:
    """What the rule lets begin, the rule for sending lets go out; and nobody is led away or written to against the rules."""
    verdict = rules.may_continue(given_step, NOON)
    if verdict.level == "block":
        assert verdict.fix
        return
    assert not given_step.keeps
    assert given_step.address
    assert "all" not in given_step.way.refuses
    assert rules.check(given_step.way, rules.opening_draft(given_step.way, NOON), NOON).level != "block"


@given(STEPS)
def test_a_channel_that_keeps_its_buyers_lets_nobody_go(given_step: Step) -> None:
    kept = Step(**{name: getattr(given_step, name) for name in given_step.__struct_fields__} | {"keeps": True})
    assert rules.may_continue(kept, NOON).code == "keeps_buyers"


@pytest.mark.parametrize(
    ("kind", "typed", "address"),
    [
        ("email", " Siti@Mail.Example ", "siti@mail.example"),
        ("email", "siti", ""),
        ("email", "siti@mail.example, other@mail.example", ""),
        ("email", "siti@mail.example\nBcc: x@y.example", ""),
        ("phone", "+62 812-555 00123", "+6281255500123"),
        ("phone", "0812 555 00123", ""),
        ("phone", "+62", ""),
        ("shop_customer", "17", ""),
    ],
)
def test_a_typed_address_is_one_or_none(kind: str, typed: str, address: str) -> None:
    assert rules.address_of(kind, typed) == address


@pytest.mark.parametrize(("naming", "name"), [("ours", "a" * 32), ("handle", "+6281255500123"), ("digits", "6281255500123")])
def test_a_thread_is_called_as_its_channel_calls_it(naming: Any, name: str) -> None:
    assert rules.thread_named(naming, "+6281255500123", "a" * 32) == name


def test_the_history_is_quoted_oldest_first_with_who_and_when() -> None:
    lines = [Line(who="Siti", at=NOON, text="Is it there?\nThe blue one"), Line(who="Ayu", at=NOON, text="Yes.")]
    assert rules.history_of("Before:", lines, 1000) == (
        "Before:\n> Siti, 2026-11-24 12:00 UTC:\n> Is it there?\n> The blue one\n>\n> Ayu, 2026-11-24 12:00 UTC:\n> Yes."
    )
    assert rules.history_of("Before:", [], 1000) == ""


@given(
    st.lists(st.builds(Line, who=st.just("Siti"), at=st.just(NOON), text=st.text(max_size=200)), max_size=12), st.integers(0, 900)
)
def test_a_history_fits_and_keeps_the_newest(lines: list[Line], most: int) -> None:
    found = rules.history_of("Before:", lines, most)
    assert len(found) <= most
    if found:
        assert found.endswith("\n".join(f"> {part}" for part in lines[-1].text.split("\n")))
    assert all(line.startswith(">") for line in found.split("\n")[1:])


def test_the_gap_that_is_empty_is_named() -> None:
    way = Way(sending=Sending(text_limit=10, templates=True), speaks=True, state="ready", last_in_at=None)
    verdict = rules.check(way, Draft(text="", template=True, gaps=("Siti", "")), NOON)
    assert (verdict.code, verdict.reason) == ("empty_gap", "Gap 2 of the approved text is empty.")


def test_approved_texts_are_read_line_by_line() -> None:
    told = "order_update | id | Halo {{1}}, pesanan {{2}} | dikirim.\n\nhalf | en\n| en | no name\nhello | en | Hello!"
    assert [(one.name, one.language, one.text) for one in rules.approved_texts(told)] == [
        ("order_update", "id", "Halo {{1}}, pesanan {{2}} | dikirim."), ("hello", "en", "Hello!"),
    ]  # fmt: skip
