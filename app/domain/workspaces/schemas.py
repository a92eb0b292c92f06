"""The wire of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from app.domain.workspaces.hours import Hours, Target

Role = Literal["agent", "lead", "stock", "admin"]
Language = Literal["en", "id"]
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^\s*[^@\s]+@[^@\s]+\s*$")]
Password = Annotated[str, Meta(min_length=12, max_length=200)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Zone = Annotated[str, Meta(min_length=1, max_length=64)]


class SignIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """`workspace_id` chooses among several; otherwise the one used last."""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=200)]
    workspace_id: UUID | None = None


class FirstRun(Struct, kw_only=True, forbid_unknown_fields=True):
    """`name` is the owner's, `company` the shop's."""

    name: Name
    email: Email
    password: Password
    company: Name
    time_zone: Zone = "UTC"
    currency: Currency = "USD"
    language: Language = "en"


class FirstRunState(Struct, kw_only=True):
    needed: bool


class MeMember(Struct, kw_only=True):
    id: UUID
    name: str
    email: str
    role: str
    language: str
    initials: str


class MeWorkspace(Struct, kw_only=True):
    id: UUID
    name: str
    time_zone: str
    currency: str
    language: str


class Colleague(Struct, kw_only=True):
    id: UUID
    name: str
    initials: str
    role: str


class TeamName(Struct, kw_only=True):
    """`mine`: the caller is in it."""

    id: UUID
    name: str
    mine: bool


class Me(Struct, kw_only=True):
    """`member` is null for an API key that acts for nobody. Disabled colleagues are left out."""

    member: MeMember | None
    role: str
    workspace: MeWorkspace
    demo: bool
    sandbox: bool
    members: list[Colleague]
    teams: list[TeamName]
    as_of_seq: int


class MeUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | None = None
    language: Language | None = None


class PasswordChange(Struct, kw_only=True, forbid_unknown_fields=True):
    current: Annotated[str, Meta(max_length=200)]
    new: Password


class MemberRead(Struct, kw_only=True):
    id: UUID
    name: str
    email: str
    role: str
    language: str
    can_sign_in: bool
    disabled_at: datetime | None
    created_at: datetime
    version: int


class MemberPage(Struct, kw_only=True):
    items: list[MemberRead]
    next_cursor: str | None
    as_of_seq: int


class MemberCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    """Somebody who signs in elsewhere with this e-mail keeps the password they have."""

    name: Name
    email: Email
    role: Role = "agent"
    password: Password
    language: Language = "en"


class MemberUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | None = None
    role: Role | None = None
    language: Language | None = None
    disabled: bool | None = None


class TeamRead(Struct, kw_only=True):
    id: UUID
    name: str
    member_ids: list[UUID]
    created_at: datetime
    version: int


class TeamPage(Struct, kw_only=True):
    items: list[TeamRead]
    next_cursor: str | None
    as_of_seq: int


class TeamCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name
    member_ids: Annotated[list[UUID], Meta(max_length=500)] = []


class TeamUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | None = None
    member_ids: Annotated[list[UUID], Meta(max_length=500)] | None = None


class WorkspaceRead(Struct, kw_only=True):
    """`reply_target_s`: the company's own clock, in seconds of opening hours."""

    id: UUID
    name: str
    time_zone: str
    currency: str
    language: str
    reopen_days: int
    reply_target_s: int
    pushing_stopped: bool
    created_at: datetime
    version: int


class WorkspaceUpdate(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | None = None
    time_zone: Zone | None = None
    currency: Currency | None = None
    language: Language | None = None
    reopen_days: Annotated[int, Meta(ge=0, le=365)] | None = None
    reply_target_s: Annotated[int, Meta(ge=60, le=2_592_000)] | None = None


Priority = Literal["low", "normal", "high", "urgent"]


class HoursRead(Struct, kw_only=True):
    """`hours` is null when the shop is open always; a team in `teams` keeps hours of its own. A priority without a target takes
    `reply_target_s`."""

    time_zone: str
    reply_target_s: int
    hours: Hours | None
    targets: dict[str, Target]
    teams: dict[UUID, Hours]


class HoursWrite(Struct, kw_only=True, forbid_unknown_fields=True):
    """Without a `time_zone` the workspace keeps its own."""

    time_zone: Zone | None = None
    reply_target_s: Annotated[int, Meta(ge=60, le=2_592_000)] = 14_400
    hours: Hours | None = None
    targets: dict[Priority, Target] = {}
    teams: dict[UUID, Hours] = {}


class ApiKeyRead(Struct, kw_only=True):
    """`prefix` is how the key begins; the whole of it is shown once, when it is made."""

    id: UUID
    name: str
    prefix: str
    role: str
    member_id: UUID | None
    created_at: datetime
    seen_at: datetime | None
    expires_at: datetime | None


class ApiKeyPage(Struct, kw_only=True):
    items: list[ApiKeyRead]
    next_cursor: str | None
    as_of_seq: int


class ApiKeyCreate(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name
    role: Role = "admin"
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | None = None


class ApiKeyMade(ApiKeyRead, kw_only=True):
    key: str
