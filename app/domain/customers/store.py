"""All SQL of this room."""

from __future__ import annotations

from app.core.outbox import Change

CUSTOMER = """
select c.id, c.name, c.language, c.note, c.created_at as since, c.version,
  coalesce((select json_agg(json_build_object('kind', h.kind, 'value', h.value, 'label', h.label, 'channel', h.channel,
    'strength', h.strength) order by h.created_at, h.id)
    from handle h where h.workspace_id = c.workspace_id and h.customer_id = c.id), '[]'::json) as handles,
  (select count(*) from sales_order o where o.workspace_id = c.workspace_id and o.customer_id = c.id and o.status <> 'cancelled')
    as order_count,
  coalesce((select json_agg(s) from (select o.currency, sum(o.total_minor)::bigint as minor from sales_order o
    where o.workspace_id = c.workspace_id and o.customer_id = c.id and o.status <> 'cancelled' group by o.currency) s),
    '[]'::json) as spent
from customer c where c.workspace_id = $1
"""
CUSTOMER_CHANGE = Change("customer", "inbox", CUSTOMER, "c.id")

KNOWN = """
select h.kind, h.value, h.customer_id, coalesce(c.merged_into, c.id) as owner from handle h
join customer c on c.workspace_id = h.workspace_id and c.id = h.customer_id
join unnest($2::text[], $3::text[]) as k(kind, value) on k.kind = h.kind and k.value = h.value
where h.workspace_id = $1
"""

KINDS = "select customer_id, array_agg(distinct kind) as kinds from handle where workspace_id = $1 and customer_id = any($2) group by 1"

NEW = """
insert into customer (workspace_id, id, created_at, updated_at, name, language)
select $1, k.id, $2, $2, k.name, k.language from unnest($3::uuid[], $4::text[], $5::text[]) as k(id, name, language)
"""

HANDLES = """
insert into handle (workspace_id, id, created_at, customer_id, kind, value, label, channel, strength, seen_at)
select $1, k.id, $2, k.customer_id, k.kind, k.value, k.label, k.channel, k.strength, $2
from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
  as k(id, customer_id, kind, value, label, channel, strength)
order by k.kind, k.value
on conflict (workspace_id, kind, value) do update set label = coalesce(nullif(excluded.label, ''), handle.label), seen_at = $2
where handle.label is distinct from excluded.label and excluded.label <> ''
"""

NAMES = """
update customer c set name = k.name, version = c.version + 1, updated_at = $2
from unnest($3::uuid[], $4::text[]) as k(id, name)
where c.workspace_id = $1 and c.id = k.id and c.name = '' and k.name <> '' returning c.id
"""

TIMELINE = """
select x.at, x.kind, x.id, x.channel, x.detail from (
  select o.placed_at as at, 'order' as kind, o.id, o.channel, json_build_object('external_id', o.external_id, 'number', o.number,
    'status', o.status, 'currency', o.currency, 'total_minor', o.total_minor) as detail
  from sales_order o where o.workspace_id = $1 and o.customer_id = $2
  union all
  select v.last_activity_at, 'conversation', v.id, v.channel, json_build_object('number', v.number, 'subject', v.subject,
    'preview', v.preview, 'status', v.status)
  from conversation v where v.workspace_id = $1 and v.customer_id = $2
) x where ($3::timestamptz is null or (x.at, x.id) < ($3, $4::uuid)) order by x.at desc, x.id desc limit $5
"""
