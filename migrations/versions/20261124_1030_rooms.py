"""What connections, media and continued threads need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.core.roles import DUTY, let_duty, protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("about", sa.Integer(), nullable=True))
    _continued_threads()


def downgrade() -> None:
    op.execute(f"revoke delete on attachment from {DUTY}")
    op.drop_index("ix_attachment_content", table_name="attachment")
    op.drop_index("ix_attachment_unsent", table_name="attachment")
    op.drop_table("allowance")
    op.drop_column("thread", "begun_at")
    op.drop_column("feed", "about")


def _continued_threads() -> None:
    """Threads that we begin, limits on what strangers do, and files nobody ever sent."""
    op.add_column("thread", sa.Column("begun_at", UTCDateTime(), nullable=True))
    op.create_table(
        "allowance",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("what", AutoString(), nullable=False),
        sa.Column("who", AutoString(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "subject_id", "what", "who", name=op.f("pk_allowance")),
    )
    op.create_index("ix_allowance_at", "allowance", ["at"])
    unsent = sa.text("message_id is null and connection_id is not null")
    op.create_index("ix_attachment_unsent", "attachment", ["created_at"], postgresql_where=unsent)
    op.create_index("ix_attachment_content", "attachment", ["sha256"], postgresql_where=sa.text("sha256 <> ''"))
    statements = [
        *protect("allowance"), *let_duty("allowance", select="*", delete=True), f"grant delete on attachment to {DUTY}",
    ]  # fmt: skip
    for statement in statements:
        op.execute(statement)
