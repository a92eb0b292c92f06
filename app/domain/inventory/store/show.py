"""What the public may know of the stock."""

from __future__ import annotations

AVAILABLE = """
select v.sku, greatest(coalesce(sum(b.on_hand - b.reserved - b.unavailable) filter (where l.kind = 'own'), 0), 0)::int as available
from variant v left join balance b on b.workspace_id = v.workspace_id and b.variant_id = v.id
left join location l on l.workspace_id = b.workspace_id and l.id = b.location_id
where v.workspace_id = $1 and lower(v.sku) = any($2) group by v.sku order by v.sku
"""
