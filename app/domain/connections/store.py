"""All SQL of this room."""

from __future__ import annotations

from app.core.outbox import Change

CONNECTION = """
select c.id, c.channel, c.name, c.account, c.brand, c.state, c.sends_replies, c.pushes_stock,
  case when c.sends_replies or c.pushes_stock then 'live' else 'shadow' end as mode, c.settings, c.hook_token,
  c.last_success_at, c.last_event_at, c.error_code, c.error_detail, c.error_fix, c.error_at, c.hook_state, c.hook_detail,
  c.created_at, c.version,
  coalesce((select json_agg(json_build_object('name', f.name, 'behind', f.behind, 'last_success_at', f.last_success_at,
    'last_error', f.last_error, 'last_pull_at', f.last_pull_at, 'pulled', f.pulled, 'about', f.about,
    'first_done_at', f.first_done_at) order by f.name)
    from feed f where f.workspace_id = c.workspace_id and f.connection_id = c.id), '[]'::json) as feeds,
  coalesce((select json_agg(json_build_object('operation', b.operation, 'tokens', b.tokens, 'day_used', b.day_used,
    'blocked_until', b.blocked_until) order by b.operation)
    from rate_bucket b where b.workspace_id = c.workspace_id and b.connection_id = c.id), '[]'::json) as budgets,
  (select count(*) from listing_state s where s.workspace_id = c.workspace_id and s.connection_id = c.id) as listings,
  (select count(*) from listing_state s where s.workspace_id = c.workspace_id and s.connection_id = c.id
    and s.state in ('differs', 'refused', 'waiting')) as behind_listings
from connection c where c.workspace_id = $1
"""
PAGE = f"""
select coalesce((select seq from outbox_head where workspace_id = $1), 0) as as_of, x.row from (select 1) one left join (
  select found.created_at, found.id, row_to_json(found)::text as row
  from ({CONNECTION} and c.error_code <> 'removed' and ($2::uuid is null or c.id = $2)) found) x on true order by x.created_at, x.id
"""
CONNECTION_CHANGE = Change(
    "connection",
    "connections",
    """
select c.id, c.channel, c.name, c.state, c.sends_replies, c.pushes_stock, c.last_success_at, c.error_code, c.error_at, c.version
from connection c where c.workspace_id = $1
""",
    "c.id",
)

INSERT = """
insert into connection (workspace_id, id, created_at, updated_at, channel, name, brand, sends_replies, pushes_stock, settings,
  hook_token, hook_token_hash)
values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (workspace_id, name) do nothing returning id
"""

SECRET = """
insert into connection_secret (workspace_id, connection_id, field, key_id, sealed) values ($1, $2, $3, $4, $5)
on conflict (workspace_id, connection_id, field) do update set key_id = excluded.key_id, sealed = excluded.sealed
"""

FEED = """
insert into feed (workspace_id, id, created_at, connection_id, name, due_at) values ($1, $2, $3, $4, $5, $3) on conflict do nothing
"""

ROUTE = "insert into hook_route (token_hash, channel, workspace_id, connection_id, created_at) values ($1, $2, $3, $4, $5)"

FIND_ROUTE = """
select r.channel, r.workspace_id, r.connection_id, c.brand, c.state, c.sends_replies, c.pushes_stock, c.settings,
  c.secrets_version, c.hook_token
from hook_route r left join connection c on c.workspace_id = r.workspace_id and c.id = r.connection_id
where r.token_hash = $1
"""

ACCOUNTS = "select account, workspace_id, id from connection where channel = $1 and account = any($2) and workspace_id = $3"

LOOK_AGAIN = """
update connection c set watched_at = null from connection gone
where c.workspace_id = $1 and gone.workspace_id = $1 and gone.id = $2 and c.channel = gone.channel and c.id <> gone.id
"""

UNWATCHED = """
update connection c set watched_at = $1 from (
  select workspace_id, id from connection where state = 'ready' and (watched_at is null or watched_at < $2)
  order by watched_at nulls first limit $3 for no key update skip locked
) k where c.workspace_id = k.workspace_id and c.id = k.id returning c.workspace_id, c.id, c.account
"""

SUCCESS = """
update connection set last_success_at = $3, last_event_at = case when $4 then $3 else last_event_at end,
  failures = 0, open_until = null, error_code = '', error_detail = '', error_fix = '', error_at = null,
  state = case when state = 'broken' then 'ready' else state end,
  version = version + case when state = 'broken' or error_code <> '' or last_success_at is null then 1 else 0 end
where workspace_id = $1 and id = $2 and error_code <> 'removed' and (error_code <> '' or failures > 0 or state = 'broken' or $4
  or last_success_at is null or last_success_at < $3::timestamptz - interval '15 seconds')
returning (xmax::text::bigint > 0) as touched
"""

FAILURE = """
update connection set failures = failures + 1, error_code = $3::text, error_detail = $4, error_fix = $7, error_at = coalesce(error_at, $5),
  open_until = case when failures + 1 >= 5 then $5 + make_interval(secs => least(300, 2 ^ least(failures, 8))) else open_until end,
  state = case when $6 and state = 'ready' then 'broken' else state end,
  version = version + case when error_code <> $3::text or ($6 and state = 'ready') then 1 else 0 end
where workspace_id = $1 and id = $2 and error_code <> 'removed' returning id
"""

HOOK = """
update connection set hook_state = $3, hook_detail = $4, version = version + 1
where workspace_id = $1 and id = $2 and error_code <> 'removed' and (hook_state, hook_detail) is distinct from ($3::text, $4::text)
returning id
"""

FEEDS_DUE = """
update feed set due_at = $3, attempts = 0, lease_until = null where workspace_id = $1 and connection_id = $2
"""

STANDING = "select channel, name, state from connection where workspace_id = $1 and id = $2 and error_code <> 'removed'"

ALL_DIRTY = """
update listing_state s set dirty_at = $3, wanted_version = s.wanted_version + 1 from listing l
where s.workspace_id = $1 and s.connection_id = $2 and s.variant_id is not null and s.state <> 'read_only'
  and l.workspace_id = s.workspace_id and l.id = s.listing_id and l.mapping = 'confirmed'
"""

DROP_ROUTE = "delete from hook_route where workspace_id = $1 and connection_id = $2"

KEEP_CONSENT = """
insert into consent (workspace_id, id, created_at, state_hash, member_id, channel, connection_id, key_id, sealed, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

FIND_CONSENT = """
select id, member_id, channel, connection_id, key_id, sealed, expires_at, used_at from consent
where workspace_id = $1 and state_hash = $2 for no key update
"""

USE_CONSENT = "update consent set used_at = $3, sealed = '' where workspace_id = $1 and id = $2"

END_CONSENT = """
update consent set outcome = $3, connection_id = coalesce($4, connection_id), code = $5, detail = $6, fix = $7
where workspace_id = $1 and id = $2
"""

READ_CONSENT = """
select id, channel, outcome, connection_id, code, detail, fix from consent where workspace_id = $1 and id = $2 and member_id = $3
"""

FORGET_CONSENTS = "delete from consent where workspace_id = $1 and expires_at < $2"

NAMED = "select id from connection where workspace_id = $1 and name = $2"
