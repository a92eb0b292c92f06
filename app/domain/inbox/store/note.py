"""News of messages: states, edits, reactions, and what came before its message did."""

from __future__ import annotations

KNOWN = "select external_id from message where workspace_id = $1 and connection_id = $2 and external_id = any($3)"

STATUSES = """
update message m set state = k.state, version = m.version + 1, external_id = coalesce(m.external_id, nullif(k.external_id, '')),
  error_code = case k.state when 'failed' then 'channel_failed' else '' end,
  error_detail = case k.state when 'failed' then k.detail else '' end, error_fix = '', due_at = null
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as k(id, state, detail, external_id)
where m.workspace_id = $1 and m.connection_id = $2 and m.id = k.id returning m.id, m.conversation_id, m.state
"""

OURS = """
select id, external_id, client_msg_id, state from message
where workspace_id = $1 and connection_id = $2 and direction = 'out'
  and (external_id = any($3) or client_msg_id = any($4))
order by id for no key update
"""

EDITED = """
update message m set text = case when k.deleted then m.text else k.text end, edited_at = case when k.deleted then m.edited_at else k.at end,
  deleted_at = case when k.deleted then k.at else m.deleted_at end, version = m.version + 1
from unnest($3::text[], $4::text[], $5::bool[], $6::timestamptz[]) as k(external_id, text, deleted, at)
where m.workspace_id = $1 and m.connection_id = $2 and m.external_id = k.external_id
  and m.deleted_at is null and (m.edited_at is null or m.edited_at < k.at)
returning m.id, m.conversation_id, case when m.deleted_at is null then m.text else '' end as text,
  (select count(*)::int from attachment a where a.workspace_id = m.workspace_id and a.message_id = m.id and m.deleted_at is null) as files
"""

PREVIEWED = """
update conversation c set preview = k.preview, version = c.version + 1
from unnest($2::uuid[], $3::uuid[], $4::text[]) as k(id, message_id, preview)
where c.workspace_id = $1 and c.id = k.id and k.message_id = (
  select m.id from message m where m.workspace_id = $1 and m.conversation_id = k.id and m.kind <> 'event'
  order by m.sent_at desc, m.id desc limit 1)
returning c.id
"""

WATERMARK = """
update message m set state = $5, version = m.version + 1
from unnest($3::text[], $4::timestamptz[]) as k(thread, at)
join thread t on t.workspace_id = $1 and t.connection_id = $2 and t.external_id = k.thread
where m.workspace_id = $1 and m.conversation_id = t.conversation_id and m.thread_id = t.id and m.direction = 'out'
  and m.kind = 'message' and m.sent_at <= k.at and m.state = any($6) returning m.id
"""

REACTIONS = """
insert into reaction (workspace_id, connection_id, external_id, handle_kind, handle_value, name, direction, emoji, at)
select $1, $2, k.* from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
  as k(external_id, handle_kind, handle_value, name, direction, emoji, at)
order by k.external_id, k.handle_kind, k.handle_value
on conflict (workspace_id, connection_id, external_id, handle_kind, handle_value) do update
  set emoji = excluded.emoji, at = excluded.at, name = coalesce(nullif(excluded.name, ''), reaction.name)
where reaction.at < excluded.at
returning external_id
"""

GROWN = """
update message set version = version + 1 where workspace_id = $1 and connection_id = $2 and external_id = any($3) returning id
"""

KEEP_EARLY = """
insert into early_news (workspace_id, connection_id, kind, kept_at, external_id, at, detail)
select $1, $2, $3, $4, k.* from unnest($5::text[], $6::timestamptz[], $7::jsonb[]) as k(external_id, at, detail)
order by k.external_id
on conflict (workspace_id, connection_id, external_id, kind) do update set at = excluded.at, detail = excluded.detail
where early_news.at <= excluded.at and not coalesce((early_news.detail ->> 'deleted')::bool, false)
"""

TAKE_EARLY = """
delete from early_news where workspace_id = $1 and connection_id = $2 and external_id = any($3) returning kind, detail
"""

FORGET_EARLY = "delete from early_news where workspace_id = $1 and kept_at < $2"
