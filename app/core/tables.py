"""What every table of a workspace has in common. Classes with table=True describe the schema; they validate nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, DefaultClause, ForeignKeyConstraint, Index, MetaData, event, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSON, JSONB
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import Text, Uuid
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention

TEXTS: Any = ARRAY(Text)
IDS: Any = ARRAY(Uuid)
DOCUMENT: Any = JSONB
VERBATIM: Any = JSON
BYTES: Any = BYTEA
EMPTY_OBJECT = text("'{}'::jsonb")
EMPTY_LIST = text("'{}'::text[]")
NO_IDS = text("'{}'::uuid[]")
WORKLESS: set[str] = set()
"""Tables without a workspace: the listed exceptions to row-level security."""


@event.listens_for(Column, "after_parent_attach")
def _default_in_database(column: Column[Any], _: object) -> None:
    """A default written once in Python is the database's too, so that plain SQL may leave the column out."""
    given = column.default
    if isinstance(given, ScalarElementColumnDefault) and column.server_default is None:
        value = given.arg
        words = str(value).lower() if isinstance(value, bool) else str(value)
        column.server_default = DefaultClause(words)


class Row(SQLModel):
    """(workspace_id, id) is the key of every tenant row, and every foreign key carries the workspace along."""

    workspace_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    created_at: datetime


class Versioned(Row):
    """`version` grows with every change that a screen may show; a change with an older version is dropped."""

    version: int = 1
    updated_at: datetime | None = None


class Leased(Row):
    """Waiting work: due at a time, held by a lease, counted by attempts."""

    due_at: datetime | None = None
    lease_until: datetime | None = None
    lease_token: UUID | None = None
    attempts: int = 0


def refers(column: str, table: str, *, on_delete: str | None = None) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"], ondelete=on_delete)


def unique(name: str, *columns: str, where: str | None = None) -> Index:
    """A unique key led by the workspace."""
    return Index(name, "workspace_id", *columns, unique=True, postgresql_where=text(where) if where else None)


def index(name: str, *columns: Any, where: str | None = None, using: str | None = None) -> Index:
    options: dict[str, Any] = {"postgresql_where": text(where)} if where else {}
    if using:
        options["postgresql_using"] = using
    if using == "gin":
        options["postgresql_with"] = {"fastupdate": "off"}
    return Index(name, *(text(column) if " " in column or "(" in column else column for column in columns), **options)


def one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=f"{column}_known")


def big_zero() -> Any:
    return Field(default=0, sa_type=BigInteger)


def big() -> Any:
    return Field(default=None, sa_type=BigInteger, nullable=True)


def document() -> Any:
    return Field(default_factory=dict, sa_type=DOCUMENT, sa_column_kwargs={"server_default": EMPTY_OBJECT, "nullable": False})


def texts() -> Any:
    return Field(default_factory=list, sa_type=TEXTS, sa_column_kwargs={"server_default": EMPTY_LIST, "nullable": False})


def id_list() -> Any:
    return Field(default_factory=list, sa_type=IDS, sa_column_kwargs={"server_default": NO_IDS, "nullable": False})
