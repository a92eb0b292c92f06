"""Taking messages in, set by set: one statement a step for the whole batch."""

from __future__ import annotations

THREADS = """
select t.id, t.external_id, t.conversation_id, t.customer_id, t.handle_kind, t.handle_value, t.begun_at, t.last_in_at,
  c.status, c.closed_at
from thread t join conversation c on c.workspace_id = t.workspace_id and c.id = t.conversation_id
where t.workspace_id = $1 and t.connection_id = $2 and t.external_id = any($3) and t.current
"""

KNOWN = "select external_id from message where workspace_id = $1 and connection_id = $2 and external_id = any($3)"

RETIRE = "update thread set current = false where workspace_id = $1 and id = any($2)"

NEW_CONVERSATIONS = """
insert into conversation (workspace_id, id, created_at, updated_at, number, customer_id, connection_id, channel, channels, brand,
  subject, status, last_activity_at, language, previous_id)
select $1, k.id, $2, $2, k.number, k.customer_id, $3, $4::text, array[$4::text], $5, k.subject, 'open', k.at, k.language, k.previous_id
from unnest($6::uuid[], $7::bigint[], $8::uuid[], $9::text[], $10::timestamptz[], $11::text[], $12::uuid[])
  as k(id, number, customer_id, subject, at, language, previous_id)
"""

NEW_THREADS = """
insert into thread (workspace_id, id, created_at, conversation_id, connection_id, channel, external_id, customer_id, handle_kind,
  handle_value, handle_label, subject)
select $1, k.id, $2, k.conversation_id, $3, $4, k.external_id, k.customer_id, k.handle_kind, k.handle_value, k.handle_label, k.subject
from unnest($5::uuid[], $6::uuid[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[])
  as k(id, conversation_id, external_id, customer_id, handle_kind, handle_value, handle_label, subject)
"""

CONFIRM = """
with told as (
  select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    as k(thread_id, external_id, echo_of, plain, sent_at)
), pair as (
  select distinct on (k.external_id) k.external_id, k.sent_at, m.id, m.workspace_id
  from told k join message m on m.workspace_id = $1 and m.thread_id = k.thread_id and m.direction = 'out' and m.kind = 'message'
    and m.external_id is null and m.state in ('queued', 'attempting', 'unknown')
    and (m.client_msg_id = nullif(k.echo_of, '') or (
      m.attempts > 0 and regexp_replace(btrim(m.text), '\\s+', ' ', 'g') = k.plain
      and k.sent_at >= m.created_at - interval '2 minutes'))
  order by k.external_id, m.sent_at, m.id
), once as (
  select distinct on (id) * from pair order by id, sent_at
)
update message m set state = 'sent', external_id = o.external_id, sent_at = o.sent_at, due_at = null, version = m.version + 1,
  error_code = '', error_detail = '', error_fix = ''
from once o where m.workspace_id = o.workspace_id and m.id = o.id
returning m.id, m.external_id, m.conversation_id
"""

SINCE = """case when greatest(c.last_out_at, s.out_at) >= greatest(c.last_in_at, s.in_at) then null
    else least(case when s.out_at is null or c.awaiting_since > s.out_at then c.awaiting_since else w.later end, w.since) end"""

MESSAGES = f"""
with given as (
  select * from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[],
    $12::uuid[], $13::bool[], $14::uuid[], $15::text[], $19::bool[], $20::text[], $21::text[], $22::jsonb[])
    as k(id, conversation_id, thread_id, direction, text, html, external_id, sent_at, customer_id, automated, delivery_id, preview,
      public, reply_to, held, detail)
), made as (
  insert into message (workspace_id, id, created_at, conversation_id, thread_id, connection_id, delivery_id, direction, kind, text,
    html, state, external_id, customer_id, automated, sent_at, public, reply_to, held, detail)
  select $1, id, $2, conversation_id, thread_id, $3, delivery_id, direction, 'message', text, html,
    case direction when 'in' then 'received' else 'sent' end, external_id, customer_id, automated, sent_at, public, reply_to, held,
    detail
  from given order by external_id
  on conflict do nothing
  returning id, conversation_id, direction, sent_at, automated, held
), sums as (
  select conversation_id, count(*)::int as total, count(*) filter (where direction = 'in')::int as ins,
    max(sent_at) as last_at, max(sent_at) filter (where direction = 'in' and held = '') as in_at,
    max(sent_at) filter (where direction = 'out' and not automated) as out_at,
    bool_or(direction = 'in' and not automated) as asked,
    (array_agg(id order by sent_at desc, id desc))[1] as newest
  from made group by conversation_id
), waiting as (
  select s.conversation_id,
    (select min(m.sent_at) from made m where m.conversation_id = s.conversation_id and m.direction = 'in' and not m.automated
      and m.held = '' and m.sent_at > greatest(c.last_out_at, s.out_at, '-infinity'::timestamptz)) as since,
    case when c.awaiting_since <= s.out_at then (
      select min(m.sent_at) from message m where m.workspace_id = $1 and m.conversation_id = s.conversation_id
        and m.direction = 'in' and not m.automated and m.held = '' and m.sent_at > greatest(c.last_out_at, s.out_at)) end as later
  from sums s join conversation c on c.workspace_id = $1 and c.id = s.conversation_id
)
update conversation c set message_count = c.message_count + s.total, in_count = c.in_count + s.ins,
  last_activity_at = greatest(c.last_activity_at, s.last_at), last_in_at = greatest(c.last_in_at, s.in_at),
  last_out_at = greatest(c.last_out_at, s.out_at),
  preview = case when s.last_at >= c.last_activity_at then g.preview else c.preview end,
  preview_direction = case when s.last_at >= c.last_activity_at then g.direction else c.preview_direction end,
  awaiting_since = {SINCE},
  company_due_at = {SINCE} + make_interval(secs => $16),
  reply_until_at = case when $17::float8 is null then null
    else greatest(c.last_in_at, s.in_at) + make_interval(secs => $17) end,
  status = case when s.last_at < $18 then case when c.message_count = 0 then 'closed' else c.status end
    when s.asked then 'open' else c.status end,
  closed_at = case when s.last_at < $18 then case when c.message_count = 0 or c.status = 'closed' then greatest(c.closed_at, s.last_at) end
    when s.asked then null else c.closed_at end,
  snoozed_until = case when s.asked and s.last_at >= $18 then null else c.snoozed_until end,
  version = c.version + 1, updated_at = $2
from sums s join given g on g.id = s.newest
left join waiting w on w.conversation_id = s.conversation_id
where c.workspace_id = $1 and c.id = s.conversation_id
returning c.id
"""

MADE = "select id from message where workspace_id = $1 and id = any($2)"

THREAD_NEWS = """
update thread t set last_in_at = greatest(t.last_in_at, k.last_in_at),
  refs = case when k.refs = '{}'::jsonb then t.refs else t.refs || k.refs end,
  reply_until_at = case when $4::float8 is null then null
    else greatest(t.last_in_at, k.last_in_at) + make_interval(secs => $4) end,
  market_clock_s = $7, subject = coalesce(nullif(t.subject, ''), k.subject)
from unnest($2::uuid[], $3::timestamptz[], $5::jsonb[], $6::text[]) as k(id, last_in_at, refs, subject)
where t.workspace_id = $1 and t.id = k.id
"""

HAND_OVER = """
with moved as (
  update conversation set customer_id = $5, version = version + 1 where workspace_id = $1 and id = $3 and customer_id = $4
)
update thread set customer_id = $5, handle_kind = $6, handle_value = $7, handle_label = $8 where workspace_id = $1 and id = $2
"""

LINKS = """
insert into conversation_order (workspace_id, conversation_id, order_ref, source)
select $1, * from unnest($2::uuid[], $3::text[], $4::text[]) on conflict do nothing
"""

KNOWN_ORDERS = """
select distinct e.key, o.external_id from exact_key e join sales_order o on o.workspace_id = e.workspace_id and o.id = e.subject_id
where e.workspace_id = $1 and e.kind = 'order' and e.key = any($2)
"""

ATTACHMENTS = """
insert into attachment (workspace_id, id, created_at, message_id, connection_id, name, media_type, size, ref, state, due_at)
select $1, k.id, $2, k.message_id, $3, k.name, k.media_type, k.size, k.ref, 'waiting', $2
from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::int[], $9::text[]) as k(id, message_id, name, media_type, size, ref)
"""

AWAIT_AGAIN = """
update conversation c set awaiting_since = w.since, last_out_at = w.last_out, version = c.version + 1,
  company_due_at = w.since + make_interval(secs => s.reply_target_s)
from workspace s, lateral (
  select o.last_out, (select min(m.sent_at) from message m where m.workspace_id = $1 and m.conversation_id = $2
      and m.direction = 'in' and not m.automated and m.held = '' and m.sent_at > coalesce(o.last_out, '-infinity')) as since
  from (select max(m.sent_at) as last_out from message m where m.workspace_id = $1 and m.conversation_id = $2
      and m.direction = 'out' and m.kind = 'message' and m.state <> 'failed' and not m.automated) o) w
where c.workspace_id = $1 and c.id = $2 and s.id = $1 and c.status <> 'closed'
"""

MARKET_CLOCKS = """
with waiting as (
  select t.id, (select min(m.sent_at) from message m
    where m.workspace_id = $1 and m.conversation_id = t.conversation_id and m.thread_id = t.id and m.direction = 'in'
      and not m.automated and m.held = '' and m.sent_at > coalesce(greatest(t.rested_at, o.sent_at), '-infinity')) as since
  from thread t left join lateral (
    select m.sent_at from message m where m.workspace_id = $1 and m.conversation_id = t.conversation_id and m.thread_id = t.id
      and m.direction = 'out' and m.kind = 'message' and m.state <> 'failed' and not m.automated
    order by m.sent_at desc, m.id desc limit 1) o on true
  where t.workspace_id = $1 and t.conversation_id = any($2) and t.market_clock_s is not null
), told as (
  update thread t set market_due_at = w.since + make_interval(secs => t.market_clock_s) from waiting w
  where t.workspace_id = $1 and t.id = w.id
  returning t.conversation_id, t.market_due_at
)
update conversation c set market_due_at = d.due
from (select k as id, min(o.market_due_at) as due from unnest($2::uuid[]) k left join told o on o.conversation_id = k group by k) d
where c.workspace_id = $1 and c.id = d.id and c.market_due_at is distinct from d.due
"""
"""A fold over the messages of each thread. The caller has written the conversation's row before, so nobody else is at it."""

REST = """
update thread t set market_due_at = null, rested_at = greatest(t.rested_at, (select max(m.sent_at) from message m
  where m.workspace_id = $1 and m.conversation_id = t.conversation_id and m.thread_id = t.id and m.direction = 'in' and m.held = ''))
where t.workspace_id = $1 and t.conversation_id = any($2)
"""
