"""What a connection can be told to do now. It needs the pipeline, so it stands above the room."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from app.core.vault import VaultLocked
from app.domain.connections import service as connections
from app.domain.workspaces.guards import Caller, require
from app.pipeline.house import House
from app.pipeline.watch import subscribe
from connectors.base.contract import Health
from connectors.base.errors import AuthExpired, ChannelError


class Checked(Struct, kw_only=True):
    """`fix` says what to do when not ok; `missing` lists scopes."""

    ok: bool
    account: str
    detail: str
    fix: str
    missing: list[str]


class Started(Struct, kw_only=True):
    feeds: list[str]


class ConnectionActs(Controller):
    path = "/api/v1/connections/{connection_id:uuid}"
    tags = ("connections",)

    @post("/check", guards=[require("connections.write")], status_code=200)
    async def check(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> Checked:
        """Tries the credentials at the channel and sets the connection's state by the answer."""
        health = await _health(house, caller.workspace_id, connection_id)
        async with house.db.unit(caller.workspace_id, caller.actor) as work:
            if health.ok:
                await connections.mark_ready(work, connection_id, account=health.account)
            else:
                await connections.mark_failure(work, connection_id, code="check_failed", detail=health.detail, broken=True)
        if health.ok:
            await subscribe(house, caller.workspace_id, connection_id)
        return Checked(ok=health.ok, account=health.account, detail=health.detail, fix=health.fix, missing=list(health.missing))

    @post("/pull", guards=[require("connections.write")], status_code=202)
    async def pull(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> Started:
        async with house.db.unit(caller.workspace_id) as work:
            await connections.read_row(work, connection_id)
            return Started(feeds=await connections.pull_now(work, connection_id, None))

    @post("/reconcile", guards=[require("connections.write")], status_code=202)
    async def reconcile(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> Started:
        """Reads listings and counts afresh from the start and holds them against ours."""
        async with house.db.unit(caller.workspace_id) as work:
            await connections.read_row(work, connection_id)
            return Started(feeds=await connections.pull_afresh(work, connection_id))


async def _health(house: House, workspace_id: FromPath[UUID], connection_id: FromPath[UUID]) -> Health:
    try:
        opened = await house.connectors.open(workspace_id, connection_id)
        return await opened.connector.check()
    except AuthExpired as error:
        return Health(ok=False, detail=error.detail, fix="Enter new credentials for this connection.", missing=error.missing)
    except ChannelError as error:
        return Health(ok=False, detail=error.detail, fix="Try again in a minute; the channel did not answer as it should.")
    except VaultLocked as error:
        return Health(
            ok=False, detail=str(error), fix="Put the old key back into ONECOUNTER_SECRET_KEY, or enter the secrets again."
        )


ROUTES = [ConnectionActs]
