"""`migrate` and `openapi`: the shape of the database and of the API."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from typing import Annotated

import typer

from app.cli.place import DEFAULT_DATA, DataOption, prepare_database, reached, revision_of, settings_of
from app.cli.terminal import note
from app.core.config import Settings
from app.core.migrate import migrate as upgrade
from app.core.migrate import newest
from app.web.main import create_app

_UNUSED = Settings(database_url="postgresql://onecounter@127.0.0.1:1/onecounter", secret_keys=(("k1", bytes(range(32))),))
"""Describing the API opens no connection and no secret."""


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter migrate --admin-url postgresql://postgres:secret@db:5432/postgres")(migrate)
    root.command(epilog="Example: onecounter openapi > openapi.json")(openapi)


def migrate(
    admin_url: Annotated[
        str, typer.Option(help="Account that may create roles and databases; needed the first time only.", envvar="PGADMIN_URL")
    ] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Bring the database to the newest tables. Safe to repeat, and to start twice at once."""
    with settings_of(data) as found:
        settings = found if found.migration_url else replace(found, migration_url=found.database_url)
        with reached():
            if admin_url:
                asyncio.run(prepare_database(settings, admin_url))
            before = asyncio.run(revision_of(settings))
            upgrade(settings)
    note(f"Already at {newest()}." if before == newest() else f"Migrated from {before or 'an empty database'} to {newest()}.")


def openapi() -> None:
    """Print the API's description (OpenAPI 3.1, JSON)."""
    json.dump(create_app(_UNUSED).openapi_schema.to_schema(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
