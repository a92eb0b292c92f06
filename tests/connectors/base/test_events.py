"""Facts survive the trip through JSON: the outbox, fixtures and replays rely on it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from connectors.base.events import Handle, MessageReceived, OrderLine, OrderSeen, Outcome, Pointer, Unsupported

AT = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
BUYER = Handle(kind="email", value="yuki@mail.example")
OUTCOMES: tuple[Outcome, ...] = (
    MessageReceived(thread="t", external_id="m", direction="in", sent_at=AT, customer=BUYER, text="☕", refs={"item": "1"}),
    OrderSeen(
        external_id="o",
        version="1",
        status="open",
        placed_at=AT,
        lines=(OrderLine(external_id="l", external_sku="S", quantity=2),),
        currency="IDR",
    ),
    Pointer(kind="order", id="o"),
    Unsupported(kind="moon", reason="unknown"),
)


def test_every_outcome_reads_back_as_itself() -> None:
    written = msgspec.json.encode(OUTCOMES)
    assert msgspec.json.decode(written, type=tuple[Outcome, ...]) == OUTCOMES


def test_a_field_of_tomorrow_is_ignored() -> None:
    written = b'{"type": "Pointer", "kind": "order", "id": "o", "since": "2027"}'
    assert msgspec.json.decode(written, type=Outcome) == Pointer(kind="order", id="o")
