"""Goods on their way."""

from __future__ import annotations

from app.core.outbox import Change

INCOMING = """
select i.id, i.kind, i.number, i.supplier, i.reference, f.name as from_location, i.from_location_id, t.name as location,
  i.location_id, i.state, i.arrives_at, i.created_at, i.settled_at, i.version, coalesce((
    select json_agg(json_build_object('variant_id', n.variant_id, 'sku', v.sku, 'title', v.title, 'quantity', n.quantity,
      'received', n.received) order by v.sku)
    from incoming_line n join variant v on v.workspace_id = n.workspace_id and v.id = n.variant_id
    where n.workspace_id = i.workspace_id and n.incoming_id = i.id), '[]'::json) as lines
from incoming i join location t on t.workspace_id = i.workspace_id and t.id = i.location_id
left join location f on f.workspace_id = i.workspace_id and f.id = i.from_location_id
where i.workspace_id = $1
"""
INCOMING_CHANGE = Change("incoming", "stock", INCOMING, "i.id")

LIST = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.id, row_to_json(found)::text as row from ({INCOMING}
    and ($2::text is null or i.state = $2) and ($3::uuid is null or i.id < $3) order by i.id desc limit $4) found) x on true
order by x.id desc
"""

CREATE = """
insert into incoming (workspace_id, id, created_at, updated_at, kind, number, key, supplier, reference, from_location_id,
  location_id, arrives_at)
values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

LINES = """
insert into incoming_line (workspace_id, incoming_id, variant_id, quantity)
select $1, $2, k.variant_id, k.quantity from unnest($3::uuid[], $4::int[]) as k(variant_id, quantity)
"""

BY_KEY = "select id from incoming where workspace_id = $1 and key = $2"

LOCK = """
select i.id, i.kind, i.state, i.from_location_id, i.location_id from incoming i
where i.workspace_id = $1 and i.id = $2 for no key update
"""

OPEN_LINES = """
select n.variant_id, lower(v.sku) as sku, n.quantity, n.received from incoming_line n
join variant v on v.workspace_id = n.workspace_id and v.id = n.variant_id
where n.workspace_id = $1 and n.incoming_id = $2 order by n.variant_id
"""

RECEIVED = """
update incoming_line n set received = n.received + k.units from unnest($3::uuid[], $4::int[]) as k(variant_id, units)
where n.workspace_id = $1 and n.incoming_id = $2 and n.variant_id = k.variant_id
"""

TOLD = """
select m.variant_id, m.on_hand from movement m
where m.workspace_id = $1 and m.source = 'incoming' and m.source_ref = $2
"""

SETTLE = """
update incoming i set version = i.version + 1, updated_at = $3,
  state = coalesce($4, case when d.done then 'received' else i.state end),
  settled_at = case when $4::text is not null or d.done then $3::timestamptz end
from (select bool_and(received >= quantity) as done from incoming_line where workspace_id = $1 and incoming_id = $2) d
where i.workspace_id = $1 and i.id = $2
"""
