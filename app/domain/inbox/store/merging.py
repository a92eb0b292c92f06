"""Threads change their conversation, and what a conversation's row says of them follows."""

from __future__ import annotations

DERIVED = (
    "message_count, in_count, last_activity_at, last_in_at, last_out_at, preview, preview_direction, awaiting_since, market_due_at, "
    "company_due_at, reply_until_at, channels"
)
"""What a row says of the messages in it, beside what is worked out anew each time."""

THREADS = """
select t.connection_id, t.external_id from thread t where t.workspace_id = $1 and t.conversation_id = any($2)
"""

HOLD = """
select id, number, customer_id, status, snoozed_until, merged_into from conversation
where workspace_id = $1 and id = any($2) order by id for no key update
"""

OFFERED = """
select c.number from handoff h join conversation c on c.workspace_id = h.workspace_id and c.id = h.conversation_id
where h.workspace_id = $1 and h.conversation_id = any($2) and h.state = 'offered' order by c.number limit 1
"""

PLACE = "select coalesce(merged_into, id) from conversation where workspace_id = $1 and id = $2"

PLACES = """
select coalesce(c.merged_into, asked.id) as id from unnest($2::uuid[]) with ordinality asked(id, nth)
left join conversation c on c.workspace_id = $1 and c.id = asked.id order by asked.nth
"""

OWN = f"""
select to_jsonb(x) from (
  select status, tags, follower_ids, closed_at, snoozed_until, {DERIVED} from conversation where workspace_id = $1 and id = $2
) x
"""

PRINTS = """
select k.id, (select count(*) || ':' || coalesce(sum(m.version), 0) from message m
  where m.workspace_id = $1 and m.conversation_id = k.id and m.kind <> 'event') as print
from unnest($2::uuid[]) as k(id)
"""

PRINT = """
select count(*) || ':' || coalesce(sum(m.version), 0) from message m
where m.workspace_id = $1 and m.conversation_id = $2 and m.kind <> 'event'
  and (coalesce(m.thread_id = any($3), false) or m.id = any($4)) = $5
"""

PARTS = """
select c.id, c.status, c.tags, c.follower_ids as follower,
  array(select t.id from thread t where t.workspace_id = $1 and t.conversation_id = c.id) as thread,
  array(select m.id from message m where m.workspace_id = $1 and m.conversation_id = c.id and m.thread_id is null) as message,
  array(select h.id from handoff h where h.workspace_id = $1 and h.conversation_id = c.id) as handoff,
  array(select p.id from promise p where p.workspace_id = $1 and p.conversation_id = c.id) as promise,
  array(select k.case_id from conversation_case k where k.workspace_id = $1 and k.conversation_id = c.id) as "case",
  array(select x.id from conversation x where x.workspace_id = $1 and x.merged_into = c.id) as earlier
from conversation c where c.workspace_id = $1 and c.id = any($2) order by c.id
"""

COMBINE = """
with parts as (
  select * from conversation where workspace_id = $1 and id = any($3)
), newest as (
  select preview, preview_direction, last_activity_at from parts order by last_activity_at desc, id desc limit 1
), sums as (
  select sum(message_count)::int as messages, sum(in_count)::int as ins, max(last_activity_at) as activity, max(last_in_at) as in_at,
    max(last_out_at) as out_at, min(awaiting_since) as awaiting, min(market_due_at) as market, min(company_due_at) as company,
    max(reply_until_at) as until from parts
)
update conversation c set message_count = c.message_count + s.messages, in_count = c.in_count + s.ins,
  last_activity_at = greatest(c.last_activity_at, s.activity), last_in_at = greatest(c.last_in_at, s.in_at),
  last_out_at = greatest(c.last_out_at, s.out_at), awaiting_since = least(c.awaiting_since, s.awaiting),
  market_due_at = least(c.market_due_at, s.market), company_due_at = least(c.company_due_at, s.company),
  reply_until_at = greatest(c.reply_until_at, s.until),
  preview = case when n.last_activity_at > c.last_activity_at then n.preview else c.preview end,
  preview_direction = case when n.last_activity_at > c.last_activity_at then n.preview_direction else c.preview_direction end,
  channels = array(select x from unnest(c.channels || array(select y from parts p, unnest(p.channels) y)) with ordinality u(x, at)
    group by x order by min(at))
from sums s, newest n where c.workspace_id = $1 and c.id = $2
"""

ADD_TAGS = """
update conversation c set tags = array(select x from unnest(c.tags || array(
  select y from conversation p, unnest(p.tags) y where p.workspace_id = $1 and p.id = any($3) order by p.id)) with ordinality u(x, at)
  group by x order by min(at))
where c.workspace_id = $1 and c.id = $2
"""

ADD_FOLLOWERS = """
update conversation c set follower_ids = array(
  select f from conversation p, unnest(p.follower_ids) f where p.workspace_id = $1 and (p.id = $2 or p.id = any($3)) group by f order by f)
where c.workspace_id = $1 and c.id = $2
"""

OPEN_WITH = """
update conversation c set status = 'open', closed_at = null, snoozed_until = null
where c.workspace_id = $1 and c.id = $2 and c.status <> 'open'
"""

MOVE = """
with threads as (
  update thread set conversation_id = $3 where workspace_id = $1 and conversation_id = $2 and id = any($4) returning id
), messages as (
  update message set conversation_id = $3
  where workspace_id = $1 and conversation_id = $2 and (thread_id = any($4) or id = any($5)) returning id
), handoffs as (
  update handoff set conversation_id = $3, version = version + 1 where workspace_id = $1 and conversation_id = $2 and id = any($6)
), promises as (
  update promise set conversation_id = $3, version = version + 1 where workspace_id = $1 and conversation_id = $2 and id = any($7)
), cases as (
  update conversation_case set conversation_id = $3 where workspace_id = $1 and conversation_id = $2 and case_id = any($8)
)
select id from messages
"""

ABSORB = """
update conversation set status = 'merged', merged_into = $3, version = version + 1, updated_at = $4
where workspace_id = $1 and (id = any($2) or merged_into = any($2))
"""

COPIES = """
with orders as (
  insert into conversation_order (workspace_id, conversation_id, order_ref, source)
  select workspace_id, $3, order_ref, source from conversation_order where workspace_id = $1 and conversation_id = $2
  on conflict do nothing returning order_ref
), drafts as (
  insert into draft (workspace_id, conversation_id, member_id, text, kind, thread_id, attachments, from_member_id, updated_at)
  select workspace_id, $3, member_id, text, kind, thread_id, attachments, from_member_id, updated_at
  from draft where workspace_id = $1 and conversation_id = $2
  on conflict do nothing returning member_id
), marks as (
  insert into read_mark (workspace_id, conversation_id, member_id, in_count)
  select workspace_id, $3, member_id, in_count from read_mark where workspace_id = $1 and conversation_id = $2
  on conflict (workspace_id, conversation_id, member_id) do update set in_count = read_mark.in_count + excluded.in_count
  returning member_id, (xmax = 0) as made
)
select array(select order_ref from orders) as "order", array(select member_id from drafts) as draft,
  array(select member_id from marks where made) as mark
"""

UNCOPY = """
with orders as (
  delete from conversation_order where workspace_id = $1 and conversation_id = $3 and order_ref = any($4)
), drafts as (
  delete from draft d using draft b where d.workspace_id = $1 and d.conversation_id = $3 and d.member_id = any($5)
    and b.workspace_id = $1 and b.conversation_id = $2 and b.member_id = d.member_id and b.updated_at = d.updated_at
)
select 1
"""

READ_ALL = """
select r.member_id from read_mark r join conversation c on c.workspace_id = r.workspace_id and c.id = r.conversation_id
where r.workspace_id = $1 and r.conversation_id = $2 and r.in_count >= c.in_count
"""

UNMARK = """
with less as (
  update read_mark r set in_count = greatest(r.in_count - b.in_count, 0) from read_mark b
  where r.workspace_id = $1 and r.conversation_id = $3 and b.workspace_id = $1 and b.conversation_id = $2 and b.member_id = r.member_id
    and not (r.member_id = any($4) and r.in_count = b.in_count)
)
delete from read_mark r using read_mark b where r.workspace_id = $1 and r.conversation_id = $3 and r.member_id = any($4)
  and b.workspace_id = $1 and b.conversation_id = $2 and b.member_id = r.member_id and r.in_count = b.in_count
"""

MARK_ALL = """
insert into read_mark (workspace_id, conversation_id, member_id, in_count)
select $1, c.id, m, c.in_count from conversation c, unnest($3::uuid[]) m where c.workspace_id = $1 and c.id = any($2) and c.in_count > 0
on conflict (workspace_id, conversation_id, member_id) do update set in_count = excluded.in_count
where read_mark.in_count < excluded.in_count
"""

RELEASE = """
update conversation set status = $3, merged_into = null, version = version + 1, updated_at = $4 where workspace_id = $1 and id = $2
"""

EARLIER = "update conversation set merged_into = $3 where workspace_id = $1 and id = any($2)"

RESTORE = f"""
update conversation c set ({DERIVED}) = (select {DERIVED} from jsonb_populate_record(null::conversation, $3))
where c.workspace_id = $1 and c.id = $2
"""

LESS = """
update conversation c set tags = array(select x from unnest(c.tags) with ordinality u(x, at) where not x = any($3) order by at),
  follower_ids = array(select f from unnest(c.follower_ids) f where not f = any($4) order by f)
where c.workspace_id = $1 and c.id = $2
"""

CLOSE_AGAIN = """
update conversation c set status = $3, closed_at = $4, snoozed_until = $5
where c.workspace_id = $1 and c.id = $2
"""

AT_REST = """
update conversation set awaiting_since = null, market_due_at = null, company_due_at = null
where workspace_id = $1 and id = any($2) and status = 'closed'
"""

NEWEST = """
select m.text, m.direction, (select count(*)::int from attachment a where a.workspace_id = $1 and a.message_id = m.id) as files
from message m where m.workspace_id = $1 and m.conversation_id = $2 and m.kind <> 'event' and m.deleted_at is null
order by m.sent_at desc, m.id desc limit 1
"""

RECOUNT = """
update conversation c set message_count = x.total, in_count = x.ins, last_activity_at = coalesce(x.last_at, c.created_at),
  last_in_at = x.in_at, last_out_at = x.out_at, preview = $3, preview_direction = $4,
  reply_until_at = (select max(t.reply_until_at) from thread t where t.workspace_id = $1 and t.conversation_id = c.id),
  channels = array(select t.channel from thread t where t.workspace_id = $1 and t.conversation_id = c.id
    group by t.channel order by min(t.created_at), t.channel)
from (
  select count(*)::int as total, count(*) filter (where direction = 'in')::int as ins, max(sent_at) as last_at,
    max(sent_at) filter (where direction = 'in' and held = '') as in_at,
    max(sent_at) filter (where direction = 'out' and kind = 'message' and not automated and state <> 'failed') as out_at
  from message where workspace_id = $1 and conversation_id = $2 and kind <> 'event'
) x where c.workspace_id = $1 and c.id = $2
"""

REOPEN_ASKED = """
update conversation set status = 'open', closed_at = null, snoozed_until = null
where workspace_id = $1 and id = $2 and status <> 'open' and last_in_at > greatest(last_out_at, $3)
"""

TELL = """
update conversation c set version = version + 1, updated_at = $3,
  market_due_at = case when c.status = 'merged' then c.market_due_at else (select min(t.market_due_at) from thread t
    where t.workspace_id = $1 and t.conversation_id = c.id) end,
  has_unknown = exists (select 1 from message m where m.workspace_id = $1 and m.conversation_id = c.id and m.state = 'unknown'),
  case_due_at = (select min(a.respond_by) from conversation_case k
    join channel_case a on a.workspace_id = k.workspace_id and a.id = k.case_id
    where k.workspace_id = $1 and k.conversation_id = c.id and a.open),
  promise_due_at = (select min(p.due_at) from promise p
    where p.workspace_id = $1 and p.conversation_id = c.id and p.settled_at is null)
where c.workspace_id = $1 and c.id = any($2)
"""

PART_MARKS = """
with given as (
  insert into read_mark (workspace_id, conversation_id, member_id, in_count)
  select r.workspace_id, n.id, r.member_id, least(r.in_count, n.in_count) from read_mark r, conversation n
  where r.workspace_id = $1 and r.conversation_id = $2 and n.workspace_id = $1 and n.id = $3
)
update read_mark r set in_count = r.in_count - least(r.in_count, n.in_count) from conversation n
where r.workspace_id = $1 and r.conversation_id = $2 and n.workspace_id = $1 and n.id = $3
"""

COPY_ORDERS = """
insert into conversation_order (workspace_id, conversation_id, order_ref, source)
select workspace_id, $3, order_ref, source from conversation_order where workspace_id = $1 and conversation_id = $2
"""

SPLIT = """
insert into conversation (workspace_id, id, created_at, updated_at, number, customer_id, connection_id, channel, channels, brand,
  subject, status, priority, assignee_id, team_id, follower_ids, tags, language, last_activity_at)
select $1, $2, $3, $3, $4, t.customer_id, t.connection_id, t.channel, array[t.channel], c.brand, coalesce(nullif(t.subject, ''), c.subject),
  c.status, c.priority, c.assignee_id, c.team_id, c.follower_ids, c.tags, c.language, $3
from thread t join conversation c on c.workspace_id = t.workspace_id and c.id = t.conversation_id
where t.workspace_id = $1 and t.id = $5
"""

CROSSED = """
select m.id from merge m where m.workspace_id = $1 and m.kind = 'conversation' and m.undone_at is null
  and m.survivor_id in (select c.id from conversation c where c.workspace_id = $1 and c.customer_id = $2)
  and exists (select 1 from thread t join handle h on h.workspace_id = $1 and h.kind = t.handle_kind and h.value = t.handle_value
    where t.workspace_id = $1 and t.conversation_id = m.survivor_id and h.id = any($3))
  and exists (select 1 from thread t join handle h on h.workspace_id = $1 and h.kind = t.handle_kind and h.value = t.handle_value
    where t.workspace_id = $1 and t.conversation_id = m.survivor_id and not h.id = any($3))
order by m.id desc limit 1
"""

WORKED_ON = """
select c.id from conversation c where c.workspace_id = $1 and c.customer_id = $2 and c.status in ('open', 'snoozed')
order by c.last_activity_at desc limit 20
"""
