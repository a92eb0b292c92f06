"""One process's parts, opened once and passed on."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from app.core.config import Settings
from app.core.db import Database, open_database
from app.core.file_passes import FilePasses
from app.core.files import FileStore, file_store
from app.core.vault import Vault
from app.domain.inventory.service.reserving import Reserver
from app.live.hub import Hub, make_hub
from app.pipeline.intake import Intake
from app.pipeline.opening import Connectors
from app.pipeline.outbound import open_outbound


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    db: Database
    hub: Hub
    vault: Vault
    http: httpx.AsyncClient
    connectors: Connectors
    intake: Intake
    reserver: Reserver

    @property
    def files(self) -> FileStore:
        return file_store(self.settings.files_url, self.settings.data)

    @property
    def file_passes(self) -> FilePasses:
        return FilePasses(self.settings.public_url, self.settings.secret_keys)

    async def close(self) -> None:
        await self.hub.close()
        await self.http.aclose()
        await self.db.close()


async def open_house(settings: Settings) -> House:
    """Raises BadSetting and what `open_database` raises; the hub may be away, then wake-ups wait for the sweep."""
    file_store(settings.files_url, settings.data)
    db = await open_database(settings.database_url, size=settings.pool_size)
    vault = Vault(settings.secret_keys)
    http = open_outbound(settings.reroute)
    hub = make_hub(settings.redis_url)
    await hub.open()
    db.on_wake = hub.wake
    return House(settings, db, hub, vault, http, Connectors(db, vault, http, settings.reroute), Intake(db), Reserver(db))
