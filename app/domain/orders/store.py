"""All SQL of this room."""

from __future__ import annotations

from app.core.outbox import Change

ORDER = """
select o.id, o.channel, o.connection_id, o.external_id, o.number, o.status, o.placed_at, o.currency, o.total_minor, o.ship_by,
  o.shipped_at, o.tracking, o.carrier, o.ship_to, o.note, o.version,
  case when c.id is null then null else json_build_object('id', c.id, 'name', c.name) end as customer,
  coalesce((
    select json_agg(json_build_object('id', l.id, 'sku', v.sku, 'external_sku', l.external_sku, 'external_id', l.external_id,
      'variant_id', l.variant_id, 'title', l.title, 'quantity', l.quantity, 'cancelled', l.cancelled,
      'price_minor', l.price_minor, 'picture', coalesce(v.picture, '')) order by l.position, l.id)
    from order_line l left join variant v on v.workspace_id = l.workspace_id and v.id = l.variant_id
    where l.workspace_id = o.workspace_id and l.order_id = o.id), '[]'::json) as lines,
  coalesce((
    select json_agg(json_build_object('id', a.id, 'external_id', a.external_id, 'kind', a.kind, 'open', a.open, 'title', a.title,
      'respond_by', a.respond_by, 'url', a.url) order by a.open desc, a.created_at desc, a.id)
    from channel_case a where a.workspace_id = o.workspace_id and a.connection_id = o.connection_id and a.order_ref = o.external_id),
    '[]'::json) as cases
from sales_order o left join customer c on c.workspace_id = o.workspace_id and c.id = o.customer_id
where o.workspace_id = $1
"""
ORDER_CHANGE = Change("order", "orders", ORDER, "o.id")

UPSERT = """
insert into sales_order (workspace_id, id, created_at, updated_at, connection_id, channel, external_id, number, status,
  channel_version, placed_at, customer_id, currency, total_minor, ship_by, shipped_at, tracking, carrier, ship_to, note, handle_id)
select $1, k.id, $2, $2, $3, $4, k.external_id, k.number, k.status, k.channel_version, k.placed_at, k.customer_id, k.currency,
  k.total_minor, k.ship_by, k.shipped_at, k.tracking, k.carrier, k.ship_to, k.note, k.handle_id
from unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::uuid[], $12::text[],
  $13::bigint[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::jsonb[], $19::text[], $20::uuid[])
  as k(id, external_id, number, status, channel_version, placed_at, customer_id, currency, total_minor, ship_by, shipped_at,
    tracking, carrier, ship_to, note, handle_id)
order by k.external_id
on conflict (workspace_id, connection_id, external_id) do update set
  number = coalesce(nullif(excluded.number, ''), sales_order.number), status = excluded.status,
  channel_version = excluded.channel_version, customer_id = coalesce(excluded.customer_id, sales_order.customer_id),
  handle_id = coalesce(excluded.handle_id, sales_order.handle_id),
  currency = excluded.currency, total_minor = excluded.total_minor, ship_by = coalesce(excluded.ship_by, sales_order.ship_by),
  shipped_at = coalesce(excluded.shipped_at, sales_order.shipped_at),
  tracking = coalesce(nullif(excluded.tracking, ''), sales_order.tracking),
  carrier = coalesce(nullif(excluded.carrier, ''), sales_order.carrier),
  ship_to = case when excluded.ship_to = '{}'::jsonb then sales_order.ship_to else excluded.ship_to end,
  note = coalesce(nullif(excluded.note, ''), sales_order.note), version = sales_order.version + 1, updated_at = $2
where sales_order.channel_version < excluded.channel_version
returning id, external_id, (xmax = 0) as is_new
"""

LINES = """
with given as (
  select * from unnest($3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::text[],
    $11::int[], $12::int[], $13::bigint[])
    as k(id, order_id, position, external_id, external_sku, listing_id, variant_id, title, quantity, cancelled, price_minor)
), gone as (
  update order_line l set cancelled = l.cancelled + l.quantity, quantity = 0
  where l.workspace_id = $1 and l.order_id in (select order_id from given) and l.quantity > 0
    and not exists (select 1 from given g where g.order_id = l.order_id and g.external_id = l.external_id)
)
insert into order_line (workspace_id, id, created_at, order_id, position, external_id, external_sku, listing_id, variant_id,
  title, quantity, cancelled, price_minor)
select $1, id, $2, order_id, position, external_id, external_sku, listing_id, variant_id, title, quantity, cancelled, price_minor
from given order by order_id, external_id
on conflict (workspace_id, order_id, external_id) do update set quantity = excluded.quantity, cancelled = excluded.cancelled,
  title = coalesce(nullif(excluded.title, ''), order_line.title), price_minor = excluded.price_minor,
  external_sku = excluded.external_sku, listing_id = coalesce(order_line.listing_id, excluded.listing_id),
  variant_id = coalesce(order_line.variant_id, excluded.variant_id)
"""

STANDING = """
select l.order_id, l.external_id as line, o.external_id as order_ref, o.connection_id, o.status, o.placed_at, l.quantity,
  l.variant_id, l.listing_id
from order_line l join sales_order o on o.workspace_id = l.workspace_id and o.id = l.order_id
where l.workspace_id = $1 and l.order_id = any($2) and l.variant_id is not null
order by o.placed_at, l.order_id, l.position
"""

HELD = """
select * from (
  select distinct on (order_id, source_ref) order_id, source_ref, quantity / per as quantity, state, created_at, id from reservation
  where workspace_id = $1 and order_id = any($2) order by order_id, source_ref, created_at, id) r
order by created_at, id
"""
"""In units of the line: a bundle is held once for all its components."""

ADOPT = """
update order_line l set variant_id = g.variant_id, listing_id = g.id
from listing g join sales_order o on o.workspace_id = $1 and o.connection_id = g.connection_id
where l.workspace_id = $1 and g.workspace_id = $1 and l.order_id = o.id and l.variant_id is null
  and l.external_sku = g.external_sku and g.id = any($2) and g.variant_id is not null
  and g.mapping = 'confirmed' and g.fulfilment = 'merchant'
returning l.order_id
"""

SKUS = "select id, sku, title from variant where workspace_id = $1 and lower(sku) = any($2)"

BY_KEY = "select id from sales_order where workspace_id = $1 and connection_id is null and external_id = $2"

CUSTOMER = "select id from customer where workspace_id = $1 and id = $2"
