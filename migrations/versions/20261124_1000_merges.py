"""Merges of customers and conversations, kept so that they can be undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.core.roles import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("merge", "trait", "apart")
TOLD = ("sales_order", "channel_case", "checkout")
OWNED = ("thread", "channel_case")
MERGED = ("customer", "conversation")


def upgrade() -> None:
    op.create_table(
        "merge",
        _id("workspace_id"),
        _id("id"),
        _when("created_at"),
        sa.Column("kind", AutoString(), nullable=False),
        _id("survivor_id"),
        sa.Column("absorbed", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'::uuid[]"), nullable=False),
        sa.Column("moved", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        _id("by_id", empty=True),
        _when("undone_at", empty=True),
        _id("undone_by", empty=True),
        sa.CheckConstraint("kind in ('customer', 'conversation', 'split')", name=op.f("ck_merge_kind_known")),
        _refers("merge", "by_id", "member"),
        _refers("merge", "undone_by", "member"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_merge")),
    )
    standing = sa.text("undone_at is null")
    op.create_index("ix_merge_standing", "merge", ["workspace_id", "survivor_id", "id"], postgresql_where=standing)
    op.create_table(
        "trait",
        _id("workspace_id"),
        _id("customer_id"),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("value", AutoString(), nullable=False),
        sa.CheckConstraint("kind in ('email', 'phone', 'address')", name=op.f("ck_trait_kind_known")),
        _refers("trait", "customer_id", "customer"),
        sa.PrimaryKeyConstraint("workspace_id", "customer_id", "kind", "value", name=op.f("pk_trait")),
    )
    op.create_index("ix_trait_value", "trait", ["workspace_id", "kind", "value"])
    op.create_table(
        "apart",
        _id("workspace_id"),
        _id("one_id"),
        _id("other_id"),
        _when("at"),
        _id("by_id", empty=True),
        _refers("apart", "one_id", "customer"),
        _refers("apart", "other_id", "customer"),
        _refers("apart", "by_id", "member"),
        sa.PrimaryKeyConstraint("workspace_id", "one_id", "other_id", name=op.f("pk_apart")),
    )
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
    for table in TOLD:
        op.add_column(table, _id("handle_id", empty=True))
    for table in OWNED:
        op.create_index(f"ix_{table}_customer", table, ["workspace_id", "customer_id"])
    op.add_column("conversation", _id("merged_into", empty=True))
    for table in MERGED:
        merged = sa.text("merged_into is not null")
        op.create_index(f"ix_{table}_merged", table, ["workspace_id", "merged_into"], postgresql_where=merged)
    _statuses("open", "snoozed", "closed", "merged")


def downgrade() -> None:
    """What is merged stays merged: its rows have moved, and without the records nothing says where from."""
    op.execute("update conversation set status = 'closed' where status = 'merged'")
    _statuses("open", "snoozed", "closed")
    for table in MERGED:
        op.drop_index(f"ix_{table}_merged", table_name=table)
    op.drop_column("conversation", "merged_into")
    for table in OWNED:
        op.drop_index(f"ix_{table}_customer", table_name=table)
    for table in reversed(TOLD):
        op.drop_column(table, "handle_id")
    for table in reversed(TABLES):
        op.drop_table(table)


def _statuses(*known: str) -> None:
    listed = ", ".join(f"'{one}'" for one in known)
    op.drop_constraint(op.f("ck_conversation_status_known"), "conversation")
    op.create_check_constraint(op.f("ck_conversation_status_known"), "conversation", f"status in ({listed})")


def _id(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=empty)


def _when(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), nullable=empty)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column], [f"{other}.workspace_id", f"{other}.id"], name=op.f(f"fk_{table}_workspace_id_{column}")
    )
