"""Orders are facts: the channel took them, so the stock is reserved whatever the count says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import add_keys, audit, lock_objects
from app.core.paging import read_cursor, write_cursor
from app.domain.catalog.schemas import VariantCreate, VariantRead, VariantsMade
from app.domain.catalog.service import (
    create_variant,
    create_variants,
    listings_for_lines,
    make_variants_from_listings,
    match_listings,
)
from app.domain.customers import rules as people
from app.domain.customers.service import Known, learn_traits, recognise
from app.domain.inventory.errors import OutOfStock
from app.domain.inventory.schemas import Demand
from app.domain.inventory.service import exposing, pushing, reserving
from app.domain.orders import rules
from app.domain.orders import store as sql
from app.domain.orders.errors import KeyReused, OrderNotFound, UnknownCustomer, UnknownSku
from app.domain.orders.schemas import OrderCreate, OrderPage, OrderRead
from app.domain.orders.store import ORDER_CHANGE
from connectors.base.events import OrderSeen

BY_HAND = "manual"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
AS_OF = "coalesce((select seq from outbox_head where workspace_id = $1), 0)"


async def take_orders(work: UnitOfWork, *, connection_id: UUID, channel: str, seen: Sequence[OrderSeen]) -> list[UUID]:
    """The orders that are new or newer than what we knew; older facts change nothing. Stock follows in the same commit."""
    newest: dict[str, OrderSeen] = {}
    for order in seen:
        if order.external_id not in newest or newest[order.external_id].version < order.version:
            newest[order.external_id] = order
    orders = list(newest.values())
    if not orders:
        return []
    customers = await _customers(work, orders)
    rows = await work.fetch(sql.UPSERT, work.workspace_id, work.now, connection_id, channel, *_columns(orders, customers))
    changed = {row["external_id"]: row["id"] for row in rows}
    fresh = [order for order in orders if order.external_id in changed]
    if not fresh:
        return []
    await _write_lines(work, connection_id, fresh, changed)
    new = {row["id"] for row in rows if row["is_new"]}
    await follow_stock(work, changed.values(), new=new)
    await add_keys(
        work,
        [
            (key, "order", changed[order.external_id])
            for order in fresh
            for key in (order.external_id, order.number, order.tracking)
        ],
    )
    work.touch(ORDER_CHANGE, changed.values())
    return list(changed.values())


def tell(work: UnitOfWork, orders: Iterable[UUID]) -> None:
    """These rows changed otherwise: their customer did."""
    work.touch(ORDER_CHANGE, orders)


async def _customers(work: UnitOfWork, orders: Sequence[OrderSeen]) -> list[Known | None]:
    known = [order for order in orders if order.customer is not None]
    found = await recognise(work, [(order.customer, order.more_handles, "") for order in known if order.customer])
    by_order = {order.external_id: customer for order, customer in zip(known, found, strict=True)}
    await learn_traits(
        work,
        [
            (customer.customer_id, *trait)
            for order, customer in zip(known, found, strict=True)
            for trait in people.traits_of_address(order.ship_to)
        ],
    )
    return [by_order.get(order.external_id) for order in orders]


def _columns(orders: Sequence[OrderSeen], customers: Sequence[Known | None]) -> list[list[object]]:
    rows = [
        (
            new_id(), order.external_id, order.number, order.status, order.version, order.placed_at, customer and customer.customer_id,
            order.currency, order.total_minor, order.ship_by, order.shipped_at, order.tracking, order.carrier,
            order.ship_to, order.note, customer and customer.handle_id,
        )
        for order, customer in zip(orders, customers, strict=True)
    ]  # fmt: skip
    return [list(column) for column in zip(*rows, strict=True)]


async def _write_lines(work: UnitOfWork, connection_id: UUID, orders: Sequence[OrderSeen], ids: dict[str, UUID]) -> None:
    asked = {(line.external_sku, line.listing_id) for order in orders for line in order.lines}
    faces = await listings_for_lines(work, connection_id, list(asked))
    rows = []
    for order in orders:
        folded = {line.external_id: line for line in order.lines}
        for position, line in enumerate(folded.values()):
            listing_id, variant_id = faces.get((line.external_sku, line.listing_id), (None, None))
            rows.append(
                (
                    new_id(), ids[order.external_id], position, line.external_id, line.external_sku, listing_id, variant_id,
                    line.title, max(line.quantity, 0), max(line.cancelled, 0), line.price_minor,
                )
            )  # fmt: skip
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await work.execute(sql.LINES, work.workspace_id, work.now, *columns)


async def follow_stock(work: UnitOfWork, orders: Iterable[UUID], *, new: set[UUID]) -> None:
    """Makes the reservations of these orders what their lines ask for now. Repeating it changes nothing."""
    wanted = list(orders)
    held: dict[tuple[UUID, str], list[rules.Held]] = {}
    for row in await work.fetch(sql.HELD, work.workspace_id, wanted):
        base = "|".join(row["source_ref"].split("|")[:2])
        held.setdefault((row["order_id"], base), []).append(
            rules.Held(ref=row["source_ref"], quantity=row["quantity"], state=row["state"])
        )
    demands, ends, cuts, sales = [], [], [], []
    for line in await work.fetch(sql.STANDING, work.workspace_id, wanted):
        base = f"{_plain(line['order_ref'])}|{_plain(line['line'])}"
        source = str(line["connection_id"] or BY_HAND)
        need = rules.need_of_line(base, line["status"], line["quantity"], held.get((line["order_id"], base), ()))
        ends += [(source, ref, need.outcome) for ref in need.ends]
        if need.shrink_ref:
            cuts.append((source, need.shrink_ref, need.shrink_to))
        if need.more:
            demands.append(
                Demand(
                    variant_id=line["variant_id"], quantity=need.more, source=source, source_ref=need.ref,
                    order_id=line["order_id"], state="pending" if line["status"] == "pending" else "held",
                    connection_id=line["connection_id"],
                )
            )  # fmt: skip
        if line["listing_id"] is not None and need is not rules.NOTHING and need.outcome != "shipped":
            sold_at = line["placed_at"] if need.more and line["order_id"] in new else LONG_AGO
            sales.append((line["listing_id"], need.more, sold_at))
    await reserving.settle(work, ends)
    await reserving.shrink(work, cuts)
    await reserving.reserve_many(work, demands, forced=True)
    await pushing.note_sales(work, sales)


def _plain(key: str) -> str:
    """A channel's id inside our own reservation key, where `|` parts the pieces."""
    return key.replace("|", "/")


async def adopt_lines(work: UnitOfWork, listings: Iterable[UUID]) -> None:
    """Lines that waited for a mapping now know their variant; open ones reserve."""
    rows = await work.fetch(sql.ADOPT, work.workspace_id, list(listings))
    orders = {row["order_id"] for row in rows}
    if orders:
        await follow_stock(work, orders, new=set())
        work.touch(ORDER_CHANGE, orders)


async def map_listing(work: UnitOfWork, listing_id: UUID, variant_id: UUID | None) -> None:
    """Lives here because a mapping also moves the order lines that waited for it."""
    await exposing.map_listing(work, listing_id, variant_id)
    await adopt_lines(work, [listing_id])


async def add_variant(work: UnitOfWork, data: VariantCreate) -> VariantRead:
    """A new variant finds the listings and order lines that waited for its SKU."""
    made = await create_variant(work, data)
    found = await match_listings(work, sku=data.sku)
    await exposing.link_listings(work, found)
    await adopt_lines(work, found)
    return made


async def make_variants(work: UnitOfWork, connection_id: UUID) -> VariantsMade:
    """Variants of a shop's own listings, in one go; whatever waited for these SKUs, on any connection, is linked and reserves."""
    made, linked = await make_variants_from_listings(work, connection_id)
    await exposing.link_listings(work, linked)
    await adopt_lines(work, linked)
    await audit(work, "variant.make", connection_id, {"made": made, "linked": len(linked)})
    return VariantsMade(made=made, linked=len(linked))


async def add_variants(work: UnitOfWork, goods: Sequence[tuple[str, str]]) -> None:
    """(SKU, title) of many; those known already stay as they are."""
    found = await create_variants(work, goods)
    await exposing.link_listings(work, found)
    await adopt_lines(work, found)


async def place_order(work: UnitOfWork, data: OrderCreate, *, currency: str) -> OrderRead:
    """An order taken by hand: guarded, all lines or none. Raises OutOfStock, UnknownSku; a repeated key gives the first."""
    await lock_objects(work, [f"order:{BY_HAND}:{data.key}"])
    known = await work.value(sql.BY_KEY, work.workspace_id, data.key)
    if known is not None:
        order = await read_order(work, known)
        placed = [((line.sku or "").lower(), line.quantity) for line in order.lines]
        if placed != [(line.sku.lower(), line.quantity) for line in data.lines]:
            raise KeyReused(f"the key {data.key!r} stands for another order", fields={"key": "already used"})
        return order
    if data.customer_id is not None and await work.value(sql.CUSTOMER, work.workspace_id, data.customer_id) is None:
        raise UnknownCustomer("no such customer", fields={"customer_id": "unknown"})
    found = {
        row["sku"].lower(): row
        for row in await work.fetch(sql.SKUS, work.workspace_id, [line.sku.lower() for line in data.lines])
    }
    missing = [line.sku for line in data.lines if line.sku.lower() not in found]
    if missing:
        raise UnknownSku(f"no variant has the SKU {missing[0]!r}", fields={"lines": f"unknown SKU {missing[0]}"})
    order_id = new_id()
    await work.execute(
        "insert into sales_order (workspace_id, id, created_at, updated_at, channel, external_id, status, channel_version, "
        "placed_at, customer_id, currency, total_minor, note) values ($1, $2, $3, $3, $4, $5, 'open', '1', $3, $6, $7, $8, $9)",
        work.workspace_id, order_id, work.now, BY_HAND, data.key, data.customer_id, data.currency or currency,
        sum(line.price_minor * line.quantity for line in data.lines), data.note,
    )  # fmt: skip
    rows = [
        (new_id(), order_id, position, str(position + 1), line.sku, None, found[line.sku.lower()]["id"],
         found[line.sku.lower()]["title"], line.quantity, 0, line.price_minor)
        for position, line in enumerate(data.lines)
    ]  # fmt: skip
    await work.execute(sql.LINES, work.workspace_id, work.now, *(list(column) for column in zip(*rows, strict=True)))
    answers = await reserving.reserve_many(
        work,
        [
            Demand(
                variant_id=row[6], quantity=row[8], source=BY_HAND, source_ref=f"{_plain(data.key)}|{row[3]}", order_id=order_id
            )
            for row in rows
        ],
    )
    short = [line.sku for line, answer in zip(data.lines, answers, strict=True) if answer is None]
    if short:
        raise OutOfStock(f"fewer of {short[0]} are available than asked", fields={"lines": f"{short[0]}: not enough"})
    await add_keys(work, [(data.key, "order", order_id)])
    work.touch(ORDER_CHANGE, [order_id])
    return await read_order(work, order_id)


async def read_order(work: UnitOfWork, order_id: UUID) -> OrderRead:
    found = await work.shapes(OrderRead, f"{sql.ORDER} and o.id = $2", work.workspace_id, order_id)
    if not found:
        raise OrderNotFound("no such order")
    return found[0]


async def list_orders(
    work: UnitOfWork,
    *,
    status: str | None,
    connection_id: UUID | None,
    external_id: str | None,
    q: str,
    cursor: str | None,
    limit: int,
) -> OrderPage:
    """Newest first. `q` is an exact order number, tracking number or the start of a customer's name."""
    after = read_cursor(cursor, tuple[datetime, UUID]) if cursor else (None, None)
    rows = await work.fetch(
        f"select row_to_json(x)::text as row, {AS_OF} as as_of from ({sql.ORDER} "
        "and ($2::text is null or o.status = $2) and ($3::uuid is null or o.connection_id = $3) "
        "and ($4::text is null or o.external_id = $4) "
        "and ($5 = '' or o.external_id = $5 or o.number = $5 or o.tracking = $5 or c.name ilike $5 || '%') "
        "and ($6::timestamptz is null or (o.placed_at, o.id) < ($6, $7::uuid)) "
        "order by o.placed_at desc, o.id desc limit $8) x",
        work.workspace_id, status, connection_id, external_id, q, after[0], after[1], limit + 1,
    )  # fmt: skip
    items = [msgspec.json.decode(row["row"], type=OrderRead) for row in rows]
    kept = items[:limit]
    return OrderPage(
        items=kept,
        next_cursor=write_cursor(kept[-1].placed_at, kept[-1].id) if len(items) > limit else None,
        as_of_seq=rows[0]["as_of"] if rows else await work.value(f"select {AS_OF}", work.workspace_id),
    )
