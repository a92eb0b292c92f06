"""The push queue: listing states."""

from __future__ import annotations

from app.domain.inventory.store.show import sellable

LINK = """
insert into listing_state (workspace_id, listing_id, connection_id, variant_id, state, wanted_version, dirty_at, urgency)
select $1, l.id, l.connection_id, case l.mapping when 'confirmed' then l.variant_id end,
  case l.fulfilment when 'channel' then 'read_only' else 'unknown' end, 1,
  case when l.variant_id is not null and l.mapping = 'confirmed' and l.fulfilment = 'merchant' then $3::timestamptz end, 1
from listing l where l.workspace_id = $1 and l.id = any($2)
on conflict (workspace_id, listing_id) do update set
  variant_id = excluded.variant_id, wanted_version = listing_state.wanted_version + 1, dirty_at = excluded.dirty_at,
  state = case when excluded.variant_id is null then 'unknown' else listing_state.state end,
  not_before = null, urgency = 1, version = listing_state.version + 1
where listing_state.variant_id is distinct from excluded.variant_id
returning listing_id
"""

READY = """
select s.workspace_id, s.connection_id, c.channel, c.pushes_stock, count(*)::int as waiting, min(s.urgency) as urgency
from listing_state s
join connection c on c.workspace_id = s.workspace_id and c.id = s.connection_id
join workspace w on w.id = s.workspace_id
where s.dirty_at is not null and (s.not_before is null or s.not_before <= $1)
  and (s.lease_until is null or s.lease_until <= $1)
  and (not c.pushes_stock or c.state = 'ready' and (c.open_until is null or c.open_until <= $1) and not w.pushing_stopped)
group by 1, 2, 3, 4 order by min(s.urgency), min(s.dirty_at) limit 50
"""

TAKE = """
with picked as (
  select s.workspace_id, s.listing_id from listing_state s
  where s.workspace_id = $2 and s.connection_id = $3 and s.dirty_at is not null
    and (s.not_before is null or s.not_before <= $1) and (s.lease_until is null or s.lease_until <= $1)
    and ($7 or s.urgency = 0)
  order by least(s.urgency, case when s.dirty_at < $1::timestamptz - interval '10 minutes' then 1 else 2 end), s.dirty_at, s.listing_id
  limit $6 for no key update skip locked
)
update listing_state s set lease_until = $4, lease_token = $5, attempts = s.attempts + 1 from picked p
where s.workspace_id = p.workspace_id and s.listing_id = p.listing_id returning s.listing_id
"""

LOCK = """
select s.listing_id from listing_state s where s.workspace_id = $1 and s.lease_token = $2 order by s.listing_id for no key update of s
"""

CLAIMED = f"""
select s.listing_id, s.wanted_version, s.expected, s.observed, s.acked, s.acked_at, s.sent_version, s.acked_version, s.dirty_at,
  s.revisions, s.revisions_day, s.push_key, s.sent, l.external_id, l.external_sku, l.model, l.refs, l.fulfilment, l.mapping,
  l.state as listing_state, t.available, t.counted
from listing_state s
join listing l on l.workspace_id = s.workspace_id and l.id = s.listing_id
left join lateral {sellable("s.workspace_id", "s.variant_id", "s.connection_id")} t on s.variant_id is not null
where s.workspace_id = $1 and s.lease_token = $2 order by s.listing_id
"""

GOING = """
with given as (
  select * from unnest($3::uuid[], $4::int[], $5::text[], $6::uuid[], $7::int[]) as k(listing_id, quantity, push_key, push_id, version)
  order by listing_id
), marked as (
  update listing_state s set wanted = g.quantity, sent = g.quantity, sent_version = g.version, sent_at = $2, push_key = g.push_key,
    state = 'going_out', version = s.version + 1, error_code = '', error_detail = '',
    revisions = case when s.revisions_day = date_trunc('day', $2::timestamptz, 'UTC') then s.revisions + 1 else 1 end,
    revisions_day = date_trunc('day', $2::timestamptz, 'UTC')
  from given g where s.workspace_id = $1 and s.listing_id = g.listing_id
)
insert into push (workspace_id, id, created_at, listing_id, quantity, push_key)
select $1, push_id, $2, listing_id, quantity, push_key from given
"""

SKIPPED = """
update listing_state s set wanted = coalesce(k.quantity, s.wanted), lease_until = null, lease_token = null, attempts = 0,
  state = k.state, not_before = k.not_before, version = s.version + 1,
  dirty_at = case when k.not_before is null and s.wanted_version = k.version then null else s.dirty_at end
from unnest($2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::int[]) as k(listing_id, quantity, state, not_before, version)
where s.workspace_id = $1 and s.listing_id = k.listing_id
"""

ANSWERED = """
with given as (
  select * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[], $9::timestamptz[])
    as k(listing_id, outcome, code, detail, observed, floor, not_before) order by listing_id
), mine as (
  select s.workspace_id, s.listing_id from listing_state s join given g on g.listing_id = s.listing_id
  where s.workspace_id = $1 and s.lease_token = $10 order by s.listing_id for no key update of s
), settled as (
  update push p set outcome = g.outcome, detail = g.detail, settled_at = $2 from given g join listing_state s
    on s.workspace_id = $1 and s.listing_id = g.listing_id
  where p.workspace_id = $1 and p.listing_id = g.listing_id and p.push_key = s.push_key and p.outcome = 'started'
)
update listing_state s set lease_until = null, lease_token = null,
  attempts = case when g.outcome = 'accepted' then 0 else s.attempts end,
  acked = case when g.outcome = 'accepted' then s.sent else s.acked end,
  acked_version = case when g.outcome = 'accepted' then s.sent_version else s.acked_version end,
  acked_at = case when g.outcome = 'accepted' then $2 else s.acked_at end,
  expected = case when g.outcome = 'accepted' then s.sent when g.outcome = 'stale' then g.observed else null end,
  observed = coalesce(g.observed, s.observed), floor = g.floor,
  dirty_at = case when g.outcome in ('accepted', 'refused') and s.wanted_version = s.sent_version then null else s.dirty_at end,
  not_before = g.not_before,
  state = case g.outcome when 'accepted' then case when s.wanted_version = s.sent_version then 'in_step' else 'waiting' end
    when 'refused' then 'refused' else 'waiting' end,
  error_code = g.code, error_detail = g.detail, version = s.version + 1
from given g join mine m on m.listing_id = g.listing_id
where s.workspace_id = $1 and s.listing_id = g.listing_id
returning s.listing_id, s.acked, s.sent_at, s.dirty_at
"""

SOLD = """
update listing_state s set expected = case
    when s.lease_until > $2 or s.acked_at is null or k.sold_at <= s.acked_at then null else s.expected - k.quantity end
from (select listing_id, sum(quantity)::int as quantity, min(sold_at) as sold_at
      from unnest($3::uuid[], $4::int[], $5::timestamptz[]) as g(listing_id, quantity, sold_at) group by 1) k
where s.workspace_id = $1 and s.listing_id = k.listing_id
"""

SEEN = """
select s.listing_id, l.external_id, l.external_sku, s.wanted, s.expected, s.sent, s.sent_at, s.acked_at, s.dirty_at, s.state,
  s.variant_id, s.push_key, s.observed_at, s.lease_until
from listing_state s join listing l on l.workspace_id = s.workspace_id and l.id = s.listing_id
join unnest($3::text[], $4::text[]) as k(external_id, external_sku)
  on k.external_id = l.external_id and k.external_sku = l.external_sku
where s.workspace_id = $1 and l.connection_id = $2 order by s.listing_id for no key update of s
"""

OBSERVED = """
update listing_state s set observed = k.observed, observed_at = k.seen_at, version = s.version + 1,
  state = coalesce(k.state, s.state),
  expected = case when k.differs then k.observed when k.state = 'in_step' then k.observed else s.expected end,
  dirty_at = case when k.differs then coalesce(s.dirty_at, $2) else s.dirty_at end,
  wanted_version = s.wanted_version + case when k.differs then 1 else 0 end,
  urgency = case when k.differs then 1 else s.urgency end,
  not_before = case when k.differs then $2::timestamptz + interval '5 seconds' else s.not_before end
from unnest($3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $7::bool[]) as k(listing_id, observed, seen_at, state, differs)
where s.workspace_id = $1 and s.listing_id = k.listing_id and (s.observed_at is null or s.observed_at <= k.seen_at)
"""

FLOORS = """
update listing_state s set floor = k.floor, version = s.version + 1
from listing l join unnest($3::text[], $4::text[], $5::int[]) as k(external_id, external_sku, floor)
  on k.external_id = l.external_id and k.external_sku = l.external_sku
where s.workspace_id = $1 and l.workspace_id = $1 and l.connection_id = $2 and s.listing_id = l.id returning s.listing_id
"""
