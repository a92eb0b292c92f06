"""Brings a database to the newest schema. Roles first, then every migration as the owner role."""

from __future__ import annotations

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from app.core.config import Settings
from app.core.errors import BadSetting
from app.core.roles import ensure_roles

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("postgresql://", "postgresql+asyncpg://", 1).replace("%", "%%"))
    return config


async def prepare_roles(settings: Settings, admin_url: str) -> None:
    """Creates what is missing, as the account of `admin_url`. Raises BadSetting when it may not."""
    conn = await asyncpg.connect(admin_url, timeout=10)
    try:
        for statement in ensure_roles(settings.database_url, settings.migration_url):
            await conn.execute(statement)
    except asyncpg.InsufficientPrivilegeError as error:
        raise BadSetting("ONECOUNTER_MIGRATION_URL", f"signs in as a role that may not create roles: {error}") from error
    finally:
        await conn.close()


def migrate(settings: Settings, revision: str = "head") -> None:
    """Blocking; call from a plain thread. Safe to repeat, and two at once wait for each other."""
    command.upgrade(alembic_config(settings.migration_url or settings.database_url), revision)
