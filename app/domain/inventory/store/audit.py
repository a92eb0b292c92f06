"""Balances held against the ledger, which is the truth; and what else must follow from it."""

from __future__ import annotations

LEDGER = """
select variant_id, location_id, sum(on_hand)::int as on_hand, sum(reserved)::int as reserved, sum(damaged)::int as damaged,
  sum(quality)::int as quality, sum(safety)::int as safety, sum(incoming)::int as incoming
from movement where workspace_id = $1 group by variant_id, location_id
"""

AUDIT = f"""
with ledger as materialized ({LEDGER}), held as materialized (
  select r.variant_id, a.location_id, sum(a.quantity)::int as units from reservation r
  join allocation a on a.workspace_id = r.workspace_id and a.reservation_id = r.id
  where r.workspace_id = $1 and r.state in ('pending', 'held') group by 1, 2
), coming as materialized (
  select n.variant_id, i.location_id, sum(greatest(n.quantity - n.received, 0))::int as units
  from incoming i join incoming_line n on n.workspace_id = i.workspace_id and n.incoming_id = i.id
  where i.workspace_id = $1 and i.state = 'open' group by 1, 2
), places as (
  select coalesce(b.variant_id, m.variant_id) as variant_id, coalesce(b.location_id, m.location_id) as location_id,
    b.id is null as missing, coalesce(b.on_hand, 0) as on_hand, coalesce(m.on_hand, 0) as ledger_on_hand,
    coalesce(b.reserved, 0) as reserved, coalesce(m.reserved, 0) as ledger_reserved, coalesce(b.damaged, 0) as damaged,
    coalesce(m.damaged, 0) as ledger_damaged, coalesce(b.quality, 0) as quality, coalesce(m.quality, 0) as ledger_quality,
    coalesce(b.safety, 0) as safety, coalesce(m.safety, 0) as ledger_safety, coalesce(b.incoming, 0) as incoming,
    coalesce(m.incoming, 0) as ledger_incoming
  from (select * from balance where workspace_id = $1) b
  full join ledger m on m.variant_id = b.variant_id and m.location_id = b.location_id
), told as (
  select p.variant_id, p.location_id, t.what, t.says, t.truth from places p cross join lateral (values
    ('on_hand', p.on_hand, p.ledger_on_hand), ('reserved', p.reserved, p.ledger_reserved),
    ('damaged', p.damaged, p.ledger_damaged), ('quality', p.quality, p.ledger_quality),
    ('safety', p.safety, p.ledger_safety), ('incoming', p.incoming, p.ledger_incoming)) t(what, says, truth)
  union all
  select p.variant_id, p.location_id, 'balance', 0, 1 from places p where p.missing
  union all
  select p.variant_id, p.location_id, 'negative', p.on_hand, 0 from places p where p.on_hand < 0
  union all
  select coalesce(p.variant_id, h.variant_id), coalesce(p.location_id, h.location_id), 'open_orders', coalesce(p.reserved, 0),
    coalesce(h.units, 0)
  from places p full join held h on h.variant_id = p.variant_id and h.location_id = p.location_id
  union all
  select coalesce(p.variant_id, c.variant_id), coalesce(p.location_id, c.location_id), 'on_its_way', coalesce(p.incoming, 0),
    coalesce(c.units, 0)
  from places p full join coming c on c.variant_id = p.variant_id and c.location_id = p.location_id
  union all
  select r.variant_id, null, 'allocation', coalesce(a.units, 0), r.quantity
  from reservation r left join (
    select reservation_id, sum(quantity)::int as units from allocation where workspace_id = $1 group by 1) a
    on a.reservation_id = r.id
  where r.workspace_id = $1 and r.state in ('pending', 'held')
  union all
  select coalesce(i.variant_id, s.variant_id), null, 'incident', coalesce(i.units, 0), coalesce(s.units, 0)
  from (select variant_id, units from incident where workspace_id = $1 and kind = 'oversell' and state = 'open') i
  full join (
    select b.variant_id, greatest(sum(b.reserved + b.unavailable - b.on_hand), 0)::int as units
    from balance b join location l on l.workspace_id = b.workspace_id and l.id = b.location_id
    where b.workspace_id = $1 and l.kind = 'own' group by b.variant_id having bool_or(b.counted_at is not null)) s
    on s.variant_id = i.variant_id
)
select t.what, v.sku, l.name as location, t.says, t.truth from told t
join variant v on v.workspace_id = $1 and v.id = t.variant_id
left join location l on l.workspace_id = $1 and l.id = t.location_id
where t.says <> t.truth and (t.what <> 'negative' or t.says < 0)
order by v.sku, l.name nulls last, t.what
"""

MISSING = f"""
insert into balance (workspace_id, id, created_at, variant_id, location_id)
select $1, gen_random_uuid(), $2, m.variant_id, m.location_id from ({LEDGER}) m order by 4, 5
on conflict (workspace_id, variant_id, location_id) do nothing
"""

HOLD = "select id from balance where workspace_id = $1 order by variant_id, location_id for no key update"

REBUILD = f"""
update balance b set on_hand = coalesce(m.on_hand, 0), reserved = coalesce(m.reserved, 0), damaged = coalesce(m.damaged, 0),
  quality = coalesce(m.quality, 0), safety = coalesce(m.safety, 0), incoming = coalesce(m.incoming, 0),
  version = b.version + 1, updated_at = $2
from balance o left join ({LEDGER}) m on m.variant_id = o.variant_id and m.location_id = o.location_id
where b.workspace_id = $1 and o.workspace_id = $1 and o.id = b.id
  and (b.on_hand, b.reserved, b.damaged, b.quality, b.safety, b.incoming) is distinct from (coalesce(m.on_hand, 0),
    coalesce(m.reserved, 0), coalesce(m.damaged, 0), coalesce(m.quality, 0), coalesce(m.safety, 0), coalesce(m.incoming, 0))
returning b.id, b.variant_id
"""
