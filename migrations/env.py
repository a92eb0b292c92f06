"""Runs migrations with the asynchronous driver the product uses, under one lock, with short waits for table locks."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import app.core.models
import app.domain.catalog.models
import app.domain.connections.models
import app.domain.customers.models
import app.domain.inbox.desk_models
import app.domain.inbox.models
import app.domain.inventory.models
import app.domain.orders.models
import app.domain.workspaces.models
import app.pipeline.models  # noqa: F401

LOCK = 7_226_351


def run(connection: Connection) -> None:
    connection.execute(text(f"select pg_advisory_lock({LOCK})"))
    connection.execute(text("set lock_timeout = '2s'"))
    connection.commit()
    context.configure(connection=connection, target_metadata=SQLModel.metadata, compare_type=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


async def main() -> None:
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(main())
