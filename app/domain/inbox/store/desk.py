"""Saved replies and macros, and the facts their variables stand for."""

from __future__ import annotations

from app.core.outbox import Change

SAVED_REPLY = "select r.id, r.name, r.texts, r.version from saved_reply r where r.workspace_id = $1"
SAVED_REPLY_CHANGE = Change("saved_reply", "inbox", SAVED_REPLY, "r.id")

ADD_REPLY = """
insert into saved_reply (workspace_id, id, created_at, name, texts) values ($1, $2, $3, $4, $5)
on conflict (workspace_id, name) do nothing returning id
"""

WRITE_REPLY = """
update saved_reply r set name = $3, texts = $4, updated_at = $5, version = version + 1
where r.workspace_id = $1 and r.id = $2 and not exists (
  select 1 from saved_reply o where o.workspace_id = $1 and o.name = $3 and o.id <> $2) returning r.id
"""

MACROS_USING = "select name from macro where workspace_id = $1 and reply_id = $2 order by name"

DROP_REPLY = "delete from saved_reply where workspace_id = $1 and id = $2 returning id"

MACRO = """
select m.id, m.name, m.reply_id, m.tags, m.assign, m.assignee_id, m.team_id, m.status, m.snooze_s, m.version
from macro m where m.workspace_id = $1
"""
MACRO_CHANGE = Change("macro", "inbox", MACRO, "m.id")

ADD_MACRO = """
insert into macro (workspace_id, id, created_at, name, reply_id, tags, assign, assignee_id, team_id, status, snooze_s)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (workspace_id, name) do nothing returning id
"""

WRITE_MACRO = """
update macro m set updated_at = $3, name = $4, reply_id = $5, tags = $6, assign = $7, assignee_id = $8, team_id = $9, status = $10,
  snooze_s = $11, version = version + 1
where m.workspace_id = $1 and m.id = $2 and not exists (
  select 1 from macro o where o.workspace_id = $1 and o.name = $4 and o.id <> $2) returning m.id
"""

DROP_MACRO = "delete from macro where workspace_id = $1 and id = $2 returning id"

UNKNOWN = """
select case when $2::uuid is not null and not exists (select 1 from saved_reply where workspace_id = $1 and id = $2) then 'reply_id'
  when $3::uuid is not null and not exists (
    select 1 from member where workspace_id = $1 and id = $3 and disabled_at is null) then 'assignee_id'
  when $4::uuid is not null and not exists (select 1 from team where workspace_id = $1 and id = $4) then 'team_id' end
"""

FACTS = """
select c.id, c.number, c.tags, u.name as customer, coalesce(nullif(c.language, ''), u.language) as language, c.channel,
  coalesce(o.number, '') as order_number, coalesce(o.tracking, '') as order_tracking, coalesce(o.status, '') as order_status
from conversation c join customer u on u.workspace_id = c.workspace_id and u.id = c.customer_id
left join lateral (
  select coalesce(nullif(s.number, ''), s.external_id) as number, s.tracking, s.status,
    exists (select 1 from conversation_order n where n.workspace_id = $1 and n.conversation_id = c.id
      and n.order_ref = s.external_id) as linked
  from sales_order s where s.workspace_id = $1 and (s.customer_id = c.customer_id or s.external_id in (
    select n.order_ref from conversation_order n where n.workspace_id = $1 and n.conversation_id = c.id))
  order by linked desc, s.placed_at desc, s.id desc limit 1) o on true
where c.workspace_id = $1 and c.id = any($2)
"""

CHANNEL_OF = """
select channel from thread where workspace_id = $1 and conversation_id = $2 and ($3::uuid is null or id = $3)
order by current desc, last_in_at desc nulls last, id desc limit 1
"""
