"""All SQL of this room."""

from __future__ import annotations

from app.core.outbox import Change

VARIANT = """
select v.id, v.sku, v.title, v.option, v.brand, v.barcode, v.picture, v.price_minor, v.cost_minor, v.created_at, v.version
from variant v where v.workspace_id = $1
"""
VARIANT_CHANGE = Change("variant", "stock", VARIANT, "v.id")

LISTING = """
select l.id, v.sku, l.external_sku, l.external_id, l.channel, l.connection_id, l.title, l.variant_id, l.mapping, l.confidence,
  l.evidence, l.fulfilment, l.state as listing_state, coalesce(s.state, 'unknown') as state, s.wanted, coalesce(s.expected, s.acked) as published,
  s.observed, s.sent_at, s.acked_at, s.observed_at, s.dirty_at,
  case when coalesce(s.error_code, '') = '' then null else json_build_object('code', s.error_code, 'detail', s.error_detail) end
    as error,
  l.price_minor, l.currency, l.problem, l.url, l.version + coalesce(s.version, 0) as version
from listing l left join variant v on v.workspace_id = l.workspace_id and v.id = l.variant_id
left join listing_state s on s.workspace_id = l.workspace_id and s.listing_id = l.id
where l.workspace_id = $1
"""
LISTING_CHANGE = Change("listing", "stock", LISTING, "l.id")

VARIANTS = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.sku, row_to_json(found)::text as row from ({VARIANT}
    and ($2 = '' or strpos(lower(v.sku), lower($2)) > 0 or strpos(lower(v.title), lower($2)) > 0 or v.barcode = $2)
    and ($3::text is null or v.sku > $3) order by v.sku limit $4) found) x on true order by x.sku
"""

LISTINGS = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.id, row_to_json(found)::text as row from ({LISTING}
    and ($2::uuid is null or l.connection_id = $2) and ($3::uuid is null or l.variant_id = $3)
    and ($4::text is null or l.external_id = $4) and ($5::text is null or lower(v.sku) = lower($5))
    and ($6::text is null or coalesce(s.state, 'unknown') = $6) and ($7::text is null or l.mapping = $7)
    and ($8::uuid is null or l.id > $8) order by l.id limit $9) found) x on true order by x.id
"""

INSERT_VARIANT = """
insert into variant (workspace_id, id, created_at, updated_at, sku, title, option, brand, barcode, picture, price_minor, cost_minor)
values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (workspace_id, sku) do nothing returning id
"""

SEE = """
insert into listing (workspace_id, id, created_at, updated_at, connection_id, channel, external_id, external_sku, title, state,
  fulfilment, model, refs, barcode, price_minor, currency, url, picture, problem, seen_at)
select $1, k.id, $2, $2, $3, $4, k.external_id, k.external_sku, k.title, k.state, k.fulfilment, k.model, k.refs, k.barcode,
  k.price_minor, k.currency, k.url, k.picture, k.problem, k.seen_at
from unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::text[],
  $14::bigint[], $15::text[], $16::text[], $17::text[], $18::text[], $19::timestamptz[])
  as k(id, external_id, external_sku, title, state, fulfilment, model, refs, barcode, price_minor, currency, url, picture, problem,
    seen_at)
order by k.external_id, k.external_sku
on conflict (workspace_id, connection_id, external_id, external_sku) do update set
  title = coalesce(nullif(excluded.title, ''), listing.title), state = excluded.state, fulfilment = excluded.fulfilment,
  model = excluded.model, refs = listing.refs || excluded.refs, barcode = coalesce(nullif(excluded.barcode, ''), listing.barcode),
  price_minor = coalesce(excluded.price_minor, listing.price_minor), currency = coalesce(nullif(excluded.currency, ''), listing.currency),
  url = coalesce(nullif(excluded.url, ''), listing.url), picture = coalesce(nullif(excluded.picture, ''), listing.picture),
  problem = excluded.problem, seen_at = excluded.seen_at, version = listing.version + 1, updated_at = $2
where listing.seen_at is null or listing.seen_at < excluded.seen_at
returning id, connection_id, external_sku, barcode, title, fulfilment, mapping, evidence
"""

CANDIDATES = """
select v.id, v.sku, v.title, v.barcode from variant v where v.workspace_id = $1 and v.archived_at is null and v.id in (
  select k.subject_id from exact_key k where k.workspace_id = $1 and k.kind = 'variant' and k.key = any($2))
"""

BY_HAND_ONLY = "select id from connection where workspace_id = $1 and settings ->> 'auto_map' = 'off'"

MATCHED = """
update listing l set variant_id = k.variant_id, mapping = k.mapping, confidence = k.confidence, evidence = k.evidence,
  version = l.version + 1
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::float8[], $6::text[]) as k(id, variant_id, mapping, confidence, evidence)
where l.workspace_id = $1 and l.id = k.id and l.mapping <> 'confirmed' and l.evidence <> 'person'
  and (l.variant_id, l.mapping, l.evidence) is distinct from (k.variant_id, k.mapping, k.evidence)
returning l.id, l.mapping
"""

UNMAPPED = """
select l.id, l.connection_id, l.external_sku, l.barcode, l.title, l.fulfilment from listing l
where l.workspace_id = $1 and l.mapping <> 'confirmed' and l.evidence <> 'person' and ($2::uuid is null or l.connection_id = $2)
  and ($3::text is null or lower(l.external_sku) = lower($3))
"""

FOR_LINES = """
select distinct on (k.external_sku, k.listing_id) k.external_sku, k.listing_id, l.id,
  case when l.mapping = 'confirmed' and l.fulfilment = 'merchant' then l.variant_id end as variant_id
from unnest($3::text[], $4::text[]) as k(external_sku, listing_id)
join listing l on l.workspace_id = $1 and l.connection_id = $2 and l.external_sku = k.external_sku
  and (l.external_id = k.listing_id or (k.listing_id = '' and k.external_sku <> ''))
order by k.external_sku, k.listing_id, (l.mapping = 'confirmed') desc, (l.state = 'active') desc, l.id
"""

FOR_LINES_BY_SKU = """
select distinct on (l.external_sku) l.external_sku, l.id,
  case when l.mapping = 'confirmed' and l.fulfilment = 'merchant' then l.variant_id end as variant_id
from listing l where l.workspace_id = $1 and l.connection_id = $2 and l.external_sku = any($3) and l.external_sku <> ''
order by l.external_sku, (l.mapping = 'confirmed') desc, (l.state = 'active') desc, l.id
"""

SAME_SKU = """
select v.sku from exact_key k join variant v on v.workspace_id = k.workspace_id and v.id = k.subject_id
where k.workspace_id = $1 and k.kind = 'variant' and k.key = $2
"""

TAKEN = """
select k.sku from unnest($2::text[]) as k(sku) join variant v on v.workspace_id = $1 and lower(v.sku) = k.sku
"""

WITHOUT_VARIANT = """
select distinct on (lower(l.external_sku)) l.external_sku as sku, l.title, l.barcode, l.picture,
  case when l.currency = w.currency then l.price_minor end as price_minor
from listing l join workspace w on w.id = l.workspace_id
where l.workspace_id = $1 and l.connection_id = $2 and l.mapping = 'none' and l.evidence <> 'person' and l.external_sku <> ''
  and l.fulfilment = 'merchant' and l.state <> 'ended'
  and not exists (select 1 from variant v where v.workspace_id = $1 and lower(v.sku) = lower(l.external_sku))
order by lower(l.external_sku), (l.state = 'active') desc, l.id
"""

MADE = """
insert into variant (workspace_id, id, created_at, updated_at, sku, title, barcode, picture, price_minor)
select $1, k.id, $2, $2, k.sku, k.title, k.barcode, k.picture, k.price_minor
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[]) as k(id, sku, title, barcode, picture, price_minor)
"""

MAP = """
update listing set variant_id = $3, mapping = case when $3::uuid is null then 'none' else 'confirmed' end, confidence = null,
  evidence = 'person', version = version + 1, updated_at = $4
where workspace_id = $1 and id = $2
"""
