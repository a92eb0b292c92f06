"""Which schema the code expects and which the database has, without loading the migration machinery: a restart must be quick."""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_ASSIGNED = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = "([^"]+)"', re.MULTILINE)


def newest() -> str:
    """The revision that no other one follows; empty when there is none."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in (MIGRATIONS / "versions").glob("*.py"):
        for name, value in _ASSIGNED.findall(file.read_text(encoding="utf-8")):
            found[name].add(value)
    return max(found["revision"] - found["down_revision"], default="")


async def schema_revision(conn: asyncpg.Connection) -> str:
    """The revision the database has; empty when it has none."""
    if await conn.fetchval("select to_regclass('alembic_version')") is None:
        return ""
    return str(await conn.fetchval("select version_num from alembic_version"))
