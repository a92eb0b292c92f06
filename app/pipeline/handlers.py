"""Event to room: one table. Events of a batch are handled kind by kind, goods before orders before words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from app.core import metrics
from app.core.db import UnitOfWork
from app.domain.catalog import service as catalog
from app.domain.connections import service as connections
from app.domain.customers import service as customers
from app.domain.inbox.service import cases, noting, receiving
from app.domain.inbox.service.receiving import Source
from app.domain.inventory.service import exposing
from app.domain.orders import matters
from app.domain.orders import service as orders
from connectors.base import events

Told = Sequence[tuple[Any, UUID | None]]
"""Events of one kind with the delivery each came in."""


async def _listings(work: UnitOfWork, source: Source, told: Told) -> None:
    seen = [event for event, _ in told]
    changed = await catalog.see_listings(work, source.connection_id, source.channel, seen)
    await exposing.link_listings(work, changed)
    await orders.adopt_lines(work, changed)
    counts = [(one.external_id, one.external_sku, one.quantity, one.seen_at) for one in seen if one.quantity is not None]
    await exposing.see_stock(work, source.connection_id, counts)


async def _orders(work: UnitOfWork, source: Source, told: Told) -> None:
    await orders.take_orders(work, connection_id=source.connection_id, channel=source.channel, seen=[event for event, _ in told])


async def _messages(work: UnitOfWork, source: Source, told: Told) -> None:
    await receiving.receive_messages(work, source, told)


async def _statuses(work: UnitOfWork, source: Source, told: Told) -> None:
    await noting.note_statuses(work, source.connection_id, [event for event, _ in told])


async def _changes(work: UnitOfWork, source: Source, told: Told) -> None:
    await noting.note_changes(work, source.connection_id, [event for event, _ in told])


async def _reactions(work: UnitOfWork, source: Source, told: Told) -> None:
    await noting.note_reactions(work, source.connection_id, [event for event, _ in told])


async def _cases(work: UnitOfWork, source: Source, told: Told) -> None:
    await cases.see_cases(work, source, [event for event, _ in told])


async def _checkouts(work: UnitOfWork, source: Source, told: Told) -> None:
    await matters.take_checkouts(
        work, connection_id=source.connection_id, channel=source.channel, seen=[event for event, _ in told]
    )


async def _consents(work: UnitOfWork, source: Source, told: Told) -> None:
    await customers.note_consents(work, [event for event, _ in told])


async def _stock(work: UnitOfWork, source: Source, told: Told) -> None:
    counts = [(event.external_id, event.external_sku, event.quantity, event.seen_at) for event, _ in told]
    await exposing.see_stock(work, source.connection_id, counts)


async def _promotions(work: UnitOfWork, source: Source, told: Told) -> None:
    await exposing.note_floors(
        work, source.connection_id, [(event.external_id, event.external_sku, event.floor) for event, _ in told]
    )


async def _erased(work: UnitOfWork, source: Source, told: Told) -> None:
    for event, _ in told:
        for customer_id in await customers.find_by_handle(work, event.handle):
            await receiving.forget_customer(work, customer_id)
            await customers.erase_customer(work, customer_id)


async def _withdrawn(work: UnitOfWork, source: Source, told: Told) -> None:
    for event, _ in told:
        await connections.mark_failure(
            work,
            source.connection_id,
            code="access_withdrawn",
            detail=event.detail or "The seller withdrew our access.",
            broken=True,
        )


Handler = Callable[[UnitOfWork, Source, Told], Awaitable[None]]
HANDLERS: dict[type, Handler] = {
    events.ListingSeen: _listings,
    events.StockSeen: _stock,
    events.PromotionStockReserved: _promotions,
    events.OrderSeen: _orders,
    events.MessageReceived: _messages,
    events.MessageChanged: _changes,
    events.MessageStatus: _statuses,
    events.Reacted: _reactions,
    events.CaseSeen: _cases,
    events.CheckoutSeen: _checkouts,
    events.ConsentChanged: _consents,
    events.AccountErased: _erased,
    events.AccessWithdrawn: _withdrawn,
}


async def handle(work: UnitOfWork, source: Source, told: Told) -> None:
    for kind, handler in HANDLERS.items():
        mine = [(event, delivery) for event, delivery in told if type(event) is kind]
        if mine:
            await handler(work, source, mine)
            metrics.events.labels(kind.__name__).inc(len(mine))
