"""Each thread has its channel's clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thread", sa.Column("market_clock_s", sa.Float(), nullable=True))
    op.add_column("thread", sa.Column("market_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("thread", sa.Column("rested_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update thread t set rested_at = t.last_in_at from conversation c "
        "where c.workspace_id = t.workspace_id and c.id = t.conversation_id and c.awaiting_since is null"
    )
    op.execute(
        "update thread t set market_due_at = c.market_due_at, market_clock_s = extract(epoch from c.market_due_at - c.awaiting_since) "
        "from conversation c where c.workspace_id = t.workspace_id and c.id = t.conversation_id and c.channel = t.channel "
        "and c.market_due_at is not null and c.awaiting_since is not null"
    )


def downgrade() -> None:
    op.drop_column("thread", "rested_at")
    op.drop_column("thread", "market_due_at")
    op.drop_column("thread", "market_clock_s")
