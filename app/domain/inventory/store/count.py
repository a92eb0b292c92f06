"""Counts of a place, held against the ledger at the time of each look; and the first count of what nobody counted."""

from __future__ import annotations

from app.core.outbox import Change

COUNT = """
select c.id, c.number, c.name, l.name as location, c.location_id, c.state, c.created_at, c.settled_at, c.version,
  (select count(*) from stock_count_line n where n.workspace_id = c.workspace_id and n.count_id = c.id)::int as lines
from stock_count c join location l on l.workspace_id = c.workspace_id and l.id = c.location_id
where c.workspace_id = $1
"""
COUNT_CHANGE = Change("stock_count", "stock", COUNT, "c.id")

LIST = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.id, row_to_json(found)::text as row from ({COUNT}
    and ($2::text is null or c.state = $2) and ($3::uuid is null or c.id < $3) order by c.id desc limit $4) found) x on true
order by x.id desc
"""

CREATE = """
insert into stock_count (workspace_id, id, created_at, updated_at, number, key, name, location_id)
values ($1, $2, $3, $3, $4, $5, $6, $7)
"""

BY_KEY = "select id from stock_count where workspace_id = $1 and key = $2"

LOCK = "select c.id, c.state, c.location_id from stock_count c where c.workspace_id = $1 and c.id = $2 for no key update"

ENTER = """
insert into stock_count_line (workspace_id, count_id, variant_id, units, counted_at)
select $1, $2, k.variant_id, k.units, k.counted_at
from unnest($3::uuid[], $4::int[], $5::timestamptz[]) as k(variant_id, units, counted_at) order by k.variant_id
on conflict (workspace_id, count_id, variant_id) do update set units = excluded.units, counted_at = excluded.counted_at
"""

EXPECTED = """
  coalesce(n.units - n.difference, coalesce(b.on_hand, 0) - coalesce((
    select sum(m.on_hand) from movement m where m.workspace_id = n.workspace_id and m.variant_id = n.variant_id
      and m.location_id = c.location_id and m.created_at > n.counted_at), 0))::int
"""
"""What the ledger says was there when the shelf was looked at."""

LINES = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.sku, row_to_json(found)::text as row from (
    select e.*, e.units - e.expected as difference from (
      select n.variant_id, v.sku, v.title, n.units, n.counted_at, {EXPECTED} as expected
      from stock_count_line n join stock_count c on c.workspace_id = n.workspace_id and c.id = n.count_id
      join variant v on v.workspace_id = n.workspace_id and v.id = n.variant_id
      left join balance b on b.workspace_id = n.workspace_id and b.variant_id = n.variant_id and b.location_id = c.location_id
      where n.workspace_id = $1 and n.count_id = $2 and ($3::text is null or v.sku > $3) order by v.sku limit $4) e) found) x on true
order by x.sku
"""

HERE = """
select b.id from balance b where b.workspace_id = $1 and b.location_id = $3
  and b.variant_id in (select variant_id from stock_count_line where workspace_id = $1 and count_id = $2)
order by b.variant_id, b.location_id for no key update
"""

DIFFERENCES = f"""
select n.variant_id, n.units - {EXPECTED} as difference
from stock_count_line n join stock_count c on c.workspace_id = n.workspace_id and c.id = n.count_id
left join balance b on b.workspace_id = n.workspace_id and b.variant_id = n.variant_id and b.location_id = c.location_id
where n.workspace_id = $1 and n.count_id = $2 order by n.variant_id
"""

APPLIED = """
update stock_count_line n set difference = k.difference from unnest($3::uuid[], $4::int[]) as k(variant_id, difference)
where n.workspace_id = $1 and n.count_id = $2 and n.variant_id = k.variant_id
"""

SETTLE = """
update stock_count set state = $3::text, settled_at = case when $3::text = 'open' then null else $4::timestamptz end, updated_at = $4,
  version = version + 1
where workspace_id = $1 and id = $2
"""

UNCOUNTED = """
select v.id as variant_id, v.sku, v.title,
  coalesce((select sum(b.reserved) from balance b where b.workspace_id = $1 and b.variant_id = v.id), 0)::int as reserved,
  coalesce(s.shown, '[]'::json) as shown, coalesce(s.agree, true) as agree
from variant v left join lateral (
  select json_agg(json_build_object('connection_id', l.connection_id, 'channel', l.channel, 'listing_id', l.id,
      'external_sku', l.external_sku, 'quantity', t.observed, 'means', t.observed + o.units, 'at', t.observed_at)
      order by t.observed_at desc, l.id) as shown,
    count(distinct t.observed + o.units) = 1 as agree
  from listing l join listing_state t on t.workspace_id = l.workspace_id and t.listing_id = l.id
  cross join lateral (
    select coalesce(sum(r.quantity), 0)::int as units from reservation r
    join sales_order d on d.workspace_id = r.workspace_id and d.id = r.order_id
    where r.workspace_id = $1 and r.variant_id = v.id and r.state in ('pending', 'held') and d.connection_id = l.connection_id
      and d.placed_at <= t.observed_at) o
  where l.workspace_id = $1 and l.variant_id = v.id and l.mapping = 'confirmed' and l.fulfilment = 'merchant'
    and t.observed is not null) s on true
where v.workspace_id = $1 and v.archived_at is null
  and not exists (select 1 from bundle_component c where c.workspace_id = $1 and c.bundle_id = v.id)
  and not exists (select 1 from balance b where b.workspace_id = $1 and b.variant_id = v.id and b.counted_at is not null)
"""

OPENING = f"""
with open as materialized ({UNCOUNTED})
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, t.*, x.row
from (select count(*)::int as uncounted, count(*) filter (where not agree)::int as differ,
    count(*) filter (where shown::text = '[]')::int as unread from open) t
left join (
  select o.sku, row_to_json(o)::text as row from open o
  where ($2::text is null or o.sku > $2) and (not $3 or not o.agree) order by o.sku limit $4) x on true
order by x.sku
"""

LEFT = f"select count(*)::int from ({UNCOUNTED}) o"

SHOWN_BY = f"""
select o.variant_id, (o.shown ->> 'means')::int as units from (
  select u.variant_id, u.sku, (
      select e from json_array_elements(u.shown) e where e ->> 'connection_id' = $2 limit 1) as shown
  from ({UNCOUNTED}) u) o
where o.shown is not null order by o.variant_id
"""

OPENED = """
select b.variant_id, b.location_id = $3 as here, b.on_hand, b.counted_at is not null as counted, exists (
    select 1 from movement m where m.workspace_id = $1 and m.source = 'opening' and m.source_ref = $4 and m.kind = 'count'
      and m.variant_id = b.variant_id and m.location_id = b.location_id) as by_this
from balance b where b.workspace_id = $1 and b.variant_id = any($2)
order by b.variant_id, b.location_id for no key update of b
"""
