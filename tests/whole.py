"""The whole application for tests above the rooms. A conftest imports `house` and `client` from here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from app.core.config import Settings
from app.core.db import Database
from app.core.vault import Vault
from app.domain.inventory.service.reserving import Reserver
from app.live.hub import MemoryHub
from app.pipeline.house import House
from app.pipeline.intake import Intake
from app.pipeline.opening import Connectors
from app.pipeline.outbound import open_outbound
from app.web.main import create_app
from tests.conftest import Shop, running

BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
async def house(settings: Settings, db: Database) -> AsyncIterator[House]:
    """On the module's database and held clock; no duty runs unless a test calls its round."""
    vault, http, hub = Vault(settings.secret_keys), open_outbound(settings.reroute), MemoryHub()
    db.on_wake = hub.wake
    yield House(settings, db, hub, vault, http, Connectors(db, vault, http, settings.reroute), Intake(db), Reserver(db))
    await http.aclose()


@pytest.fixture(scope="module")
async def whole(settings: Settings, house: House) -> AsyncIterator[httpx.ASGITransport]:
    async with running(create_app(settings, house)) as app:
        yield httpx.ASGITransport(app=app)  # type: ignore[arg-type]


@pytest.fixture
async def client(whole: httpx.ASGITransport, shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    """Acts as the owner of `shop`, by key."""
    async with httpx.AsyncClient(transport=whole, base_url=BASE, headers=shop.bearer) as client:
        yield client
