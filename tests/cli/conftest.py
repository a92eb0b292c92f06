"""A shop in a folder, as `up` leaves it, and the command line as a person types it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from app.cli.main import build
from app.cli.place import embedded_environment, prepare_database
from app.core.config import Settings
from app.core.migrate import migrate
from app.embedded.postgres import Cluster

Type = Callable[..., Result]


@dataclass(frozen=True)
class Shop:
    data: Path
    settings: Settings
    admin_url: str


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Type:
    """The result of one command line. Refusals are its `exception`."""
    for name in ("ONECOUNTER_DATABASE_URL", "ONECOUNTER_DATA", "PGADMIN_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: object, typed: str = "") -> Result:
        line = [str(word) for word in words]
        return CliRunner().invoke(build(line), line, input=typed + "\n")

    return run


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Its cluster runs, with the tables in a database that is only copied from; commands adopt it."""
    data = tmp_path_factory.mktemp("shop") / "data"
    cluster = Cluster(data)
    try:
        admin_url = cluster.start()
        settings = Settings.from_env(embedded_environment(data, admin_url, form="shop", env={}))
        asyncio.run(prepare_database(settings, admin_url))
        migrate(settings)
        asyncio.run(_run(admin_url, "alter database onecounter rename to blank"))
        yield Shop(data, settings, admin_url)
    finally:
        cluster.remove()


@pytest.fixture
def shop(home: Shop) -> Shop:
    """As new: an empty database and no leftovers in the folder."""
    drop = "drop database if exists onecounter with (force)"
    asyncio.run(_run(home.admin_url, drop, "alter role onecounter nobypassrls", "create database onecounter template blank"))
    asyncio.run(_run(home.admin_url, "alter database onecounter owner to onecounter_owner"))
    shutil.rmtree(home.data / "files", ignore_errors=True)
    (home.data / "last_backup").unlink(missing_ok=True)
    return home


async def _run(url: str, *statements: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()
