"""All SQL of this room."""

from __future__ import annotations

from app.core.outbox import Change

CUSTOMER = """
select c.id, c.name, c.language, c.note, c.created_at as since, c.version,
  coalesce((select json_agg(json_build_object('kind', h.kind, 'value', h.value, 'label', h.label, 'channel', h.channel,
    'strength', h.strength, 'refuses', (select coalesce(json_agg(r.scope order by r.scope), '[]'::json) from refusal r
      where r.workspace_id = h.workspace_id and r.refused
        and r.handle_hash = encode(sha256(convert_to(h.kind || '|' || h.value, 'UTF8')), 'hex'))) order by h.created_at, h.id)
    from handle h where h.workspace_id = c.workspace_id and h.customer_id = c.id), '[]'::json) as handles,
  (select count(*) from sales_order o where o.workspace_id = c.workspace_id and o.customer_id = c.id and o.status <> 'cancelled')
    as order_count,
  coalesce((select json_agg(s) from (select o.currency, sum(o.total_minor)::bigint as minor from sales_order o
    where o.workspace_id = c.workspace_id and o.customer_id = c.id and o.status <> 'cancelled' group by o.currency) s),
    '[]'::json) as spent
from customer c where c.workspace_id = $1
"""
CUSTOMER_CHANGE = Change("customer", "inbox", CUSTOMER, "c.id")

WHOLE = "coalesce((select m.merged_into from customer m where m.workspace_id = $1 and m.id = $2), $2)"

KNOWN = """
select h.id, h.kind, h.value, coalesce(c.merged_into, c.id) as owner from handle h
join customer c on c.workspace_id = h.workspace_id and c.id = h.customer_id
join unnest($2::text[], $3::text[]) as k(kind, value) on k.kind = h.kind and k.value = h.value
where h.workspace_id = $1
"""

KINDS = """
select coalesce(c.merged_into, c.id) as owner, array_agg(distinct h.kind) as kinds from customer c
join handle h on h.workspace_id = c.workspace_id and h.customer_id = c.id
where c.workspace_id = $1 and (c.id = any($2) or c.merged_into = any($2)) and h.value not like 'erased:%' group by 1
"""

NEW = """
insert into customer (workspace_id, id, created_at, updated_at, name, language)
select $1, k.id, $2, $2, k.name, k.language from unnest($3::uuid[], $4::text[], $5::text[]) as k(id, name, language)
"""

HANDLES = """
insert into handle (workspace_id, id, created_at, customer_id, kind, value, label, channel, strength, seen_at)
select $1, k.id, $2, k.customer_id, k.kind, k.value, k.label, k.channel, k.strength, $2
from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
  as k(id, customer_id, kind, value, label, channel, strength)
order by k.kind, k.value
on conflict (workspace_id, kind, value) do update set label = coalesce(nullif(excluded.label, ''), handle.label), seen_at = $2,
  strength = case when excluded.strength = 'verified' then 'verified' else handle.strength end
where (handle.label <> excluded.label and excluded.label <> '') or (excluded.strength = 'verified' and handle.strength <> 'verified')
returning customer_id
"""

TRAITS = """
with given as (select * from unnest($2::uuid[], $3::text[], $4::text[]) as k(customer_id, kind, value)),
made as (
  insert into trait (workspace_id, customer_id, kind, value) select $1, customer_id, kind, value from given
  on conflict do nothing returning customer_id, kind, value
), met as (
  select m.customer_id as one, t.customer_id as other from made m
  join trait t on t.workspace_id = $1 and t.kind = m.kind and t.value = m.value and t.customer_id <> m.customer_id limit 100
)
select one as id from met union select other from met
"""

GROWN = """
update customer set version = version + 1, updated_at = $2 where workspace_id = $1
  and id in (select id from customer where workspace_id = $1 and id = any($3) order by id for no key update) returning id
"""

STIRRED = GROWN.replace("for no key update", "for no key update skip locked")
"""Whoever is being changed at this moment is told anyway, and is not waited for: we may hold what they wait for."""

NAMES = """
update customer c set name = k.name, version = c.version + 1, updated_at = $2
from unnest($3::uuid[], $4::text[], $5::bool[]) as k(id, name, real)
where c.workspace_id = $1 and c.id = k.id and c.erased_at is null and c.name <> k.name
  and (c.name = '' or k.real and c.name !~ ' ' and (c.name ~ '^[@+]' or exists (
    select 1 from handle h where h.workspace_id = $1 and h.customer_id = c.id and h.label = c.name)))
returning c.id
"""

PAGE = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.id, row_to_json(found)::text as row from ({CUSTOMER} and c.merged_into is null
    and ($2 = '' or starts_with(lower(c.name), lower($2)) or strpos(lower(c.name), ' ' || lower($2)) > 0
      or c.id in (select k.subject_id from find_keys($5, 200) k where k.kind = 'customer'))
    and ($3::uuid is null or c.id < $3) order by c.id desc limit $4) found) x on true order by x.id desc
"""

TIMELINE = """
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, stop.row from (select 1) one left join (
  select x.at, x.id, row_to_json(x)::text as row from (
    select * from (
      select o.placed_at as at, 'order' as kind, o.id, o.channel, json_build_object('external_id', o.external_id,
        'number', o.number, 'status', o.status, 'currency', o.currency, 'total_minor', o.total_minor) as detail
      from sales_order o where o.workspace_id = $1 and o.customer_id = $2
      union all
      select v.last_activity_at, 'conversation', v.id, v.channel, json_build_object('number', v.number, 'subject', v.subject,
        'preview', v.preview, 'status', v.status)
      from conversation v where v.workspace_id = $1 and v.customer_id = $2 and v.merged_into is null
      union all
      select k.left_at, 'checkout', k.id, k.channel, json_build_object('currency', k.currency, 'total_minor', k.total_minor,
        'url', k.url, 'recovered', k.recovered, 'lines', k.lines)
      from checkout k where k.workspace_id = $1 and k.customer_id = $2
      union all
      select a.seen_at, 'case', a.id, a.channel, json_build_object('external_id', a.external_id, 'kind', a.kind, 'open', a.open,
        'title', a.title, 'respond_by', a.respond_by, 'order', a.order_ref)
      from channel_case a where a.workspace_id = $1 and a.customer_id = $2
    ) stops where ($3::timestamptz is null or (at, id) < ($3, $4::uuid)) order by at desc, id desc limit $5) x) stop on true
order by stop.at desc, stop.id desc
"""

HANDLES_OF = "select id, kind, value from handle where workspace_id = $1 and customer_id = $2 and value not like 'erased:%'"

BURY = """
with gone as (
  select * from unnest($2::uuid[], $3::text[]) as k(id, value)
), doubled as (
  delete from handle h using gone g where h.workspace_id = $1 and h.id = g.id and exists (
    select 1 from handle o where o.workspace_id = $1 and o.kind = h.kind and o.value = g.value)
)
update handle h set value = g.value, label = '', strength = 'guessed' from gone g
where h.workspace_id = $1 and h.id = g.id and not exists (
  select 1 from handle o where o.workspace_id = $1 and o.kind = h.kind and o.value = g.value)
"""

FORGET_KEYS = """
delete from exact_key where workspace_id = $1
  and subject_id in (select id from customer where workspace_id = $1 and (id = $2 or merged_into = $2))
"""

ERASE = """
update customer set name = '', language = '', note = '', erased_at = $3, version = version + 1, updated_at = $3
where workspace_id = $1 and (id = $2 or merged_into = $2)
"""

FORGET_TRAITS = """
delete from trait t using customer c
where t.workspace_id = $1 and c.workspace_id = $1 and c.id = t.customer_id and (c.id = $2 or c.merged_into = $2)
"""

FORGET_ADDRESSES = """
update sales_order set ship_to = '{}', note = '', version = version + 1 where workspace_id = $1 and customer_id = $2
"""

RETIRE = """
with gone as (delete from handle where workspace_id = $1 and customer_id = $2)
update customer set merged_into = $3, version = version + 1 where workspace_id = $1 and id = $2
"""

REFUSALS = """
insert into refusal (workspace_id, handle_hash, scope, refused, at)
select $1, k.* from unnest($2::text[], $3::text[], $4::bool[], $5::timestamptz[]) as k(handle_hash, scope, refused, at)
order by k.handle_hash, k.scope
on conflict (workspace_id, handle_hash, scope) do update set refused = excluded.refused, at = excluded.at
where refusal.at < excluded.at
"""

REFUSED = """
select handle_hash, array_agg(scope) as scopes from refusal where workspace_id = $1 and handle_hash = any($2) and refused group by 1
"""

FORGET_MATTERS = """
with baskets as (delete from checkout where workspace_id = $1 and customer_id = $2)
update channel_case set detail = '', version = version + 1 where workspace_id = $1 and customer_id = $2
"""
