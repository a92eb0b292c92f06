"""Whom notes name."""

from __future__ import annotations

PEOPLE = """
select m.name, array[m.id] as members from member m
where m.workspace_id = $1 and m.disabled_at is null and m.role <> 'stock'
union all
select t.name, array_agg(m.id) from team t
join team_member x on x.workspace_id = t.workspace_id and x.team_id = t.id
join member m on m.workspace_id = x.workspace_id and m.id = x.member_id and m.disabled_at is null and m.role <> 'stock'
where t.workspace_id = $1 group by t.id, t.name
"""

NAME = """
insert into mention (workspace_id, message_id, member_id) select $1, $2, k from unnest($3::uuid[]) k on conflict do nothing
"""

OF_ME = """c.id in (
  select m.conversation_id from (
    select x.message_id from mention x where x.workspace_id = $1 and x.member_id = $2 order by x.message_id desc limit 1000) newest
  join message m on m.workspace_id = $1 and m.id = newest.message_id)"""

MENTIONED = f"""
(select count(*) from (select 1 from conversation c where c.workspace_id = $1 and c.status = 'open' and {OF_ME} limit 1000) x)
"""
