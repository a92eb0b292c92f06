"""What a visitor of the shop's own page may read: their own thread, and of ours only what was really said."""

from __future__ import annotations

HEAD = "select seq, oldest from outbox_head where workspace_id = $1"

THREAD = """
select t.id, t.conversation_id, c.in_count > 0 and c.in_count <= coalesce((
  select max(r.in_count) from read_mark r where r.workspace_id = c.workspace_id and r.conversation_id = c.id), 0) as seen
from thread t join conversation c on c.workspace_id = t.workspace_id and c.id = t.conversation_id
where t.workspace_id = $1 and t.connection_id = $2 and t.external_id = $3 and t.current
"""

MESSAGES = """
select * from (
  select m.id::text as id, coalesce(m.external_id, '') as external_id, case m.direction when 'in' then 'visitor' else 'shop' end as side,
    m.text, m.sent_at as at, m.automated, coalesce(p.name, '') as author, m.version,
    coalesce((
      select json_agg(json_build_object('id', a.id, 'name', a.name, 'media_type', a.media_type, 'size', a.size) order by a.id)
      from attachment a where a.workspace_id = m.workspace_id and a.message_id = m.id and a.state = 'stored'), '[]'::json) as files
  from message m join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
  left join member p on p.workspace_id = m.workspace_id and p.id = m.author_id
  where m.workspace_id = $1 and t.connection_id = $2 and t.external_id = $3 and m.kind = 'message' and m.deleted_at is null
    and (m.direction = 'in' or m.state in ('sent', 'delivered', 'read'))
    and ($4::bigint is null or m.id in (
      select o.entity_id from outbox o where o.workspace_id = $1 and o.seq > $4 and o.kind = 'message'))
  order by m.sent_at desc, m.id desc limit $5
) newest order by at, id
"""

FILE = """
select a.name, a.media_type, a.sha256 from attachment a
join message m on m.workspace_id = a.workspace_id and m.id = a.message_id
join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
where a.workspace_id = $1 and t.connection_id = $2 and t.external_id = $3 and a.id = $4 and a.state = 'stored'
  and m.kind = 'message' and m.deleted_at is null and (m.direction = 'in' or m.state in ('sent', 'delivered', 'read'))
"""
