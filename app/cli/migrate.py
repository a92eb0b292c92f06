"""`migrate`: the shape of the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

import typer

from app.cli.place import DEFAULT_DATA, DataOption, prepare_database, reached, revision_of, settings_of
from app.cli.terminal import note
from app.core.migrate import migrate as upgrade
from app.core.revisions import newest


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter migrate --admin-url postgresql://postgres:secret@db:5432/postgres")(migrate)


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
