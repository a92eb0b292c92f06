"""What this room shows: one projection an entity, used by GET and by live changes alike."""

from __future__ import annotations

from app.core.outbox import Change

STOCK = """
select b.id, b.variant_id, v.sku, v.title, v.brand, v.picture, l.name as location, b.location_id, b.on_hand, b.reserved,
  b.damaged, b.quality, b.safety, b.unavailable, b.on_hand - b.reserved - b.unavailable as available, b.incoming,
  b.counted_at is not null as counted, b.version
from balance b join variant v on v.workspace_id = b.workspace_id and v.id = b.variant_id
join location l on l.workspace_id = b.workspace_id and l.id = b.location_id
where b.workspace_id = $1
"""
STOCK_CHANGE = Change("stock", "stock", STOCK, "b.id")

INCIDENT = """
select i.id, i.kind, v.sku, v.title, i.variant_id, i.units, i.state, i.created_at as opened_at, i.resolved_at, i.version, i.cause,
  coalesce(i.detail -> 'decisions', '[]'::jsonb) as decisions,
  coalesce((
    select json_agg(json_build_object('order_id', u.order_id, 'external_id', u.external_id, 'number', u.number,
      'channel', u.channel, 'quantity', u.quantity, 'uncovered', least(u.quantity, u.high - u.covered),
      'placed_at', u.placed_at) order by u.placed_at nulls last, u.id)
    from (
      select r.id, r.quantity, r.order_id, o.external_id, o.number, o.channel, o.placed_at,
        sum(r.quantity) over (order by o.placed_at nulls first, r.id) as high,
        (select coalesce(sum(b.on_hand - b.unavailable), 0) from balance b join location l
           on l.workspace_id = b.workspace_id and l.id = b.location_id
         where b.workspace_id = i.workspace_id and b.variant_id = i.variant_id and l.kind = 'own') as covered
      from reservation r left join sales_order o on o.workspace_id = r.workspace_id and o.id = r.order_id
      where r.workspace_id = i.workspace_id and r.variant_id = i.variant_id and r.state in ('pending', 'held')
        and i.state = 'open'
    ) u where u.high > u.covered), '[]'::json) as orders
from incident i join variant v on v.workspace_id = i.workspace_id and v.id = i.variant_id
where i.workspace_id = $1
"""
INCIDENT_CHANGE = Change("incident", "stock", INCIDENT, "i.id")

MOVEMENTS = """
select m.id, m.created_at as at, m.kind, m.on_hand, m.reserved, m.damaged, m.quality, m.safety, m.unavailable, m.incoming,
  m.reason, m.source, m.source_ref,
  p.name as actor, m.order_id, coalesce(nullif(o.number, ''), o.external_id) as order_number, o.channel, l.name as location,
  b.on_hand - b.reserved - b.unavailable - coalesce((
    select sum(n.on_hand - n.reserved - n.unavailable) from movement n
    where n.workspace_id = $1 and n.variant_id = m.variant_id and n.location_id = m.location_id and n.id > m.id), 0)
    as available
from movement m join location l on l.workspace_id = m.workspace_id and l.id = m.location_id
join balance b on b.workspace_id = m.workspace_id and b.variant_id = m.variant_id and b.location_id = m.location_id
left join member p on p.workspace_id = m.workspace_id and p.id = m.actor_id
left join sales_order o on o.workspace_id = m.workspace_id and o.id = m.order_id
where m.workspace_id = $1 and m.variant_id = $2 and ($3::bigint is null or m.id < $3)
order by m.id desc limit $4
"""

PUSHES = """
select p.id, p.created_at as at, p.quantity, p.outcome, p.detail, p.settled_at from push p
where p.workspace_id = $1 and p.listing_id = $2 order by p.id desc limit 50
"""

AS_OF = "coalesce((select seq from outbox_head where workspace_id = $1), 0)"
