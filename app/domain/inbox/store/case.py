"""Cases of channels and the conversations they are worked on in."""

from __future__ import annotations

PLACE = """
select place from (
  select k.conversation_id as place, 0 as rank from conversation_case k where k.workspace_id = $1 and k.case_id = $2
  union all
  select t.conversation_id, 1 from thread t
  where t.workspace_id = $1 and t.connection_id = $3 and t.external_id = nullif($4, '') and t.current
  union all
  (select c.id, 2 from conversation_order o
   join conversation c on c.workspace_id = o.workspace_id and c.id = o.conversation_id
   where o.workspace_id = $1 and o.order_ref = nullif($5, '') and c.connection_id = $3 and o.source <> 'text'
   order by c.last_activity_at desc limit 1)
) found order by rank limit 1
"""

PUT = """
insert into conversation_case (workspace_id, case_id, conversation_id) values ($1, $2, $3) on conflict do nothing
"""

ABOUT = """
insert into conversation_order (workspace_id, conversation_id, order_ref, source) values ($1, $2, $3, 'channel') on conflict do nothing
"""

OPEN = """
insert into conversation (workspace_id, id, created_at, updated_at, number, customer_id, connection_id, channel, channels, brand,
  subject, status, last_activity_at)
values ($1, $2, $3, $3, $4, $5, $6, $7::text, array[$7::text], $8, $9, 'open', $3)
"""

THREAD = """
insert into thread (workspace_id, id, created_at, conversation_id, connection_id, channel, external_id, customer_id, handle_kind,
  handle_value, handle_label, subject)
select $1, $2, $3, $4, $5, $6, $7, $8, coalesce(h.kind, ''), coalesce(h.value, ''), coalesce(nullif(h.label, ''), h.value, ''), $9
from (select 1) one left join lateral (
  select kind, value, label from handle where workspace_id = $1 and customer_id = $8 order by created_at, id limit 1) h on true
on conflict do nothing
"""

LINE = """
insert into message (workspace_id, id, created_at, conversation_id, direction, kind, text, state, sent_at, detail, connection_id)
values ($1, $2, $3, $4, 'out', 'event', $5, 'sent', $3, $6, $7)
"""

REOPEN = """
update conversation set status = 'open', closed_at = null, snoozed_until = null, last_activity_at = $3, updated_at = $3,
  version = version + 1
where workspace_id = $1 and id = $2
"""

CLOCKS = """
update conversation c set version = c.version + 1, case_due_at = (
  select min(a.respond_by) from conversation_case k join channel_case a on a.workspace_id = k.workspace_id and a.id = k.case_id
  where k.workspace_id = $1 and k.conversation_id = c.id and a.open)
where c.workspace_id = $1 and c.id = any($2)
"""
