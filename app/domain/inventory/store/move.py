"""Changing what is on hand. A movement that is there already moves nothing."""

from __future__ import annotations

from app.domain.inventory.store.reserve import DIRTY

VARIANT = "select id, sku from variant where workspace_id = $1 and lower(sku) = lower($2)"

LOCATION = """
select id, name from location where workspace_id = $1 and ($2::text is null or lower(name) = lower($2) or id::text = $2)
order by rank, id limit 1
"""

NEW_LOCATION = """
insert into location (workspace_id, id, created_at, name, kind, rank) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing returning id
"""

PLACE = """
insert into balance (workspace_id, id, created_at, variant_id, location_id) values ($1, $2, $3, $4, $5) on conflict do nothing
"""

MOVE = f"""
with locked as materialized (
  select b.id, b.variant_id, b.location_id, b.on_hand from balance b
  join unnest($3::uuid[], $4::uuid[]) as k(variant_id, location_id)
    on k.variant_id = b.variant_id and k.location_id = b.location_id
  where b.workspace_id = $1 order by b.variant_id, b.location_id for no key update of b
), written as (
  insert into movement
    (workspace_id, created_at, variant_id, location_id, kind, on_hand, unavailable, source, source_ref, reason, actor_id)
  select $1, $2, k.variant_id, k.location_id, k.kind, k.on_hand, k.unavailable, k.source, k.source_ref, k.reason, $11
  from unnest($3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::int[], $8::text[], $9::text[], $10::text[])
    as k(variant_id, location_id, kind, on_hand, unavailable, source, source_ref, reason)
  join locked l on l.variant_id = k.variant_id and l.location_id = k.location_id
  on conflict do nothing returning variant_id, location_id, on_hand, unavailable
), moved_balance as (
  update balance b set on_hand = b.on_hand + s.on_hand, unavailable = b.unavailable + s.unavailable,
    counted_at = coalesce(b.counted_at, $2), version = b.version + 1, updated_at = $2
  from (select variant_id, location_id, sum(on_hand)::int as on_hand, sum(unavailable)::int as unavailable
        from written group by 1, 2) s
  where b.workspace_id = $1 and b.variant_id = s.variant_id and b.location_id = s.location_id
  returning b.id, b.variant_id, b.on_hand, b.on_hand - b.reserved - b.unavailable as free, s.on_hand < s.unavailable as down
), {DIRTY}
select 'balance' as what, id, variant_id, on_hand from moved_balance union all select 'listing', listing_id, null, 0 from marked
"""

SAME = """
select m.on_hand = $5 and m.variant_id = $4 as same from movement m
where m.workspace_id = $1 and m.source = $2 and m.source_ref = $3 limit 1
"""
