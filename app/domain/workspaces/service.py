"""Verbs of this room: found a workspace, its members, teams and keys. Those that take a Database are for start-up, command
line and demo; the others run in the caller's unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from app.core.db import Database, UnitOfWork
from app.core.errors import Unacceptable
from app.core.ids import new_id
from app.core.keys import audit
from app.core.security import hash_password, new_token, token_hash
from app.domain.workspaces import rules, store
from app.domain.workspaces.errors import (
    AlreadySetUp,
    BadPassword,
    EmailTaken,
    LastAdmin,
    TeamNameTaken,
    UnknownKey,
    UnknownMember,
    UnknownTeam,
)
from app.domain.workspaces.schemas import (
    ApiKeyCreate,
    ApiKeyMade,
    ApiKeyPage,
    ApiKeyRead,
    Colleague,
    FirstRun,
    Me,
    MemberCreate,
    MemberPage,
    MemberRead,
    MemberUpdate,
    MeMember,
    MeUpdate,
    MeWorkspace,
    TeamCreate,
    TeamName,
    TeamPage,
    TeamRead,
    TeamUpdate,
    WorkspaceRead,
    WorkspaceUpdate,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """Without `password_hash` the member cannot sign in: a demo's persona."""

    name: str
    email: str
    role: str = "agent"
    language: str = "en"
    password_hash: str = ""


async def needs_first_run(db: Database) -> bool:
    async with db.plain() as conn:
        return not await store.has_login(conn)


async def run_first(db: Database, data: FirstRun) -> tuple[UUID, UUID]:
    """Founds the first workspace. Raises AlreadySetUp once anybody can sign in; two at once take turns."""
    _check_place(data.time_zone)
    owner = await _with_password(data.name, data.email, data.password, role="admin", language=data.language)
    workspace_id = new_id()
    async with db.unit(workspace_id) as work:
        await store.lock_first_run(work)
        if await store.has_login(work.conn):
            raise AlreadySetUp("this server has an owner already; sign in instead")
        await store.add_workspace(
            work, name=data.company.strip(), time_zone=data.time_zone, currency=data.currency, language=data.language, settings={}
        )
        return workspace_id, await enter_member(work, owner)


async def create_workspace(
    db: Database,
    *,
    name: str,
    owner_name: str,
    email: str,
    password: str,
    time_zone: str = "UTC",
    currency: str = "USD",
    language: str = "en",
    settings: dict[str, Any] | None = None,
) -> tuple[UUID, UUID]:
    """Ids of the workspace and of its owner. An empty password makes an owner who cannot sign in."""
    _check_place(time_zone)
    owner = await _with_password(owner_name, email, password, role="admin", language=language)
    workspace_id = new_id()
    async with db.unit(workspace_id) as work:
        await store.add_workspace(
            work, name=name, time_zone=time_zone, currency=currency, language=language, settings=settings or {}
        )
        return workspace_id, await enter_member(work, owner)


async def add_member(
    db: Database, workspace_id: UUID, *, name: str, email: str, role: str = "agent", password: str = "", language: str = "en"
) -> UUID:
    """An empty password makes a member who cannot sign in. Raises EmailTaken, BadPassword."""
    member = await _with_password(name, email, password, role=role, language=language)
    async with db.unit(workspace_id) as work:
        return await enter_member(work, member)


async def add_team(db: Database, workspace_id: UUID, *, name: str, member_ids: Sequence[UUID] = ()) -> UUID:
    async with db.unit(workspace_id) as work:
        return (await create_team(work, TeamCreate(name=name, member_ids=list(member_ids)))).id


async def create_api_key(
    db: Database, workspace_id: UUID, *, name: str, role: str = "admin", member_id: UUID | None = None
) -> str:
    """The whole key; it is not kept. With `member_id` the key acts as that member."""
    async with db.unit(workspace_id) as work:
        key, _ = await _make_key(work, name=name, role=role, member_id=member_id, days=None)
    return key


async def reset_password(db: Database, *, email: str, password: str) -> None:
    """For the command line. Opens a locked account and ends all its sessions. Raises UnknownMember, BadPassword."""
    _check_password(password, email=email)
    hashed = await hash_password(password)
    async with db.plain() as conn:
        login_id = await store.login_id_of(conn, rules.fold_email(email))
        if login_id is None:
            raise UnknownMember(f"nobody signs in as {email}")
        await store.set_password(conn, login_id, hashed)
        await store.end_other_sessions(conn, login_id, but=b"")


async def prepare_member(data: MemberCreate) -> NewMember:
    """Hashes the password, outside any unit of work: it takes a tenth of a second."""
    return await _with_password(data.name, data.email, data.password, role=data.role, language=data.language)


async def enter_member(work: UnitOfWork, member: NewMember) -> UUID:
    """Raises EmailTaken when this workspace has a member of that address."""
    member_id, login_id = new_id(), None
    if member.password_hash:
        login_id, _ = await store.add_login(work, email=member.email, password_hash=member.password_hash)
    entered = await store.add_member(
        work,
        member_id=member_id,
        name=member.name,
        email=member.email,
        role=member.role,
        language=member.language,
        login_id=login_id,
    )
    if not entered:
        raise EmailTaken("somebody here has this e-mail already", fields={"email": "is taken"})
    await audit(work, "member.added", member_id, {"role": member.role})
    work.touch(store.MEMBER_CHANGE, [member_id])
    return member_id


async def update_member(work: UnitOfWork, member_id: UUID, data: MemberUpdate) -> MemberRead:
    """Disabling ends the member's sessions and keys in the same commit. Raises LastAdmin."""
    await store.lock_workspace(work)
    known = await store.member(work, member_id)
    if known is None:
        raise UnknownMember("there is no such member")
    values = {name: value for name in ("name", "role", "language") if (value := getattr(data, name)) is not None}
    if data.disabled is not None and data.disabled != (known["disabled_at"] is not None):
        values["disabled_at"] = work.now if data.disabled else None
    loses_admin = values.get("disabled_at") is not None or values.get("role", "admin") != "admin"
    if loses_admin and known["role"] == "admin" and not await store.other_admins(work, member_id):
        raise LastAdmin("the workspace would be left without an admin")
    if values:
        await store.change_member(work, member_id, values)
        await audit(work, "member.changed", member_id, {name: str(value) for name, value in values.items()})
        work.touch(store.MEMBER_CHANGE, [member_id])
    if values.get("disabled_at") is not None:
        await store.shut_out(work, member_id)
    return await read_member(work, member_id)


async def update_me(work: UnitOfWork, member_id: UUID, data: MeUpdate) -> MemberRead:
    return await update_member(work, member_id, MemberUpdate(name=data.name, language=data.language))


async def read_member(work: UnitOfWork, member_id: UUID) -> MemberRead:
    found = await work.shapes(MemberRead, f"{store.MEMBER} and m.id = $2", work.workspace_id, member_id)
    if not found:
        raise UnknownMember("there is no such member")
    return found[0]


async def list_members(work: UnitOfWork) -> MemberPage:
    """All of them, disabled ones too, in one page."""
    found = await work.shapes(MemberRead, f"{store.MEMBER} order by m.name, m.id", work.workspace_id)
    return MemberPage(items=found, next_cursor=None, as_of_seq=await store.as_of_seq(work))


async def list_teams(work: UnitOfWork) -> TeamPage:
    found = await work.shapes(TeamRead, f"{store.TEAM} order by t.name, t.id", work.workspace_id)
    return TeamPage(items=found, next_cursor=None, as_of_seq=await store.as_of_seq(work))


async def create_team(work: UnitOfWork, data: TeamCreate) -> TeamRead:
    team_id = new_id()
    if not await store.add_team(work, team_id, data.name.strip()):
        raise TeamNameTaken("there is a team of this name already", fields={"name": "is taken"})
    await _fill_team(work, team_id, data.member_ids)
    return await _told_team(work, team_id)


async def update_team(work: UnitOfWork, team_id: UUID, data: TeamUpdate) -> TeamRead:
    if not await store.team_exists(work, team_id):
        raise UnknownTeam("there is no such team")
    values: dict[str, Any] = {}
    if data.name is not None:
        values["name"] = data.name.strip()
        if await store.team_name_taken(work, team_id, values["name"]):
            raise TeamNameTaken("there is a team of this name already", fields={"name": "is taken"})
    if data.member_ids is not None:
        await _fill_team(work, team_id, data.member_ids)
    await store.change_team(work, team_id, values)
    return await _told_team(work, team_id)


async def _fill_team(work: UnitOfWork, team_id: UUID, member_ids: Sequence[UUID]) -> None:
    missing = set(member_ids) - await store.known_members(work, member_ids)
    if missing:
        raise Unacceptable(
            "not everybody named is a member here",
            code="unknown_member",
            fields={"member_ids": ", ".join(sorted(map(str, missing)))},
        )
    await store.set_team_members(work, team_id, member_ids)


async def _told_team(work: UnitOfWork, team_id: UUID) -> TeamRead:
    work.touch(store.TEAM_CHANGE, [team_id])
    found = await work.shapes(TeamRead, f"{store.TEAM} and t.id = $2", work.workspace_id, team_id)
    return found[0]


async def read_workspace(work: UnitOfWork) -> WorkspaceRead:
    found = await work.shapes(WorkspaceRead, store.WORKSPACE, work.workspace_id)
    return found[0]


async def update_workspace(work: UnitOfWork, data: WorkspaceUpdate) -> WorkspaceRead:
    values = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None}
    if data.time_zone is not None:
        _check_place(data.time_zone)
    if values:
        await store.change_workspace(work, values)
        await audit(work, "workspace.changed", work.workspace_id, values)
        work.touch(store.WORKSPACE_CHANGE, [work.workspace_id])
    return await read_workspace(work)


async def known_teams(work: UnitOfWork, team_ids: Sequence[UUID]) -> None:
    missing = set(team_ids) - await store.known_teams(work, team_ids)
    if missing:
        raise Unacceptable(
            "not every team named is one here", code="unknown_team", fields={"teams": ", ".join(sorted(map(str, missing)))}
        )


async def keep_hours(work: UnitOfWork, values: dict[str, Any], teams: dict[UUID, Any]) -> None:
    if "time_zone" in values:
        _check_place(values["time_zone"])
    await store.change_workspace(work, values)
    await store.set_team_hours(work, teams)
    work.touch(store.WORKSPACE_CHANGE, [work.workspace_id])


async def list_api_keys(work: UnitOfWork) -> ApiKeyPage:
    found = await work.shapes(ApiKeyRead, f"{store.API_KEY} order by k.created_at, k.id", work.workspace_id)
    return ApiKeyPage(items=found, next_cursor=None, as_of_seq=await store.as_of_seq(work))


async def add_api_key(work: UnitOfWork, data: ApiKeyCreate) -> ApiKeyMade:
    key, key_id = await _make_key(
        work, name=data.name.strip(), role=data.role, member_id=work.actor.member_id, days=data.expires_in_days
    )
    found = await work.shapes(ApiKeyRead, f"{store.API_KEY} and k.id = $2", work.workspace_id, key_id)
    return ApiKeyMade(key=key, **msgspec.structs.asdict(found[0]))


async def revoke_api_key(work: UnitOfWork, key_id: UUID) -> None:
    if not await store.revoke_api_key(work, key_id):
        raise UnknownKey("there is no such key")
    await audit(work, "api_key.revoked", key_id)


async def _make_key(work: UnitOfWork, *, name: str, role: str, member_id: UUID | None, days: int | None) -> tuple[str, UUID]:
    key, key_id = new_token(rules.KEY_PREFIX), new_id()
    await store.add_api_key(
        work,
        key_id=key_id,
        key_hash=token_hash(key),
        prefix=key[: rules.PREFIX_SHOWN],
        name=name,
        role=role,
        member_id=member_id,
        expires_at=work.now + timedelta(days=days) if days else None,
    )
    await audit(work, "api_key.made", key_id, {"name": name, "role": role})
    return key, key_id


async def read_me(work: UnitOfWork, member_id: UUID | None, *, role: str, sandbox: bool) -> Me:
    """What a screen needs before it asks for anything else."""
    workspace = await read_workspace(work)
    members = (await list_members(work)).items
    teams = await list_teams(work)
    mine = next((member for member in members if member.id == member_id), None)
    return Me(
        member=None if mine is None else _me_member(mine),
        role=role,
        workspace=MeWorkspace(
            id=workspace.id,
            name=workspace.name,
            time_zone=workspace.time_zone,
            currency=workspace.currency,
            language=workspace.language,
        ),
        demo=(await store.workspace_settings(work)).get("demo") is True,
        sandbox=sandbox,
        members=[
            Colleague(id=member.id, name=member.name, initials=rules.initials(member.name), role=member.role)
            for member in members
            if member.disabled_at is None
        ],
        teams=[TeamName(id=team.id, name=team.name, mine=member_id in team.member_ids) for team in teams.items],
        as_of_seq=teams.as_of_seq,
    )


def _me_member(member: MemberRead) -> MeMember:
    return MeMember(
        id=member.id,
        name=member.name,
        email=member.email,
        role=member.role,
        language=member.language,
        initials=rules.initials(member.name),
    )


async def _with_password(name: str, email: str, password: str, *, role: str, language: str) -> NewMember:
    folded = rules.fold_email(email)
    if not rules.is_email(folded):
        raise Unacceptable("this is not an e-mail address", fields={"email": "is not an e-mail address"})
    if password:
        _check_password(password, email=folded)
    hashed = await hash_password(password) if password else ""
    return NewMember(name=name.strip(), email=folded, role=role, language=language, password_hash=hashed)


def _check_password(password: str, *, email: str) -> None:
    problem = rules.password_problem(password, email=email)
    if problem:
        raise BadPassword(f"the password {problem}", fields={"password": problem})


def _check_place(time_zone: str) -> None:
    if not rules.is_time_zone(time_zone):
        raise Unacceptable(f"{time_zone} is not a time zone", fields={"time_zone": "is not a name like Asia/Jakarta"})
