"""HTTP of this room."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.config import Settings
from app.core.db import Database
from app.core.vault import Vault
from app.domain.connections import service
from app.domain.connections.schemas import ChannelRead, ConnectionCreate, ConnectionPage, ConnectionRead, ConnectionUpdate
from app.domain.workspaces.guards import Caller, require


class ConnectionController(Controller):
    path = "/api/v1"
    tags = ("connections",)

    @get("/channels", guards=[require("connections.read")])
    async def list_channels(self) -> list[ChannelRead]:
        return service.list_channels()

    @get("/connections", guards=[require("connections.read")])
    async def list_connections(
        self, db: NamedDependency[Database], settings: NamedDependency[Settings], caller: NamedDependency[Caller]
    ) -> ConnectionPage:
        async with db.unit(caller.workspace_id) as work:
            return await service.list_connections(work, settings.public_url)

    @post("/connections", guards=[require("connections.write")])
    async def create_connection(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        vault: NamedDependency[Vault],
        caller: NamedDependency[Caller],
        data: JSONBody[ConnectionCreate],
    ) -> ConnectionRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            made = await service.create_connection(work, vault, data)
            return await service.read_connection(work, settings.public_url, made)

    @get("/connections/{connection_id:uuid}", guards=[require("connections.read")])
    async def read_connection(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        connection_id: FromPath[UUID],
    ) -> ConnectionRead:
        async with db.unit(caller.workspace_id) as work:
            return await service.read_connection(work, settings.public_url, connection_id)

    @patch("/connections/{connection_id:uuid}", guards=[require("connections.write")])
    async def update_connection(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        vault: NamedDependency[Vault],
        caller: NamedDependency[Caller],
        connection_id: FromPath[UUID],
        data: JSONBody[ConnectionUpdate],
    ) -> ConnectionRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await service.update_connection(work, vault, connection_id, data)
            return await service.read_connection(work, settings.public_url, connection_id)

    @post("/connections/{connection_id:uuid}/pause", guards=[require("connections.write")], status_code=200)
    async def pause(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        connection_id: FromPath[UUID],
    ) -> ConnectionRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await service.set_state(work, connection_id, "paused")
            return await service.read_connection(work, settings.public_url, connection_id)

    @post("/connections/{connection_id:uuid}/resume", guards=[require("connections.write")], status_code=200)
    async def resume(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        connection_id: FromPath[UUID],
    ) -> ConnectionRead:
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await service.set_state(work, connection_id, "ready")
            return await service.read_connection(work, settings.public_url, connection_id)

    @delete("/connections/{connection_id:uuid}", guards=[require("connections.write")])
    async def remove_connection(
        self, db: NamedDependency[Database], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> None:
        """Its secrets and feeds go; conversations and orders stay as history."""
        async with db.unit(caller.workspace_id, caller.actor) as work:
            await service.remove_connection(work, connection_id)


ROUTES = [ConnectionController]
