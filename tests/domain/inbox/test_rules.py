"""The composer's rules as a table, and what a status or a number in a text means."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inbox import rules
from app.domain.inbox.rules import Draft, Enclosure, Way
from connectors.base.manifest import Sending
from tests.conftest import NOON

HOUR = timedelta(hours=1)
FILES = tuple(Enclosure(name=name, media_type="image/png", size=1000) for name in ("a.png", "b.png"))


def way(sending: Sending | None = None, **more: Any) -> Way:
    told: dict[str, Any] = {"sending": sending or Sending(text_limit=10), "speaks": True, "state": "ready", "last_in_at": NOON}
    return Way(**(told | more))


@pytest.mark.parametrize(
    ("given_way", "draft", "level", "code"),
    [
        (way(), Draft(text="hello"), "allow", ""),
        (way(Sending(text_limit=10, answers_comment_once=True), answered=True), Draft(text="again"), "block", "already_answered"),
        (way(Sending(text_limit=10), answered=True), Draft(text="again"), "allow", ""),
        (way(), Draft(text="0123456789"), "allow", ""),
        (way(), Draft(text="0123456789a"), "block", "too_long"),
        (way(), Draft(text="éééééééééé"), "allow", ""),
        (way(Sending(text_limit=10, unit="bytes")), Draft(text="éééééé"), "block", "too_long"),
        (way(Sending(text_limit=10, unit="bytes")), Draft(text="ééééé"), "allow", ""),
        (Way(sending=None, speaks=True, state="ready", last_in_at=NOON), Draft(text="x"), "block",
         "no_replies"),
        (way(speaks=False), Draft(text="x"), "block", "shadow"),
        (way(state="paused"), Draft(text="x"), "block", "paused"),
        (way(speaks=False, state="paused"), Draft(text="x" * 11), "block", "shadow"),
        (way(), Draft(text=" \n"), "block", "empty"),
        (way(Sending(text_limit=10, files_max=1)), Draft(text="", files=FILES[:1]), "allow", ""),
        (way(Sending(text_limit=10, files_max=1)), Draft(text="", files=FILES), "block", "too_many_files"),
        (way(), Draft(text="x", files=FILES[:1]), "block", "too_many_files"),
        (way(Sending(text_limit=10, window_s=3600.0)), Draft(text="x"), "allow", ""),
        (way(Sending(text_limit=10, window_s=3600.0), last_in_at=NOON - HOUR), Draft(text="x"), "allow", ""),
        (way(Sending(text_limit=10, window_s=3600.0), last_in_at=NOON - HOUR - timedelta(seconds=1)), Draft(text="x"), "block",
         "window_closed"),
        (way(Sending(text_limit=10, window_s=3600.0), last_in_at=None), Draft(text="x"), "block", "window_closed"),
        (way(Sending(text_limit=10, window_s=60.0, person_window_s=7200.0), last_in_at=NOON - HOUR), Draft(text="x"), "allow", ""),
        (way(Sending(text_limit=10, window_s=60.0, person_window_s=7200.0), last_in_at=NOON - HOUR),
         Draft(text="x", by_person=False), "block", "window_closed"),
        (way(Sending(text_limit=10, window_s=60.0, templates=True), last_in_at=NOON - HOUR), Draft(text="", template=True), "allow", ""),
        (way(), Draft(text="", template=True), "block", "no_templates"),
        (way(Sending(text_limit=10, templates=True)), Draft(text="", template=True, gaps=("Siti", "5518")), "allow", ""),
        (way(Sending(text_limit=10, templates=True)), Draft(text="", template=True, gaps=("Siti", " ")), "block", "empty_gap"),
        (way(unproven=True), Draft(text="x"), "block", "unproven"),
        (way(refuses=frozenset({"all"})), Draft(text="x"), "block", "refused_all"),
        (way(refuses=frozenset({"unasked"})), Draft(text="x"), "allow", ""),
        (way(refuses=frozenset({"unasked"}), last_in_at=None), Draft(text="x"), "block", "refused_unasked"),
        (way(Sending(text_limit=10, files_max=1, caption_limit=2)), Draft(text="xxx", files=FILES[:1]), "block", "caption_too_long"),
        (way(Sending(text_limit=10, files_max=1, caption_limit=2)), Draft(text="xxx"), "allow", ""),
        (way(Sending(text_limit=10, files_max=1, caption_limit=0)), Draft(text="", files=FILES[:1]), "allow", ""),
        (way(Sending(text_limit=10, files_max=1, file_bytes=999)), Draft(text="", files=FILES[:1]), "block", "file_too_large"),
        (way(Sending(text_limit=10, files_max=1, file_bytes=1000)), Draft(text="", files=FILES[:1]), "allow", ""),
        (way(Sending(text_limit=10, files_max=1, file_types=("application/pdf",))), Draft(text="", files=FILES[:1]), "block",
         "file_type"),
        (way(Sending(text_limit=10, files_max=1, file_types=("image/*",))), Draft(text="", files=FILES[:1]), "allow", ""),
        (way(Sending(text_limit=99, forbids_contact_details=True)), Draft(text="mail ayu@shop.test"), "warn", "contact_details"),
        (way(Sending(text_limit=99, forbids_contact_details=True)), Draft(text="call +62 812 3456 7890"), "warn", "contact_details"),
        (way(Sending(text_limit=99, forbids_contact_details=True)), Draft(text="order 12-34567"), "allow", ""),
        (way(Sending(text_limit=99)), Draft(text="mail ayu@shop.test"), "allow", ""),
        (way(Sending(text_limit=9, forbids_contact_details=True)), Draft(text="mail ayu@shop.test"), "block", "too_long"),
    ],
)  # fmt: skip
def test_what_may_be_sent(given_way: Way, draft: Draft, level: str, code: str) -> None:
    verdict = rules.check(given_way, draft, NOON)
    assert (verdict.level, verdict.code) == (level, code)
    assert bool(verdict.reason) == bool(verdict.fix) == (level != "allow")


def test_a_warning_names_the_words() -> None:
    sending = Sending(text_limit=99, forbids_contact_details=True)
    assert rules.check(way(sending), Draft(text="write to ayu@shop.test please"), NOON).where == "ayu@shop.test"


@given(st.text(max_size=40), st.integers(1, 40), st.sampled_from(["characters", "bytes"]))
def test_nothing_over_the_limit_passes_and_nothing_within_it_is_too_long(text: str, limit: int, unit: Any) -> None:
    verdict = rules.check(way(Sending(text_limit=limit, unit=unit)), Draft(text=text), NOON)
    size = len(text.encode("utf-8", "surrogatepass")) if unit == "bytes" else len(text)
    assert (verdict.code == "too_long") == (size > limit and bool(text.strip()))


TOLD = ("sent", "delivered", "read", "failed")


@given(st.sampled_from(["queued", "attempting", "unknown", "sent"]), st.lists(st.sampled_from(TOLD), max_size=8))
def test_a_status_only_moves_on(start: str, told: list[str]) -> None:
    state = start
    for one in told:
        before = state
        state = one if rules.moves_on(state, one) else state
        assert rules.STATE_RANK[state] >= rules.STATE_RANK[before]
        assert before not in ("delivered", "read") or state != "failed"
        assert before != "failed" or state == "failed"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("where is 12-34567-89012?", ["12-34567-89012"]),
        ("order #1001234 please", ["1001234"]),
        ("AB#1234567", ["AB#1234567"]),
        ("in 2 days, for 30 euro", []),
        ("JX1234567890 and 5551234567", ["JX1234567890", "5551234567"]),
    ],
)
def test_numbers_that_look_like_an_order(text: str, found: list[str]) -> None:
    assert rules.order_words(text) == found


@pytest.mark.parametrize(("kind", "text", "files"), [("note", "a", ()), ("reply", "b", ()), ("reply", "a", ("f",))])
def test_another_body_has_another_hash(kind: str, text: str, files: tuple[str, ...]) -> None:
    assert rules.body_hash(kind, text, files) != rules.body_hash("reply", "a", ())
