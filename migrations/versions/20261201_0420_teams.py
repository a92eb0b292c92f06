"""Open conversations of a team, by index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_conversation_team",
        "conversation",
        ["workspace_id", "team_id", sa.literal_column("last_activity_at desc"), sa.literal_column("id desc")],
        postgresql_where=sa.text("status = 'open' and team_id is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_team", table_name="conversation")
