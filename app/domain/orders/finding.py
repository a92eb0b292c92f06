"""A buyer asks after an order by its number and their mail address. Both must be right; nothing tells which one was not."""

from __future__ import annotations

from uuid import UUID

from app.core.db import UnitOfWork
from app.domain.customers.service import find_by_handle
from app.domain.orders.schemas import OrderRead
from app.domain.orders.service import read_order
from connectors.base.events import Handle

BY_NUMBER = """
select o.id from sales_order o join exact_key k on k.workspace_id = o.workspace_id and k.subject_id = o.id and k.kind = 'order'
where o.workspace_id = $1 and k.key = $2 and o.customer_id = any($3) and $2 in (
  lower(replace(o.external_id, ' ', '')), lower(replace(o.number, ' ', '')), '#' || lower(replace(o.number, ' ', '')))
order by o.placed_at desc limit 1
"""


async def find_for_buyer(work: UnitOfWork, number: str, email: str) -> OrderRead | None:
    owners = await find_by_handle(work, Handle(kind="email", value=email))
    if not owners:
        return None
    wanted = "".join(number.lower().split())
    for word in (wanted, f"#{wanted}", wanted.removeprefix("#")):
        found: UUID | None = await work.value(BY_NUMBER, work.workspace_id, word, owners)
        if found is not None:
            return await read_order(work, found)
    return None
