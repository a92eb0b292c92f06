"""Locations, which connections sell from them, and what a bundle is made of."""

from __future__ import annotations

from app.core.outbox import Change

LOCATION = """
select l.id, l.name, l.kind, l.rank, l.sellable, coalesce((
    select json_agg(m.connection_id order by m.connection_id) from connection_location m
    where m.workspace_id = l.workspace_id and m.location_id = l.id), '[]'::json) as connection_ids, l.version
from location l where l.workspace_id = $1
"""
LOCATION_CHANGE = Change("location", "stock", LOCATION, "l.id")

WRITE = """
update location set name = coalesce($3, name), rank = coalesce($4, rank), sellable = coalesce($5, sellable),
  version = version + 1, updated_at = $6
where workspace_id = $1 and id = $2 and kind = 'own' returning id
"""

NAME_TAKEN = "select true from location where workspace_id = $1 and lower(name) = lower($2) and id is distinct from $3"

FOR_SALE = "select id from location where workspace_id = $1 and kind = 'own' and sellable order by id for no key update"

OWN = "select id from location where workspace_id = $1 and kind = 'own' and sellable and id = any($2)"

CONNECTION = "select id from connection where workspace_id = $1 and id = $2 for no key update"

SERVED = """
select n.connection_id from connection_location n where n.workspace_id = $1
group by n.connection_id having bool_and(n.location_id = $2)
"""
"""Connections that sell from this place alone."""

MAPPED = """
with kept as (
  select location_id, nth from unnest($3::uuid[]) with ordinality as k(location_id, nth)
), gone as (
  delete from connection_location m where m.workspace_id = $1 and m.connection_id = $2 and m.location_id <> all($3)
  returning m.location_id
), put as (
  insert into connection_location (workspace_id, connection_id, location_id, rank)
  select $1, $2, location_id, nth from kept order by location_id
  on conflict (workspace_id, connection_id, location_id) do update set rank = excluded.rank returning location_id
)
select location_id from gone union select location_id from put
"""

MAP = """
select m.location_id from connection_location m where m.workspace_id = $1 and m.connection_id = $2 order by m.rank, m.location_id
"""

STIR = """
update listing_state s set wanted_version = s.wanted_version + 1, dirty_at = coalesce(s.dirty_at, $2), not_before = null,
  urgency = least(case when s.dirty_at is null then 2 else s.urgency end, 1)
from (
  select listing_id from listing_state
  where workspace_id = $1 and variant_id is not null and ($3::uuid is null or connection_id = $3)
    and ($4::uuid[] is null or variant_id = any($4)
      or variant_id in (select c.bundle_id from bundle_component c where c.workspace_id = $1 and c.component_id = any($4)))
  order by listing_id for no key update) k
where s.workspace_id = $1 and s.listing_id = k.listing_id returning s.listing_id
"""

VARIANT = """
select v.id, v.sku, coalesce((
    select true from balance b where b.workspace_id = $1 and b.variant_id = v.id
      and (b.on_hand <> 0 or b.reserved <> 0 or b.incoming <> 0) limit 1), false) as has_stock,
  exists (select 1 from bundle_component c where c.workspace_id = $1 and c.component_id = v.id) as is_part
from variant v where v.workspace_id = $1 and v.id = $2 for no key update of v
"""

COMPONENTS = """
select c.component_id as variant_id, v.sku, v.title, c.quantity, t.available, t.counted
from bundle_component c join variant v on v.workspace_id = c.workspace_id and v.id = c.component_id
cross join lateral (
  select coalesce(sum(b.on_hand - b.reserved - b.unavailable), 0)::int as available,
    coalesce(bool_or(b.counted_at is not null), false) as counted
  from balance b join location p on p.workspace_id = b.workspace_id and p.id = b.location_id
  where b.workspace_id = $1 and b.variant_id = c.component_id and p.kind = 'own' and p.sellable) t
where c.workspace_id = $1 and c.bundle_id = $2 order by v.sku
"""

PARTS = """
with gone as (
  delete from bundle_component c where c.workspace_id = $1 and c.bundle_id = $2 and c.component_id <> all($3)
)
insert into bundle_component (workspace_id, bundle_id, component_id, quantity)
select $1, $2, k.component_id, k.quantity from unnest($3::uuid[], $4::int[]) as k(component_id, quantity) order by 3
on conflict (workspace_id, bundle_id, component_id) do update set quantity = excluded.quantity
"""
