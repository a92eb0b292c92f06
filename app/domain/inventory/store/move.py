"""Changing what is there. A movement that is there already moves nothing."""

from __future__ import annotations

from app.domain.inventory.store.reserve import DIRTY

VARIANT = """
select v.id, v.sku, exists (
  select 1 from bundle_component c where c.workspace_id = $1 and c.bundle_id = v.id) as is_bundle
from variant v where v.workspace_id = $1 and lower(v.sku) = lower($2)
"""

VARIANTS = """
select v.id, lower(v.sku) as sku, exists (
  select 1 from bundle_component c where c.workspace_id = $1 and c.bundle_id = v.id) as is_bundle
from variant v where v.workspace_id = $1 and lower(v.sku) = any($2)
"""

LOCATION = """
select id, name, kind from location where workspace_id = $1 and ($2::text is null or lower(name) = lower($2) or id::text = $2)
order by kind desc, rank, id limit 1
"""

NAMES = "select name from location where workspace_id = $1 order by rank, id"

NEW_LOCATION = """
insert into location (workspace_id, id, created_at, name, kind, rank) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing returning id
"""

PLACE = """
insert into balance (workspace_id, id, created_at, variant_id, location_id)
select $1, k.id, $2, k.variant_id, k.location_id
from unnest($3::uuid[], $4::uuid[], $5::uuid[]) as k(id, variant_id, location_id) order by k.variant_id, k.location_id
on conflict do nothing
"""

MOVE = f"""
with asked as (
  select * from unnest($3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[], $11::text[],
      $12::text[], $13::text[], $14::uuid[])
    as k(variant_id, location_id, kind, on_hand, damaged, quality, safety, incoming, source, source_ref, reason, order_id)
), locked as materialized (
  select b.id, b.variant_id, b.location_id from balance b
  where b.workspace_id = $1 and (b.variant_id, b.location_id) in (select variant_id, location_id from asked)
  order by b.variant_id, b.location_id for no key update of b
), written as (
  insert into movement (workspace_id, created_at, variant_id, location_id, kind, on_hand, damaged, quality, safety, incoming,
    source, source_ref, reason, order_id, actor_id)
  select $1, $2, k.variant_id, k.location_id, k.kind, k.on_hand, k.damaged, k.quality, k.safety, k.incoming, k.source,
    k.source_ref, k.reason, k.order_id, $15
  from asked k join locked l on l.variant_id = k.variant_id and l.location_id = k.location_id
  on conflict do nothing returning variant_id, location_id, kind, on_hand, damaged, quality, safety, unavailable, incoming
), moved_balance as (
  update balance b set on_hand = b.on_hand + s.on_hand, damaged = b.damaged + s.damaged, quality = b.quality + s.quality,
    safety = b.safety + s.safety, incoming = b.incoming + s.incoming,
    counted_at = case when s.counts then coalesce(b.counted_at, $2) else b.counted_at end,
    version = b.version + 1, updated_at = $2
  from (select variant_id, location_id, sum(on_hand)::int as on_hand, sum(damaged)::int as damaged, sum(quality)::int as quality,
          sum(safety)::int as safety, sum(unavailable)::int as unavailable, sum(incoming)::int as incoming,
          bool_or(kind in ('count', 'adjust')) as counts
        from written group by 1, 2) s
  where b.workspace_id = $1 and b.variant_id = s.variant_id and b.location_id = s.location_id
  returning b.id, b.variant_id, b.location_id, b.on_hand, b.unavailable, b.on_hand - b.reserved - b.unavailable as free,
    s.on_hand < s.unavailable as down
), {DIRTY}
select 'balance' as what, id, variant_id, location_id, on_hand, unavailable, free from moved_balance
union all select 'listing', listing_id, null, null, 0, 0, 0 from marked
"""

KNOWN = """
select m.variant_id, m.location_id, m.on_hand, m.damaged, m.quality, m.safety, m.incoming from movement m
where m.workspace_id = $1 and m.source = $2 and m.source_ref = $3 and m.kind = $4
"""

HERE = """
select b.variant_id, b.location_id, b.on_hand from balance b
where b.workspace_id = $1 and b.variant_id = any($2) order by b.variant_id, b.location_id for no key update
"""

SOLD = """
select coalesce((
    select sum(l.quantity * coalesce(c.quantity, 1)) from order_line l
    left join bundle_component c on c.workspace_id = l.workspace_id and c.bundle_id = l.variant_id
    where l.workspace_id = $1 and l.order_id = $2 and coalesce(c.component_id, l.variant_id) = $3), 0)::int as sold,
  coalesce((
    select sum(m.on_hand) from movement m
    where m.workspace_id = $1 and m.order_id = $2 and m.variant_id = $3 and m.kind = 'return'), 0)::int as returned
from sales_order o where o.workspace_id = $1 and o.id = $2
for no key update
"""

IN_BULK = "set local enable_nestloop = off; set local plan_cache_mode = force_custom_plan"
"""Rows made in the same transaction are not in the planner's statistics: without this it would go through them once a row.
It lasts until the unit ends."""
