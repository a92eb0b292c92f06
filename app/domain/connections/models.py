"""Linked accounts: their secrets, feeds, budgets and health."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.tables import BYTES, WORKLESS, Leased, Row, Versioned, document, index, one_of, refers, unique


class Connection(Versioned, table=True):
    """Shadow until its owner lets it speak: `sends_replies` and `pushes_stock` are granted one by one.

    `state` is about the access: `ready`, `paused` by a person, `broken` (the owner must act: `error_code`, `error_detail`).
    `error_fix` is the connector's own word on how to mend it; without one we say it. `hook_state`: do the channel's webhooks
    point here (`set`), can only a person set them (`by_hand`), or did it refuse (`failed`, `hook_detail` says why).
    `watched_at`: when its
    webhooks were last looked after. `failures` in a row open the breaker until `open_until`. `secrets_version` grows when a secret changes."""

    __table_args__ = (
        unique("uq_connection_name", "name"),
        index("ix_connection_account", "channel", "account"),
        one_of("state", "ready", "paused", "broken"),
        one_of("hook_state", "unknown", "set", "by_hand", "failed"),
    )
    channel: str
    name: str
    account: str = ""
    brand: str = ""
    state: str = "ready"
    sends_replies: bool = False
    pushes_stock: bool = False
    settings: dict[str, Any] = document()
    hook_token_hash: bytes = Field(sa_type=BYTES)
    hook_token: str = ""
    secrets_version: int = 1
    last_success_at: datetime | None = None
    last_event_at: datetime | None = None
    error_code: str = ""
    error_detail: str = ""
    error_fix: str = ""
    error_at: datetime | None = None
    hook_state: str = "unknown"
    hook_detail: str = ""
    watched_at: datetime | None = None
    failures: int = 0
    open_until: datetime | None = None


class ConnectionSecret(SQLModel, table=True):
    __tablename__ = "connection_secret"
    __table_args__ = (refers("connection_id", "connection", on_delete="CASCADE"),)
    workspace_id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(primary_key=True)
    field: str = Field(primary_key=True)
    key_id: str
    sealed: bytes = Field(sa_type=BYTES)


class Consent(Row, table=True):
    """A seller on the way to the channel and back. The state word is known by its hash, serves once and belongs to one member;
    what they typed and the PKCE verifier wait sealed, and are forgotten with the answer."""

    __table_args__ = (unique("uq_consent_state", "state_hash"), one_of("outcome", "waiting", "connected", "failed"))
    state_hash: bytes = Field(sa_type=BYTES)
    member_id: UUID
    channel: str
    connection_id: UUID | None = None
    key_id: str
    sealed: bytes = Field(sa_type=BYTES)
    expires_at: datetime
    used_at: datetime | None = None
    outcome: str = "waiting"
    code: str = ""
    detail: str = ""
    fix: str = ""


class HookRoute(SQLModel, table=True):
    """Where a webhook belongs, by the hash of the token in its path. Without a connection it is an app-wide address and
    the delivery names its account."""

    __tablename__ = "hook_route"
    token_hash: bytes = Field(primary_key=True, sa_type=BYTES)
    channel: str
    workspace_id: UUID | None = None
    connection_id: UUID | None = None
    created_at: datetime


class Feed(Leased, table=True):
    """`name` of the manifest; `cursor` is the connector's own word. `behind` is set while more pages wait. `about`: how many things
    the first reading holds, where the channel says so."""

    __table_args__ = (
        refers("connection_id", "connection", on_delete="CASCADE"),
        unique("uq_feed_name", "connection_id", "name"),
        index("ix_feed_due", "due_at", where="due_at is not null"),
    )
    connection_id: UUID
    name: str
    cursor: str = ""
    behind: bool = False
    first_done_at: datetime | None = None
    last_pull_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str = ""
    pulled: int = 0
    about: int | None = None


class RateBucket(SQLModel, table=True):
    """Token bucket state of one operation of one connection; spent inside the claim's transaction."""

    __tablename__ = "rate_bucket"
    __table_args__ = (refers("connection_id", "connection", on_delete="CASCADE"),)
    workspace_id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(primary_key=True)
    operation: str = Field(primary_key=True)
    tokens: float
    at: datetime
    day: datetime
    day_used: int = 0
    blocked_until: datetime | None = None


WORKLESS |= {"hook_route"}
