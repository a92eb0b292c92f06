"""Rows of files; the bytes lie in the file store."""

from __future__ import annotations

DUE = """
update attachment a set attempts = a.attempts + 1, due_at = $1::timestamptz + interval '2 minutes'
from (select workspace_id, id from attachment where due_at <= $1 order by due_at limit 8 for no key update skip locked) d
where a.workspace_id = d.workspace_id and a.id = d.id
returning a.workspace_id, a.id, a.message_id, a.connection_id, a.ref, a.attempts
"""

ADD = """
insert into attachment (workspace_id, id, created_at, name, media_type, size, sha256, state, connection_id)
values ($1, $2, $3, $4, $5, $6, $7, 'stored', $8)
"""

ONE = """
select a.name, a.media_type, a.sha256 from attachment a
left join message m on m.workspace_id = a.workspace_id and m.id = a.message_id
where a.workspace_id = $1 and a.id = $2 and a.state = 'stored' and m.deleted_at is null
"""

OF_MESSAGE = """
select id, name, media_type, sha256 from attachment where workspace_id = $1 and message_id = $2 and state = 'stored' order by id
"""

SETTLE = """
update attachment set state = $3, detail = $4, due_at = $5, sha256 = $6, size = case when $7 > 0 then $7 else size end,
  media_type = coalesce(nullif($8, ''), media_type)
where workspace_id = $1 and id = $2
"""

GROWN = "update message set version = version + 1 where workspace_id = $1 and id = $2"

NEVER_SENT = """
with gone as (
  delete from attachment a using (
    select workspace_id, id from attachment where message_id is null and connection_id is not null and created_at < $1
    order by created_at limit 200) d
  where a.workspace_id = d.workspace_id and a.id = d.id and a.message_id is null returning a.workspace_id, a.id, a.sha256
)
select distinct g.sha256 from gone g where not exists (
  select 1 from attachment o where o.sha256 = g.sha256 and o.sha256 <> ''
    and (o.workspace_id, o.id) not in (select workspace_id, id from gone))
"""
