"""The company's clock: what it is counted by, and what is counted."""

from __future__ import annotations

RULES = """
select w.time_zone, w.reply_target_s, w.hours, w.reply_targets,
  coalesce((select jsonb_object_agg(t.id, t.hours) from team t where t.workspace_id = $1 and t.hours <> '{}'::jsonb), '{}'::jsonb) as teams
from workspace w where w.id = $1
"""

WAITING = """
select c.id, c.awaiting_since, c.priority, c.team_id, c.last_out_at is null as first from conversation c
where c.workspace_id = $1 and c.id = any($2) and c.awaiting_since is not null
"""

ALL_WAITING = """
select c.id from conversation c where c.workspace_id = $1 and c.status in ('open', 'snoozed') and c.awaiting_since is not null
order by c.id for no key update
"""

DUE = """
update conversation c set company_due_at = k.due, version = c.version + $4
from unnest($2::uuid[], $3::timestamptz[]) as k(id, due)
where c.workspace_id = $1 and c.id = k.id and c.company_due_at is distinct from k.due
returning c.id
"""
