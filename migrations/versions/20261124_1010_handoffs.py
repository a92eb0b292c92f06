"""Hand-offs, promises and drafts; a promise is a clock of its conversation."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.core.roles import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("handoff", "promise", "draft")
OPEN_DUE = sa.text("status = 'open' and next_due_at is not null")


def upgrade() -> None:
    op.create_table(
        "handoff",
        *_row(),
        _id("conversation_id"),
        _id("from_member_id", empty=True),
        _id("to_member_id", empty=True),
        _id("to_team_id", empty=True),
        _id("taken_by", empty=True),
        _text("state", "offered"),
        _text("reason"),
        _text("note"),
        _json("brief"),
        _text("draft_text"),
        _text("draft_kind", "reply"),
        _id("draft_thread_id", empty=True),
        _ids("draft_attachments"),
        _text("answer"),
        sa.Column("direct", sa.Boolean(), server_default="false", nullable=False),
        _when("offered_at"),
        _when("answered_at", empty=True),
        _when("ended_at", empty=True),
        sa.Column("return_after_s", sa.Integer(), nullable=True),
        _when("return_due_at", empty=True),
        _one_of("handoff", "state", "offered", "accepted", "declined", "returned", "withdrawn"),
        _one_of("handoff", "draft_kind", "reply", "note"),
        _refers("handoff", "conversation_id", "conversation"),
        _refers("handoff", "from_member_id", "member"),
        _refers("handoff", "to_member_id", "member"),
        _refers("handoff", "to_team_id", "team"),
        _refers("handoff", "taken_by", "member"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_handoff")),
    )
    offered = sa.text("state = 'offered'")
    op.create_index("uq_handoff_open", "handoff", ["workspace_id", "conversation_id"], unique=True, postgresql_where=offered)
    op.create_index("ix_handoff_member", "handoff", ["workspace_id", "to_member_id"], postgresql_where=offered)
    op.create_index("ix_handoff_team", "handoff", ["workspace_id", "to_team_id"], postgresql_where=offered)
    newest = [sa.text("offered_at desc"), sa.text("id desc")]
    op.create_index("ix_handoff_given", "handoff", ["workspace_id", "from_member_id", *newest])
    op.create_index("ix_handoff_conversation", "handoff", ["workspace_id", "conversation_id", *newest])
    op.create_table(
        "promise",
        *_row(),
        _id("conversation_id"),
        _id("message_id", empty=True),
        _id("made_by", empty=True),
        _text("text", None),
        _text("kind", "other"),
        _text("state", "open"),
        _when("due_at", empty=True),
        _when("settled_at", empty=True),
        _one_of("promise", "kind", "refund", "replacement", "reply", "send", "other"),
        _one_of("promise", "state", "open", "kept", "broken"),
        _refers("promise", "conversation_id", "conversation"),
        _refers("promise", "made_by", "member"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_conversation", "promise", ["workspace_id", "conversation_id", "id"])
    op.create_table(
        "draft",
        _id("workspace_id"),
        _id("conversation_id"),
        _id("member_id"),
        _text("text"),
        _text("kind", "reply"),
        _id("thread_id", empty=True),
        _ids("attachments"),
        _id("from_member_id", empty=True),
        _when("updated_at"),
        _one_of("draft", "kind", "reply", "note"),
        _refers("draft", "conversation_id", "conversation", "CASCADE"),
        _refers("draft", "member_id", "member", "CASCADE"),
        sa.PrimaryKeyConstraint("workspace_id", "conversation_id", "member_id", name=op.f("pk_draft")),
    )
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
    op.add_column("conversation", _when("promise_due_at", empty=True))
    _next_due("least(market_due_at, company_due_at, case_due_at, promise_due_at)")


def downgrade() -> None:
    _next_due("least(market_due_at, company_due_at, case_due_at)")
    op.drop_column("conversation", "promise_due_at")
    for table in reversed(TABLES):
        op.drop_table(table)


def _next_due(earliest: str) -> None:
    """A generated column cannot change its expression on every supported server, so it is made anew with its index."""
    op.drop_index("ix_conversation_due", table_name="conversation")
    op.drop_column("conversation", "next_due_at")
    op.add_column("conversation", sa.Column("next_due_at", UTCDateTime(), sa.Computed(earliest, persisted=True), nullable=True))
    op.create_index("ix_conversation_due", "conversation", ["workspace_id", "next_due_at", "id"], postgresql_where=OPEN_DUE)


def _row() -> list[Any]:
    return [
        _id("workspace_id"),
        _id("id"),
        _when("created_at"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _when("updated_at", empty=True),
    ]


def _id(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=empty)


def _text(name: str, given: str | None = "") -> sa.Column[Any]:
    return sa.Column(name, AutoString(), server_default=given, nullable=False)


def _when(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), nullable=empty)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False)


def _ids(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'::uuid[]"), nullable=False)


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=op.f(f"ck_{table}_{column}_known"))


def _refers(table: str, column: str, other: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column], [f"{other}.workspace_id", f"{other}.id"],
        name=op.f(f"fk_{table}_workspace_id_{column}"), ondelete=on_delete,
    )  # fmt: skip
