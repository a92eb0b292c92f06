"""A real PostgreSQL for every test that asks: one server a run, one fresh database a module.

ONECOUNTER_TEST_DATABASE_ADMIN names a superuser of a server to use; without it the embedded one is started.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Database, open_database
from app.core.migrate import migrate, prepare_roles
from app.core.roles import LOGIN, OWNER
from app.domain.workspaces import service
from app.embedded.postgres import Cluster

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD = "only-for-tests-8f3a"
SECRET_KEYS = (("k1", bytes(range(32))),)
CARE = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server that is thrown away after the run need not take."""
_ONE_AT_A_TIME = 7_226_353


@pytest.fixture(scope="session")
def admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = os.environ.get("ONECOUNTER_TEST_DATABASE_ADMIN", "")
    if given:
        yield given
        return
    cluster = Cluster(tmp_path_factory.mktemp("postgres"))
    url = cluster.start()
    asyncio.run(_execute(url, *(f"alter system set {name} = off" for name in CARE), "select pg_reload_conf()"))
    yield url
    cluster.remove()


def settings_for(admin_url: str, database: str, data: Path) -> Settings:
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]

    def account(role: str) -> str:
        return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{place}", path=f"/{database}"))

    return Settings(
        database_url=account(LOGIN),
        migration_url=account(OWNER),
        secret_keys=SECRET_KEYS,
        data=data,
        public_url="http://127.0.0.1:8000",
        pool_size=8,
    )


async def _execute(url: str, *statements: str) -> None:
    conn = await asyncpg.connect(url, timeout=10)
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()


async def _make_template(admin_url: str, settings: Settings, name: str) -> None:
    conn = await asyncpg.connect(admin_url, timeout=10)
    try:
        await conn.execute("select pg_advisory_lock($1)", _ONE_AT_A_TIME)
        await prepare_roles(settings, admin_url)
        await conn.execute(f"create database {name} owner {OWNER}")
    finally:
        await conn.close()


async def _drop_all(admin_url: str, prefix: str) -> None:
    """Of this run, at its end: each drop waits for a checkpoint."""
    conn = await asyncpg.connect(admin_url, timeout=10)
    try:
        for row in await conn.fetch("select datname from pg_database where starts_with(datname, $1)", prefix):
            await conn.execute(f"drop database if exists {row['datname']} with (force)")
    finally:
        await conn.close()


@pytest.fixture(scope="session")
def template(admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of a database with every migration run; copies of it cost a tenth of a second."""
    name = f"test_{secrets.token_hex(5)}"
    settings = settings_for(admin_url, name, tmp_path_factory.mktemp("data"))
    asyncio.run(_make_template(admin_url, settings, name))
    migrate(settings)
    yield name
    if "ONECOUNTER_TEST_DATABASE_ADMIN" in os.environ:
        asyncio.run(_drop_all(admin_url, name))


@pytest.fixture(scope="module")
async def settings(admin_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Names a fresh database of this module."""
    name = f"{template}_{secrets.token_hex(4)}"
    await _execute(admin_url, f"create database {name} template {template} owner {OWNER}")
    return settings_for(admin_url, name, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def clock() -> HeldClock:
    """Stands at noon until a test moves it; `db` runs on it."""
    return HeldClock(NOON)


@pytest.fixture(scope="module")
async def db(settings: Settings, clock: HeldClock) -> AsyncIterator[Database]:
    database = await open_database(settings.database_url, size=settings.pool_size, clock=clock)
    yield database
    await database.close()


@dataclass(frozen=True, slots=True)
class Shop:
    """A workspace of its own with its owner (role admin) and a key that acts as the owner."""

    workspace_id: UUID
    owner_id: UUID
    key: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


async def open_shop(db: Database, *, name: str = "Toko Ayu", email: str = "") -> Shop:
    workspace_id, owner_id = await service.create_workspace(
        db,
        name=name,
        owner_name="Ayu Lestari",
        email=email or f"ayu-{secrets.token_hex(4)}@shop.test",
        password="",
        time_zone="Asia/Jakarta",
        currency="USD",
        language="en",
    )
    key = await service.create_api_key(db, workspace_id, name="tests", member_id=owner_id)
    return Shop(workspace_id, owner_id, key)


@pytest.fixture
async def shop(db: Database) -> Shop:
    return await open_shop(db)


@pytest.fixture
def workspace(shop: Shop) -> UUID:
    return shop.workspace_id


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[Litestar]:
    """The application's start and stop in one task of their own: fixtures begin and end in different ones."""
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await stop.wait()

    task = asyncio.create_task(live())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not started.is_set():
        waiting.cancel()
        await task
    try:
        yield app
    finally:
        stop.set()
        await task
