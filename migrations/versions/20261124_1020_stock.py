"""Unavailable states, channel locations, goods on their way, counts, imports and bundle reservations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.core.roles import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "connection_location", "incoming", "incoming_line", "stock_count", "stock_count_line", "stock_import", "stock_import_line",
)  # fmt: skip
STATES = "damaged + quality + safety"
KINDS = ("receive", "adjust", "reserve", "release", "ship", "return", "transfer", "hold", "count")


def upgrade() -> None:
    _states()
    _bundles()
    _channel_locations()
    _incoming()
    _counts()
    _imports()
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_reservation_workspace_id_bundle_id"), "reservation", type_="foreignkey")
    op.drop_column("reservation", "per")
    op.drop_column("reservation", "bundle_id")
    _kinds(*KINDS)
    op.drop_column("movement", "incoming")
    op.drop_constraint(op.f("ck_balance_states_not_negative"), "balance", type_="check")
    for table in ("movement", "balance"):
        op.drop_column(table, "unavailable")
        op.execute(f"alter table {table} alter column quality type integer using {STATES}")
        op.drop_column(table, "damaged")
        op.drop_column(table, "safety")
        op.alter_column(table, "quality", new_column_name="unavailable")
    op.create_check_constraint(op.f("ck_balance_unavailable_not_negative"), "balance", "unavailable >= 0")


def _states() -> None:
    """What was set aside so far counts as waiting for a look (`quality`). Renaming needs no row changed: the ledger refuses."""
    op.drop_constraint(op.f("ck_balance_unavailable_not_negative"), "balance", type_="check")
    for table in ("balance", "movement"):
        op.alter_column(table, "unavailable", new_column_name="quality")
        op.add_column(table, _number("damaged"))
        op.add_column(table, _number("safety"))
        op.add_column(
            table, sa.Column("unavailable", sa.Integer(), sa.Computed(STATES, persisted=True), nullable=False)
        )  # fmt: skip
    op.add_column("movement", _number("incoming"))
    op.create_check_constraint(
        op.f("ck_balance_states_not_negative"), "balance", "least(damaged, quality, safety, incoming) >= 0"
    )
    _kinds(*KINDS, "expect")


def _kinds(*kinds: str) -> None:
    """Rows of a kind that the older schema does not know stay: `not valid` holds new ones only."""
    op.drop_constraint(op.f("ck_movement_kind_known"), "movement", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute(f"alter table movement add constraint ck_movement_kind_known check (kind in ({listed})) not valid")


def _bundles() -> None:
    op.add_column("reservation", _id("bundle_id", empty=True))
    op.add_column("reservation", _number("per", "1"))
    op.create_foreign_key(
        op.f("fk_reservation_workspace_id_bundle_id"), "reservation", "variant", ["workspace_id", "bundle_id"], ["workspace_id", "id"]
    )  # fmt: skip


def _channel_locations() -> None:
    op.create_table(
        "connection_location",
        _id("workspace_id"),
        _id("connection_id"),
        _id("location_id"),
        _number("rank"),
        _refers("connection_location", "connection_id", "connection", "CASCADE"),
        _refers("connection_location", "location_id", "location"),
        sa.PrimaryKeyConstraint("workspace_id", "connection_id", "location_id", name=op.f("pk_connection_location")),
    )


def _incoming() -> None:
    op.create_table(
        "incoming",
        *_row(),
        _text("kind", None),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("key", None),
        _text("supplier"),
        _text("reference"),
        _id("from_location_id", empty=True),
        _id("location_id"),
        _text("state", "open"),
        _when("arrives_at", empty=True),
        _when("settled_at", empty=True),
        _one_of("incoming", "kind", "purchase", "transfer"),
        _one_of("incoming", "state", "open", "received", "closed"),
        _refers("incoming", "from_location_id", "location"),
        _refers("incoming", "location_id", "location"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_incoming")),
    )
    op.create_index("uq_incoming_key", "incoming", ["workspace_id", "key"], unique=True)
    op.create_index("ix_incoming_state", "incoming", ["workspace_id", "state", "id"])
    op.create_table(
        "incoming_line",
        _id("workspace_id"),
        _id("incoming_id"),
        _id("variant_id"),
        sa.Column("quantity", sa.Integer(), nullable=False),
        _number("received"),
        sa.CheckConstraint("quantity > 0 and received >= 0", name=op.f("ck_incoming_line_units_positive")),
        _refers("incoming_line", "incoming_id", "incoming", "CASCADE"),
        _refers("incoming_line", "variant_id", "variant"),
        sa.PrimaryKeyConstraint("workspace_id", "incoming_id", "variant_id", name=op.f("pk_incoming_line")),
    )
    op.create_index("ix_incoming_line_variant", "incoming_line", ["workspace_id", "variant_id"])


def _counts() -> None:
    op.create_table(
        "stock_count",
        *_row(),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("key", None),
        _text("name"),
        _id("location_id"),
        _text("state", "open"),
        _when("settled_at", empty=True),
        _one_of("stock_count", "state", "open", "applied", "dropped"),
        _refers("stock_count", "location_id", "location"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_stock_count")),
    )
    op.create_index("uq_stock_count_key", "stock_count", ["workspace_id", "key"], unique=True)
    op.create_table(
        "stock_count_line",
        _id("workspace_id"),
        _id("count_id"),
        _id("variant_id"),
        sa.Column("units", sa.Integer(), nullable=False),
        _when("counted_at"),
        sa.Column("difference", sa.Integer(), nullable=True),
        sa.CheckConstraint("units >= 0", name=op.f("ck_stock_count_line_units_not_negative")),
        _refers("stock_count_line", "count_id", "stock_count", "CASCADE"),
        _refers("stock_count_line", "variant_id", "variant"),
        sa.PrimaryKeyConstraint("workspace_id", "count_id", "variant_id", name=op.f("pk_stock_count_line")),
    )


def _imports() -> None:
    op.create_table(
        "stock_import",
        *_row(),
        _text("name"),
        _text("state", "ready"),
        _id("actor_id", empty=True),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        *(_number(name) for name in ("lines", "adds", "changes", "same", "bad")),
        sa.Column("problems", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        _when("settled_at", empty=True),
        _one_of("stock_import", "state", "ready", "applied", "dropped"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_stock_import")),
    )
    op.create_table(
        "stock_import_line",
        _id("workspace_id"),
        _id("import_id"),
        sa.Column("line", sa.Integer(), nullable=False),
        _text("sku", None),
        _text("title"),
        _id("variant_id", empty=True),
        _id("location_id"),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("first", sa.Boolean(), server_default="false", nullable=False),
        _refers("stock_import_line", "import_id", "stock_import", "CASCADE"),
        _refers("stock_import_line", "variant_id", "variant"),
        _refers("stock_import_line", "location_id", "location"),
        sa.PrimaryKeyConstraint("workspace_id", "import_id", "line", name=op.f("pk_stock_import_line")),
    )


def _row() -> list[Any]:
    return [_id("workspace_id"), _id("id"), _when("created_at"), _number("version", "1"), _when("updated_at", empty=True)]


def _id(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=empty)


def _text(name: str, given: str | None = "") -> sa.Column[Any]:
    return sa.Column(name, AutoString(), server_default=given, nullable=False)


def _number(name: str, given: str = "0") -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), server_default=given, nullable=False)


def _when(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), nullable=empty)


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=op.f(f"ck_{table}_{column}_known"))


def _refers(table: str, column: str, other: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column], [f"{other}.workspace_id", f"{other}.id"],
        name=op.f(f"fk_{table}_workspace_id_{column}"), ondelete=on_delete,
    )  # fmt: skip
