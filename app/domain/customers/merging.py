"""Two customers become one, and two again: every row that moves is named, so that it can go back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct, field

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import audit, lock_objects
from app.domain.customers import rules
from app.domain.customers.errors import CannotMerge, CustomerNotFound, MergedSince, MergeNotFound, MergeOver, StrongIdsDiffer
from app.domain.customers.schemas import Clash, MergeRead, Merges
from app.domain.customers.service import stir

HANDLES = "select kind, value from handle where workspace_id = $1 and customer_id = any($2)"

HOLD = """
select id, name, merged_into, erased_at from customer where workspace_id = $1 and id = any($2) order by id for no key update
"""

STRONG = """
select h.customer_id, h.kind, h.value, (select array_agg(distinct t.connection_id) from thread t
  where t.workspace_id = $1 and t.customer_id = h.customer_id and t.handle_kind = h.kind and t.handle_value = h.value
    and t.connection_id is not null) as connections
from handle h where h.workspace_id = $1 and h.customer_id = any($2) and h.strength <> 'guessed' and h.value not like 'erased:%'
"""

MOVE = """
with handles as (
  update handle set customer_id = $2 where workspace_id = $1 and customer_id = $3 returning id
), orders as (
  update sales_order set customer_id = $2, version = version + 1 where workspace_id = $1 and customer_id = $3 returning id
), conversations as (
  update conversation set customer_id = $2, version = version + 1 where workspace_id = $1 and customer_id = $3 returning id
), threads as (
  update thread set customer_id = $2 where workspace_id = $1 and customer_id = $3 returning id
), cases as (
  update channel_case set customer_id = $2, version = version + 1 where workspace_id = $1 and customer_id = $3 returning id
), checkouts as (
  update checkout set customer_id = $2 where workspace_id = $1 and customer_id = $3 returning id
), earlier as (
  update customer set merged_into = $2 where workspace_id = $1 and merged_into = $3 returning id
), keys as (
  insert into exact_key (workspace_id, key, kind, subject_id)
  select workspace_id, key, kind, $2 from exact_key where workspace_id = $1 and subject_id = $3 and kind = 'customer'
  on conflict do nothing returning key
), gone as (
  update customer set merged_into = $2, version = version + 1, updated_at = $4 where workspace_id = $1 and id = $3 returning name, language
), named as (
  update customer c set name = coalesce(nullif(c.name, ''), g.name), language = coalesce(nullif(c.language, ''), g.language),
    version = c.version + 1, updated_at = $4
  from gone g where c.workspace_id = $1 and c.id = $2
)
select json_build_object('handle', array(select id from handles), 'order', array(select id from orders),
  'conversation', array(select id from conversations), 'thread', array(select id from threads),
  'case', array(select id from cases), 'checkout', array(select id from checkouts), 'customer', array(select id from earlier),
  'key', array(select key from keys),
  'filled', array(select 'name' from customer c, gone g where c.workspace_id = $1 and c.id = $2 and c.name = '' and g.name <> ''
    union all
    select 'language' from customer c, gone g where c.workspace_id = $1 and c.id = $2 and c.language = '' and g.language <> ''))
"""

OWN = (
    "h.kind = t.handle_kind and h.value = case when h.kind in ('email', 'phone') "
    "then lower(regexp_replace(t.handle_value, '\\s', '', 'g')) else t.handle_value end"
)

BACK = f"""
with own as materialized (
  select id, kind, value from handle where workspace_id = $1 and customer_id = $2 and id = any($5)
), mine as materialized (
  select t.id, t.conversation_id from thread t where t.workspace_id = $1 and t.customer_id = $2
    and (t.id = any($6) or exists (select 1 from own h where {OWN}))
), talks as materialized (
  select c.id from conversation c where c.workspace_id = $1 and c.customer_id = $2 and (c.id = any($7) or (
    c.id in (select conversation_id from mine)
    and not exists (select 1 from thread t where t.workspace_id = $1 and t.conversation_id = c.id and t.id not in (select id from mine))))
), handles as (
  update handle h set customer_id = $3 from own o where h.workspace_id = $1 and h.id = o.id
), threads as (
  update thread t set customer_id = $3 from mine m where t.workspace_id = $1 and t.id = m.id
), conversations as (
  update conversation c set customer_id = $3, version = c.version + 1 from talks x where c.workspace_id = $1 and c.id = x.id returning c.id
), said as (
  update message m set customer_id = $3, version = m.version + 1 from mine t
  where m.workspace_id = $1 and m.conversation_id = t.conversation_id and m.thread_id = t.id and m.customer_id = $2 returning m.id
), orders as (
  update sales_order set customer_id = $3, version = version + 1
  where workspace_id = $1 and customer_id = $2 and (id = any($8) or handle_id = any($5)) returning id
), cases as (
  update channel_case set customer_id = $3, version = version + 1
  where workspace_id = $1 and customer_id = $2 and (id = any($9) or handle_id = any($5))
), checkouts as (
  update checkout set customer_id = $3 where workspace_id = $1 and customer_id = $2 and (id = any($10) or handle_id = any($5))
), earlier as (
  update customer set merged_into = $3 where workspace_id = $1 and merged_into = $2 and id = any($11)
), keys as (
  delete from exact_key where workspace_id = $1 and subject_id = $2 and kind = 'customer' and key = any($12)
), back as (
  update customer set merged_into = null, version = version + 1, updated_at = $4 where workspace_id = $1 and id = $3 returning name, language
), named as (
  update customer c set version = c.version + 1, updated_at = $4,
    name = case when 'name' = any($13::text[]) and c.name = b.name then '' else c.name end,
    language = case when 'language' = any($13::text[]) and c.language = b.language then '' else c.language end
  from back b where c.workspace_id = $1 and c.id = $2
)
select array(select id from conversations) as conversations, array(select id from orders) as orders, array(select id from said) as messages
"""

WRITE = """
insert into merge (workspace_id, id, created_at, kind, survivor_id, absorbed, moved, by_id) values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

FOUND = "select * from merge where workspace_id = $1 and id = $2 for update"

STANDING = """
select id, kind, survivor_id, absorbed, moved, undone_at from merge
where workspace_id = $1 and survivor_id = any($2) and kind = any($3) and undone_at is null order by id
"""

UNDONE = "update merge set undone_at = $3, undone_by = $4 where workspace_id = $1 and id = $2"

MERGE = """
select m.id, m.kind, m.survivor_id, m.absorbed as absorbed_ids, m.created_at as at, p.name as by, m.undone_at,
  array(select c.name from customer c where c.workspace_id = m.workspace_id and c.id = any(m.absorbed) order by c.id) as names
from merge m left join member p on p.workspace_id = m.workspace_id and p.id = m.by_id
where m.workspace_id = $1
"""


class Moved(Struct, kw_only=True):
    """The rows of the absorbed customer when it was merged. `filled`: what the survivor had not and took over."""

    handle: list[UUID] = field(default_factory=list)
    order: list[UUID] = field(default_factory=list)
    conversation: list[UUID] = field(default_factory=list)
    thread: list[UUID] = field(default_factory=list)
    case: list[UUID] = field(default_factory=list)
    checkout: list[UUID] = field(default_factory=list)
    customer: list[UUID] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)


class Done(Struct, kw_only=True):
    """What other rooms must tell. `name` is the absorbed customer's."""

    merge_id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    name: str
    conversations: list[UUID]
    orders: list[UUID]
    messages: list[UUID] = field(default_factory=list)


async def merge_customers(work: UnitOfWork, survivor_id: UUID, absorb_id: UUID, *, confirm: Collection[str]) -> Done:
    """Raises CannotMerge, or StrongIdsDiffer with the pairs that `confirm` does not name by their kind."""
    people = await _hold(work, [survivor_id, absorb_id])
    absorbed = people[absorb_id]
    if people[survivor_id]["merged_into"] or absorbed["merged_into"]:
        raise MergedSince("one of them was merged already; look again", extra=_merged(people))
    if any(one["erased_at"] for one in people.values()):
        raise CannotMerge("an erased customer joins nobody", code="erased", fields={"absorb_id": "erased"})
    await _refuse_strangers(work, survivor_id, absorb_id, confirm)
    moved: dict[str, Any] = await work.value(MOVE, work.workspace_id, survivor_id, absorb_id, work.now)
    merge_id = await record(work, "customer", survivor_id, [absorb_id], moved)
    await stir(work, [survivor_id, absorb_id])
    return Done(
        merge_id=merge_id, survivor_id=survivor_id, absorbed_id=absorb_id, name=absorbed["name"],
        conversations=_ids(moved["conversation"]), orders=_ids(moved["order"]),
    )  # fmt: skip


async def _hold(work: UnitOfWork, wanted: Sequence[UUID]) -> Mapping[UUID, asyncpg.Record]:
    """Nothing new is told of these until the commit: their handles are locked, as those are that a message names."""
    if len(set(wanted)) < len(wanted):
        raise CannotMerge("a customer cannot be merged into itself", fields={"absorb_id": "the same customer"})
    handles = await work.fetch(HANDLES, work.workspace_id, wanted)
    await lock_objects(work, {f"handle:{row['kind']}:{row['value']}" for row in handles})
    people = {row["id"]: row for row in await work.fetch(HOLD, work.workspace_id, wanted)}
    if len(people) < len(wanted):
        raise CustomerNotFound("no such customer")
    return people


def _merged(people: Mapping[UUID, asyncpg.Record]) -> dict[str, object]:
    return {"merged_into": {str(key): str(row["merged_into"]) for key, row in people.items() if row["merged_into"]}}


async def _refuse_strangers(work: UnitOfWork, survivor_id: UUID, absorb_id: UUID, confirm: Collection[str]) -> None:
    found = (await find_clashes(work, survivor_id, [absorb_id]))[absorb_id]
    unsaid = [one for one in found if one.kind not in confirm]
    if unsaid:
        told = ", ".join(f"{one.one} and {one.other}" for one in unsaid)
        raise StrongIdsDiffer(
            f"the channel knows them as two: {told}. Name the kinds in `confirm` when one person holds both.",
            fields={"confirm": ", ".join(sorted({one.kind for one in unsaid}))},
            extra={"clashes": [{"kind": one.kind, "one": one.one, "other": one.other} for one in unsaid]},
        )


async def find_clashes(work: UnitOfWork, customer_id: UUID, others: Collection[UUID]) -> dict[UUID, list[Clash]]:
    ids: dict[UUID, list[rules.Strong]] = {}
    for row in await work.fetch(STRONG, work.workspace_id, [customer_id, *others]):
        strong = rules.Strong(row["kind"], row["value"], frozenset(row["connections"] or ()))
        ids.setdefault(row["customer_id"], []).append(strong)
    mine = ids.get(customer_id, [])
    return {
        other: [Clash(kind=a.kind, one=a.value, other=b.value) for a, b in rules.clashes(mine, ids.get(other, []))]
        for other in others
    }


async def undo_customers(work: UnitOfWork, merge: asyncpg.Record) -> Done:
    """What came since by a handle of the absorbed customer goes back with that handle. Raises MergedSince when the survivor was itself
    merged later: that comes first."""
    survivor_id, absorbed_id = merge["survivor_id"], merge["absorbed"][0]
    people = await _hold(work, [survivor_id, absorbed_id])
    if people[survivor_id]["merged_into"]:
        raise MergedSince("the customer was merged into another since; undo that first", extra=_merged(people))
    rows = Moved(**{name: merge["moved"][name] for name in Moved.__struct_fields__})
    back = await work.row(
        BACK, work.workspace_id, survivor_id, absorbed_id, work.now, rows.handle, rows.thread, rows.conversation, rows.order,
        rows.case, rows.checkout, rows.customer, rows.key, rows.filled,
    )  # fmt: skip
    assert back is not None
    await close(work, merge["id"])
    await stir(work, [survivor_id, absorbed_id])
    return Done(
        merge_id=merge["id"], survivor_id=survivor_id, absorbed_id=absorbed_id, name=people[absorbed_id]["name"],
        conversations=back["conversations"], orders=back["orders"], messages=back["messages"],
    )  # fmt: skip


def _ids(told: Iterable[str]) -> list[UUID]:
    return [UUID(one) for one in told]


async def record(work: UnitOfWork, kind: str, survivor_id: UUID, absorbed: Sequence[UUID], moved: Mapping[str, Any]) -> UUID:
    merge_id = new_id()
    await work.execute(
        WRITE, work.workspace_id, merge_id, work.now, kind, survivor_id, list(absorbed), dict(moved), work.actor.member_id
    )
    await audit(work, f"{kind}.merge" if kind != "split" else "conversation.split", survivor_id, {"merge": str(merge_id)})
    return merge_id


async def find_merge(work: UnitOfWork, merge_id: UUID) -> asyncpg.Record:
    """Held until the commit. Raises MergeOver when it was undone before."""
    merge = await work.row(FOUND, work.workspace_id, merge_id)
    if merge is None:
        raise MergeNotFound("no such merge")
    if merge["undone_at"] is not None:
        raise MergeOver("this was undone before")
    return merge


async def standing(work: UnitOfWork, survivors: Collection[UUID], *kinds: str) -> list[asyncpg.Record]:
    """Oldest first."""
    return await work.fetch(STANDING, work.workspace_id, list(survivors), list(kinds))


async def close(work: UnitOfWork, merge_id: UUID) -> None:
    await work.execute(UNDONE, work.workspace_id, merge_id, work.now, work.actor.member_id)
    await audit(work, "merge.undo", merge_id)


async def list_merges(work: UnitOfWork, customer_id: UUID) -> Merges:
    """Newest first; those of customers that stand."""
    mine = "m.kind = 'customer' and m.undone_at is null and m.survivor_id = $2 order by m.id desc"
    return Merges(items=await work.shapes(MergeRead, f"{MERGE} and {mine}", work.workspace_id, customer_id))


async def read_merge(work: UnitOfWork, merge_id: UUID) -> MergeRead:
    (found,) = await work.shapes(MergeRead, f"{MERGE} and m.id = $2", work.workspace_id, merge_id)
    return found
