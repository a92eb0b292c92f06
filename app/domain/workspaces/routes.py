"""HTTP of this room."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Forbidden
from app.domain.workspaces import rules, service, sessions
from app.domain.workspaces.guards import Caller, require
from app.domain.workspaces.schemas import (
    ApiKeyCreate,
    ApiKeyMade,
    ApiKeyPage,
    FirstRun,
    FirstRunState,
    Me,
    MemberCreate,
    MemberPage,
    MemberRead,
    MemberUpdate,
    MeUpdate,
    PasswordChange,
    SignIn,
    TeamCreate,
    TeamPage,
    TeamRead,
    TeamUpdate,
    WorkspaceRead,
    WorkspaceUpdate,
)


def sign_in_cookie(settings: Settings, token: str) -> Cookie:
    """An empty token takes the cookie away."""
    return Cookie(
        key=rules.cookie_name(secure=settings.secure),
        value=token,
        path="/",
        httponly=True,
        secure=settings.secure,
        samesite="lax",
        max_age=int(rules.LONGEST.total_seconds()) if token else 0,
    )


async def _me(db: Database, settings: Settings, caller: Caller) -> Me:
    async with db.unit(caller.workspace_id) as work:
        return await service.read_me(work, caller.member_id, role=caller.role, sandbox=settings.sandbox)


class SignInController(Controller):
    path = "/api/v1"
    tags = ("sign-in",)

    @post("/session", status_code=200, opt={"anyone": True})
    async def sign_in(
        self, db: NamedDependency[Database], settings: NamedDependency[Settings], data: JSONBody[SignIn]
    ) -> Response[Me]:
        token, caller = await sessions.sign_in(db, email=data.email, password=data.password, workspace_id=data.workspace_id)
        return Response(await _me(db, settings, caller), cookies=[sign_in_cookie(settings, token)])

    @delete("/session", status_code=204, guards=[require("workspace.read")])
    async def sign_out(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        callers: NamedDependency[sessions.Callers],
    ) -> Response[None]:
        await sessions.sign_out(db, caller)
        callers.forget(caller.token_hash)
        return Response(None, cookies=[sign_in_cookie(settings, "")])

    @get("/first-run", opt={"anyone": True})
    async def ask_first_run(self, db: NamedDependency[Database]) -> FirstRunState:
        return FirstRunState(needed=await service.needs_first_run(db))

    @post("/first-run", opt={"anyone": True})
    async def run_first(
        self, db: NamedDependency[Database], settings: NamedDependency[Settings], data: JSONBody[FirstRun]
    ) -> Response[Me]:
        workspace_id, _ = await service.run_first(db, data)
        token, caller = await sessions.sign_in(db, email=data.email, password=data.password, workspace_id=workspace_id)
        return Response(await _me(db, settings, caller), cookies=[sign_in_cookie(settings, token)])


class MeController(Controller):
    path = "/api/v1/me"
    tags = ("sign-in",)
    guards = (require("workspace.read"),)

    @get()
    async def read_me(
        self, db: NamedDependency[Database], settings: NamedDependency[Settings], caller: NamedDependency[Caller]
    ) -> Me:
        return await _me(db, settings, caller)

    @patch()
    async def update_me(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[MeUpdate]
    ) -> MemberRead:
        if caller.member_id is None:
            raise Forbidden("this key acts for nobody")
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.update_me(work, caller.member_id, data)

    @post("/password", status_code=204)
    async def change_password(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[PasswordChange]
    ) -> None:
        await sessions.change_password(db, caller, current=data.current, new=data.new)


class PeopleController(Controller):
    path = "/api/v1"
    tags = ("people",)

    @get("/members", guards=[require("members.read")])
    async def list_members(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> MemberPage:
        async with db.unit(caller.workspace_id) as work:
            return await service.list_members(work)

    @post("/members", guards=[require("members.write")])
    async def create_member(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[MemberCreate]
    ) -> MemberRead:
        member = await service.prepare_member(data)
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.read_member(work, await service.enter_member(work, member))

    @patch("/members/{member_id:uuid}", guards=[require("members.write")])
    async def update_member(
        self,
        db: NamedDependency[Database],
        caller: NamedDependency[Caller],
        member_id: FromPath[UUID],
        data: JSONBody[MemberUpdate],
    ) -> MemberRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.update_member(work, member_id, data)

    @get("/teams", guards=[require("members.read")])
    async def list_teams(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> TeamPage:
        async with db.unit(caller.workspace_id) as work:
            return await service.list_teams(work)

    @post("/teams", guards=[require("teams.write")])
    async def create_team(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[TeamCreate]
    ) -> TeamRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.create_team(work, data)

    @patch("/teams/{team_id:uuid}", guards=[require("teams.write")])
    async def update_team(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], team_id: FromPath[UUID], data: JSONBody[TeamUpdate]
    ) -> TeamRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.update_team(work, team_id, data)


class WorkspaceController(Controller):
    path = "/api/v1"
    tags = ("workspace",)

    @get("/workspace", guards=[require("workspace.read")])
    async def read_workspace(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> WorkspaceRead:
        async with db.unit(caller.workspace_id) as work:
            return await service.read_workspace(work)

    @patch("/workspace", guards=[require("workspace.write")])
    async def update_workspace(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[WorkspaceUpdate]
    ) -> WorkspaceRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.update_workspace(work, data)

    @get("/api-keys", guards=[require("keys.write")])
    async def list_api_keys(self, db: NamedDependency[Database], caller: NamedDependency[Caller]) -> ApiKeyPage:
        async with db.unit(caller.workspace_id) as work:
            return await service.list_api_keys(work)

    @post("/api-keys", guards=[require("keys.write")])
    async def create_api_key(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], data: JSONBody[ApiKeyCreate]
    ) -> ApiKeyMade:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            return await service.add_api_key(work, data)

    @delete("/api-keys/{key_id:uuid}", guards=[require("keys.write")])
    async def revoke_api_key(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], key_id: FromPath[UUID]
    ) -> None:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await service.revoke_api_key(work, key_id)


ROUTES = [SignInController, MeController, PeopleController, WorkspaceController]
