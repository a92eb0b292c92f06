"""Searching millions of messages: the newest are read through first, the word index is asked only for what is rarer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HEAD = """
create or replace function public.find_messages(wanted tsquery, most integer)
returns table (message_id uuid, conversation_id uuid, sent_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
"""

NEWEST_FIRST = f"""{HEAD}
  with newest as materialized (
    select m.id, m.conversation_id, m.sent_at from (
      select n.id, n.conversation_id, n.sent_at, n.search from message n
      where n.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
      order by n.sent_at desc, n.id desc limit 40000) m
    where m.search @@ wanted limit most
  )
  select * from newest where (select count(*) from newest) = most
  union all
  (select m.id, m.conversation_id, m.sent_at from message m
   where (select count(*) from newest) < most
     and m.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and m.search @@ wanted
   order by m.sent_at desc limit most)
$$
"""
"""A word of every hundredth message or commoner has its newest hits among the newest 40,000: found without sorting all it has."""

BY_WORD = f"""{HEAD}
  select m.id, m.conversation_id, m.sent_at from message m
  where m.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and m.search @@ wanted
  order by m.sent_at desc limit most
$$
"""


def upgrade() -> None:
    op.create_index("ix_message_recent", "message", ["workspace_id", sa.text("sent_at desc"), sa.text("id desc")])
    op.execute(NEWEST_FIRST)


def downgrade() -> None:
    op.execute(BY_WORD)
    op.drop_index("ix_message_recent", "message")
