"""Replies on their way: every step guarded by the lease, so that a worker that lost it writes nothing."""

from __future__ import annotations

from app.core.claims import Queue

OVERTAKES = (
    "(t.state = 'queued' and exists (select 1 from message e where e.workspace_id = t.workspace_id "
    "and e.conversation_id = t.conversation_id and e.thread_id is not distinct from t.thread_id and e.id < t.id "
    "and e.due_at is not null and e.state in ('queued', 'attempting')))"
)
"""Something written before it in the same thread has not left yet."""

QUEUE = Queue(
    table="message",
    ready=f"t.due_at <= $now and t.state in ('queued', 'attempting', 'unknown') and not {OVERTAKES}",
    returning="t.workspace_id, t.id, t.thread_id, t.connection_id, t.state, t.attempts, t.due_at",
    key="coalesce(t.thread_id, t.conversation_id)",
)

EXISTING = "select id, conversation_id, body_hash from message where workspace_id = $1 and client_msg_id = $2"

WAYS = """
select t.id, t.connection_id, t.channel, t.external_id, t.last_in_at, t.handle_kind, t.handle_value, coalesce(n.sends_replies, false) as speaks,
  coalesce(n.state, 'ready') as state
from thread t left join connection n on n.workspace_id = t.workspace_id and n.id = t.connection_id
where t.workspace_id = $1 and t.conversation_id = $2 and ($3::uuid is null or t.id = $3)
order by t.current desc, t.last_in_at desc nulls last, t.id desc limit 1
"""

ANSWERED = """
select t.id from thread t where t.workspace_id = $1 and t.id = any($2)
  and exists (select 1 from message m where m.workspace_id = $1 and m.conversation_id = t.conversation_id and m.thread_id = t.id
    and m.public and m.direction = 'in')
  and exists (select 1 from message m where m.workspace_id = $1 and m.conversation_id = t.conversation_id and m.thread_id = t.id
    and m.direction = 'out' and m.kind = 'message' and m.state <> 'failed' and m.sent_at >= t.last_in_at)
"""

INSERT = """
insert into message (workspace_id, id, created_at, conversation_id, thread_id, connection_id, direction, kind, text, state,
  client_msg_id, body_hash, author_id, sent_at, due_at, detail, reply_to)
values ($1, $2, $3, $4, $5, $6, 'out', $7, $8, $9, $10, $11, $12, $3, $13, $14, $15)
"""

NEWER = """
select m.id from outbox o join message m on m.workspace_id = o.workspace_id and m.id = o.entity_id
where o.workspace_id = $1 and o.kind = 'message' and (o.seq > $3 or o.seq is null) and m.conversation_id = $2
  and m.kind = 'message' and m.author_id is distinct from $4 and o.version = 1
limit 5
"""

WROTE = """
update conversation c set preview = $3, preview_direction = $4, message_count = message_count + 1, last_activity_at = $5,
  last_out_at = case when $6 then $5 else last_out_at end, awaiting_since = case when $6 then null else awaiting_since end,
  company_due_at = case when $6 then null else company_due_at end,
  status = case when $6 and status = 'snoozed' then 'open' else status end, version = version + 1, updated_at = $5
where c.workspace_id = $1 and c.id = $2
"""

OUTGOING = """
select m.id, m.conversation_id, m.thread_id, m.connection_id, m.kind, m.text, m.client_msg_id, m.state, m.attempts, m.detail,
  m.author_id, m.reply_to, n.channel, t.external_id as thread, t.refs, t.subject,
  t.handle_kind, t.handle_value, t.handle_label, c.subject as conversation_subject,
  (select min(a.created_at) from send_attempt a where a.workspace_id = m.workspace_id and a.message_id = m.id) as first_try,
  (select max(a.created_at) from send_attempt a where a.workspace_id = m.workspace_id and a.message_id = m.id) as last_try,
  (select count(*)::int from send_attempt a where a.workspace_id = m.workspace_id and a.message_id = m.id) as tries
from message m left join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
join connection n on n.workspace_id = m.workspace_id and n.id = m.connection_id
join conversation c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
where m.workspace_id = $1 and m.id = $2 and m.lease_token = $3 for no key update of m
"""

ATTEMPT = """
insert into send_attempt (workspace_id, id, created_at, message_id, no, lease_token)
select $1, $2, $3, $4, coalesce(max(no), 0) + 1, $5 from send_attempt where workspace_id = $1 and message_id = $4
"""

START = """
update message set state = 'attempting', version = version + 1 where workspace_id = $1 and id = $2 and lease_token = $3 and state = 'queued'
"""

SETTLE_ATTEMPT = """
update send_attempt set outcome = $3, external_id = $4, error_code = $5, error_detail = $6, settled_at = $7
where workspace_id = $1 and message_id = $2 and outcome is null
"""

SETTLE = """
update message set state = $4::text, external_id = coalesce($5::text, external_id),
  sent_at = case when $4::text = 'sent' then coalesce($6, sent_at) else sent_at end,
  due_at = $7, lease_until = null, lease_token = null, error_code = $8, error_detail = $9, error_fix = $10, version = version + 1
where workspace_id = $1 and id = $2 and lease_token = $3
  and state in ('queued', 'attempting', 'unknown')
returning id, conversation_id
"""

PUT_OFF = """
update message set lease_until = null, lease_token = null, attempts = greatest(attempts - 1, 0), due_at = $4
where workspace_id = $1 and id = $2 and lease_token = $3
"""

DROP_TWINS = """
with held as materialized (
  select id from message where workspace_id = $1 and id = $4 and lease_token = $5 and state in ('queued', 'attempting', 'unknown')
  for no key update
), gone as (
  delete from message m using held where m.workspace_id = $1 and m.connection_id = $2 and m.external_id = $3 and m.id <> $4
    and m.author_id is null and m.direction = 'out' returning m.id, m.conversation_id
), fewer as (
  update conversation c set message_count = c.message_count - g.n, version = c.version + 1
  from (select conversation_id, count(*)::int as n from gone group by 1) g where c.workspace_id = $1 and c.id = g.conversation_id
)
select id, conversation_id from gone
"""

BY_HAND = """
update message set state = $4, due_at = $5, lease_until = null, lease_token = null, error_code = $6, error_detail = $7, error_fix = '',
  version = version + 1
where workspace_id = $1 and id = $2 and state = any($3) returning id, conversation_id, connection_id
"""

HELD_BACK = """
with loose as (
  update attachment set message_id = null where workspace_id = $1 and message_id = $2 and exists (
    select 1 from message where workspace_id = $1 and id = $2 and author_id = $3 and state = 'queued' and attempts = 0
      and due_at > $4 and (lease_until is null or lease_until <= $4))
)
delete from message where workspace_id = $1 and id = $2 and author_id = $3 and state = 'queued' and attempts = 0
  and due_at > $4 and (lease_until is null or lease_until <= $4) returning id, conversation_id, text
"""

CHOSEN = """
select id, name, media_type, size from attachment
where workspace_id = $1 and id = any($2) and message_id is null and state = 'stored' order by id for no key update
"""

GIVE_UP = """
update message set state = case when state = 'queued' then 'failed' else 'unknown' end, due_at = null, lease_until = null,
  lease_token = null, error_code = $4, error_detail = $5, error_fix = $6, version = version + 1
where workspace_id = $1 and id = $2 and lease_token = $3 and state in ('queued', 'attempting', 'unknown')
returning id, conversation_id
"""

REMOVED = """
select true from message m join connection n on n.workspace_id = m.workspace_id and n.id = m.connection_id
where m.workspace_id = $1 and m.id = $2 and n.error_code = 'removed'
"""

QUOTED = """
select external_id from message where workspace_id = $1 and conversation_id = $2 and id = $3 and thread_id = $4
"""

ORDER = """
select o.id, o.external_id, o.connection_id, o.channel, o.customer_id, coalesce(n.sends_replies, false) as speaks, n.state,
  coalesce((select jsonb_object_agg(r.key, r.value order by a.created_at) from channel_case a, jsonb_each(a.refs) r
    where a.workspace_id = $1 and a.connection_id = o.connection_id and a.order_ref = o.external_id and a.open), '{}'::jsonb) as refs
from sales_order o left join connection n on n.workspace_id = o.workspace_id and n.id = o.connection_id
where o.workspace_id = $1 and o.id = $2
"""

ABOUT_ORDER = """
select c.id from conversation_order o join conversation c on c.workspace_id = o.workspace_id and c.id = o.conversation_id
where o.workspace_id = $1 and o.order_ref = $2 and c.connection_id = $3 order by c.last_activity_at desc limit 1
"""

DONE_ONCE = """
select true from message where workspace_id = $1 and connection_id = $2 and kind = 'act' and state <> 'failed'
  and detail ->> 'act' = $3 and detail ->> 'order' = $4 limit 1
"""
