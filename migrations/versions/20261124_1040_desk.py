"""Saved replies, macros, and whom a note names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.core.roles import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("saved_reply", "macro", "mention")


def upgrade() -> None:
    op.create_table(
        "saved_reply",
        *_row(),
        _text("name", None),
        sa.Column("texts", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_saved_reply")),
    )
    op.create_table(
        "macro",
        *_row(),
        _text("name", None),
        _id("reply_id", empty=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        _text("assign"),
        _id("assignee_id", empty=True),
        _id("team_id", empty=True),
        _text("status"),
        sa.Column("snooze_s", sa.Integer(), nullable=True),
        _one_of("assign", "", "me", "nobody"),
        _one_of("status", "", "open", "snoozed", "closed"),
        _refers("macro", "reply_id", "saved_reply"),
        _refers("macro", "assignee_id", "member"),
        _refers("macro", "team_id", "team"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_macro")),
    )
    op.create_table(
        "mention",
        _id("workspace_id"),
        _id("message_id"),
        _id("member_id"),
        _refers("mention", "message_id", "message", "CASCADE"),
        _refers("mention", "member_id", "member", "CASCADE"),
        sa.PrimaryKeyConstraint("workspace_id", "message_id", "member_id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_member", "mention", ["workspace_id", "member_id", sa.text("message_id desc")])
    for table in ("saved_reply", "macro"):
        op.create_index(f"uq_{table}_name", table, ["workspace_id", "name"], unique=True)
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _row() -> list[Any]:
    return [
        _id("workspace_id"),
        _id("id"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=True),
    ]


def _id(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=empty)


def _text(name: str, given: str | None = "") -> sa.Column[Any]:
    return sa.Column(name, AutoString(), server_default=given, nullable=False)


def _one_of(column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=op.f(f"ck_macro_{column}_known"))


def _refers(table: str, column: str, other: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column], [f"{other}.workspace_id", f"{other}.id"],
        name=op.f(f"fk_{table}_workspace_id_{column}"), ondelete=on_delete,
    )  # fmt: skip
