"""Every statement kept under a name is understood by the database with the newest schema, as the role that runs it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import asyncpg
import pytest

import app.core
import app.domain
import app.pipeline
from app.core.claims import Queue, statement_of
from app.core.db import Database
from app.core.outbox import Change

STATEMENT = re.compile(r"\s*(select|insert|update|delete|with)\b", re.IGNORECASE)


def modules() -> Iterator[ModuleType]:
    for package in (app.core, app.domain, app.pipeline):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield importlib.import_module(found.name)


def statements() -> dict[str, str]:
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, Change):
                found[f"{module.__name__}.{name}"] = value.one()
            elif isinstance(value, Queue):
                found[f"{module.__name__}.{name}"] = statement_of(value)
            elif isinstance(value, str) and name.isupper() and STATEMENT.match(value) and "{" not in value:
                found[f"{module.__name__}.{name}"] = value
    return found


@pytest.mark.parametrize("name", sorted(statements()))
async def test_the_database_understands_it(db: Database, name: str) -> None:
    refused: list[str] = []
    for pool in (db.app, db.duty):
        async with pool.acquire() as conn:
            try:
                await conn.prepare(statements()[name])
                return
            except asyncpg.PostgresError as error:
                refused.append(str(error))
    pytest.fail(f"{name}: {' / '.join(refused)}")
