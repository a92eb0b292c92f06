"""The wire of this room. No secret ever leaves by it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Mode = Literal["shadow", "live"]
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]


class FeedRead(Struct, kw_only=True):
    """`lag_s`: seconds since the last successful pull beyond the poll period; null before the first. `about`: how many things the
    first reading holds, where the channel says so."""

    name: str
    every_s: float
    lag_s: float | None
    behind: bool
    last_success_at: datetime | None
    last_pull_at: datetime | None
    last_error: str
    pulled: int
    about: int | None
    first_done_at: datetime | None


class BudgetRead(Struct, kw_only=True):
    operation: str
    tokens: float
    burst: float
    day_used: int
    per_day: int | None
    blocked_until: datetime | None


class Trouble(Struct, kw_only=True):
    """What happened, and what to do about it."""

    code: str
    detail: str
    fix: str


class ConnectionRead(Struct, kw_only=True):
    """`lateness_s`: how late news of buyers can be; 0 while the channel can reach us. `shop_path`: the pretend shop's page that carries
    this chat, where channels are pretended; empty for all others."""

    id: UUID
    channel: str
    name: str
    label: str
    glyph: str
    hue: int
    account: str
    brand: str
    state: str
    mode: str
    sends_replies: bool
    pushes_stock: bool
    settings: dict[str, str]
    hook_url: str
    shop_path: str
    last_success_at: datetime | None
    last_event_at: datetime | None
    error: Trouble | None
    error_at: datetime | None
    hook_state: str
    hook_detail: str
    lateness_s: float
    feeds: list[FeedRead]
    budgets: list[BudgetRead]
    listings: int
    behind_listings: int
    text_limit: int | None
    text_unit: str | None
    created_at: datetime
    version: int


class ConnectionPage(Struct, kw_only=True):
    items: list[ConnectionRead]
    next_cursor: str | None
    as_of_seq: int


class ConnectionCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """`secrets` by the names of the channel's form; nothing is tried at the channel yet."""

    channel: Annotated[str, Meta(min_length=1, max_length=60)]
    name: Name
    secrets: dict[str, str]
    settings: dict[str, str] = {}
    brand: Annotated[str, Meta(max_length=60)] = ""
    mode: Mode = "shadow"


class ConsentStart(Struct, kw_only=True, forbid_unknown_fields=True):
    """`secrets` are those of the group `app`, and others the consent does not yield. With `connection_id` the access of that
    connection is mended; what is not given is taken from its vault."""

    channel: Annotated[str, Meta(min_length=1, max_length=60)]
    name: Annotated[str, Meta(max_length=120)] = ""
    secrets: dict[str, str] = {}
    connection_id: UUID | None = None


class ConsentStarted(Struct, kw_only=True):
    """Where the browser goes next; `redirect_uri` is what the channel's app must name as its address to come back to."""

    id: UUID
    url: str
    redirect_uri: str
    expires_at: datetime


class ConsentRead(Struct, kw_only=True):
    """`outcome`: waiting, connected or failed; then `detail` says what happened and `fix` what to do."""

    id: UUID
    channel: str
    outcome: str
    connection_id: UUID | None
    code: str
    detail: str
    fix: str


class ConnectionUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    mode: Mode | UnsetType = UNSET
    sends_replies: bool | UnsetType = UNSET
    pushes_stock: bool | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    brand: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET
    settings: dict[str, str] | UnsetType = UNSET
    secrets: dict[str, str] | UnsetType = UNSET


class SecretField(Struct, kw_only=True):
    name: str
    label: dict[str, str]
    help: dict[str, str]
    group: str
    hidden: bool
    optional: bool
    pattern: str
    by_consent: bool


class ChannelRead(Struct, kw_only=True):
    """One channel of the connect page: its form, its guide, what it can do and what it needs."""

    key: str
    name: str
    names: dict[str, str]
    glyph: str
    hue: int
    needs: str
    consent: str
    hook: str
    sentence: dict[str, str]
    guide: dict[str, str]
    secrets: list[SecretField]
    feeds: list[str]
    sends: bool
    stocks: bool
    text_limit: int | None
    slowest_s: float
