"""Held messages let go."""

from __future__ import annotations

THREAD_OF = """
select t.connection_id, t.external_id from message m join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
where m.workspace_id = $1 and m.id = $2 and m.held <> ''
"""

HELD = """
select m.id, m.thread_id, m.conversation_id, m.detail, m.sent_at, t.handle_kind, t.customer_id, t.channel
from message m join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
where m.workspace_id = $1 and m.id = $2 and m.held <> '' and m.deleted_at is null for no key update of m
"""

RELEASE = """
update message set held = '', detail = detail - 'claimed', customer_id = $3, version = version + 1
where workspace_id = $1 and id = $2
"""

OPEN_WINDOW = """
with here as (
  update thread set last_in_at = greatest(last_in_at, $4::text::timestamptz),
    reply_until_at = greatest(last_in_at, $4::text::timestamptz) + make_interval(secs => $5::float8)
  where workspace_id = $1 and id = $2
)
update conversation set last_in_at = greatest(last_in_at, $6),
  reply_until_at = greatest(last_in_at, $4::text::timestamptz) + make_interval(secs => $5::float8), version = version + 1
where workspace_id = $1 and id = $3
"""

ABOUT = """
insert into conversation_order (workspace_id, conversation_id, order_ref, source)
select $1, $2, k, 'channel' from unnest($3::text[]) k on conflict do nothing
"""
