"""The tenant, its people, and how they sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.tables import BYTES, WORKLESS, Versioned, document, index, one_of, refers, unique

ROLES = ("agent", "lead", "stock", "admin")


class Workspace(SQLModel, table=True):
    """`reopen_days`: a message on a conversation closed longer ago than this opens a new one. `hours`: when it is open, empty for
    always; `reply_targets` by priority go before `reply_target_s`."""

    id: UUID = Field(primary_key=True)
    name: str
    time_zone: str = "UTC"
    currency: str = "USD"
    language: str = "en"
    reopen_days: int = 14
    reply_target_s: int = Field(default=14_400)
    hours: dict[str, Any] = document()
    reply_targets: dict[str, Any] = document()
    pushing_stopped: bool = False
    settings: dict[str, Any] = document()
    version: int = 1
    created_at: datetime


class Login(SQLModel, table=True):
    """A person's way in, over workspaces."""

    id: UUID = Field(primary_key=True)
    email: str = Field(unique=True)
    password_hash: str
    failures: int = 0
    locked_until: datetime | None = None
    created_at: datetime


class Member(Versioned, table=True):
    __table_args__ = (
        unique("uq_member_email", "email"),
        one_of("role", *ROLES),
    )
    login_id: UUID | None = Field(default=None, foreign_key="login.id")
    name: str
    email: str
    role: str = "agent"
    language: str = "en"
    disabled_at: datetime | None = None


class Team(Versioned, table=True):
    __table_args__ = (unique("uq_team_name", "name"),)
    name: str
    hours: dict[str, Any] = document()


class TeamMember(SQLModel, table=True):
    __tablename__ = "team_member"
    __table_args__ = (
        refers("team_id", "team", on_delete="CASCADE"),
        refers("member_id", "member", on_delete="CASCADE"),
    )
    workspace_id: UUID = Field(primary_key=True)
    team_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)


class Session(SQLModel, table=True):
    """A browser's sign-in; the cookie holds the token, we keep its hash."""

    token_hash: bytes = Field(primary_key=True, sa_type=BYTES)
    login_id: UUID = Field(foreign_key="login.id")
    workspace_id: UUID
    member_id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class ApiKey(SQLModel, table=True):
    """A program's sign-in. `prefix` is shown in lists; the whole key once."""

    __tablename__ = "api_key"
    __table_args__ = (one_of("role", *ROLES), index("ix_api_key_workspace", "workspace_id"))
    key_hash: bytes = Field(primary_key=True, sa_type=BYTES)
    id: UUID = Field(unique=True)
    workspace_id: UUID
    member_id: UUID | None = None
    name: str
    prefix: str
    role: str = "admin"
    created_at: datetime
    seen_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


WORKLESS |= {"login", "session", "api_key"}
