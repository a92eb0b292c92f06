"""What a member sees, and who follows a conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("sees", AutoString(), server_default="all", nullable=False))
    op.create_check_constraint(op.f("ck_member_sees_known"), "member", "sees in ('all', 'teams', 'own')")
    op.add_column(
        "conversation",
        sa.Column("follower_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'::uuid[]"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("conversation", "follower_ids")
    op.drop_constraint(op.f("ck_member_sees_known"), "member")
    op.drop_column("member", "sees")
