"""Files of counts: held against the stock, kept as a preview, applied."""

from __future__ import annotations

from app.core.outbox import Change

IMPORT = """
select i.id, i.name, i.state, i.lines, i.adds, i.changes, i.same, i.bad, i.problems -> 'lines' as problems, m.name as actor,
  i.created_at, i.settled_at, i.version
from stock_import i left join member m on m.workspace_id = i.workspace_id and m.id = i.actor_id
where i.workspace_id = $1
"""
IMPORT_CHANGE = Change("stock_import", "stock", IMPORT, "i.id")

VARIANTS = """
select v.id, lower(v.sku) as sku, exists (
  select 1 from bundle_component c where c.workspace_id = $1 and c.bundle_id = v.id) as is_bundle
from unnest($2::text[]) as k(sku) join variant v on v.workspace_id = $1 and lower(v.sku) = k.sku
"""

LOCATIONS = "select id, name, kind from location where workspace_id = $1 order by kind desc, rank, id"

BALANCES = """
select b.variant_id, b.location_id, b.on_hand, b.counted_at is not null as counted from balance b
where b.workspace_id = $1 and b.variant_id = any($2)
"""

CREATE = """
insert into stock_import (workspace_id, id, created_at, updated_at, read_at, name, actor_id, lines, adds, changes, same, bad, problems)
values ($1, $2, $3, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

LINES = """
insert into stock_import_line (workspace_id, import_id, line, sku, title, variant_id, location_id, units, before, first)
select $1, $2, * from unnest($3::int[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::int[], $9::int[], $10::bool[])
"""

LOCK = "select i.id, i.state, i.bad, i.name from stock_import i where i.workspace_id = $1 and i.id = $2 for no key update"

PREVIEW = """
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.line, row_to_json(found)::text as row from (
    select n.line, n.sku, coalesce(nullif(n.title, ''), v.title, '') as title, l.name as location, n.variant_id is null as is_new,
      n.first, n.before, n.units, n.units - n.before as difference
    from stock_import_line n join location l on l.workspace_id = n.workspace_id and l.id = n.location_id
    left join variant v on v.workspace_id = n.workspace_id and v.id = n.variant_id
    where n.workspace_id = $1 and n.import_id = $2 and ($3::int is null or n.line > $3) order by n.line limit $4) found) x on true
order by x.line
"""

NEW_GOODS = """
select n.sku, n.title from stock_import_line n
where n.workspace_id = $1 and n.import_id = $2 and n.variant_id is null order by n.line desc
"""

DUE = """
select n.variant_id, lower(n.sku) as sku, n.location_id, n.units - n.before as difference from stock_import_line n
where n.workspace_id = $1 and n.import_id = $2 order by n.line
"""

SETTLE = """
update stock_import set state = $3, settled_at = $4, updated_at = $4, version = version + 1 where workspace_id = $1 and id = $2
"""

EXPORT = """
select v.sku, v.title, coalesce(l.name, '') as location, case when b.counted_at is not null then b.on_hand end as on_hand, b.reserved,
  b.damaged, b.quality, b.safety, b.on_hand - b.reserved - b.unavailable as available, b.incoming
from variant v
left join (balance b join location l on l.workspace_id = b.workspace_id and l.id = b.location_id and l.kind = 'own')
  on b.workspace_id = $1 and b.variant_id = v.id
where v.workspace_id = $1 and v.archived_at is null
  and not exists (select 1 from bundle_component c where c.workspace_id = $1 and c.bundle_id = v.id)
order by v.sku, l.rank nulls first, l.name
"""
