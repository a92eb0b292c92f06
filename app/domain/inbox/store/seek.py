"""What one box finds: exact keys of every room first, then words in messages."""

from __future__ import annotations

SEEK = """
with keyed as materialized (
  select distinct k.kind, k.subject_id from find_keys($2, 50) k
), orders as (
  select o.id, o.external_id, o.number, o.channel, o.customer_id, o.placed_at from keyed k
  join sales_order o on o.workspace_id = $1 and o.id = k.subject_id where k.kind = 'order' order by o.placed_at desc, o.id desc limit 5
), customers as (
  select u.id, u.name from keyed k join customer u on u.workspace_id = $1 and u.id = k.subject_id
  where k.kind = 'customer' and u.merged_into is null and u.erased_at is null order by u.id desc limit 5
), exactly as (
  select c.id, case when c.customer_id = o.customer_id then 2 else 3 end as place from orders o
  join conversation_order n on n.workspace_id = $1 and n.order_ref = o.external_id
  join conversation c on c.workspace_id = $1 and c.id = n.conversation_id
  union
  select c.id, 2 from customers u cross join lateral (
    select l.id from conversation l where l.workspace_id = $1 and l.customer_id = u.id and l.status <> 'merged'
    order by l.last_activity_at desc limit 10) c
  union
  select c.id, 2 from conversation c where c.workspace_id = $1 and c.number = $4
), spoken as materialized (
  select h.conversation_id as id from find_messages(websearch_to_tsquery('simple', fold($3)), 200) h
), talks as (
  select c.id, min(f.place) as place from (select id, place from exactly union all select id, 6 from spoken) f
  join conversation c on c.workspace_id = $1 and c.id = f.id where c.status <> 'merged'
  group by c.id order by min(f.place), max(c.last_activity_at) desc, c.id desc limit 10
)
select x.kind, x.id, x.title, x.detail, x.channel, x.exact, x.conversation_id from (
  select 1 as place, o.placed_at as at, 'order' as kind, o.id, coalesce(nullif(o.number, ''), o.external_id) as title,
    coalesce(u.name, '') as detail, o.channel, true as exact, null::uuid as conversation_id
  from orders o left join customer u on u.workspace_id = $1 and u.id = o.customer_id
  union all
  select t.place, c.last_activity_at, 'conversation', c.id, u.name, coalesce(nullif(c.subject, ''), c.preview), c.channel,
    t.place < 6, c.id
  from talks t join conversation c on c.workspace_id = $1 and c.id = t.id
  join customer u on u.workspace_id = $1 and u.id = c.customer_id
  union all
  select 4, null, 'customer', u.id, u.name, '', '', true, (
    select c.id from conversation c where c.workspace_id = $1 and c.customer_id = u.id and c.status <> 'merged'
    order by c.last_activity_at desc limit 1)
  from customers u
  union all
  select 5, null, 'variant', v.id, v.sku, v.title, '', true, null
  from keyed k join variant v on v.workspace_id = $1 and v.id = k.subject_id where k.kind = 'variant' and v.archived_at is null
) x order by x.place, x.at desc nulls last, x.id desc
"""
"""`$2` the key as exact keys are kept, `$3` the words, `$4` a conversation's number."""
