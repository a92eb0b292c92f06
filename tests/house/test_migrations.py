"""Migrations and models describe one database, and the newest step can be taken back."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from alembic import command

from app.core.config import Settings
from app.core.migrate import alembic_config
from app.core.revisions import newest
from tests.house.source import ROOT, python_files, text_of

PICTURES = {
    "policies": "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies where schemaname = 'public'",
    "rights": "select table_name, column_name, grantee, privilege_type from information_schema.column_privileges "
    "where table_schema = 'public'",
    "tables": "select relname, relrowsecurity, relforcerowsecurity, relacl::text from pg_class "
    "where relnamespace = 'public'::regnamespace and relkind in ('r', 'i', 'S')",
    "columns": "select table_name, column_name, data_type, is_nullable, column_default, generation_expression "
    "from information_schema.columns where table_schema = 'public'",
    "triggers": "select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
    "functions": "select proname, pg_get_functiondef(oid), proacl::text, pg_get_userbyid(proowner) from pg_proc "
    "where pronamespace = 'public'::regnamespace and prokind = 'f'",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
    "where connamespace = 'public'::regnamespace and conrelid <> 0",
}  # fmt: skip


async def _picture(conn: asyncpg.Connection) -> dict[str, set[tuple[object, ...]]]:
    return {name: {tuple(row) for row in await conn.fetch(sql)} for name, sql in PICTURES.items()}


async def test_models_and_migrations_agree(settings: Settings) -> None:
    """Raises when autogenerate would write another migration."""
    await asyncio.to_thread(command.check, alembic_config(settings.migration_url))


async def test_one_step_down_and_up_changes_nothing(settings: Settings, catalogue: asyncpg.Connection) -> None:
    before = await _picture(catalogue)
    assert all(before.values())
    config = alembic_config(settings.migration_url)
    await asyncio.to_thread(command.downgrade, config, "-1")
    assert await catalogue.fetchval("select version_num from alembic_version") != newest()
    assert await _picture(catalogue) != before
    await asyncio.to_thread(command.upgrade, config, "head")
    after = await _picture(catalogue)
    assert {name: before[name] ^ after[name] for name in PICTURES if before[name] != after[name]} == {}


async def test_all_the_way_down_leaves_nothing(admin_url: str, settings: Settings, catalogue: asyncpg.Connection) -> None:
    await asyncio.to_thread(command.downgrade, alembic_config(settings.migration_url), "base")
    assert {row[0] for row in await catalogue.fetch("select tablename from pg_tables where schemaname = 'public'")} == {
        "alembic_version"
    }
    assert (
        await catalogue.fetchval("select count(*) from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'")
        == 0
    )


def test_every_migration_says_what_it_does_and_how_to_undo_it() -> None:
    steps = [path for path in python_files("migrations") if path.parent == ROOT / "migrations" / "versions"]
    assert steps != []
    names = [path.name for path in steps if not path.stem[:13].replace("_", "").isdigit()]
    assert names == []
    assert [path.name for path in steps if not text_of(path).startswith('"""') or "def downgrade()" not in text_of(path)] == []


def test_urls_with_a_password_survive() -> None:
    url = "postgresql://owner:p%2Fw@127.0.0.1/shop"
    kept = alembic_config(url).get_main_option("sqlalchemy.url") or ""
    assert urlunsplit(urlsplit(kept)._replace(scheme="postgresql")) == url
