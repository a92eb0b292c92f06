"""What an oversell asks of people: who holds the units, and what could be offered instead."""

from __future__ import annotations

HOLDERS = """
with held as (
  select o.id, o.channel, o.connection_id, o.external_id, o.number, o.placed_at, o.currency, o.total_minor, o.customer_id, r.units
  from (
    select order_id, sum(quantity)::int as units from reservation
    where workspace_id = $1 and variant_id = $2 and state in ('pending', 'held') and order_id is not null group by 1) r
  join sales_order o on o.workspace_id = $1 and o.id = r.order_id
  order by o.placed_at desc, o.id desc limit 50
), accounts as (
  select s.connection_id, count(*)::int as total, count(*) filter (where s.status = 'cancelled')::int as cancelled from sales_order s
  where s.workspace_id = $1 and s.placed_at > $3 and s.connection_id in (select connection_id from held) group by 1
)
select h.id as order_id, h.channel, coalesce(nullif(h.number, ''), h.external_id) as number, h.placed_at, h.currency, h.total_minor,
  coalesce(c.name, '') as customer, coalesce(nullif(t.language, ''), c.language, '') as language, h.units,
  (select count(*)::int from sales_order e where e.workspace_id = $1 and e.customer_id = h.customer_id
    and e.placed_at < h.placed_at and e.status <> 'cancelled') as earlier,
  t.id as conversation_id, t.number as conversation_number, t.channel as conversation_channel,
  coalesce(k.total, 0) as sold, coalesce(k.cancelled, 0) as cancelled
from held h left join accounts k on k.connection_id = h.connection_id
left join customer c on c.workspace_id = $1 and c.id = h.customer_id
left join lateral (
  select n.id, n.number, n.channel, n.language from conversation n
  where n.workspace_id = $1 and n.customer_id = h.customer_id and n.merged_into is null
  order by exists (select 1 from conversation_order l where l.workspace_id = $1 and l.conversation_id = n.id
    and l.order_ref = h.external_id) desc, n.last_activity_at desc, n.id desc limit 1) t on true
order by h.placed_at desc, h.id desc
"""

HELD_BACK = """
select b.location_id, l.name as location, k.state, k.units from balance b
join location l on l.workspace_id = b.workspace_id and l.id = b.location_id and l.kind = 'own'
cross join lateral (values ('safety', b.safety), ('quality', b.quality)) as k(state, units)
where b.workspace_id = $1 and b.variant_id = $2 and k.units > 0 order by k.state desc, l.rank, l.id
"""

COMING = """
select n.id, n.kind, n.number, n.supplier, n.arrives_at, l.name as location, e.quantity - e.received as units
from incoming_line e join incoming n on n.workspace_id = e.workspace_id and n.id = e.incoming_id and n.state = 'open'
join location l on l.workspace_id = n.workspace_id and l.id = n.location_id
where e.workspace_id = $1 and e.variant_id = $2 and e.quantity > e.received
order by n.arrives_at nulls last, n.id limit 5
"""

ALIKE = """
select x.id, x.sku, x.title, x.units from (
  select v.id, v.sku, v.title, sum(b.on_hand - b.reserved - b.unavailable)::int as units, v.brand = o.brand and o.brand <> '' as same,
    cardinality(array(select unnest(string_to_array(lower(v.title), ' ')) intersect
      select unnest(string_to_array(lower(o.title), ' ')))) as alike
  from variant o join variant v on v.workspace_id = o.workspace_id and v.id <> o.id and v.archived_at is null
  join balance b on b.workspace_id = v.workspace_id and b.variant_id = v.id
  join location l on l.workspace_id = b.workspace_id and l.id = b.location_id and l.kind = 'own' and l.sellable
  where o.workspace_id = $1 and o.id = $2
  group by v.id, v.sku, v.title, v.brand, o.brand, o.title) x
where x.units > 0 and x.alike > 0 order by x.alike desc, x.same desc, x.units desc, x.id limit 3
"""

FACES = """
select k.channel, k.name, s.acked as shows, s.acked_at, s.state from listing_state s
join connection k on k.workspace_id = s.workspace_id and k.id = s.connection_id
where s.workspace_id = $1 and s.state <> 'read_only' and (s.variant_id = $2 or s.variant_id in (
  select c.bundle_id from bundle_component c where c.workspace_id = $1 and c.component_id = $2))
order by k.channel, s.listing_id
"""
