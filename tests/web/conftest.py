"""The shell with the rooms that stand under all others, and a browser's view of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from litestar import Litestar

from app.core.config import Settings
from app.core.db import Database
from app.domain.workspaces.routes import ROUTES as WORKSPACES
from app.live.hub import Hub, MemoryHub
from app.web.health import ROUTES as HEALTH
from app.web.openapi import ROUTES as DESCRIPTION
from app.web.shell import build_app
from app.web.socket import ROUTES as SOCKET
from app.web.static import ROUTES as STATIC
from tests.conftest import running
from tests.whole import client, house, whole

__all__ = ["client", "house", "whole"]

BASE = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class SmallHouse:
    db: Database
    hub: Hub


@pytest.fixture(scope="module")
def hub() -> MemoryHub:
    return MemoryHub()


@pytest.fixture(scope="module")
async def app(settings: Settings, db: Database, hub: MemoryHub) -> AsyncIterator[Litestar]:
    @asynccontextmanager
    async def opening() -> AsyncIterator[SmallHouse]:
        yield SmallHouse(db, hub)

    app = build_app(settings, opening=opening, routes=[*WORKSPACES, *HEALTH, *DESCRIPTION, *SOCKET, *STATIC])
    async with running(app):
        yield app


@pytest.fixture
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Keeps cookies and says where it comes from; nobody is signed in yet."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"origin": BASE}) as client:
        yield client


@pytest.fixture
async def program(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """No cookies, no origin: signs in with a key or not at all."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
