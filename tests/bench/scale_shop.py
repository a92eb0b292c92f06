"""A shop as large as asked for, written straight into the tables: three years of conversations, five messages each, a tenth of
them still open. Words follow a power law over 20,000, so that a search can ask for a common, a middling or a rare one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

AGENTS, TEAMS, SKUS, TALK = 11, 5, 500, 20_000
MESSAGES_EACH = 5
BUILT = "built 4"
"""Stands on the finished database; another word here builds it anew."""
LOADED = (
    "customer", "handle", "conversation", "thread", "message", "sales_order", "order_line", "conversation_order", "exact_key",
    "read_mark",
)  # fmt: skip

SEEDS = """
create or replace function seed_id(at timestamptz, salt text) returns uuid language sql immutable as
$$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3)
   || '8' || substr(md5(salt), 4, 15))::uuid $$;
create unlogged table seed_shop as select $1::uuid as ws, $2::timestamptz as now, $3::uuid as connection, $4::uuid[] as members,
  $5::uuid[] as teams, $6::uuid[] as variants;
create unlogged table seed_talk as select i, (select string_agg('w' || floor(20000 * power(random(), 3))::int, ' ')
  from generate_series(1, 8 + i % 9)) as text from generate_series(1, {talk}) i;
create unlogged table seed_conversation as
select n, at, seed_id(at, 'conversation' || n) as id, seed_id(at, 'thread' || n) as thread_id, seed_id(at, 'order' || n) as order_id,
  n % ({most} / 3) as customer_n, seed_id(timestamptz '2023-01-01', 'customer' || n % ({most} / 3)) as customer_id,
  case when n <= {most} * 0.9 or n % 12 = 0 then 'closed' when n % 12 = 1 then 'snoozed' else 'open' end as status,
  case when n % 4 <> 0 then s.members[1 + n % {agents}] end as member, case when n % 3 = 0 then s.teams[1 + n / 3 % {teams}] end as team
from seed_shop s, lateral (select n::int as n, s.now - ({most} - n) * interval '1095 days' / {most} as at
  from generate_series(1, {most}) n) x;
"""
OF_CUSTOMERS = "from seed_shop s, (select distinct customer_n, customer_id from seed_conversation) c"
OF_CONVERSATIONS = "from seed_shop s, seed_conversation c"
BOUGHT = f"{OF_CONVERSATIONS} where c.n % 2 = 0"
ORDER = "'114-' || lpad(c.n::text, 7, '0') || '-77'"
LANGUAGE = "case c.n % 3 when 0 then 'id' else 'en' end"

STEPS = {
    "customers": f"""insert into customer (workspace_id, id, created_at, name)
select s.ws, c.customer_id, s.now, 'Customer ' || c.customer_n {OF_CUSTOMERS}""",
    "handles": f"""insert into handle (workspace_id, id, created_at, customer_id, kind, value, label, channel)
select s.ws, seed_id(s.now, 'handle' || c.customer_n), s.now, c.customer_id, 'telegram', 'tg' || c.customer_n, 'buyer' || c.customer_n,
  'telegram' {OF_CUSTOMERS}""",
    "conversations": f"""insert into conversation (workspace_id, id, created_at, number, customer_id, connection_id, channel, channels,
  subject, preview, preview_direction, status, assignee_id, team_id, tags, language, last_activity_at, last_in_at, last_out_at,
  awaiting_since, company_due_at, market_due_at, closed_at, snoozed_until, in_count, message_count)
select s.ws, c.id, c.at, c.n, c.customer_id, s.connection, 'telegram', '{{telegram}}', 'Question ' || c.n, left(t.text, 120),
  case when c.n % 2 = 0 then 'in' else 'out' end, c.status, c.member, c.team,
  case when c.n % 5 = 0 then array['tag' || c.n % 10] else '{{}}' end, {LANGUAGE}, c.at + interval '4 h', c.at + interval '4 h',
  c.at + interval '3 h', case when c.status = 'open' and c.n % 2 = 0 then c.at + interval '4 h' end,
  case when c.status = 'open' and c.n % 2 = 0 then c.at + interval '9 h' end,
  case when c.status = 'open' and c.n % 8 = 0 then c.at + interval '28 h' end,
  case when c.status = 'closed' then c.at + interval '5 h' end, case when c.status = 'snoozed' then s.now + interval '1 day' end, 3, 5
{OF_CONVERSATIONS} join seed_talk t on t.i = 1 + c.n % {TALK}""",
    "threads": f"""insert into thread (workspace_id, id, created_at, conversation_id, connection_id, channel, external_id, customer_id,
  handle_kind, handle_value, handle_label, subject, last_in_at)
select s.ws, c.thread_id, c.at, c.id, s.connection, 'telegram', 'chat-' || c.n, c.customer_id, 'telegram', 'tg' || c.customer_n,
  'buyer' || c.customer_n, 'Question ' || c.n, c.at + interval '4 h' {OF_CONVERSATIONS}""",
    "messages": f"""insert into message (workspace_id, id, created_at, conversation_id, thread_id, connection_id, direction, kind, text,
  state, external_id, author_id, customer_id, sent_at)
select s.ws, seed_id(c.at + m * interval '1 h', 'message' || c.n || '-' || m), c.at, c.id, c.thread_id, s.connection,
  case when m in (1, 3) then 'out' else 'in' end, 'message', a.text || ' ' || b.text || ' ref' || c.n || 'm' || m,
  case when m in (1, 3) then 'sent' else 'received' end, c.n || '-' || m, case when m in (1, 3) then c.member end,
  case when m not in (1, 3) then c.customer_id end, c.at + m * interval '1 h'
{OF_CONVERSATIONS} cross join generate_series(0, {MESSAGES_EACH - 1}) m join seed_talk a on a.i = 1 + (c.n * 7 + m * 13) % {TALK}
join seed_talk b on b.i = 1 + (c.n::bigint * 31 + m * 101) % {TALK}""",
    "orders": f"""insert into sales_order (workspace_id, id, created_at, connection_id, channel, external_id, status, channel_version,
  placed_at, customer_id, currency, total_minor)
select s.ws, c.order_id, c.at, s.connection, 'telegram', {ORDER}, 'shipped', '1', c.at - interval '2 days', c.customer_id, 'USD',
  1000 + c.n % 9000 {BOUGHT}""",
    "order lines": f"""insert into order_line (workspace_id, id, created_at, order_id, position, external_id, external_sku, title,
  quantity, variant_id)
select s.ws, seed_id(c.at, 'line' || c.n), c.at, c.order_id, 1, '1', 'SKU-' || c.n % {SKUS}, 'Thing', 1, s.variants[1 + c.n % {SKUS}]
{BOUGHT}""",
    "order links": f"""insert into conversation_order (workspace_id, conversation_id, order_ref, source)
select s.ws, c.id, {ORDER}, 'channel' {BOUGHT}""",
    "order keys": f"""insert into exact_key (workspace_id, key, kind, subject_id) select s.ws, {ORDER}, 'order', c.order_id {BOUGHT}""",
    "customer keys": f"""insert into exact_key (workspace_id, key, kind, subject_id)
select s.ws, 'buyer' || c.customer_n, 'customer', c.customer_id {OF_CUSTOMERS}""",
    "read marks": f"""insert into read_mark (workspace_id, conversation_id, member_id, in_count)
select s.ws, c.id, s.members[1], 2 {OF_CONVERSATIONS} where c.n % 3 = 0""",
}


async def fill(conn: asyncpg.Connection, workspace_id: UUID, member_id: UUID, most: int, say: Callable[[str], None]) -> None:
    """As superuser: foreign keys and indexes are taken away while rows are written, and the indexes come back at the end."""
    now = datetime.now(UTC)
    members, teams, variants, connection = await _people(conn, workspace_id, member_id, now)
    indexes = await conn.fetch(
        "select i.indexname, i.indexdef from pg_indexes i where i.schemaname = 'public' and i.tablename = any($1) "
        "and not exists (select 1 from pg_constraint c where c.conname = i.indexname)",
        list(LOADED),
    )
    await conn.execute("set session_replication_role = replica; set maintenance_work_mem = '1GB'; set work_mem = '256MB'")
    for index in indexes:
        await conn.execute(f"drop index {index['indexname']}")
    seeds = SEEDS.format(talk=TALK, most=most, agents=AGENTS, teams=TEAMS).split(";\n")
    for statement in seeds:
        args = (workspace_id, now, connection, members, teams, variants) if "$1" in statement and "seed_shop" in statement else ()
        if statement.strip():
            await conn.execute(statement, *args)
    await conn.execute("analyze seed_conversation; analyze seed_talk")
    for name, statement in STEPS.items():
        say(f"{most:,} conversations: {name}")
        await conn.execute(statement)
    for index in indexes:
        say(f"{most:,} conversations: {index['indexname']}")
        await conn.execute(index["indexdef"])
    await conn.execute("drop table seed_conversation, seed_talk, seed_shop; drop function seed_id")
    await conn.execute("insert into counter (workspace_id, name, value) values ($1, 'conversation', $2) "
                       "on conflict (workspace_id, name) do update set value = $2", workspace_id, most)  # fmt: skip
    say(f"{most:,} conversations: vacuum")
    await conn.execute("vacuum (analyze)")


async def _people(
    conn: asyncpg.Connection, workspace_id: UUID, member_id: UUID, now: datetime
) -> tuple[list[UUID], list[UUID], list[UUID], UUID]:
    """The member who looks is one of them and in one of the teams."""
    others = await conn.fetch(
        "insert into member (workspace_id, id, created_at, name, email) "
        "select $1, gen_random_uuid(), $2, 'Agent ' || n, 'agent' || n || '@bench.example' from generate_series(2, $3::int) n returning id",
        workspace_id, now, AGENTS,
    )  # fmt: skip
    teams = await conn.fetch(
        "insert into team (workspace_id, id, created_at, name) select $1, gen_random_uuid(), $2, 'Team ' || n "
        "from generate_series(1, $3::int) n returning id",
        workspace_id, now, TEAMS,
    )  # fmt: skip
    await conn.execute(
        "insert into team_member (workspace_id, team_id, member_id) values ($1, $2, $3)", workspace_id, teams[0]["id"], member_id
    )
    variants = await conn.fetch(
        "insert into variant (workspace_id, id, created_at, sku, title) select $1, gen_random_uuid(), $2, 'SKU-' || n, 'Thing ' || n "
        "from generate_series(0, $3::int - 1) n returning id",
        workspace_id, now, SKUS,
    )  # fmt: skip
    connection = await conn.fetchval(
        "insert into connection (workspace_id, id, created_at, channel, name, hook_token_hash, state) "
        "values ($1, gen_random_uuid(), $2, 'telegram', 'Bench', '', 'paused') returning id",
        workspace_id, now,
    )  # fmt: skip
    return [member_id, *(row["id"] for row in others)], [row["id"] for row in teams], [row["id"] for row in variants], connection
