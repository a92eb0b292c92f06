"""What a connection's listings show and what we would have them show, for the dry run."""

from __future__ import annotations

from app.domain.inventory.store.show import sellable

LISTINGS = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.* from (select 1) one left join (
  select l.id as listing_id, l.external_id, l.external_sku, l.title, l.fulfilment, l.mapping, v.sku, s.expected, s.observed,
    s.observed_at, t.available, t.counted
  from listing l
  left join listing_state s on s.workspace_id = l.workspace_id and s.listing_id = l.id
  left join variant v on v.workspace_id = l.workspace_id and v.id = l.variant_id
  left join lateral {sellable("$1", "l.variant_id", "l.connection_id")} t on l.variant_id is not null
  where l.workspace_id = $1 and l.connection_id = $2) x on true
"""
