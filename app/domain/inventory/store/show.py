"""What may be promised of a variant: the units at places for sale, and of a bundle as many as its scarcest part allows."""

from __future__ import annotations


def sellable(workspace: str, variant: str, connection: str) -> str:
    """One row (available, counted) for a variant as this connection may sell it, to be joined laterally. The arguments are
    SQL; a null connection sells from every place for sale. A bundle is counted when all its parts are."""
    return f"""(
  select min(x.available)::int as available, bool_and(x.counted) as counted from (
    select floor(coalesce(sum(b.on_hand - b.reserved - b.unavailable), 0)::numeric / k.quantity)::int as available,
      coalesce(bool_or(b.counted_at is not null), false) as counted
    from (
      select c.component_id as variant_id, c.quantity from bundle_component c
      where c.workspace_id = {workspace} and c.bundle_id = {variant}
      union all select {variant}, 1 where not exists (
        select 1 from bundle_component c where c.workspace_id = {workspace} and c.bundle_id = {variant})) k
    left join (balance b join location p on p.workspace_id = b.workspace_id and p.id = b.location_id
        and p.kind = 'own' and p.sellable)
      on b.workspace_id = {workspace} and b.variant_id = k.variant_id and (
        not exists (select 1 from connection_location m where m.workspace_id = {workspace} and m.connection_id = {connection})
        or exists (select 1 from connection_location m
          where m.workspace_id = {workspace} and m.connection_id = {connection} and m.location_id = b.location_id))
    group by k.variant_id, k.quantity) x)"""


AVAILABLE = f"""
select v.sku, greatest(t.available, 0) as available
from variant v cross join lateral {sellable("$1", "v.id", "null::uuid")} t
where v.workspace_id = $1 and lower(v.sku) = any($2) order by v.sku
"""
