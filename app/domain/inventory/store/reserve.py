"""Reserving and giving back: one guarded statement each. Balances are locked in one order, the ledger row and the dirty
listings are written beside the change, and only rows really made count."""

from __future__ import annotations

DIRTY = """
stirred as (
  select variant_id, sum(free) as free, bool_or(down) as down from moved_balance group by variant_id
), reached as (
  select variant_id, free, down from stirred
  union all select c.bundle_id, floor(t.free / c.quantity), t.down from stirred t
  join bundle_component c on c.workspace_id = $1 and c.component_id = t.variant_id
), dirty as (
  select s.listing_id, t.free, t.down
  from (select variant_id, min(free) as free, bool_or(down) as down from reached group by variant_id) t
  join listing_state s on s.workspace_id = $1 and s.variant_id = t.variant_id
  order by s.listing_id for no key update of s
), marked as (
  update listing_state s set wanted_version = s.wanted_version + 1, dirty_at = coalesce(s.dirty_at, $2), not_before = null,
    urgency = least(case when s.dirty_at is null then 2 else s.urgency end,
      case when d.free <= 0 then 0 when d.down then 1 else 2 end)
  from dirty d where s.workspace_id = $1 and s.listing_id = d.listing_id
  returning s.listing_id
)
"""

LOCK = """
select b.id from balance b where b.workspace_id = $1 and b.variant_id = any(array(
  select coalesce(c.component_id, a.variant_id) from unnest($2::uuid[]) as a(variant_id)
  left join bundle_component c on c.workspace_id = $1 and c.bundle_id = a.variant_id))
order by b.variant_id, b.location_id for no key update
"""

RESERVE = f"""
with asked as (
  select * from unnest($3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::uuid[], $9::text[]) with ordinality
    as r(id, variant_id, quantity, source, source_ref, order_id, state, nth)
), fresh as (
  select a.* from asked a left join lateral (
    select true as known from reservation e
    where e.workspace_id = $1 and e.source = a.source and e.source_ref = a.source_ref
      and a.variant_id in (e.variant_id, e.bundle_id)
    limit 1) e on true
  where e.known is null
), need as (
  select case row_number() over (partition by f.nth order by c.component_id) when 1 then f.id else gen_random_uuid() end as id,
    coalesce(c.component_id, f.variant_id) as variant_id, f.quantity * coalesce(c.quantity, 1) as quantity,
    c.bundle_id, coalesce(c.quantity, 1) as per, f.source, f.source_ref, f.order_id, f.state, f.nth
  from fresh f left join bundle_component c on c.workspace_id = $1 and c.bundle_id = f.variant_id
), locked as materialized (
  select b.variant_id, b.location_id, coalesce(m.rank, l.rank) as rank,
    b.on_hand - b.reserved - b.unavailable as net, greatest(b.on_hand - b.reserved - b.unavailable, 0) as free
  from balance b join location l on l.workspace_id = b.workspace_id and l.id = b.location_id
  left join connection_location m on m.workspace_id = $1 and m.connection_id = $12 and m.location_id = b.location_id
  where b.workspace_id = $1 and b.variant_id = any(array(select variant_id from need)) and l.kind = 'own' and l.sellable
    and (m.location_id is not null
      or not exists (select 1 from connection_location n where n.workspace_id = $1 and n.connection_id = $12))
  order by b.variant_id, b.location_id for no key update of b
), place as (
  select variant_id, location_id, free, sum(free) over (partition by variant_id order by rank, location_id) as high,
    row_number() over (partition by variant_id order by rank desc, location_id desc) = 1 as last
  from locked
), want as (
  select n.*, sum(n.quantity) over (partition by n.variant_id order by n.nth) as high from need n
), fit as (
  select * from (
    select w.*, bool_and(w.high <= coalesce(f.net, 0)) over (partition by w.nth) as fits from want w
    left join (select variant_id, sum(net) as net from locked group by variant_id) f on f.variant_id = w.variant_id) w
  where $10 or fits
), piece as (
  select f.id, p.location_id,
    least(f.high, case when p.last and $10 then f.high else p.high end) - greatest(f.high - f.quantity, p.high - p.free) as units
  from fit f join place p on p.variant_id = f.variant_id
), made as (
  insert into reservation
    (workspace_id, id, created_at, variant_id, quantity, state, source, source_ref, order_id, bundle_id, per)
  select $1, id, $2, variant_id, quantity, state, source, source_ref, order_id, bundle_id, per from fit
  on conflict do nothing returning id, variant_id, source, source_ref, order_id
), part as (
  select m.*, p.location_id, p.units from made m join piece p on p.id = m.id where p.units > 0
), laid as (
  insert into allocation (workspace_id, reservation_id, location_id, quantity) select $1, id, location_id, units from part
), written as (
  insert into movement (workspace_id, created_at, variant_id, location_id, kind, reserved, source, source_ref, actor_id, order_id)
  select $1, $2, variant_id, location_id, 'reserve', units, source, source_ref, $11, order_id from part
), moved_balance as (
  update balance b set reserved = b.reserved + s.units, version = b.version + 1, updated_at = $2
  from (select variant_id, location_id, sum(units) as units from part group by 1, 2) s
  where b.workspace_id = $1 and b.variant_id = s.variant_id and b.location_id = s.location_id
  returning b.id, b.variant_id, b.on_hand - b.reserved - b.unavailable as free, true as down
), {DIRTY}
select 'made' as what, id, variant_id from made union all select 'balance', id, variant_id from moved_balance
union all select 'listing', listing_id, null from marked
"""

SETTLE = f"""
with asked as (
  select * from unnest($3::text[], $4::text[], $5::text[]) as r(source, source_ref, outcome)
), locked as materialized (
  select b.id from balance b
  where b.workspace_id = $1 and (b.variant_id, b.location_id) in (
    select r.variant_id, a.location_id from reservation r
    join asked k on k.source = r.source and k.source_ref = r.source_ref
    join allocation a on a.workspace_id = r.workspace_id and a.reservation_id = r.id
    where r.workspace_id = $1 and r.state in ('pending', 'held'))
  order by b.variant_id, b.location_id for no key update
), settled as (
  update reservation r set state = k.outcome, settled_at = $2 from asked k
  where r.workspace_id = $1 and k.source = r.source and k.source_ref = r.source_ref and r.state in ('pending', 'held')
    and (select count(*) from locked) >= 0
  returning r.id, r.variant_id, r.source, r.source_ref, r.order_id, r.state
), part as (
  select s.*, a.location_id, a.quantity as units from settled s
  join allocation a on a.workspace_id = $1 and a.reservation_id = s.id
), written as (
  insert into movement
    (workspace_id, created_at, variant_id, location_id, kind, on_hand, reserved, source, source_ref, actor_id, order_id)
  select $1, $2, variant_id, location_id, case state when 'shipped' then 'ship' else 'release' end,
    case state when 'shipped' then -units else 0 end, -units, source, source_ref, $6, order_id from part
), moved_balance as (
  update balance b set reserved = b.reserved - s.units, on_hand = b.on_hand - s.gone, version = b.version + 1, updated_at = $2
  from (select variant_id, location_id, sum(units) as units, sum(case state when 'shipped' then units else 0 end) as gone
        from part group by 1, 2) s
  where b.workspace_id = $1 and b.variant_id = s.variant_id and b.location_id = s.location_id
  returning b.id, b.variant_id, b.on_hand - b.reserved - b.unavailable as free, false as down
), {DIRTY}
select 'settled' as what, id, variant_id from settled union all select 'balance', id, variant_id from moved_balance
union all select 'listing', listing_id, null from marked
"""

SHRINK = (
    """
with asked as (
  select * from unnest($3::text[], $4::text[], $5::int[]) as r(source, source_ref, quantity)
), cut as (
  update reservation r set quantity = k.quantity * r.per from asked k
  where r.workspace_id = $1 and r.source = k.source and r.source_ref = k.source_ref and r.state in ('pending', 'held')
    and r.quantity > k.quantity * r.per
  returning r.id, r.variant_id, r.source, r.source_ref, r.order_id, r.quantity
), laid as (
  select c.*, a.location_id, a.quantity as units,
    sum(a.quantity) over (partition by c.id order by a.location_id) - a.quantity as before
  from cut c join allocation a on a.workspace_id = $1 and a.reservation_id = c.id
), kept as (
  select *, greatest(least(units, quantity - before), 0) as stays from laid
), allocated as (
  update allocation a set quantity = k.stays from kept k
  where a.workspace_id = $1 and a.reservation_id = k.id and a.location_id = k.location_id and k.stays <> k.units
), written as (
  insert into movement
    (workspace_id, created_at, variant_id, location_id, kind, reserved, source, source_ref, actor_id, order_id)
  select $1, $2, variant_id, location_id, 'release', stays - units, source, source_ref || '|to ' || quantity, $6, order_id
  from kept where stays <> units
), moved_balance as (
  update balance b set reserved = b.reserved - s.units, version = b.version + 1, updated_at = $2
  from (select variant_id, location_id, sum(units - stays) as units from kept where stays <> units group by 1, 2) s
  where b.workspace_id = $1 and b.variant_id = s.variant_id and b.location_id = s.location_id
  returning b.id, b.variant_id, b.on_hand - b.reserved - b.unavailable as free, false as down
), """
    + DIRTY
    + """
select 'settled' as what, id, variant_id from cut union all select 'balance', id, variant_id from moved_balance
union all select 'listing', listing_id, null from marked
"""
)

KNOWN = """
select distinct on (k.nth) k.nth::int as nth, r.id
from unnest($2::text[], $3::text[], $4::uuid[]) with ordinality as k(source, source_ref, variant_id, nth)
join reservation r on r.workspace_id = $1 and r.source = k.source and r.source_ref = k.source_ref
  and k.variant_id in (r.variant_id, r.bundle_id)
order by k.nth, r.created_at, r.id
"""

PLACES = """
with home as (
  insert into location (workspace_id, id, created_at, name) select $1, gen_random_uuid(), $2, 'Main'
  where not exists (select 1 from location where workspace_id = $1 and kind = 'own')
  on conflict (workspace_id, name) do update set kind = 'own' returning id
)
insert into balance (workspace_id, id, created_at, variant_id, location_id)
select $1, gen_random_uuid(), $2, k.variant_id, l.id
from (select distinct coalesce(c.component_id, a.variant_id) as variant_id from unnest($3::uuid[]) as a(variant_id)
  left join bundle_component c on c.workspace_id = $1 and c.bundle_id = a.variant_id) k
cross join lateral (
  select l.id, coalesce(m.rank, l.rank) as rank from location l
  left join connection_location m on m.workspace_id = $1 and m.connection_id = $4 and m.location_id = l.id
  where l.workspace_id = $1 and l.kind = 'own' and l.sellable
    and (m.location_id is not null
      or not exists (select 1 from connection_location n where n.workspace_id = $1 and n.connection_id = $4))
  union all select id, 0 from home
  order by 2, 1 limit 1) l
where not exists (
  select 1 from balance b join location p on p.workspace_id = b.workspace_id and p.id = b.location_id
  left join connection_location m on m.workspace_id = $1 and m.connection_id = $4 and m.location_id = p.id
  where b.workspace_id = $1 and b.variant_id = k.variant_id and p.kind = 'own' and p.sellable
    and (m.location_id is not null
      or not exists (select 1 from connection_location n where n.workspace_id = $1 and n.connection_id = $4)))
on conflict do nothing returning id
"""

INCIDENTS = """
with short as (
  select b.variant_id, greatest(sum(b.reserved + b.unavailable - b.on_hand), 0)::int as units
  from balance b join location l on l.workspace_id = b.workspace_id and l.id = b.location_id
  where b.workspace_id = $1 and b.variant_id = any($3) and l.kind = 'own'
  group by b.variant_id having bool_or(b.counted_at is not null)
), opened as (
  insert into incident (workspace_id, id, created_at, updated_at, kind, variant_id, units, state, cause)
  select $1, k.id, $2, $2, 'oversell', s.variant_id, s.units, 'open', $5
  from short s join unnest($3::uuid[], $4::uuid[]) as k(variant_id, id) on k.variant_id = s.variant_id
  where s.units > 0
  order by s.variant_id
  on conflict (workspace_id, kind, variant_id) where state = 'open'
  do update set units = excluded.units, version = incident.version + 1, updated_at = excluded.updated_at
  where incident.units <> excluded.units
  returning id
), closed as (
  update incident i set state = 'resolved', resolved_at = $2, updated_at = $2, version = i.version + 1
  from short s
  where i.workspace_id = $1 and i.kind = 'oversell' and i.state = 'open' and i.variant_id = s.variant_id and s.units = 0
  returning i.id
)
select id from opened union all select id from closed
"""
