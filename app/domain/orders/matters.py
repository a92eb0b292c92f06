"""What channels keep beside an order: formal cases, and baskets that never became one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import to_builtins

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.domain.customers.service import Known, recognise
from app.domain.orders.store import ORDER_CHANGE
from connectors.base.events import CaseSeen, CheckoutSeen

CASES = """
insert into channel_case (workspace_id, id, created_at, updated_at, connection_id, channel, external_id, kind, channel_version, open,
  seen_at, order_ref, customer_id, thread_ref, respond_by, title, detail, url, refs, handle_id)
select $1, k.id, $2, $2, $3, $4, k.external_id, k.kind, k.channel_version, k.open, k.seen_at, k.order_ref,
  coalesce(k.customer_id, o.customer_id), k.thread_ref, k.respond_by, k.title, k.detail, k.url, k.refs,
  coalesce(k.handle_id, o.handle_id)
from unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::bool[], $10::timestamptz[], $11::text[], $12::uuid[], $13::text[],
  $14::timestamptz[], $15::text[], $16::text[], $17::text[], $18::jsonb[], $19::uuid[])
  as k(id, external_id, kind, channel_version, open, seen_at, order_ref, customer_id, thread_ref, respond_by, title, detail, url, refs,
    handle_id)
left join sales_order o on o.workspace_id = $1 and o.connection_id = $3 and o.external_id = k.order_ref and k.order_ref <> ''
order by k.external_id
on conflict (workspace_id, connection_id, external_id) do update set kind = excluded.kind, channel_version = excluded.channel_version,
  open = excluded.open, seen_at = excluded.seen_at, order_ref = coalesce(nullif(excluded.order_ref, ''), channel_case.order_ref),
  customer_id = coalesce(channel_case.customer_id, excluded.customer_id),
  handle_id = coalesce(channel_case.handle_id, excluded.handle_id),
  thread_ref = coalesce(nullif(excluded.thread_ref, ''), channel_case.thread_ref), respond_by = excluded.respond_by,
  title = coalesce(nullif(excluded.title, ''), channel_case.title),
  detail = coalesce(nullif(excluded.detail, ''), channel_case.detail), url = coalesce(nullif(excluded.url, ''), channel_case.url),
  refs = channel_case.refs || excluded.refs, version = channel_case.version + 1, updated_at = $2
where channel_case.channel_version < excluded.channel_version
returning id, external_id, kind, open, order_ref, customer_id, thread_ref, respond_by, title, detail, url, (xmax = 0) as is_new
"""

ONLY_ORDER = """
select k.external_id, min(o.external_id) as order_ref
from unnest($3::text[], $4::uuid[], $5::text[]) as k(external_id, customer_id, listing)
join listing g on g.workspace_id = $1 and g.connection_id = $2 and g.external_id = k.listing
join sales_order o on o.workspace_id = $1 and o.connection_id = $2 and o.customer_id = k.customer_id
where exists (select 1 from order_line l where l.workspace_id = $1 and l.order_id = o.id and l.listing_id = g.id)
group by k.external_id having count(distinct o.id) = 1
"""

ORDERS_OF = """
update sales_order set version = version + 1 where workspace_id = $1 and connection_id = $2 and external_id = any($3) returning id
"""

CHECKOUTS = """
insert into checkout (workspace_id, id, created_at, connection_id, channel, external_id, customer_id, left_at, total_minor, currency,
  url, recovered, lines, handle_id)
select $1, k.id, $2, $3, $4, k.external_id, k.customer_id, k.left_at, k.total_minor, k.currency, k.url, k.recovered, k.basket -> 'lines',
  k.handle_id
from unnest($5::uuid[], $6::text[], $7::uuid[], $8::timestamptz[], $9::bigint[], $10::text[], $11::text[], $12::bool[], $13::jsonb[],
  $14::uuid[])
  as k(id, external_id, customer_id, left_at, total_minor, currency, url, recovered, basket, handle_id)
order by k.external_id
on conflict (workspace_id, connection_id, external_id) do update set left_at = greatest(checkout.left_at, excluded.left_at),
  total_minor = excluded.total_minor, currency = excluded.currency, url = excluded.url,
  recovered = checkout.recovered or excluded.recovered, lines = excluded.lines
where checkout.left_at <= excluded.left_at or excluded.recovered
"""


async def take_cases(work: UnitOfWork, *, connection_id: UUID, channel: str, seen: Sequence[CaseSeen]) -> list[asyncpg.Record]:
    """The rows of the cases that are new or newer than what we knew; an older fact changes nothing."""
    newest: dict[str, CaseSeen] = {}
    for one in seen:
        if one.external_id not in newest or newest[one.external_id].version < one.version:
            newest[one.external_id] = one
    cases = list(newest.values())
    named = [one for one in cases if one.customer is not None]
    found = await recognise(work, [(one.customer, (), "") for one in named if one.customer])
    customers = {one.external_id: customer for one, customer in zip(named, found, strict=True)}
    bought = await _bought(work, connection_id, [one for one in cases if not one.order_id and one.listing_id], customers)
    rows: list[tuple[Any, ...]] = [
        (
            new_id(), one.external_id, one.kind, one.version, one.open, one.seen_at,
            one.order_id or bought.get(one.external_id, ""), who and who.customer_id,
            one.thread, one.respond_by if one.open else None, one.title[:300], one.detail[:4000], one.url, one.refs,
            who and who.handle_id,
        )
        for one, who in ((one, customers.get(one.external_id)) for one in cases)
    ]  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)]
    changed = await work.fetch(CASES, work.workspace_id, work.now, connection_id, channel, *columns)
    orders = await work.fetch(
        ORDERS_OF, work.workspace_id, connection_id, [row["order_ref"] for row in changed if row["order_ref"]]
    )
    work.touch(ORDER_CHANGE, [row["id"] for row in orders])
    return changed


async def _bought(
    work: UnitOfWork, connection_id: UUID, cases: Sequence[CaseSeen], customers: Mapping[str, Known]
) -> dict[str, str]:
    """The order a case is about, by case: the only one in which this buyer bought this listing. Of several none is guessed."""
    known = [
        (one.external_id, customers[one.external_id].customer_id, one.listing_id) for one in cases if one.external_id in customers
    ]
    if not known:
        return {}
    ids, owners, listings = (list(column) for column in zip(*known, strict=True))
    rows = await work.fetch(ONLY_ORDER, work.workspace_id, connection_id, ids, owners, listings)
    return {row["external_id"]: row["order_ref"] for row in rows}


async def name_customer(work: UnitOfWork, case_id: UUID, customer_id: UUID) -> None:
    await work.execute(
        "update channel_case set customer_id = $3 where workspace_id = $1 and id = $2", work.workspace_id, case_id, customer_id
    )


async def take_checkouts(work: UnitOfWork, *, connection_id: UUID, channel: str, seen: Sequence[CheckoutSeen]) -> None:
    """Baskets by their channel's id; the newest word stands, and one that became an order stays recovered."""
    newest: dict[str, CheckoutSeen] = {}
    for one in sorted(seen, key=lambda one: (one.at, one.recovered)):
        newest[one.external_id] = one
    baskets = list(newest.values())
    customers = await recognise(work, [(one.customer, one.more_handles, "") for one in baskets])
    rows = [
        (
            new_id(), one.external_id, customer.customer_id, one.at, one.total_minor, one.currency, one.url, one.recovered,
            {"lines": [to_builtins(line) for line in one.lines]}, customer.handle_id,
        )
        for one, customer in zip(baskets, customers, strict=True)
    ]  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)]
    await work.execute(CHECKOUTS, work.workspace_id, work.now, connection_id, channel, *columns)
