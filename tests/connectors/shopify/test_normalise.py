"""Dirty bodies: read what can be read, park the rest, never fall over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed, NotSupported
from connectors.base.events import AccessWithdrawn, AccountErased, Outcome, Unsupported
from connectors.shopify.normalise import READERS, TRIGGERED, Shop, normalise

SHOP = Shop(host="kawung-demo.myshopify.com", now=datetime(2026, 5, 4, tzinfo=UTC))


def read(kind: str, body: Any, headers: tuple[tuple[str, str], ...] = ()) -> list[Outcome]:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return list(normalise(Delivery(kind=kind, key="k", body=raw, headers=headers), SHOP))


def order(**changes: Any) -> dict[str, Any]:
    line = {"id": 11, "sku": "A", "quantity": 3, "current_quantity": 3, "price": "48.00", "variant_id": 7}
    found = {"id": 1, "name": "#1", "currency": "USD", "created_at": "2026-05-01T08:00:00Z", "updated_at": "2026-05-01T08:00:00Z"}
    return {**found, "financial_status": "paid", "fulfillment_status": None, "line_items": [line], **changes}


STATUSES = [
    ({}, "open", 3),
    ({"financial_status": "pending"}, "pending", 3),
    ({"financial_status": "authorized"}, "open", 3),
    ({"financial_status": "expired"}, "pending", 3),
    ({"financial_status": None}, "open", 3),
    ({"financial_status": "pending", "fulfillment_status": "fulfilled"}, "shipped", 3),
    ({"fulfillment_status": "partial"}, "open", 3),
    ({"fulfillment_status": "restocked", "cancelled_at": "2026-05-01T09:00:00Z"}, "cancelled", 0),
    ({"cancelled_at": "2026-05-01T09:00:00Z"}, "cancelled", 0),
    (
        {"fulfillment_status": "fulfilled", "fulfillments": [{"status": "success", "shipment_status": "delivered"}]},
        "delivered",
        3,
    ),
    (
        {
            "fulfillment_status": "fulfilled",
            "fulfillments": [
                {"status": "success", "shipment_status": "delivered"},
                {"status": "success", "shipment_status": None},
            ],
        },
        "shipped",
        3,
    ),
]


@pytest.mark.parametrize(("changes", "status", "quantity"), STATUSES)
def test_states_of_an_order(changes, status, quantity):
    seen = read("orders/updated", order(**changes))[0]
    assert (seen.status, seen.lines[0].quantity, seen.lines[0].cancelled) == (status, quantity, 3 - quantity)


def refund(quantity: int, kind: str) -> dict[str, Any]:
    return {"refund_line_items": [{"line_item_id": "11", "quantity": quantity, "restock_type": kind}]}


def line(**changes: Any) -> dict[str, Any]:
    return {**order()["line_items"][0], **changes}


QUANTITIES = [
    ("removed before sending", {"line_items": [line(current_quantity=1)], "refunds": [refund(2, "cancel")]}, 1),
    ("removed without a refund", {"line_items": [line(current_quantity=1)]}, 1),
    ("money back, nothing sent", {"line_items": [line(current_quantity=1)], "refunds": [refund(2, "no_restock")]}, 1),
    (
        "given back after sending",
        {"line_items": [line(current_quantity=1)], "refunds": [refund(2, "return")], "fulfillment_status": "fulfilled"},
        3,
    ),
    (
        "one removed, one given back",
        {
            "line_items": [line(current_quantity=1)],
            "refunds": [refund(1, "cancel"), refund(1, "return")],
            "fulfillment_status": "fulfilled",
        },
        2,
    ),
    ("old body without current_quantity", {"line_items": [line(current_quantity=None)], "refunds": [refund(2, "cancel")]}, 1),
    ("numbers as text", {"line_items": [line(quantity="3", current_quantity="2")]}, 2),
    ("current above ordered", {"line_items": [line(current_quantity=5)]}, 3),
    ("nonsense", {"line_items": [line(quantity="many", current_quantity="few")]}, 0),
]


@pytest.mark.parametrize(("changes", "quantity"), [case[1:] for case in QUANTITIES], ids=[case[0] for case in QUANTITIES])
def test_what_is_still_to_be_supplied(changes, quantity):
    assert read("orders/updated", order(**changes))[0].lines[0].quantity == quantity


@pytest.mark.parametrize("lines", [None, {}, "x", [None], [3]])
def test_an_order_told_without_its_lines_is_parked(lines):
    with pytest.raises(Malformed):
        read("orders/updated", order(line_items=lines))
    with pytest.raises(Malformed):
        read("order", {"id": "gid://shopify/Order/1", "updatedAt": "2026-05-01T08:00:00Z", "lineItems": {"nodes": lines}})


def test_a_line_without_a_number_is_known_by_its_place():
    seen = read("orders/updated", order(line_items=[line(), line(id=None)]))[0]
    assert [entry.external_id for entry in seen.lines] == ["11", "position:2"]


def test_a_quantity_no_store_can_have_is_parked():
    with pytest.raises(Malformed):
        read("orders/updated", order(line_items=[line(quantity=2**70)]))


def test_an_order_with_everything_taken_off_is_cancelled():
    seen = read("orders/updated", order(line_items=[line(current_quantity=0)]))[0]
    assert (seen.status, seen.lines[0].cancelled) == ("cancelled", 3)


def test_ids_beyond_2_53_and_offsets_stay_exact():
    body = order(id=9007199254740993123, updated_at="2026-05-01T15:00:00+07:00")
    seen = read("orders/updated", body)[0]
    assert (seen.external_id, seen.version) == ("9007199254740993123", "2026-05-01T08:00:00Z.1.000000")


def test_versions_sort_with_time_and_progress():
    versions = [
        read("orders/updated", order(**changes))[0].version
        for changes in (
            {"financial_status": "pending"},
            {},
            {"fulfillment_status": "fulfilled"},
            {"cancelled_at": "2026-05-01T08:00:00Z"},
            {"updated_at": "2026-05-01T08:00:01Z", "financial_status": "pending"},
        )
    ]
    assert versions == sorted(versions)
    assert len(set(versions)) == 5


def test_a_guest_is_known_by_mail_and_nobody_by_nothing():
    guest = read("orders/create", order(email=" Guest@Mail.example ", phone="+44 7700 900123"))[0]
    assert (guest.customer.kind, guest.customer.value) == ("email", "guest@mail.example")
    assert [(handle.kind, handle.value) for handle in guest.more_handles] == [("phone", "+447700900123")]
    nobody = read("orders/create", order(email=None, phone="555-1199"))[0]
    assert (nobody.customer, nobody.more_handles) == (None, ())


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"3",
    b'"x"',
    b"{}",
    b'{"id": null}',
    b'{"id": 1}',
    b'{"id": 1, "updated_at": "soon"}',
    b"\xff",
]


@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("kind", ["orders/create", "order"])
def test_an_unreadable_order_is_malformed(kind, body):
    with pytest.raises(Malformed):
        read(kind, body)


@pytest.mark.parametrize("body", [{}, {"inventory_item_id": None}, {"inventory_item_id": "../x"}, {"inventory_item_id": [1]}])
def test_a_pointer_to_no_number_is_malformed(body):
    with pytest.raises(Malformed):
        read("inventory_levels/update", body)


def test_privacy_and_uninstall():
    at = (TRIGGERED, "2026-05-02T10:00:00Z")
    erased = read("customers/redact", {"customer": {"id": 191167, "email": "j@mail.example"}}, (at,))[0]
    assert isinstance(erased, AccountErased)
    assert (erased.handle.value, erased.at) == ("kawung-demo.myshopify.com:191167", datetime(2026, 5, 2, 10, tzinfo=UTC))
    guest = read("customers/redact", {"customer": {"id": None, "email": "J@mail.example"}})[0]
    assert (guest.handle.kind, guest.handle.value, guest.at) == ("email", "j@mail.example", SHOP.now)
    with pytest.raises(Malformed):
        read("customers/redact", {"customer": None})
    assert isinstance(read("app/uninstalled", {"id": 1}, (at,))[0], AccessWithdrawn)


@pytest.mark.parametrize("kind", ["products/delete", "orders/delete", "carts/update", ""])
def test_what_is_not_used_is_counted_with_a_reason(kind):
    outcome = read(kind, b"not even json")[0]
    assert isinstance(outcome, Unsupported)
    assert outcome.reason


@settings(max_examples=100, deadline=None)
@given(kind=st.sampled_from(sorted(READERS)), body=st.binary(max_size=60))
def test_any_bytes_are_malformed_or_read(kind, body):
    try:
        read(kind, body)
    except (Malformed, NotSupported):
        return
