"""What a connect form must hold, and how late news can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.domain.connections.rules import faults_of_grants, faults_of_secrets, fix_of, lag_s, lateness_s
from connectors.base.manifest import Feed, Manifest, Secret, Sending

MANIFEST = Manifest(
    key="stall", name="Stall", glyph="bag", hue=10, hosts=("api.stall.test",),
    secrets=(
        Secret(name="token", label={"en": "Token"}, pattern=r"[a-z]{4}"),
        Secret(name="note", label={"en": "Note"}, optional=True),
    ),
    feeds=(Feed(name="messages", every_s=30), Feed(name="orders", every_s=90), Feed(name="listings", every_s=3600)),
    buckets=(), sending=Sending(text_limit=10),
)  # fmt: skip
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"token": "abcd"}, set()),
        ({"token": " abcd "}, set()),
        ({"token": "abcd", "note": ""}, set()),
        ({}, {"secrets.token"}),
        ({"token": "  "}, {"secrets.token"}),
        ({"token": "abcde"}, {"secrets.token"}),
        ({"token": "abcd", "tokn": "abcd"}, {"secrets.tokn"}),
        ({"tokn": "abcd"}, {"secrets.token", "secrets.tokn"}),
    ],
)
def test_faults_name_their_field(given: dict[str, str], fields: set[str]) -> None:
    assert set(faults_of_secrets(MANIFEST, given)) == fields


def test_an_update_may_leave_fields_out_but_not_spoil_them() -> None:
    assert faults_of_secrets(MANIFEST, {"note": "x"}, partial=True) == {}
    assert set(faults_of_secrets(MANIFEST, {"token": "ABCD"}, partial=True)) == {"secrets.token"}


def test_no_fault_repeats_what_was_typed() -> None:
    faults = faults_of_secrets(MANIFEST, {"token": "hunter2-very-secret"})
    assert "hunter2" not in repr(faults)


def test_nobody_allows_what_the_channel_cannot_do() -> None:
    assert faults_of_grants(MANIFEST, sends_replies=True, pushes_stock=False) == {}
    assert set(faults_of_grants(MANIFEST, sends_replies=True, pushes_stock=True)) == {"pushes_stock"}


def test_a_feed_lags_only_beyond_its_own_period() -> None:
    assert lag_s(NOON, None, 30) is None
    assert lag_s(NOON, NOON - timedelta(seconds=30), 30) == 0
    assert lag_s(NOON, NOON - timedelta(seconds=75), 30) == 45
    assert lag_s(NOON, NOON + timedelta(seconds=1), 30) == 0


def test_news_is_late_by_the_slowest_poll_unless_the_channel_reaches_us() -> None:
    assert lateness_s(MANIFEST, "https://shop.test") == 0
    assert lateness_s(MANIFEST, "http://127.0.0.1:8000") == 90


def test_every_trouble_has_a_next_step() -> None:
    assert fix_of("unauthorised") != fix_of("something_new") != ""
    assert fix_of("invalid_grant", broken=True) == "Enter new credentials for this connection."


def test_before_a_consent_only_what_it_does_not_yield_is_missed() -> None:
    fields = (
        Secret(name="app_id", label={"en": "App"}, group="app"),
        Secret(name="token", label={"en": "Token"}, by_consent=True),
    )
    form = msgspec.structs.replace(MANIFEST, secrets=fields)
    assert faults_of_secrets(form, {}, before_consent=True) == {"secrets.app_id": "is missing"}
    assert faults_of_secrets(form, {"app_id": "1"}) == {"secrets.token": "is missing"}
