"""Offers of conversations, set by set: a shift's end is one statement a step too. Whoever changes an offer holds its conversation."""

from __future__ import annotations

from app.core.outbox import Change

HANDOFF_COLUMNS = """
h.id, json_build_object('id', c.id, 'number', c.number, 'subject', c.subject, 'channel', c.channel, 'customer', u.name) as conversation,
case when f.id is null then null else json_build_object('id', f.id, 'name', f.name) end as giver,
case when o.id is null then null else json_build_object('id', o.id, 'name', o.name) end as to_member,
case when t.id is null then null else json_build_object('id', t.id, 'name', t.name) end as to_team,
case when k.id is null then null else json_build_object('id', k.id, 'name', k.name) end as taken_by,
h.state, h.reason, h.note, h.brief, case when h.draft_text = '' and h.draft_attachments = '{}' then null else json_build_object(
  'text', h.draft_text, 'kind', h.draft_kind, 'thread_id', h.draft_thread_id, 'attachment_ids', h.draft_attachments) end as draft,
h.answer, h.direct, h.offered_at, h.answered_at, h.ended_at, h.return_after_s, h.return_due_at,
extract(epoch from case when h.state in ('accepted', 'returned') then h.answered_at - h.offered_at end)::float8 as took_s,
(select count(*)::int from handoff b where b.workspace_id = h.workspace_id and b.conversation_id = h.conversation_id
  and b.state in ('declined', 'returned') and b.offered_at <= h.offered_at) as bounces, h.version
"""
HANDOFF = f"""
select {HANDOFF_COLUMNS}
from handoff h
join conversation c on c.workspace_id = h.workspace_id and c.id = h.conversation_id
join customer u on u.workspace_id = c.workspace_id and u.id = c.customer_id
left join member f on f.workspace_id = h.workspace_id and f.id = h.from_member_id
left join member o on o.workspace_id = h.workspace_id and o.id = h.to_member_id
left join team t on t.workspace_id = h.workspace_id and t.id = h.to_team_id
left join member k on k.workspace_id = h.workspace_id and k.id = h.taken_by
where h.workspace_id = $1
"""
HANDOFF_CHANGE = Change("handoff", "inbox", HANDOFF, "h.id")

TO_ME = """
(h.to_member_id = $2 or h.to_team_id in (select m.team_id from team_member m where m.workspace_id = $1 and m.member_id = $2))
"""

HANDED = (
    f"(select count(*) from (select 1 from handoff h where h.workspace_id = $1 and h.state = 'offered' and {TO_ME} limit 1000) x)"
)

HELD = """
select id, status, assignee_id, team_id, next_due_at from conversation
where workspace_id = $1 and id = any($2) order by id for no key update
"""

MINE = """
select c.id, c.next_due_at, json_build_object('id', c.id, 'number', c.number, 'subject', c.subject, 'channel', c.channel,
  'customer', u.name) as conversation,
  exists (select 1 from handoff h where h.workspace_id = $1 and h.conversation_id = c.id and h.state = 'offered') as offered
from conversation c join customer u on u.workspace_id = c.workspace_id and u.id = c.customer_id
where c.workspace_id = $1 and c.assignee_id = $2 and c.status <> 'closed' order by c.next_due_at nulls last, c.id
"""

OFFERED = "select id, conversation_id from handoff where workspace_id = $1 and conversation_id = any($2) and state = 'offered'"

OFFER = """
insert into handoff (workspace_id, id, created_at, updated_at, offered_at, conversation_id, from_member_id, to_member_id, to_team_id,
  reason, note, return_after_s, brief, direct, state, answered_at, taken_by, draft_text, draft_kind, draft_thread_id, draft_attachments)
select $1, k.id, $2, $2, $2, k.conversation_id, $3, $4, $5, $6, $7, $8, k.brief, k.direct,
  case when k.direct and $4::uuid is not null then 'accepted' else 'offered' end,
  case when k.direct and $4::uuid is not null then $2::timestamptz end, case when k.direct then $4::uuid end,
  coalesce(d.text, ''), coalesce(d.kind, 'reply'), d.thread_id, coalesce(d.attachments, '{}')
from unnest($9::uuid[], $10::uuid[], $11::jsonb[], $12::bool[]) as k(id, conversation_id, brief, direct)
left join draft d on d.workspace_id = $1 and d.conversation_id = k.conversation_id and d.member_id = $3
"""

PLACE = """
update conversation set assignee_id = $3, team_id = coalesce($4, team_id), version = version + 1, updated_at = $5
where workspace_id = $1 and id = any($2)
"""

ANSWERED = """
update handoff set state = $3::text, answer = $4, version = version + 1, updated_at = $5,
  answered_at = case when $3::text = 'returned' then answered_at else $5 end,
  ended_at = case when $3::text = 'accepted' then null else $5 end,
  taken_by = case when $3::text = 'accepted' then $6::uuid else taken_by end,
  return_due_at = case when $3::text = 'accepted' then $5 + make_interval(secs => return_after_s) end
where workspace_id = $1 and id = $2 returning return_due_at
"""

FOUND = """
select id, conversation_id, from_member_id, to_member_id, to_team_id, taken_by, state, answered_at, return_due_at, draft_text, draft_kind,
  draft_thread_id, draft_attachments
from handoff where workspace_id = $1 and id = $2
"""

OPEN_OFFER = """
select h.id, h.to_member_id, coalesce((select array_agg(m.member_id) from team_member m
  where m.workspace_id = $1 and m.team_id = h.to_team_id), '{}') as members
from handoff h where h.workspace_id = $1 and h.conversation_id = $2 and h.state = 'offered'
"""

IN_TEAM = "select true from team_member where workspace_id = $1 and team_id = $2 and member_id = $3"

REPLIED = """
select true from message where workspace_id = $1 and conversation_id = $2 and author_id = $3 and kind = 'message'
  and direction = 'out' and state <> 'failed' and created_at >= $4 limit 1
"""

READER = "select role, name from member where workspace_id = $1 and id = $2 and disabled_at is null"

TEAM = "select name from team where workspace_id = $1 and id = $2"
