"""Going on elsewhere: the ways a conversation may take, the thread it gets there, and what nobody has read here."""

from __future__ import annotations

CROSSING = """
select c.id, c.number, c.customer_id, c.subject, c.language, coalesce(nullif(c.brand, ''), w.name) as shop,
  (select json_build_object('channel', t.channel, 'settings', coalesce(n.settings, '{}'::jsonb))
   from thread t left join connection n on n.workspace_id = t.workspace_id and n.id = t.connection_id
   where t.workspace_id = $1 and t.conversation_id = c.id
   order by t.current desc, t.last_in_at desc nulls last, t.id desc limit 1) as source,
  coalesce((select json_agg(json_build_object('id', n.id, 'channel', n.channel, 'name', n.name, 'state', n.state,
     'speaks', n.sends_replies, 'thread_id', (select t.id from thread t where t.workspace_id = $1 and t.conversation_id = c.id
       and t.connection_id = n.id and t.current order by t.last_in_at desc nulls last, t.id desc limit 1)) order by n.name, n.id)
   from connection n where n.workspace_id = $1 and n.error_code <> 'removed'), '[]'::json) as connections,
  coalesce((select json_agg(h) from (
     select h.kind, h.value, coalesce(nullif(h.label, ''), h.value) as label, h.strength from handle h
     where h.workspace_id = $1 and h.customer_id = c.customer_id and h.value not like 'erased:%'
     union all
     select 'email', t.refs ->> 'email', t.refs ->> 'email', 'guessed' from thread t
     where t.workspace_id = $1 and t.conversation_id = c.id and t.refs ? 'email') h), '[]'::json) as handles,
  coalesce((select json_agg(json_build_object('id', t.id, 'connection_id', t.connection_id, 'kind', t.handle_kind,
     'value', t.handle_value, 'label', t.handle_label, 'last_in_at', t.last_in_at, 'number', o.number) order by t.last_in_at desc)
   from thread t join conversation o on o.workspace_id = t.workspace_id and o.id = t.conversation_id
   where t.workspace_id = $1 and t.customer_id = c.customer_id and t.conversation_id <> c.id and t.current
     and t.last_in_at is not null), '[]'::json) as talks
from conversation c join workspace w on w.id = c.workspace_id where c.workspace_id = $1 and c.id = $2
"""

BEGIN = """
insert into thread (workspace_id, id, created_at, conversation_id, connection_id, channel, external_id, customer_id, handle_kind,
  handle_value, handle_label, subject, begun_at)
select $1, $2, $3, c.id, $5, $6, $7, c.customer_id, $8, $9, $10, $11, $3 from conversation c where c.workspace_id = $1 and c.id = $4
"""

HOLDER = """
select c.number from thread t join conversation c on c.workspace_id = t.workspace_id and c.id = t.conversation_id
where t.workspace_id = $1 and t.connection_id = $2 and t.external_id = $3 and t.current
"""

MOVE = """
with old as (
  update thread set current = false where workspace_id = $1 and id = $2 and current returning *
)
insert into thread (workspace_id, id, created_at, conversation_id, connection_id, channel, external_id, customer_id, handle_kind,
  handle_value, handle_label, subject, refs, last_in_at, reply_until_at)
select workspace_id, $3, $4, $5, connection_id, channel, external_id, customer_id, handle_kind, handle_value, handle_label, subject,
  refs, last_in_at, reply_until_at from old
"""

WIDEN = """
update conversation set channels = case when $3 = any(channels) then channels else channels || $3::text end, version = version + 1,
  updated_at = $4
where workspace_id = $1 and id = $2
"""

SAID = """
select m.direction, m.sent_at as at, m.text, coalesce(nullif(u.name, ''), t.handle_label, '') as buyer, coalesce(p.name, '') as author,
  exists (select 1 from attachment a where a.workspace_id = m.workspace_id and a.message_id = m.id) as files
from message m join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
left join member p on p.workspace_id = m.workspace_id and p.id = m.author_id
left join customer u on u.workspace_id = m.workspace_id and u.id = m.customer_id
where m.workspace_id = $1 and m.conversation_id = $2 and m.kind = 'message' and m.deleted_at is null and m.held = '' and not m.public
  and m.thread_id <> $3 and (m.direction = 'in' or m.state in ('sent', 'delivered', 'read')) and not m.id = any($4)
order by m.sent_at desc, m.id desc limit 20
"""

FIRST_WORD = """
select t.begun_at is not null and not exists (
  select 1 from message m where m.workspace_id = t.workspace_id and m.conversation_id = t.conversation_id and m.thread_id = t.id
    and m.state <> 'failed')
from thread t where t.workspace_id = $1 and t.id = $2
"""

FOLLOWED = """
select t.refs ? 'email' or exists (select 1 from handle h where h.workspace_id = t.workspace_id and h.customer_id = t.customer_id
  and h.kind = 'email' and h.strength <> 'guessed') as reachable, n.settings
from thread t join connection n on n.workspace_id = t.workspace_id and n.id = t.connection_id
where t.workspace_id = $1 and t.id = $2
"""

LEFT = """
select t.conversation_id, coalesce(t.refs ->> 'email', '') as email, (n.settings ->> 'mail_connection')::uuid as mail
from thread t join connection n on n.workspace_id = t.workspace_id and n.id = t.connection_id
where t.workspace_id = $1 and t.id = $2 and t.current
  and n.settings ->> 'mail_connection' ~ '^[0-9a-fA-F-]{36}$' for no key update of t
"""

UNREAD = """
select m.id, m.text, m.author_id from message m join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
where m.workspace_id = $1 and m.thread_id = $2 and m.conversation_id = t.conversation_id and m.direction = 'out' and m.kind = 'message'
  and not m.automated and m.author_id is not null and m.state in ('sent', 'delivered') and m.deleted_at is null
  and not m.detail ? 'followed' and m.sent_at >= coalesce(t.last_in_at, '-infinity'::timestamptz)
order by m.sent_at, m.id for no key update of m
"""

FOLLOWED_BY = """
update message set detail = detail || jsonb_build_object('followed', $3::text), version = version + 1
where workspace_id = $1 and id = any($2)
"""

FILES = """
select name, media_type, size, sha256 from attachment where workspace_id = $1 and message_id = any($2) and state = 'stored' order by id
"""

COPY_FILES = """
insert into attachment (workspace_id, id, created_at, message_id, name, media_type, size, sha256, state)
select $1, k.id, $2, $3, k.name, k.media_type, k.size, k.sha256, 'stored'
from unnest($4::uuid[], $5::text[], $6::text[], $7::int[], $8::text[]) as k(id, name, media_type, size, sha256)
"""

PUT_OFF = """
update timer set due_at = $4 where workspace_id = $1 and kind = $2 and subject_id = $3 and done_at is null and due_at < $4
"""

SHOP = """
select c.language, coalesce(nullif(c.brand, ''), w.name) as shop from conversation c join workspace w on w.id = c.workspace_id
where c.workspace_id = $1 and c.id = $2
"""
