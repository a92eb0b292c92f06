"""Row-level security, rights by role, the append-only ledger and the finder functions."""

from __future__ import annotations

from alembic import op

from app.core.roles import APP, DUTY, FINDER, let_duty, let_finder, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT = (
    "outbox outbox_head timer dead_letter exact_key counter member team team_member connection connection_secret consent feed "
    "rate_bucket customer handle variant bundle_component listing location balance reservation allocation listing_state push "
    "incident sales_order order_line fulfilment conversation thread message send_attempt attachment read_mark "
    "conversation_order conversation_case channel_case checkout reaction early_news refusal delivery"
).split()
APPEND_ONLY = ("movement", "audit")
WORKLESS = ("login", "session", "api_key", "hook_route")
LEASE = "due_at, lease_until, lease_token, attempts"

DUTY_RIGHTS = {
    "delivery": {"select": "*", "insert": "*", "update": f"{LEASE}, state, error, ingested_at"},
    "connection": {"select": "*", "update": "watched_at"},
    "feed": {"select": "*", "update": LEASE},
    "message": {
        "select": f"workspace_id, id, conversation_id, thread_id, connection_id, direction, kind, state, sent_at, {LEASE}",
        "update": LEASE,
    },
    "listing_state": {"select": "*", "update": "lease_until, lease_token, attempts, not_before"},
    "rate_bucket": {"select": "*", "insert": "*", "update": "*"},
    "outbox": {"select": "*", "update": "seq, stamped_at", "delete": True},
    "outbox_head": {"select": "*", "insert": "*", "update": "*"},
    "timer": {"select": "*", "update": f"{LEASE}, done_at"},
    "attachment": {"select": "*", "update": "due_at, attempts"},
    "listing": {"select": "workspace_id, id, external_id"},
}

LEDGER = """
create function public.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$
"""

FIND_MESSAGES = """
create function public.find_messages(wanted tsquery, most integer)
returns table (message_id uuid, conversation_id uuid, sent_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.id, m.conversation_id, m.sent_at from message m
  where m.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and m.search @@ wanted
  order by m.sent_at desc limit most
$$
"""

FIND_KEYS = """
create function public.find_keys(wanted text, most integer)
returns table (kind text, subject_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select k.kind::text, k.subject_id from exact_key k
  where k.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and k.key = wanted
  limit most
$$
"""


def upgrade() -> None:
    statements = [f"grant usage on schema public to {APP}, {DUTY}, {FINDER}"]
    for table in TENANT:
        statements += protect(table)
    statements += protect("workspace", column="id")
    for table in APPEND_ONLY:
        statements += protect(table)
        statements.append(f"revoke update, delete, truncate on {table} from {APP}")
    for table, rights in DUTY_RIGHTS.items():
        statements += let_duty(table, **rights)
    statements += let_duty("workspace", select="id, pushing_stopped")
    statements += let_finder("message", "workspace_id, id, conversation_id, sent_at, search")
    statements += let_finder("exact_key", "workspace_id, key, kind, subject_id")
    statements += [f'grant select, insert, update, delete on "{table}" to {APP}' for table in WORKLESS]
    statements += [f"grant select on hook_route to {DUTY}", f"grant select on alembic_version to {APP}", LEDGER]
    for table in APPEND_ONLY:
        statements.append(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function public.refuse_change()"
        )
    statements += [FIND_MESSAGES, FIND_KEYS, f"grant create on schema public to {FINDER}"]
    for function in ("find_messages(tsquery, integer)", "find_keys(text, integer)"):
        statements += [
            f"alter function public.{function} owner to {FINDER}",
            f"revoke execute on function public.{function} from public",
            f"grant execute on function public.{function} to {APP}",
        ]
    statements.append(f"revoke create on schema public from {FINDER}")
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop function public.find_messages(tsquery, integer)")
    op.execute("drop function public.find_keys(text, integer)")
    for table in APPEND_ONLY:
        op.execute(f"drop trigger {table}_append_only on {table}")
    op.execute("drop function public.refuse_change()")
    for table in (*TENANT, *APPEND_ONLY, "workspace"):
        for role in ("app", "duty", "finder"):
            op.execute(f'drop policy if exists {table}_{role} on "{table}"')
        op.execute(f'alter table "{table}" no force row level security')
        op.execute(f'alter table "{table}" disable row level security')
        op.execute(f'revoke all on "{table}" from {APP}, {DUTY}, {FINDER}')
    for table in WORKLESS:
        op.execute(f'revoke all on "{table}" from {APP}, {DUTY}')
    op.execute(f"revoke all on alembic_version from {APP}")
    op.execute(f"revoke usage on schema public from {APP}, {DUTY}, {FINDER}")
