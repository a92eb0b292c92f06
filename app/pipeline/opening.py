"""Connectors at work: built from a connection's secrets, kept until those change."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from app.core.db import Database, UnitOfWork
from app.core.vault import Vault
from app.domain.connections import service as connections
from connectors.base.client import ChannelHttp
from connectors.base.contract import Connector, Context
from connectors.base.manifest import Manifest
from connectors.base.reroute import Reroute
from connectors.registry import load, manifests


@dataclass(frozen=True, slots=True)
class Open:
    """A connection with its connector ready to use."""

    workspace_id: UUID
    connection_id: UUID
    channel: str
    brand: str
    state: str
    sends_replies: bool
    pushes_stock: bool
    hook_token: str
    manifest: Manifest
    connector: Connector


class Connectors:
    """One per process. The cache key carries the secrets' version, so a change reaches every process by itself."""

    def __init__(self, db: Database, vault: Vault, http: httpx.AsyncClient, reroute: Reroute) -> None:
        self._db = db
        self._vault = vault
        self._http = http
        self._reroute = reroute
        self._ready: dict[UUID, tuple[int, Connector]] = {}

    async def open(self, workspace_id: UUID, connection_id: UUID) -> Open:
        """Raises NotFound, or VaultLocked when the secrets do not open."""
        async with self._db.unit(workspace_id) as work:
            return await self._opened(work, await connections.read_row(work, connection_id), workspace_id, connection_id)

    async def open_row(self, row: Mapping[str, Any], workspace_id: UUID, connection_id: UUID) -> Open:
        """The same with the connection's row at hand: nothing is read while its connector is ready."""
        known = self._ready.get(connection_id)
        if known is not None and known[0] == row["secrets_version"]:
            return _join(row, known[1], workspace_id, connection_id)
        return await self.open(workspace_id, connection_id)

    async def _opened(self, work: UnitOfWork, row: Mapping[str, Any], workspace_id: UUID, connection_id: UUID) -> Open:
        known = self._ready.get(connection_id)
        if known is None or known[0] != row["secrets_version"]:
            secrets = await connections.open_secrets(work, self._vault, connection_id)
            settings = {str(name): str(value) for name, value in row["settings"].items()}
            manifest = manifests()[row["channel"]]
            connector = load(row["channel"])(self._context(workspace_id, connection_id, manifest, secrets, settings))
            known = (row["secrets_version"], connector)
            self._ready[connection_id] = known
        return _join(row, known[1], workspace_id, connection_id)

    def _context(
        self, workspace_id: UUID, connection_id: UUID, manifest: Manifest, secrets: Mapping[str, str], settings: Mapping[str, str]
    ) -> Context:
        now = self._db.clock.now

        async def save(values: Mapping[str, str]) -> None:
            async with self._db.unit(workspace_id) as work:
                await connections.save_secrets(work, self._vault, connection_id, values)

        async def refresh(spend: Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]) -> Mapping[str, str]:
            return await self._refresh(workspace_id, connection_id, spend)

        return Context(
            secrets=secrets,
            settings=settings,
            http=ChannelHttp(self._http, allowed_hosts(manifest, secrets), now),
            reroute=self._reroute,
            now=now,
            save_secrets=save,
            refresh=refresh,
        )

    async def _refresh(
        self, workspace_id: UUID, connection_id: UUID, spend: Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]
    ) -> Mapping[str, str]:
        """One refresher per connection over all processes: the lock is a session lock, so no transaction waits for the channel."""
        lock = int.from_bytes(hashlib.blake2b(connection_id.bytes, digest_size=8).digest(), signed=True)
        async with self._db.plain() as conn:
            await conn.execute("select pg_advisory_lock($1)", lock)
            try:
                async with self._db.unit(workspace_id) as work:
                    current = await connections.open_secrets(work, self._vault, connection_id)
                fresh = await spend(current)
                async with self._db.unit(workspace_id) as work:
                    await connections.save_secrets(work, self._vault, connection_id, fresh)
                return {**current, **fresh}
            finally:
                await conn.execute("select pg_advisory_unlock($1)", lock)


def allowed_hosts(manifest: Manifest, secrets: Mapping[str, str]) -> tuple[str, ...]:
    """The manifest's, and the seller's own server where the channel is one."""
    given = secrets.get(manifest.own_host, "").strip()
    own = urlsplit(given if "//" in given else f"//{given}").hostname if given else None
    return (*manifest.hosts, own) if own else manifest.hosts


def _join(row: Mapping[str, Any], connector: Connector, workspace_id: UUID, connection_id: UUID) -> Open:
    return Open(
        workspace_id, connection_id, row["channel"], row["brand"], row["state"], row["sends_replies"], row["pushes_stock"],
        row["hook_token"], manifests()[row["channel"]], connector,
    )  # fmt: skip
