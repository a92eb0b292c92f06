"""What a connection can be told to do now. It needs the pipeline, so it stands above the room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Struct

from app.core.vault import VaultLocked
from app.domain.connections import service as connections
from app.domain.inventory.schemas import DryRun
from app.domain.inventory.service import rehearsing
from app.domain.workspaces.guards import Caller, require
from app.pipeline.house import House
from app.pipeline.watch import subscribe
from connectors.base.errors import AuthExpired, ChannelError, Refused
from connectors.base.manifest import Manifest, Stocking
from connectors.registry import manifests

CHECK_FAILED = "check_failed"
TRY_LATER = "Try again in a minute; the channel did not answer as it should."
OF_THE_ADDRESS = frozenset({"private_address", "unknown_host", "host_not_allowed", "unreachable"})
"""What is wrong with the address of the seller's own server, where the channel is one."""


class Checked(Struct, kw_only=True):
    """`fix` says what to do when not ok; `missing` lists scopes; `field` is the one of the form that is to blame, where one is."""

    ok: bool
    account: str
    code: str
    detail: str
    fix: str
    missing: list[str]
    field: str


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
        return await try_access(house, caller, connection_id)

    @get("/dry-run", guards=[require("connections.read")])
    async def dry_run(
        self,
        house: NamedDependency[House],
        caller: NamedDependency[Caller],
        connection_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
    ) -> DryRun:
        """What would be told to the channel if stock were turned on now. Nothing is."""
        async with house.db.unit(caller.workspace_id) as work:
            row = await connections.read_row(work, connection_id)
            known = manifests().get(row["channel"])
            stocking = known.stocking if known and known.stocking else Stocking(batch=1)
            return await rehearsing.dry_run(work, connection_id, stocking, cursor=cursor, limit=limit)

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


async def try_access(house: House, caller: Caller, connection_id: UUID) -> Checked:
    """Raises ConnectionNotFound."""
    checked = await _tried(house, caller.workspace_id, connection_id)
    async with house.db.unit(caller.workspace_id, caller.actor) as work:
        if checked.ok:
            await connections.mark_ready(work, connection_id, account=checked.account)
        else:
            detail = ". ".join(filter(None, (checked.detail, missing_words(checked.missing))))
            await connections.mark_failure(work, connection_id, code=CHECK_FAILED, detail=detail, broken=True, fix=checked.fix)
    if checked.ok:
        await subscribe(house, caller.workspace_id, connection_id)
    return checked


def missing_words(missing: Sequence[str]) -> str:
    return f"Missing permissions: {', '.join(missing)}" if missing else ""


async def _tried(house: House, workspace_id: UUID, connection_id: UUID) -> Checked:
    try:
        opened = await house.connectors.open(workspace_id, connection_id)
    except VaultLocked as error:
        return _not_ok("vault_locked", str(error), "Put the old key back into ONECOUNTER_SECRET_KEY, or enter the secrets again.")
    try:
        health = await opened.connector.check()
    except AuthExpired as error:
        return _not_ok(error.code, error.detail, "Enter new credentials for this connection.", missing=error.missing)
    except Refused as error:
        return _not_ok(error.code, error.detail, error.fix or TRY_LATER, field=_to_blame(error, opened.manifest))
    except ChannelError as error:
        return _not_ok(error.code, error.detail, TRY_LATER, field=_to_blame(error, opened.manifest))
    code = "" if health.ok else CHECK_FAILED
    return Checked(
        ok=health.ok, account=health.account, code=code, detail=health.detail, fix=health.fix, missing=list(health.missing),
        field="",
    )  # fmt: skip


def _to_blame(error: ChannelError, manifest: Manifest) -> str:
    return manifest.own_host if error.code in OF_THE_ADDRESS else ""


def _not_ok(code: str, detail: str, fix: str, *, missing: Sequence[str] = (), field: str = "") -> Checked:
    return Checked(ok=False, account="", code=code, detail=detail, fix=fix, missing=list(missing), field=field)


ROUTES = [ConnectionActs]
