"""Who may be the same person, with what speaks for it. Nothing is ever merged by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import convert

from app.core.db import UnitOfWork
from app.domain.customers import rules
from app.domain.customers import store as sql
from app.domain.customers.errors import CannotMerge, CustomerNotFound
from app.domain.customers.merging import find_clashes
from app.domain.customers.schemas import CustomerRead, Evidence, Suggestion, Suggestions
from app.domain.customers.service import read_customer, stir

ALIKE = """
with me as materialized (
  select id from customer where workspace_id = $1 and (id = $2 or merged_into = $2)
), shared as (
  select o.customer_id, t.kind, t.value from me
  join trait t on t.workspace_id = $1 and t.customer_id = me.id
  join lateral (select customer_id from trait o where o.workspace_id = $1 and o.kind = t.kind and o.value = t.value limit 20) o on true
  union all
  select o.customer_id, 'order', o.external_id from conversation c
  join conversation_order l on l.workspace_id = $1 and l.conversation_id = c.id
  join exact_key e on e.workspace_id = $1 and e.kind = 'order' and e.key = lower(regexp_replace(l.order_ref, '\\s', '', 'g'))
  join sales_order o on o.workspace_id = $1 and o.id = e.subject_id and o.external_id = l.order_ref
  where c.workspace_id = $1 and c.customer_id = $2
  union all
  select c.customer_id, 'order', o.external_id from sales_order o
  join conversation_order l on l.workspace_id = $1 and l.order_ref = o.external_id
  join conversation c on c.workspace_id = $1 and c.id = l.conversation_id
  where o.workspace_id = $1 and o.customer_id = $2
), found as (
  select coalesce(u.merged_into, u.id) as id, s.kind, s.value from shared s
  join customer u on u.workspace_id = $1 and u.id = s.customer_id
)
select f.id, json_agg(distinct jsonb_build_object('kind', f.kind, 'value', f.value)) as evidence
from found f join customer u on u.workspace_id = $1 and u.id = f.id
where f.id <> $2 and u.erased_at is null and u.merged_into is null and not exists (
  select 1 from apart a where a.workspace_id = $1 and a.one_id = least(f.id, $2) and a.other_id = greatest(f.id, $2))
group by f.id order by count(*) desc, f.id limit 10
"""

PART = """
insert into apart (workspace_id, one_id, other_id, at, by_id) select $1, least($2, $3::uuid), greatest($2, $3::uuid), $4, $5
on conflict do nothing
"""


async def suggest(work: UnitOfWork, customer_id: UUID) -> Suggestions:
    """The likeliest first."""
    me = await read_customer(work, customer_id)
    rows = await work.fetch(ALIKE, work.workspace_id, me.id)
    if not rows:
        return Suggestions(items=[])
    ids = [row["id"] for row in rows]
    found = await work.shapes(CustomerRead, f"{sql.CUSTOMER} and c.id = any($2)", work.workspace_id, ids)
    others = {one.id: one for one in found}
    clashes = await find_clashes(work, me.id, ids)
    items = [_weighed(me, others[row["id"]], row["evidence"]) for row in rows]
    for one in items:
        one.clashes = clashes[one.customer.id]
    return Suggestions(items=sorted(items, key=lambda one: (one.strength != "strong", bool(one.clashes), -len(one.evidence))))


def _weighed(me: CustomerRead, other: CustomerRead, told: list[dict[str, Any]]) -> Suggestion:
    evidence = convert(told, list[Evidence])
    if rules.same_name(me.name, other.name):
        evidence.append(Evidence(kind="name", value=other.name))
    evidence.sort(key=lambda one: (-rules.WEIGHT[one.kind], one.value))
    strength = rules.strength_of(one.kind for one in evidence)
    return Suggestion(customer=other, evidence=evidence, strength=strength, clashes=[])


async def keep_apart(work: UnitOfWork, customer_id: UUID, other_id: UUID) -> None:
    """They are two, said a member: never suggested to each other again."""
    if customer_id == other_id:
        raise CannotMerge("this is the same customer", fields={"other_id": "the same customer"})
    there = await work.value(
        "select count(*) from customer where workspace_id = $1 and id = any($2)", work.workspace_id, [customer_id, other_id]
    )
    if there < 2:
        raise CustomerNotFound("no such customer")
    await work.execute(PART, work.workspace_id, customer_id, other_id, work.now, work.actor.member_id)
    await stir(work, [customer_id, other_id])
