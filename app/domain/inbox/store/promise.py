"""Promises, and the drafts that have not been sent."""

from __future__ import annotations

from app.core.outbox import Change

PROMISE = """
select p.id, p.conversation_id, p.message_id, p.text, p.kind, p.state, p.due_at, p.settled_at,
  case when m.id is null then null else json_build_object('id', m.id, 'name', m.name) end as made_by, p.created_at, p.version
from promise p left join member m on m.workspace_id = p.workspace_id and m.id = p.made_by
where p.workspace_id = $1
"""
PROMISE_CHANGE = Change("promise", "inbox", PROMISE, "p.id")

MAKE = """
insert into promise (workspace_id, id, created_at, updated_at, conversation_id, message_id, made_by, text, kind, due_at)
select $1, k.id, $2, $2, $3, k.message_id, $4, k.text, k.kind, k.due_at
from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::timestamptz[]) as k(id, message_id, text, kind, due_at)
"""

HELD = """
select id, conversation_id, text, kind, state, due_at, settled_at, created_at from promise where workspace_id = $1 and id = $2
for no key update
"""

THERE = "select true from conversation where workspace_id = $1 and id = $2"

HOLD = f"{THERE} for no key update"

PLACE_OF = "select conversation_id from promise where workspace_id = $1 and id = $2"

OWED = """
select id, text, kind, due_at from promise where workspace_id = $1 and conversation_id = $2 and settled_at is null order by id
"""

WRITE = """
update promise set text = $3, kind = $4, state = $5, due_at = $6, settled_at = $7, version = version + 1, updated_at = $8
where workspace_id = $1 and id = $2
"""

SETTLE = """
update promise set state = $3, settled_at = $4, version = version + 1, updated_at = $4
where workspace_id = $1 and id = any($2)
"""

CLOCK = """
update conversation c set version = c.version + 1, updated_at = $3, promise_due_at = (
  select min(p.due_at) from promise p where p.workspace_id = $1 and p.conversation_id = c.id and p.settled_at is null)
where c.workspace_id = $1 and c.id = $2
"""

SPEAKS = "select count(*)::int from message where workspace_id = $1 and conversation_id = $2 and id = any($3)"

REOPEN = """
update conversation set status = 'open', closed_at = null, snoozed_until = null, version = version + 1, updated_at = $3
where workspace_id = $1 and id = $2 and status <> 'open'
"""

DRAFT = """
select d.text, d.kind, d.thread_id, d.attachments as attachment_ids, d.updated_at, coalesce((
    select json_agg(json_build_object('id', a.id, 'name', a.name, 'media_type', a.media_type, 'size', a.size, 'state', a.state,
      'url', case when a.state = 'stored' then '/api/v1/attachments/' || a.id end) order by a.id)
    from attachment a where a.workspace_id = $1 and a.id = any(d.attachments) and a.message_id is null), '[]'::json) as attachments,
  case when m.id is null then null else json_build_object('id', m.id, 'name', m.name) end as written_by
from draft d left join member m on m.workspace_id = d.workspace_id and m.id = d.from_member_id
where d.workspace_id = $1 and d.conversation_id = $2 and d.member_id = $3
"""

SAVE = """
insert into draft (workspace_id, conversation_id, member_id, text, kind, thread_id, attachments, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (workspace_id, conversation_id, member_id) do update set text = excluded.text, kind = excluded.kind,
  thread_id = excluded.thread_id, attachments = excluded.attachments, updated_at = excluded.updated_at
"""

DROP = "delete from draft where workspace_id = $1 and conversation_id = $2 and member_id = $3"

PASS_ON = """
with passed as (
  delete from draft where workspace_id = $1 and conversation_id = $2 and member_id = $3 and (text <> '' or attachments <> '{}')
    and not exists (select 1 from draft o where o.workspace_id = $1 and o.conversation_id = $2 and o.member_id = $4
      and (o.text <> '' or o.attachments <> '{}'))
  returning text, kind, thread_id, attachments
)
insert into draft (workspace_id, conversation_id, member_id, text, kind, thread_id, attachments, from_member_id, updated_at)
select $1, $2, $4, text, kind, thread_id, attachments, $3, $5 from passed
on conflict (workspace_id, conversation_id, member_id) do update set text = excluded.text, kind = excluded.kind,
  thread_id = excluded.thread_id, attachments = excluded.attachments, from_member_id = excluded.from_member_id,
  updated_at = excluded.updated_at
"""

TRAVELS = """
update handoff h set draft_text = coalesce(d.text, ''), draft_kind = coalesce(d.kind, 'reply'), draft_thread_id = d.thread_id,
  draft_attachments = coalesce(d.attachments, '{}'), version = h.version + 1
from (select 1) one left join draft d on d.workspace_id = $1 and d.conversation_id = $2 and d.member_id = $3
where h.workspace_id = $1 and h.conversation_id = $2 and h.from_member_id = $3 and h.state = 'offered'
returning h.id
"""
