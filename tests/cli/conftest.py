"""A shop in a folder, as `up` leaves it, and the command line as a person types it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Its cluster runs; commands adopt it."""
    data = tmp_path / "data"
    cluster = Cluster(data)
    try:
        admin_url = cluster.start()
        settings = Settings.from_env(embedded_environment(data, admin_url, form="shop", env={}))
        asyncio.run(prepare_database(settings, admin_url))
        migrate(settings)
        yield Shop(data, settings, admin_url)
    finally:
        cluster.remove()
